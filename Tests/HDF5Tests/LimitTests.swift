import HDF5
import Testing

@Suite("Limits and what the caller leaves out")
struct LimitTests {
  @Test("skipped groups stay in the tree as entries that say so", arguments: Reader.allCases)
  func skipped(reader: Reader) throws {
    let options = HDF5ReadOptions(skipped: ["model_weights/layer_03", "/chunked/"])
    let root = try reader.read(Fixtures.path("superblock0.h5"), options: options)
    for path in ["model_weights/layer_03/layer_03", "chunked"] {
      let error = try #require(throws: HDF5Error.self) { try root.entry(at: path) }
      #expect(error.kind == .skipped)
      #expect(error.reason == "was left out when reading")
    }
    #expect(root.contains("model_weights/layer_04/layer_04"))
  }

  @Test("datasets beyond the limit of all data are refused one by one", arguments: Reader.allCases)
  func dataBytes(reader: Reader) throws {
    var limits = HDF5Limits(fileSize: 0)
    limits.dataBytes = 60
    let options = HDF5ReadOptions(limits: limits)
    let root = try reader.read(Fixtures.path("superblock0.h5"), options: options)
    #expect(try root.dataset(at: "chunked").count == 12)
    let error = try #require(throws: HDF5Error.self) { try root.dataset(at: "extensible") }
    #expect(error.kind == .refused)
    #expect(
      error.reason
        == "9 elements of 4 bytes go beyond the limit of 60 bytes for all data")
  }

  @Test("attributes beyond their limit are refused", arguments: Reader.allCases)
  func attributeBytes(reader: Reader) throws {
    var limits = HDF5Limits(fileSize: 0)
    limits.attributeBytes = 50_000
    let options = HDF5ReadOptions(limits: limits)
    let root = try reader.read(Fixtures.path("attributes.h5"), options: options)
    let odd = try root.group(at: "odd").attributes
    let error = try #require(throws: HDF5Error.self) { try odd.string("longer_than_a_header") }
    #expect(error.kind == .refused)
    #expect(error.reason.hasSuffix("attributes hold more than the limit of 50000 bytes"))
    #expect(try odd.string("one") == "alone")
  }

  @Test("groups that nest too deep are refused", arguments: Reader.allCases)
  func depth(reader: Reader) throws {
    var limits = HDF5Limits(fileSize: 0)
    limits.depth = 2
    let options = HDF5ReadOptions(limits: limits)
    let root = try reader.read(Fixtures.path("superblock0.h5"), options: options)
    let error = try #require(throws: HDF5Error.self) {
      try root.group(at: "model_weights/layer_00")
    }
    #expect(error.kind == .refused)
    #expect(error.reason == "groups nest deeper than the limit of 2")
  }

  @Test("more objects than the limit are refused", arguments: Reader.allCases)
  func objects(reader: Reader) throws {
    var limits = HDF5Limits(fileSize: 0)
    limits.objects = 20
    let options = HDF5ReadOptions(limits: limits)
    let root = try reader.read(Fixtures.path("superblock0.h5"), options: options)
    let error = try #require(throws: HDF5Error.self) { try root.group(at: "model_weights") }
    #expect(error.kind == .refused)
    #expect(error.reason == "the file holds more than the limit of 20 objects")
  }

  @Test("a group that holds itself is refused", arguments: Reader.allCases)
  func cycle(reader: Reader) throws {
    let root = try reader.read(Fixtures.path("links.h5"))
    let error = try #require(throws: HDF5Error.self) { try root.entry(at: "group/loop") }
    #expect(error.kind == .refused)
    #expect(error.reason == "the group holds itself")
  }

  @Test("text that is not UTF-8 is repaired", arguments: Reader.allCases)
  func invalidText(reader: Reader) throws {
    let directory = try TemporaryDirectory()
    var bytes = try Fixtures.bytes("superblock0.h5")
    let name = Array("layer_07".utf8)
    for position in bytes.indices.dropLast(name.count)
    where bytes[position] == name[0] && Array(bytes[position..<position + name.count]) == name {
      bytes[position + 6] = 0xE9
    }
    let root = try reader.read(try directory.write(bytes, to: "x.h5"))
    let layers = try root.group(at: "model_weights")
    #expect(layers.names.contains("layer_\u{FFFD}7"))
    #expect(!layers.names.contains("layer_07"))
  }
}
