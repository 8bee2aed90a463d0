import HDF5
import Testing

@Suite("Damaged files end in an error or a tree, never in a crash of this process")
struct DamageTests {
  private static let files = ["superblock0.h5", "superblock3.h5", "attributes.h5", "storage.h5"]
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  @Test("a file that is cut anywhere is an error", arguments: files)
  func cut(name: String) throws {
    let bytes = try Fixtures.bytes(name)
    let lengths = [0, 1, 8, 9, 95, 96] + stride(from: 97, to: bytes.count, by: bytes.count / 16)
    for length in lengths + [bytes.count - 1] {
      let path = try directory.write(bytes.prefix(length), to: "cut.h5")
      let error = try #require(throws: HDF5Error.self, "\(length) bytes") {
        try Reader.inChild.read(path)
      }
      #expect(error.file == path)
    }
  }

  @Test("changed bytes give an error or a tree", .timeLimit(.minutes(5)), arguments: files)
  func changed(name: String) throws {
    let bytes = try Fixtures.bytes(name)
    var generator = SplitMix(state: 3)
    var limits = HDF5Limits(fileSize: bytes.count)
    limits.processorSeconds = 2
    limits.seconds = 10
    let options = HDF5ReadOptions(limits: limits)
    for _ in 0..<25 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...12, using: &generator) {
        let position = Int.random(in: 0..<changed.count, using: &generator)
        changed[position] =
          [0, 0xFF, 0x80, changed[position] ^ 1].randomElement(using: &generator) ?? 0
      }
      let path = try directory.write(changed, to: "changed.h5")
      do {
        _ = try Reader.inChild.read(path, options: options)
      } catch {
        #expect(error.file == path)
        #expect(!error.reason.isEmpty && !error.reason.contains("\n"))
      }
    }
  }
}
