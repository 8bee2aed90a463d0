import Tensors

extension JSONWriter {
  /// Writes a tensor as nested lists; `coded` strings are written as `{"b64": "…"}`.
  mutating func tensor(_ tensor: Tensor, coded: Bool = false) {
    let tensor = tensor.writable
    tensor.withBytes { bytes in
      var reader = TensorReader(elementType: tensor.elementType, isCoded: coded, bytes: bytes)
      lists(tensor.shape.dimensions[...], &reader)
    }
  }

  /// Writes one item of a tensor's first axis as nested lists, as ``tensor(_:coded:)`` does.
  mutating func item(_ index: Int, of tensor: Tensor, coded: Bool = false) {
    let tensor = tensor.writable
    let shape = Shape(Array(tensor.shape.dimensions.dropFirst()))
    tensor.withBytes { bytes in
      let size = shape.elementCount * tensor.elementType.byteCount
      var reader = TensorReader(
        elementType: tensor.elementType, isCoded: coded,
        bytes: UnsafeRawBufferPointer(rebasing: bytes[(index * size)..<((index + 1) * size)]))
      lists(shape.dimensions[...], &reader)
    }
  }

  private mutating func lists(_ sizes: ArraySlice<Int>, _ reader: inout TensorReader) {
    guard let size = sizes.first else { return reader.write(to: &self) }
    array { writer in
      for _ in 0..<size { writer.lists(sizes.dropFirst(), &reader) }
    }
  }
}

extension Tensor {
  /// The tensor, widened where its elements are halves.
  fileprivate var writable: Tensor {
    switch elementType {
    case .float16, .bfloat16: converted(to: .float32)
    default: self
    }
  }
}

/// Reads a tensor's elements one after the other.
private struct TensorReader {
  let elementType: ElementType
  let isCoded: Bool
  let bytes: UnsafeRawBufferPointer
  var offset = 0

  mutating func write(to writer: inout JSONWriter) {
    switch elementType {
    case .float32: writer.number(next(Float.self))
    case .float64: writer.number(next(Double.self))
    case .float16, .bfloat16: preconditionFailure("halves are widened before")
    case .int8: writer.integer(next(Int8.self))
    case .int16: writer.integer(next(Int16.self))
    case .int32: writer.integer(next(Int32.self))
    case .int64: writer.integer(next(Int64.self))
    case .uint8: writer.integer(next(UInt8.self))
    case .uint16: writer.integer(next(UInt16.self))
    case .uint32: writer.integer(next(UInt32.self))
    case .uint64: writer.integer(next(UInt64.self))
    case .bool: writer.bool(next(UInt8.self) != 0)
    case .string where isCoded:
      let text = next(TextElement.self)
      writer.object { $0.member("b64", Base64.encode(Array(text.bytes))) }
    case .string: writer.string(next(TextElement.self).string)
    }
  }

  private mutating func next<Value: BitwiseCopyable>(_ type: Value.Type) -> Value {
    defer { offset += MemoryLayout<Value>.size }
    return bytes.loadUnaligned(fromByteOffset: offset, as: type)
  }
}
