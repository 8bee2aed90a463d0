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
    let (elementType, isSwapped) = try header.elementType()
    let width = elementType.byteCount
    let shape = Shape(header.sizes)
    guard shape.rank <= CPUKernels.maximumRank,
      let count = shape.elementCount(atMost: Int.max / width)
    else { throw .impossibleShape(header.sizes) }
    let data = UnsafeRawBufferPointer(rebasing: bytes[header.dataOffset...])
    guard data.count == count * width else {
      throw .wrongSize(expected: count * width, found: data.count)
    }
    let storage = TensorStorage(uninitialized: count * width)
    storage.bytes.copyMemory(from: data)
    if isSwapped { storage.bytes.reverseElements(of: width) }
    if elementType == .bool { storage.bytes.makeBooleans() }
    guard header.isFortranOrder else {
      self.init(TensorType(shape, elementType), storage: storage)
      return
    }
    let reversed = Tensor(TensorType(Shape(header.sizes.reversed()), elementType), storage: storage)
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
