import ModelFormat
import Tensors

/// A tensor cut along an axis: `Split` and its kin, and `Unstack` of `keras.ops`.
///
/// Keras: <https://keras.io/api/ops/numpy/>
struct Parts: Layer {
  static let classNames = [
    "ops.ArraySplit", "ops.Dsplit", "ops.Hsplit", "ops.Split", "ops.Unstack", "ops.Vsplit",
  ]
  static let elementTypes = ElementType.allCases

  private let name: String
  private let axis: Int
  /// The number of equal parts, or the places where it is cut.
  private let cuts: [Int]
  private let isCount: Bool

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    name = reader.className
    axis =
      ["ops.Dsplit": 2, "ops.Hsplit": 1, "ops.Vsplit": 0][name]
      ?? reader.int("axis", default: 0, in: -64...63)
    let sections = reader.value("indices_or_sections")
    isCount = sections?.array == nil
    let range = -LayerReader.largestSize...LayerReader.largestSize
    cuts =
      name.lowercased().hasSuffix("split")
      ? reader.intList("indices_or_sections", default: [1], in: range) : []
    if name == "ops.Unstack" { _ = reader.value("num") }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    guard call.inputs.count == 1, let first = call.inputs.first else {
      throw LayerError("expected 1 input, found \(call.inputs.count)")
    }
    guard let axis = place(in: first.shape) else {
      throw LayerError("expected an axis of shape \(first.shape), found \(self.axis)")
    }
    return try ranges(first.shape[axis]).map { range in
      var sizes = first.shape.dimensions
      sizes.replaceSubrange(axis...axis, with: name == "ops.Unstack" ? [] : [range.count])
      return TensorType(Shape(sizes), first.elementType)
    }
  }

  /// The axis along which a tensor is cut; vectors have only one.
  private func place(in shape: Shape) -> Int? {
    shape.normalizedAxis(name == "ops.Hsplit" && shape.rank == 1 ? 0 : axis)
  }

  private func ranges(_ size: Int) throws(LayerError) -> [Range<Int>] {
    if name == "ops.Unstack" { return (0..<size).map { $0..<($0 + 1) } }
    guard isCount else {
      let bounds = [0] + cuts.map { min($0 < 0 ? max($0 + size, 0) : $0, size) } + [size]
      return zip(bounds, bounds.dropFirst()).map { $0..<max($0, $1) }
    }
    let count = max(cuts.first ?? 1, 1)
    if name == "ops.ArraySplit" {
      let (width, rest) = size.quotientAndRemainder(dividingBy: count)
      let bounds = (0...count).map { $0 * width + min($0, rest) }
      return zip(bounds, bounds.dropFirst()).map { $0..<$1 }
    }
    guard size % count == 0 else {
      throw LayerError("expected a size that \(count) divides, found \(size)")
    }
    return (0..<count).map { ($0 * (size / count))..<(($0 + 1) * (size / count)) }
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let type = call.inputs[0]
    let axis = place(in: type.shape) ?? 0
    let inner = type.shape.dimensions[(axis + 1)...].reduce(1, *) * type.elementType.byteCount
    let rows = type.shape.dimensions[..<axis].reduce(1, *)
    let size = type.shape[axis]
    let ranges = try ranges(size)
    return .run { buffers in
      for (index, range) in ranges.enumerated() {
        for row in 0..<rows {
          (buffers.outputBytes(index) + row * range.count * inner).copyMemory(
            from: buffers.inputBytes(0) + (row * size + range.lowerBound) * inner,
            byteCount: range.count * inner)
        }
      }
    }
  }
}
