extension TreeReader {
  /// A dataset with all its elements.
  ///
  /// Where the data lies is judged before anything of it is touched, and its size before memory
  /// is taken for it.
  func dataset(
    _ object: borrowing OpenObject, attributes: HDF5Attributes, path: String
  ) throws(Problem) -> HDF5Dataset {
    let dataset = try OpenDataset(object)
    let layout = try layout(of: dataset)
    let shape = try dataset.shape()
    let count = shape.reduce(1, *)
    let type = try dataset.type()
    let elements = try type.elements()
    try checkStorage(of: dataset, layout, count: count, elementSize: type.size())
    let elementType: HDF5ElementType
    let content: HDF5Dataset.Content
    switch elements {
    case .numbers(let element):
      elementType = element
      content = .numbers(try numbers(of: dataset, count: count, element, type))
    case .strings(let layout):
      elementType = .string
      content = .strings(try strings(of: dataset, count: count, layout, type))
    }
    return HDF5Dataset(
      file: name, path: path, attributes: attributes, shape: shape, elementType: elementType,
      content: content)
  }

  private func numbers(
    of dataset: borrowing OpenDataset, count: Int, _ element: HDF5ElementType,
    _ type: borrowing OpenType
  ) throws(Problem) -> HDF5Bytes {
    let bytes = try allocate(charged(count: count, stride: element.byteCount))
    guard let start = bytes.memory.baseAddress, count > 0 else { return bytes }
    try dataset.read(OpenType.inMemory(element, file: type), into: start)
    if element == .bool {
      for position in bytes.memory.indices where bytes.memory[position] > 1 {
        bytes.memory[position] = 1
      }
    }
    return bytes
  }

  private func strings(
    of dataset: borrowing OpenDataset, count: Int, _ layout: StringLayout,
    _ type: borrowing OpenType
  ) throws(Problem) -> [String] {
    if count == 0 { return [] }
    let memoryType = try OpenType.inMemory(layout, file: type)
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: try charged(count: count, stride: layout.stride), alignment: 16)
    defer { buffer.deallocate() }
    buffer.initializeMemory(as: UInt8.self, repeating: 0)
    try dataset.read(memoryType, into: buffer.baseAddress.unsafelyUnwrapped)
    let strings = layout.decode(UnsafeRawBufferPointer(buffer))
    if case .variable = layout {
      try dataset.reclaim(memoryType, in: buffer.baseAddress.unsafelyUnwrapped)
      _ = try charged(count: strings.reduce(0) { $0 + $1.utf8.count }, stride: 1)
    }
    return strings
  }

  /// The bytes of `count` elements, taken from what datasets may have in all.
  private func charged(count: Int, stride: Int) throws(Problem) -> Int {
    let (byteCount, overflow) = count.multipliedReportingOverflow(by: stride)
    guard !overflow, byteCount <= limits.dataBytes - dataBytes else {
      throw Problem(
        .refused,
        "\(count) elements of \(stride) bytes go beyond the limit of \(limits.dataBytes) bytes "
          + "for all data")
    }
    dataBytes += byteCount
    return byteCount
  }
}
