import Foundation
import Testing
import ZipFiles

@Suite("Reading zip archives")
struct ZipArchiveTests {
  private let directory: TemporaryDirectory
  private let text = Array("hello, hello".utf8)

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test("stored and deflated entries are read")
  func contents() throws {
    let zip = CraftedZip(entries: [
      .init(name: "stored.txt", content: text),
      .init(name: "folder/", content: []),
      .init(
        name: "folder/größe.txt", content: text, stored: CraftedZip.deflated(text), method: 8),
      .init(name: "empty", content: []),
    ])
    let archive = try ZipArchive(path: try directory.write(zip.bytes))
    #expect(archive.entries.map(\.name) == ["stored.txt", "folder/größe.txt", "empty"])
    #expect(archive.entries.map(\.byteCount) == [12, 12, 0])
    #expect(archive.entries.map(\.compressedByteCount) == [12, 17, 0])
    #expect(try archive.data(of: "stored.txt") == text)
    #expect(try archive.data(of: "folder/größe.txt") == text)
    #expect(try archive.data(of: "empty") == [])
    #expect(archive.entry("stored.txt")?.byteCount == 12)
    #expect(archive.entry("nothing") == nil)
  }

  @Test("an entry can become a file without a name")
  func temporaryFile() throws {
    let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let path = directory.path + "/x.npz"
    try write([("a", text), ("b", content)], to: path)
    let file = try ZipArchive(path: path).temporaryFile(of: "b")
    var read = [UInt8](repeating: 0, count: content.count + 1)
    #expect(pread(file.descriptor, &read, read.count, 0) == content.count)
    #expect(read.dropLast().elementsEqual(content))
  }

  @Test("an entry that is not there")
  func missingEntry() throws {
    let path = try directory.write(CraftedZip(entries: [.init(name: "a", content: text)]).bytes)
    let archive = try ZipArchive(path: path)
    let error = try failure { () throws(ZipError) in try archive.data(of: "b") }
    #expect(error.kind == .missing)
    #expect(error.description == "'\(path)': has no 'b'")
  }

  @Test(
    "files that are no archives",
    arguments: ["", "hello", "PK\u{3}", String(repeating: "x", count: 70_000)])
  func otherFiles(content: String) throws {
    let path = try directory.write(Array(content.utf8))
    let error = try openingFailure(path)
    #expect(error.kind == .notZip)
    #expect(error.description == "'\(path)': is not a zip archive")
  }

  @Test("an archive without its end")
  func cutArchive() throws {
    let error = try openingFailure(directory.write(Array("PK\u{3}\u{4}".utf8)))
    #expect(error.kind == .notZip)
    #expect(error.reason.hasPrefix("is cut short"))
  }

  @Test("paths that lead to no file", .timeLimit(.minutes(1)))
  func specialFiles() throws {
    let pipe = directory.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let reasons = [
      directory.path: "is a directory, not a file",
      pipe: "is a device or a pipe, not a file",
      "/dev/null": "is a device or a pipe, not a file",
      directory.path + "/nothing": "cannot open the archive: No such file or directory",
    ]
    for (path, reason) in reasons {
      let error = try openingFailure(path)
      #expect(error.kind == .unopenable)
      #expect(error.reason == reason)
    }
  }

  private func openingFailure(_ path: String) throws -> ZipError {
    try failure { () throws(ZipError) in try ZipArchive(path: path).entries }
  }
}
