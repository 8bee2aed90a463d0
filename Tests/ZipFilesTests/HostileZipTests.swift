import Testing
import ZipFiles

@Suite("Damaged and hostile archives")
struct HostileZipTests {
  private let directory: TemporaryDirectory
  private let text = Array("hello, hello".utf8)

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test(
    "names that lead elsewhere are refused",
    arguments: [
      "/etc/passwd", "../x", "a/../../x", "a/..", "..", "C:\\x", "C:/x", "\\\\host\\x", "a\\b",
    ])
  func names(name: String) throws {
    let error = try openingFailure([
      .init(name: "a", content: text), .init(name: name, content: []),
    ])
    #expect(error.kind == .refused)
    #expect(error.entry == name)
    #expect(
      ["its name is absolute", "its name leads out of the archive"].contains(error.reason))
  }

  @Test("names that only look like it are read", arguments: ["a..b", "...", "a/.../b", "..a/b"])
  func harmlessNames(name: String) throws {
    #expect(try read(.init(name: name, content: text)) == text)
  }

  @Test("two entries of one name are refused")
  func twice() throws {
    let error = try openingFailure([.init(name: "a", content: text), .init(name: "a", content: [])])
    #expect(error.kind == .refused)
    #expect(error.reason == "is in the archive twice")
  }

  @Test("encrypted entries and unknown methods are unsupported")
  func unsupported() throws {
    let encrypted = try readingFailure(.init(name: "a", content: text, flags: 0x801))
    #expect(encrypted.kind == .unsupported)
    #expect(encrypted.reason == "encrypted entries are not supported")
    let method = try readingFailure(.init(name: "a", content: text, method: 12))
    #expect(method.kind == .unsupported)
    #expect(method.reason == "compression method 12 is not supported; deflate is")
  }

  @Test("sizes that deflate cannot reach are refused before memory is taken")
  func bomb() throws {
    let stored = CraftedZip.deflated(text)
    let error = try readingFailure(
      .init(name: "a", content: text, stored: stored, method: 8, size: 400_000_000))
    #expect(error.kind == .refused)
    #expect(error.reason == "declares 400000000 bytes, more than 17 can unfold to")
  }

  @Test("more than 4 GiB at more than a hundred times the size is refused")
  func largeBomb() throws {
    let error = try readingFailure(
      .init(
        name: "a", content: text, stored: CraftedZip.deflated(text), method: 8, size: 5 << 30,
        compressedSize: 50 << 20))
    #expect(error.kind == .refused)
    #expect(error.reason == "unfolds from 52428800 to 5368709120 bytes")
  }

  @Test("an entry that is larger than its archive is refused before memory is taken")
  func largerThanTheArchive() throws {
    let error = try readingFailure(
      .init(name: "a", content: text, size: 1 << 50, compressedSize: 1 << 50))
    #expect(error.kind == .damaged)
    #expect(error.reason.hasPrefix("declares 1125899906842624 bytes in an archive of"))
  }

  @Test("a stored entry must be as long as it says")
  func storedSize() throws {
    let error = try readingFailure(.init(name: "a", content: text, size: 13))
    #expect(error.kind == .damaged)
    #expect(error.reason == "is stored as it is, in 12 bytes instead of 13")
  }

  @Test("a deflated entry must be as long as it says", arguments: [5, 11, 13, 500])
  func deflatedSize(size: UInt64) throws {
    let stored = CraftedZip.deflated(text)
    let error = try readingFailure(
      .init(name: "a", content: text, stored: stored, method: 8, size: size))
    #expect(error.kind == .damaged)
  }

  @Test("a wrong checksum is found, in memory and on the way to a file")
  func checksum() throws {
    let entry = CraftedZip.Entry(name: "a", content: text, checksum: 1)
    let error = try readingFailure(entry)
    #expect(error.kind == .damaged)
    #expect(error.reason == "CRC error")
    let path = try directory.write(CraftedZip(entries: [entry]).bytes)
    let archive = try ZipArchive(path: path)
    let inFile = try failure { () throws(ZipError) in try archive.temporaryFile(of: "a") }
    #expect(inFile.reason == "CRC error")
  }

  @Test("compressed data that is none")
  func garbage() throws {
    let garbage = [UInt8](repeating: 0xFF, count: 30)
    let error = try readingFailure(.init(name: "a", content: text, stored: garbage, method: 8))
    #expect(error.kind == .damaged)
  }

  @Test("an archive that is cut or changed anywhere gives an error or its contents")
  func sweep() throws {
    let bytes = CraftedZip(entries: [
      .init(name: "a", content: text),
      .init(name: "b/c", content: text, stored: CraftedZip.deflated(text), method: 8),
    ]).bytes
    var errors = 0
    for length in 0..<bytes.count {
      errors += try readsAll(Array(bytes.prefix(length))) ? 0 : 1
    }
    #expect(errors == bytes.count)
    for position in bytes.indices {
      for value in [0, 0xFF, bytes[position] ^ 0x10] {
        var changed = bytes
        changed[position] = value
        errors += try readsAll(changed) ? 0 : 1
      }
    }
    #expect(errors > bytes.count)
  }

  private func readsAll(_ bytes: [UInt8]) throws -> Bool {
    let path = try directory.write(bytes)
    do {
      let archive = try ZipArchive(path: path)
      for entry in archive.entries { _ = try archive.data(of: entry.name) }
      return archive.entries.count == 2
    } catch {
      return false
    }
  }

  private func read(_ entry: CraftedZip.Entry) throws -> [UInt8] {
    let archive = try ZipArchive(path: try directory.write(CraftedZip(entries: [entry]).bytes))
    return try archive.data(of: entry.name)
  }

  private func readingFailure(_ entry: CraftedZip.Entry) throws -> ZipError {
    let archive = try ZipArchive(path: try directory.write(CraftedZip(entries: [entry]).bytes))
    return try failure { () throws(ZipError) in try archive.data(of: entry.name) }
  }

  private func openingFailure(_ entries: [CraftedZip.Entry]) throws -> ZipError {
    let path = try directory.write(CraftedZip(entries: entries).bytes)
    return try failure { () throws(ZipError) in try ZipArchive(path: path).entries }
  }
}
