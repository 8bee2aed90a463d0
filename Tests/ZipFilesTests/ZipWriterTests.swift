import Foundation
import Testing
import ZipFiles

@Suite("Writing zip archives")
struct ZipWriterTests {
  private let directory: TemporaryDirectory
  private let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path + "/x.npz"
  }

  @Test("what was written is read again, in its order and as it was")
  func roundTrip() throws {
    let large = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try write([("z.npy", large), ("größe.npy", [1, 2, 3]), ("empty", [])], to: path)
    let archive = try ZipArchive(path: path)
    #expect(archive.entries.map(\.name) == ["z.npy", "größe.npy", "empty"])
    #expect(archive.entries.map(\.compressedByteCount) == [1_000_000, 3, 0])
    #expect(try archive.data(of: "z.npy") == large)
    #expect(try archive.data(of: "größe.npy") == [1, 2, 3])
    #expect(try archive.data(of: "empty") == [])
  }

  @Test("the same entries give the same bytes")
  func reproducible() throws {
    func bytes() throws -> [UInt8] {
      try ZipWriter.archive(of: [("a", [1]), ("b", [2])], file: "x.npz")
    }
    let first = try bytes()
    #expect(first.starts(with: "PK".utf8))
    #expect(try bytes() == first)
  }

  @Test("what is no archive is refused")
  func refused() throws {
    let twice = try failure { () throws(ZipError) in
      try ZipWriter.archive(of: [("a", [2]), ("a", [3])], file: "x.npz")
    }
    #expect(twice.kind == .unwritable)
    #expect(twice.file == "x.npz")
    #expect(twice.entry == "a")
    let empty = try failure { () throws(ZipError) in try ZipWriter.archive(of: [], file: "x.npz") }
    #expect(empty.reason == "an archive must have at least one entry")
  }
}

/// Writes an archive of the given entries.
func write(_ entries: [(name: String, bytes: [UInt8])], to path: String) throws {
  try Data(ZipWriter.archive(of: entries, file: path)).write(to: URL(filePath: path))
}
