extension Tensor {
  /// Items of the first axis, sharing this tensor's storage.
  package func items(_ range: Range<Int>) -> Tensor {
    let itemBytes = type.byteCount / max(shape[0], 1)
    let bytes = UnsafeRawBufferPointer(
      rebasing: storage.bytes[(range.lowerBound * itemBytes)..<(range.upperBound * itemBytes)])
    return Tensor(
      TensorType(shape.withBatch(range.count), elementType),
      storage: TensorStorage(viewing: bytes, owner: storage))
  }

  /// Tensors that differ at most in the size of their first axis, one behind the other along it.
  package init(joining tensors: [Tensor]) {
    precondition(!tensors.isEmpty, "there is nothing to join")
    precondition(
      tensors.allSatisfy {
        $0.elementType == tensors[0].elementType
          && $0.shape.dimensions.dropFirst() == tensors[0].shape.dimensions.dropFirst()
      }, "items of different types or shapes are no batch")
    let count = tensors.reduce(0) { $0 + $1.shape[0] }
    if tensors[0].elementType == .string {
      self.init(tensors[0].shape.withBatch(count), tensors.flatMap(\.strings))
      return
    }
    let type = TensorType(tensors[0].shape.withBatch(count), tensors[0].elementType)
    let storage = TensorStorage(uninitialized: type.byteCount)
    var offset = 0
    for tensor in tensors {
      tensor.withBytes { bytes in
        UnsafeMutableRawBufferPointer(rebasing: storage.bytes[offset...]).copyMemory(from: bytes)
      }
      offset += tensor.type.byteCount
    }
    self.init(type, storage: storage)
  }

  /// A copy of the elements at `address`.
  package init(copying address: UnsafeRawPointer, _ type: TensorType) {
    if type.elementType == .string {
      let texts = UnsafeBufferPointer(
        start: address.assumingMemoryBound(to: TextElement.self), count: type.shape.elementCount)
      self.init(type.shape, texts: texts)
      return
    }
    let storage = TensorStorage(uninitialized: type.byteCount)
    storage.bytes.copyMemory(
      from: UnsafeRawBufferPointer(start: address, count: type.byteCount))
    self.init(type, storage: storage)
  }
}
