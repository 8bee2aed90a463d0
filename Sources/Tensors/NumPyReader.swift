extension Tensor {
  /// Reads the bytes of a `.npy` file, versions 1 to 3, either byte order, C or Fortran order.
  public init(npy bytes: some Sequence<UInt8>) throws(NumPyError) {
    let bytes = Array(bytes)
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(NumPyError) in try Tensor(npy: bytes) }
    }
    self = try result.get()
  }

  /// Reads the bytes of a `.npy` file, versions 1 to 3, either byte order, C or Fortran order.
  public init(npy bytes: UnsafeRawBufferPointer) throws(NumPyError) {
    let header = try NumPyHeader(bytes)
    try self.init(header, data: UnsafeRawBufferPointer(rebasing: bytes[header.dataOffset...]))
  }

  /// The array of the given elements' bytes, which a header describes.
  package init(_ header: NumPyHeader, data: UnsafeRawBufferPointer) throws(NumPyError) {
    let elements = try header.elements()
    let shape = Shape(header.sizes)
    guard shape.rank <= CPUKernels.maximumRank,
      let count = shape.elementCount(atMost: Int.max / max(elements.width, elements.type.byteCount))
    else { throw .impossibleShape(header.sizes) }
    guard data.count == count * elements.width else {
      throw .wrongSize(expected: count * elements.width, found: data.count)
    }
    if elements.type == .string {
      self = NumPyText(elements, isFortranOrder: header.isFortranOrder).tensor(shape, data)
      return
    }
    let storage = TensorStorage(uninitialized: data.count)
    storage.bytes.copyMemory(from: data)
    if elements.isSwapped { storage.bytes.reverseElements(of: elements.width) }
    if elements.type == .bool { storage.bytes.makeBooleans() }
    guard header.isFortranOrder else {
      self.init(TensorType(shape, elements.type), storage: storage)
      return
    }
    let reversed = Tensor(
      TensorType(Shape(header.sizes.reversed()), elements.type), storage: storage)
    self = reversed.withReversedAxes()
  }

  /// This tensor with its axes in the opposite order.
  private func withReversedAxes() -> Tensor {
    guard shape.rank > 1, shape.elementCount > 0 else {
      return reshaped(to: Shape(shape.dimensions.reversed()))
    }
    return transposed(Array((0..<shape.rank).reversed()))
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Makes every byte but 0 a 1.
  fileprivate func makeBooleans() {
    for index in indices where self[index] != 0 { self[index] = 1 }
  }

  /// Reverses the bytes within each element.
  fileprivate func reverseElements(of width: Int) {
    for start in stride(from: 0, to: count, by: width) {
      self[start..<start + width].reverse()
    }
  }
}
