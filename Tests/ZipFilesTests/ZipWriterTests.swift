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
    try ZipWriter.write([("z.npy", large), ("größe.npy", [1, 2, 3]), ("empty", [])], to: path)
    let archive = try ZipArchive(path: path)
    #expect(archive.entries.map(\.name) == ["z.npy", "größe.npy", "empty"])
    #expect(archive.entries.map(\.compressedByteCount) == [1_000_000, 3, 0])
    #expect(try archive.data(of: "z.npy") == large)
    #expect(try archive.data(of: "größe.npy") == [1, 2, 3])
    #expect(try archive.data(of: "empty") == [])
  }

  @Test("the same entries give the same bytes, and nothing else is left behind")
  func reproducible() throws {
    try ZipWriter.write([("a", [1]), ("b", [2])], to: path)
    let first = try Data(contentsOf: URL(filePath: path))
    try ZipWriter.write([("c", [3])], to: path)
    #expect(try ZipArchive(path: path).entries.map(\.name) == ["c"])
    try ZipWriter.write([("a", [1]), ("b", [2])], to: path)
    #expect(try Data(contentsOf: URL(filePath: path)) == first)
    #expect(try directory.contents() == ["x.npz"])
  }

  @Test("a failure leaves the old archive as it was")
  func failedWriting() throws {
    try ZipWriter.write([("a", [1])], to: path)
    let before = try Data(contentsOf: URL(filePath: path))
    let twice = try failure { () throws(ZipError) in
      try ZipWriter.write([("a", [2]), ("a", [3])], to: path)
    }
    #expect(twice.kind == .unwritable)
    #expect(twice.entry == "a")
    let empty = try failure { () throws(ZipError) in try ZipWriter.write([], to: path) }
    #expect(empty.reason == "an archive must have at least one entry")
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    #expect(try directory.contents() == ["x.npz"])
  }

  @Test("a place where nothing can be written")
  func unwritable() throws {
    let path = directory.path + "/nothing/x.npz"
    let error = try failure { () throws(ZipError) in try ZipWriter.write([("a", [1])], to: path) }
    #expect(error.kind == .unwritable)
    #expect(error.file == path)
    #expect(error.reason.contains("No such file or directory"))
  }
}
