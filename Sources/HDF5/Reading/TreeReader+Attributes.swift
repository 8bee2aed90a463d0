extension TreeReader {
  /// Every attribute of `object`; one that cannot be read says so when it is asked for.
  func attributes(
    of object: borrowing OpenObject, path: String
  ) throws(Problem) -> HDF5Attributes {
    let names = try object.attributeNames()
    try chargeObjects(names.count)
    var values: [String: HDF5Attribute] = [:]
    for name in names {
      let text = String(decoding: name.dropLast().lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
      do throws(Problem) {
        values[text] = try value(of: try object.attribute(named: name))
      } catch {
        let problem = Problem(error.kind, "attribute '\(text)': \(error.reason)")
        values[text] = HDF5Attribute(
          shape: [], values: .unavailable(self.error(problem, path: path)))
      }
    }
    return HDF5Attributes(values, file: self.name, path: path)
  }

  private func value(of attribute: borrowing OpenAttribute) throws(Problem) -> HDF5Attribute {
    let shape = try attribute.shape()
    let count = shape.reduce(1, *)
    let type = try attribute.type()
    switch try type.elements() {
    case .strings(let layout):
      let strings = try strings(of: attribute, count: count, layout, type)
      return HDF5Attribute(shape: shape, values: .strings(strings))
    case .numbers(let element):
      return HDF5Attribute(
        shape: shape, values: try numbers(of: attribute, count: count, element, type))
    }
  }

  private func strings(
    of attribute: borrowing OpenAttribute, count: Int, _ layout: StringLayout,
    _ type: borrowing OpenType
  ) throws(Problem) -> [String] {
    if count == 0 { return [] }
    let memoryType = try OpenType.inMemory(layout, file: type)
    let buffer = try attributeBuffer(count: count, stride: layout.stride)
    defer { buffer.deallocate() }
    try attribute.read(memoryType, into: buffer.baseAddress.unsafelyUnwrapped)
    let strings = layout.decode(UnsafeRawBufferPointer(buffer))
    if case .variable = layout {
      try attribute.reclaim(memoryType, in: buffer.baseAddress.unsafelyUnwrapped)
      try chargeAttribute(strings.reduce(0) { $0 + $1.utf8.count })
    }
    return strings
  }

  private func numbers(
    of attribute: borrowing OpenAttribute, count: Int, _ element: HDF5ElementType,
    _ type: borrowing OpenType
  ) throws(Problem) -> HDF5Attribute.Values {
    switch element {
    case .bool:
      return .bools(
        try values(of: attribute, count: count, .bool, type, UInt8.self).map { $0 != 0 })
    case .uint64:
      let values = try values(of: attribute, count: count, .uint64, type, UInt64.self)
      guard values.allSatisfy({ $0 <= Int64.max }) else {
        throw Problem(.unsupported, "integers beyond 2^63 - 1 are not supported")
      }
      return .integers(values.map(Int64.init))
    case .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32:
      return .integers(try values(of: attribute, count: count, .int64, type, Int64.self))
    case .float16, .float32, .float64:
      return .floats(try values(of: attribute, count: count, .float64, type, Double.self))
    case .bfloat16, .string:
      throw Problem(.unsupported, "opaque values are not supported")
    }
  }

  /// The elements as `T`, which is the Swift type of `element`.
  private func values<T>(
    of attribute: borrowing OpenAttribute, count: Int, _ element: HDF5ElementType,
    _ type: borrowing OpenType, _: T.Type
  ) throws(Problem) -> [T] {
    if count == 0 { return [] }
    let memoryType = try OpenType.inMemory(element, file: type)
    let buffer = try attributeBuffer(count: count, stride: MemoryLayout<T>.stride)
    defer { buffer.deallocate() }
    try attribute.read(memoryType, into: buffer.baseAddress.unsafelyUnwrapped)
    return Array(buffer.bindMemory(to: T.self))
  }

  /// Memory for `count` elements, all bytes zero.
  private func attributeBuffer(
    count: Int, stride: Int
  ) throws(Problem) -> UnsafeMutableRawBufferPointer {
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: stride)
    guard !overflow else { throw Problem(.refused, "its size is beyond what memory can hold") }
    try chargeAttribute(byteCount)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    return buffer
  }
}
