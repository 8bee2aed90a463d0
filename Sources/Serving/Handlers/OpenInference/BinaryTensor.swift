import Inference
import Tensors

/// The elements of a tensor as bytes: little-endian and row-major; a string is its length in 4 bytes
/// and its own bytes.
struct BinaryTensor {
  private let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  /// The tensor of a shape that an input takes.
  func tensor(_ shape: Shape, for port: ModelPort) throws(HTTPError) -> Tensor {
    if port.elementType == .string { return try strings(shape, for: port) }
    let type = TensorType(shape, port.elementType)
    guard type.byteCount == bytes.count else {
      throw HTTPError(
        .badRequest,
        "input '\(port.name)': unexpected total byte size \(bytes.count), expecting "
          + "\(type.byteCount) for shape \(shape)")
    }
    let tensor = bytes.baseAddress.map { Tensor(copying: $0, type) } ?? Tensor(zeros: type)
    guard port.elementType == .bool else { return tensor }
    // Any byte but 0 is true, and elements are 0 or 1.
    return Tensor(shape, tensor.withBytes { $0.map { $0 != 0 } })
  }

  /// The tensor of an input that is the whole body: of one item, or of as many as the bytes make.
  func tensor(raw port: ModelPort) throws(HTTPError) -> Tensor {
    let sizes = port.shape.dropFirst().compactMap(\.self)
    guard sizes.count == port.shape.count - 1, port.elementType != .string else {
      guard port.elementType == .string, sizes.allSatisfy({ $0 == 1 }) else {
        throw HTTPError(
          .badRequest,
          "raw binary needs an input of a fixed shape, input '\(port.name)' is "
            + port.shapeText)
      }
      return try strings(Shape([1] + sizes), for: port)
    }
    let itemBytes = TensorType(Shape(sizes), port.elementType).byteCount
    guard itemBytes > 0, !bytes.isEmpty, bytes.count % itemBytes == 0 else {
      throw HTTPError(
        .badRequest,
        "input '\(port.name)': unexpected total byte size \(bytes.count), expecting \(itemBytes)")
    }
    let count = bytes.count / itemBytes
    return try tensor(Shape([port.shape.first.flatMap(\.self) ?? count] + sizes), for: port)
  }

  private func strings(_ shape: Shape, for port: ModelPort) throws(HTTPError) -> Tensor {
    var texts: [UnsafeRawBufferPointer] = []
    var rest = bytes[...]
    while rest.count >= 4 {
      let length = Int(UnsafeRawBufferPointer(rebasing: rest).loadUnaligned(as: UInt32.self))
      rest = rest.dropFirst(4)
      guard length <= rest.count else { break }
      texts.append(UnsafeRawBufferPointer(rebasing: rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    guard rest.isEmpty, texts.count == shape.elementCount else {
      throw HTTPError(
        .badRequest,
        "input '\(port.name)': expected \(shape.elementCount) strings, each its length in 4 bytes "
          + "and its own bytes")
    }
    return Tensor(shape, textLengths: texts.map(\.count)) { index, bytes in
      UnsafeMutableRawBufferPointer(bytes).copyMemory(from: texts[index])
    }
  }

  /// The bytes of a tensor.
  static func bytes(of tensor: Tensor) -> [UInt8] {
    guard tensor.elementType == .string else { return tensor.withBytes { Array($0) } }
    var bytes: [UInt8] = []
    tensor.withElements(as: TextElement.self) { texts in
      for text in texts {
        withUnsafeBytes(of: UInt32(text.count).littleEndian) { bytes += $0 }
        bytes += text.bytes
      }
    }
    return bytes
  }
}
