import Tensors

/// The header of a safetensors file, checked against the bytes that follow it.
struct BundleHeader {
  /// A tensor's place in the data.
  struct Entry {
    let name: String
    let type: TensorType
    let range: Range<Int>
  }

  /// The file's strings by key.
  let metadata: [String: String]
  /// The tensors in the order in which they stand in the data.
  let entries: [Entry]
  /// Where in the file the data begins.
  let dataOffset: Int

  /// Reads and checks the header of a whole file.
  init(_ file: UnsafeRawBufferPointer) throws(BundleError.Fault) {
    let header = try Self.headerRange(of: file)
    let json = try Self.json(UnsafeRawBufferPointer(rebasing: file[header]))
    guard var members = json.object else {
      throw .headerForm(reason: "expected an object")
    }
    metadata = try Self.metadata(members.removeValue(forKey: BundleFormat.metadataName))
    var entries: [Entry] = []
    for (name, member) in members { entries.append(try Self.entry(name, member)) }
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
    }
    try Self.checkLayout(entries, dataSize: file.count - header.upperBound)
    guard header.upperBound % BundleFormat.dataAlignment == 0 else {
      throw .dataAlignment(offset: header.upperBound)
    }
    self.entries = entries
    dataOffset = header.upperBound
  }

  private static func headerRange(
    of file: UnsafeRawBufferPointer
  ) throws(BundleError.Fault) -> Range<Int> {
    guard file.count >= BundleFormat.prefixSize else { throw .tooShort(size: file.count) }
    let length = UInt64(littleEndian: file.loadUnaligned(as: UInt64.self))
    let available = file.count - BundleFormat.prefixSize
    guard let count = Int(exactly: length),
      count <= min(available, BundleFormat.maximumHeaderSize)
    else { throw .headerLength(length, available: available) }
    return BundleFormat.prefixSize..<(BundleFormat.prefixSize + count)
  }

  private static func json(
    _ header: UnsafeRawBufferPointer
  ) throws(BundleError.Fault) -> JSONValue {
    guard let text = String(validating: header, as: UTF8.self) else { throw .headerNotUTF8 }
    guard text.utf8.first == UInt8(ascii: "{") else {
      throw .headerForm(reason: "expected '{' as its first character")
    }
    do {
      return try JSONValue(parsing: text)
    } catch {
      throw .headerNotJSON(error)
    }
  }

  private static func metadata(
    _ value: JSONValue?
  ) throws(BundleError.Fault) -> [String: String] {
    guard let value else { return [:] }
    guard let members = value.object else {
      throw .headerForm(reason: "\"\(BundleFormat.metadataName)\" is not an object")
    }
    let texts = members.compactMapValues(\.string)
    guard texts.count == members.count else {
      throw .headerForm(reason: "\"\(BundleFormat.metadataName)\" holds more than strings")
    }
    return texts
  }

  private static func entry(
    _ name: String, _ value: JSONValue
  ) throws(BundleError.Fault) -> Entry {
    let typeName: String
    let shape: Shape
    let offsets: [Int]
    do {
      var members = try JSONMembers(value, at: "entry")
      typeName = try members.string("dtype")
      shape = Shape(try members.sizes("shape"))
      offsets = try members.sizes("data_offsets")
      try members.finish()
    } catch {
      throw .tensorForm(tensor: name, reason: error.description)
    }
    guard let elementType = BundleFormat.elementType(named: typeName) else {
      throw .unknownType(tensor: name, type: typeName)
    }
    guard let count = shape.elementCount(atMost: .max / elementType.byteCount) else {
      throw .shapeOverflow(tensor: name)
    }
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw .tensorForm(
        tensor: name, reason: "\"data_offsets\": expected a beginning and an end at or behind it")
    }
    let range = offsets[0]..<offsets[1]
    guard range.count == count * elementType.byteCount else {
      throw .tensorSize(
        tensor: name, expected: count * elementType.byteCount, found: range.count)
    }
    guard range.lowerBound % elementType.byteCount == 0 else {
      throw .tensorAlignment(tensor: name, offset: range.lowerBound)
    }
    return Entry(name: name, type: TensorType(shape, elementType), range: range)
  }

  /// Checks that the tensors follow one another without gap and end where the file does.
  private static func checkLayout(
    _ entries: [Entry], dataSize: Int
  ) throws(BundleError.Fault) {
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        throw .tensorOffset(tensor: entry.name, expected: end, found: entry.range.lowerBound)
      }
      end = entry.range.upperBound
    }
    guard end == dataSize else { throw .dataSize(expected: end, found: dataSize) }
  }
}
