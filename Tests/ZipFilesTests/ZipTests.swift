import Foundation
import Testing
import ZipFiles

@Suite struct ZipTests {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { folder.appending(path: name).path }

  private let large = [UInt8](repeating: 7, count: 100_000)

  @Test func whatIsWrittenIsRead() throws {
    try ZipWriter.write([("a/b.npy", [1, 2, 3]), ("ü", []), ("c", large)], to: path("x.zip"))
    let archive = try ZipArchive(path: path("x.zip"))
    let entries = archive.entries
    #expect(entries.map(\.name) == ["a/b.npy", "ü", "c"])
    #expect(entries.map(\.byteCount) == [3, 0, 100_000])
    #expect(try archive.bytes(of: entries[0]) == [1, 2, 3])
    #expect(try archive.bytes(of: entries[1]) == [])
    #expect(try archive.bytes(of: entries[2]) == large)
  }

  @Test func equalFilesMakeEqualArchives() throws {
    for name in ["x", "y"] { try ZipWriter.write([("a", [1])], to: path(name)) }
    #expect(
      try Data(contentsOf: URL(filePath: path("x"))) == Data(contentsOf: URL(filePath: path("y"))))
  }

  @Test func aMissingArchiveIsToldByName() {
    let error = #expect(throws: ZipError.self) { _ = try ZipArchive(path: "/nowhere.zip") }
    #expect(
      error?.description == "\"/nowhere.zip\": cannot open the zip archive: No such file")
  }

  @Test(arguments: [0, 1, 10, 60]) func aCutArchiveIsRefused(size: Int) throws {
    try ZipWriter.write([("a", [UInt8](repeating: 1, count: 50))], to: path("x.zip"))
    let bytes = try Data(contentsOf: URL(filePath: path("x.zip")))
    try bytes.prefix(size).write(to: URL(filePath: path("cut.zip")))
    #expect(throws: ZipError.self) { _ = try ZipArchive(path: path("cut.zip")) }
  }

  @Test func aDamagedFileIsRefused() throws {
    try ZipWriter.write([("a", large)], to: path("x.zip"))
    var bytes = try Data(contentsOf: URL(filePath: path("x.zip")))
    bytes[5000] = 8
    try bytes.write(to: URL(filePath: path("x.zip")))
    let archive = try ZipArchive(path: path("x.zip"))
    let entry = archive.entries[0]
    let error = #expect(throws: ZipError.self) { _ = try archive.bytes(of: entry) }
    #expect(error?.description.contains("\"a\": damaged: expected 100000 bytes") == true)
  }

  @Test func aFolderThatIsNotThereCannotHoldAnArchive() {
    #expect(throws: ZipError.self) { try ZipWriter.write([("a", [1])], to: path("none/x.zip")) }
  }
}
