/// Reads the description of a tree that another process wrote, which may have been taken over by
/// the very file that it read: every number is checked against what it stands for.
struct TreeDecoder {
  private var input: ByteReader
  private let data: Mapping
  private let dataSize: Int
  private let file: String
  private let depthLimit: Int

  /// A decoder of `description`, whose datasets lie in the first `dataSize` bytes of `data`.
  init(
    _ description: UnsafeRawBufferPointer, data: Mapping, dataSize: Int, file: String,
    depthLimit: Int
  ) {
    input = ByteReader(description)
    self.data = data
    self.dataSize = dataSize
    self.file = file
    self.depthLimit = depthLimit
  }

  /// The whole answer; nothing may follow it.
  mutating func decode() throws(Problem) -> HDF5Entry {
    let root = try entry(path: "/", depth: 0)
    guard input.isAtEnd else { throw ByteReader.nonsense }
    return root
  }

  private mutating func entry(path: String, depth: Int) throws(Problem) -> HDF5Entry {
    guard depth <= depthLimit + 1 else { throw ByteReader.nonsense }
    switch DumpFormat.EntryTag(rawValue: try input.byte()) {
    case .group: return .group(try group(path: path, depth: depth))
    case .numbers: return .dataset(try numbers(path: path))
    case .strings: return .dataset(try strings(path: path))
    case .unavailable: return .unavailable(try error())
    case nil: throw ByteReader.nonsense
    }
  }

  private mutating func group(path: String, depth: Int) throws(Problem) -> HDF5Group {
    let attributes = try attributes(path: path)
    var entries: [String: HDF5Entry] = [:]
    for _ in 0..<(try input.count(ofAtLeast: 9)) {
      let name = try input.text()
      entries[name] = try entry(
        path: path == "/" ? "/\(name)" : "\(path)/\(name)", depth: depth + 1)
    }
    return HDF5Group(file: file, path: path, attributes: attributes, entries: entries)
  }

  private mutating func numbers(path: String) throws(Problem) -> HDF5Dataset {
    let attributes = try attributes(path: path)
    let (shape, count) = try shape()
    guard let type = HDF5ElementType(rawValue: try input.byte()), type != .string,
      case (let byteCount, false) = count.multipliedReportingOverflow(by: type.byteCount)
    else { throw ByteReader.nonsense }
    let position = try input.number()
    guard position >= 0, position % DumpFormat.alignment == 0, position <= dataSize,
      byteCount <= dataSize - position
    else { throw ByteReader.nonsense }
    let bytes = UnsafeMutableRawBufferPointer(
      rebasing: data.bytes[position..<position + byteCount])
    return HDF5Dataset(
      file: file, path: path, attributes: attributes, shape: shape, elementType: type,
      content: .numbers(HDF5Bytes(viewing: bytes, owner: data)))
  }

  private mutating func strings(path: String) throws(Problem) -> HDF5Dataset {
    let attributes = try attributes(path: path)
    let (shape, count) = try shape()
    return HDF5Dataset(
      file: file, path: path, attributes: attributes, shape: shape, elementType: .string,
      content: .strings(try texts(count)))
  }

  private mutating func attributes(path: String) throws(Problem) -> HDF5Attributes {
    var values: [String: HDF5Attribute] = [:]
    for _ in 0..<(try input.count(ofAtLeast: 17)) {
      let name = try input.text()
      let (shape, count) = try shape()
      values[name] = HDF5Attribute(shape: shape, values: try self.values(count))
    }
    return HDF5Attributes(values, file: file, path: path)
  }

  private mutating func values(_ count: Int) throws(Problem) -> HDF5Attribute.Values {
    switch DumpFormat.ValuesTag(rawValue: try input.byte()) {
    case .strings: return .strings(try texts(count))
    case .integers:
      return .integers(
        try array(count) { input throws(Problem) in
          Int64(bitPattern: try input.bits())
        })
    case .floats:
      return .floats(
        try array(count) { input throws(Problem) in
          Double(bitPattern: try input.bits())
        })
    case .bools:
      return .bools(
        try array(count) { input throws(Problem) in
          try input.byte() != 0
        })
    case .unavailable: return .unavailable(try error())
    case nil: throw ByteReader.nonsense
    }
  }

  private mutating func texts(_ count: Int) throws(Problem) -> [String] {
    try array(count) { input throws(Problem) in try input.text() }
  }

  /// `count` elements, without room being made for more of them than arrive.
  private mutating func array<Element>(
    _ count: Int, _ element: (inout ByteReader) throws(Problem) -> Element
  ) throws(Problem) -> [Element] {
    var elements: [Element] = []
    for _ in 0..<count { elements.append(try element(&input)) }
    return elements
  }

  /// The extents and their product.
  ///
  /// No product of any of them overflows, so that nobody who multiplies them has to look again.
  private mutating func shape() throws(Problem) -> ([Int], Int) {
    var shape: [Int] = []
    var bound = 1
    for _ in 0..<(try input.count(ofAtLeast: 8)) {
      let extent = try input.number()
      let (product, overflow) = bound.multipliedReportingOverflow(by: max(extent, 1))
      guard extent >= 0, !overflow, product < Extents.most else { throw ByteReader.nonsense }
      shape.append(extent)
      bound = product
    }
    return (shape, shape.contains(0) ? 0 : bound)
  }

  private mutating func error() throws(Problem) -> HDF5Error {
    guard let kind = HDF5Error.Kind(rawValue: try input.byte()) else { throw ByteReader.nonsense }
    let path = try input.text()
    return HDF5Error(Problem(kind, try input.text()), file: file, path: path)
  }
}
