import Foundation
import ModelFormat
import Testing

/// One test for each way in which a bundle's bytes can be wrong.
@Suite struct MalformedBundleTests {
  @Test func theSoundBundleThatTheOthersSpoilIsRead() throws {
    #expect(try RawBundle().fault() == nil)
  }

  @Test func aMissingFile() {
    let error = #expect(throws: BundleError.self) { try BundleReader(path: "/nowhere/m") }
    #expect(error?.description == "\"/nowhere/m\": cannot open: no such file or directory")
  }

  @Test func aFolder() {
    let error = #expect(throws: BundleError.self) { try BundleReader(path: "/tmp") }
    #expect(error?.description == "\"/tmp\": cannot read: not a regular file")
  }

  @Test(arguments: [0, 1, 7]) func cutWithinTheHeadersLength(size: Int) throws {
    let bytes = try RawBundle().bytes().prefix(size)
    #expect(try RawBundle.fault(in: bytes) == .tooShort(size: size))
  }

  @Test func cutWithinTheHeader() throws {
    let bytes = try RawBundle().bytes()
    let length = UInt64(bytes.count - 8 - 32)
    #expect(
      try RawBundle.fault(in: bytes.prefix(100)) == .headerLength(length, available: 92))
  }

  @Test func cutWithinTheData() throws {
    let bytes = try RawBundle().bytes()
    #expect(
      try RawBundle.fault(in: bytes.dropLast(5)) == .dataSize(expected: 32, found: 27))
  }

  @Test(arguments: [100_000_001, UInt64(Int.max), UInt64(Int.max) + 1, .max])
  func aHeaderLengthThatOverflows(length: UInt64) throws {
    var bytes = try RawBundle().bytes()
    bytes.replaceSubrange(..<8, with: withUnsafeBytes(of: length.littleEndian) { Data($0) })
    #expect(
      try RawBundle.fault(in: bytes) == .headerLength(length, available: bytes.count - 8))
  }

  @Test func aHeaderThatIsNotUTF8() throws {
    let header = Data([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D])
    #expect(
      try RawBundle.fault(in: RawBundle.bytes(header: header, data: Data())) == .headerNotUTF8)
  }

  @Test func aHeaderThatIsNotJSON() throws {
    let bytes = RawBundle.bytes(header: Data("{\"a\" 1}".utf8), data: Data())
    let fault = try RawBundle.fault(in: bytes)
    #expect(fault?.description == "the header is not JSON: byte 5: expected ':', found '1'")
  }

  @Test func aHeaderThatBeginsWithASpace() throws {
    let bytes = RawBundle.bytes(header: Data(" {}".utf8), data: Data())
    let fault = try RawBundle.fault(in: bytes)
    #expect(fault == .headerForm(reason: "expected '{' as its first character"))
  }

  @Test func aHeaderNestedTooDeep() throws {
    let header = "{\"a\":" + String(repeating: "[", count: 200_000)
    let fault = try RawBundle.fault(in: RawBundle.bytes(header: Data(header.utf8), data: Data()))
    #expect(
      fault?.description == "the header is not JSON: byte 261: nested more than 256 deep")
  }

  @Test func twoTensorsOfOneName() throws {
    let entry = #"{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"#
    let header = "{\"a\":\(entry),\"a\":\(entry)}"
    let fault = try RawBundle.fault(in: RawBundle.bytes(header: Data(header.utf8), data: Data()))
    #expect(
      fault?.description
        == "the header is not JSON: byte 53: key \"a\" stands twice in one object")
  }

  @Test func dataThatIsNotAligned() throws {
    let json = try JSONSerialization.data(withJSONObject: RawBundle().header)
    let bytes = RawBundle.bytes(header: json + Data(" ".utf8), data: Data(count: 32), alignment: 8)
    let offset = bytes.count - 32
    try #require(offset % 64 != 0)
    #expect(try RawBundle.fault(in: bytes) == .dataAlignment(offset: offset))
  }

  @Test(arguments: ["dtype", "shape", "data_offsets"])
  func anEntryThatLacksAMember(member: String) throws {
    var bundle = RawBundle()
    var entry = RawBundle.entry("F32", [2], [24, 32])
    entry[member] = nil
    bundle.header["d/bias"] = entry
    #expect(
      try bundle.fault()
        == .tensorForm(tensor: "d/bias", reason: "entry: \"\(member)\" is missing"))
  }

  @Test func anEntryWithAMemberTooMany() throws {
    var bundle = RawBundle()
    bundle.header["d/bias"] = RawBundle.entry("F32", [2], [24, 32]).merging(["more": 1]) { $1 }
    #expect(
      try bundle.fault()
        == .tensorForm(tensor: "d/bias", reason: "entry: unknown member \"more\""))
  }

  @Test(arguments: [[-2, 1], [1.5, 1], ["2", 1]] as [[any Sendable]])
  func aShapeThatIsNone(shape: [any Sendable]) throws {
    var bundle = RawBundle()
    bundle.header["d/bias"] = RawBundle.entry("F32", shape, [24, 32])
    #expect(
      try bundle.fault()
        == .tensorForm(tensor: "d/bias", reason: "entry.shape: expected a list of sizes"))
  }

  @Test func anUnknownElementType() throws {
    var bundle = RawBundle()
    bundle.header["d/bias"] = RawBundle.entry("F8_E4M3", [2], [24, 32])
    #expect(try bundle.fault() == .unknownType(tensor: "d/bias", type: "F8_E4M3"))
  }

  @Test(arguments: [[1 << 32, 1 << 32], [4, 1 << 62], [1 << 62]])
  func aShapeThatOverflows(shape: [Int]) throws {
    var bundle = RawBundle()
    bundle.header["d/bias"] = RawBundle.entry("F32", shape, [24, 32])
    #expect(try bundle.fault() == .shapeOverflow(tensor: "d/bias"))
  }

  @Test(arguments: [[32, 24], [24], [24, 32, 40]]) func offsetsThatAreNone(offsets: [Int]) throws {
    var bundle = RawBundle()
    bundle.header["d/bias"] = RawBundle.entry("F32", [2], offsets)
    #expect(
      try bundle.fault()
        == .tensorForm(
          tensor: "d/bias",
          reason: "\"data_offsets\": expected a beginning and an end at or behind it"))
  }

  @Test func offsetsThatDoNotFitTheShape() throws {
    var bundle = RawBundle()
    bundle.header["d/bias"] = RawBundle.entry("F32", [3], [24, 32])
    #expect(try bundle.fault() == .tensorSize(tensor: "d/bias", expected: 12, found: 8))
  }

  @Test func aGapBetweenTensors() throws {
    var bundle = RawBundle()
    bundle.header["d/bias"] = RawBundle.entry("F32", [2], [28, 36])
    bundle.data = Data(count: 36)
    #expect(try bundle.fault() == .tensorOffset(tensor: "d/bias", expected: 24, found: 28))
  }

  @Test func tensorsThatOverlap() throws {
    var bundle = RawBundle()
    bundle.header["d/bias"] = RawBundle.entry("F32", [2], [20, 28])
    bundle.data = Data(count: 28)
    #expect(try bundle.fault() == .tensorOffset(tensor: "d/bias", expected: 24, found: 20))
  }

  @Test func aTensorThatIsNotAligned() throws {
    var bundle = RawBundle()
    bundle.header["a"] = RawBundle.entry("U8", [1], [0, 1])
    bundle.header["d/kernel"] = RawBundle.entry("F32", [3, 2], [1, 25])
    bundle.header["d/bias"] = RawBundle.entry("U8", [8], [25, 33])
    bundle.data = Data(count: 33)
    #expect(try bundle.fault() == .tensorAlignment(tensor: "d/kernel", offset: 1))
  }

  @Test func bytesBehindTheLastTensor() throws {
    var bundle = RawBundle()
    bundle.data = Data(count: 40)
    #expect(try bundle.fault() == .dataSize(expected: 32, found: 40))
  }

  @Test func dataOfAnotherChecksum() throws {
    let zeros = String(repeating: "0", count: 64)
    guard case .checksum(zeros, _) = try RawBundle().fault(verifyingChecksum: true) else {
      Issue.record("the checksum is not compared")
      return
    }
  }
}
