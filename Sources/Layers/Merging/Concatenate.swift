import ModelFormat
import Tensors

/// y = the inputs one behind the other along `axis`: `Concatenate`, and `Append`, `Hstack`, `Vstack`
/// and `Dstack` of `keras.ops`, which know their axes; `Stack` makes the axis.
///
/// Input: tensors whose sizes differ on that axis alone, of any element types; where these differ,
/// elements take the wider type, as in Keras. Output: the sizes on the axis added up.
///
/// Keras: <https://keras.io/api/layers/merging_layers/concatenate/>
struct Concatenate: Layer {
  static let classNames = [
    "Concatenate", "ops.Append", "ops.Concatenate", "ops.Dstack", "ops.Hstack", "ops.Stack",
    "ops.Vstack",
  ]
  static let elementTypes = ElementType.allCases
  static let arguments = LayerCall.operandPlaces

  private let name: String
  private let axis: Int?

  func isBatchIndependent(for call: LayerCall) -> Bool {
    name == "Concatenate" && call.leavesBatch([axis ?? 0])
  }

  init(_ reader: inout LayerReader) {
    name = reader.className
    switch name {
    case "ops.Append":
      axis = reader.value("axis") == nil ? nil : reader.int("axis", in: -16...15)
    case "ops.Dstack": axis = 2
    case "ops.Hstack": axis = 1
    case "ops.Stack": axis = reader.int("axis", default: 0, in: -64...63)
    case "ops.Vstack": axis = 0
    default: axis = reader.int("axis", default: -1, in: -16...15)
    }
  }

  /// What is joined: the shapes as they stand beside each other, and the axis.
  private func parts(
    _ operands: [Operand]
  ) throws(LayerError) -> (shapes: [Shape], axis: Int) {
    var shapes = operands.map(\.type.shape)
    if name == "ops.Dstack" {
      shapes = shapes.map { $0.rank < 2 ? Shape([1] + $0.dimensions) : $0 }
      shapes = shapes.map { Shape($0.dimensions + [Int](repeating: 1, count: max(0, 3 - $0.rank))) }
    }
    if axis == nil { shapes = shapes.map { [$0.elementCount] } }
    if name == "ops.Stack", let axis, let rank = shapes.first?.rank {
      shapes = shapes.map { Self.opened($0, at: axis < 0 ? axis + rank + 1 : axis) }
    }
    let isVector = name == "ops.Hstack" && shapes.first?.rank == 1
    guard let place = shapes.first?.normalizedAxis(isVector ? 0 : axis ?? 0) else {
      let first = shapes.first.map { "\($0)" } ?? "none"
      throw LayerError("expected an axis of shape \(first), found \(axis ?? 0)")
    }
    return (shapes, place)
  }

  /// A shape with an axis of size 1 at a place that it may have.
  private static func opened(_ shape: Shape, at place: Int) -> Shape {
    var sizes = shape.dimensions
    if (0...sizes.count).contains(place) { sizes.insert(1, at: place) }
    return Shape(sizes)
  }

  private func operands(_ call: LayerCall) throws(LayerError) -> [Operand] {
    try call.allOperands().compactMap { $0 }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let operands = try operands(call)
    let (shapes, axis) = try parts(operands)
    var output = TensorType(shapes[0], try Self.common(operands))
    output.shape[axis] = 0
    for shape in shapes {
      var rest = shape
      guard shape.rank == shapes[0].rank else { throw Self.mismatch(shapes) }
      rest[axis] = shapes[0][axis]
      guard rest == shapes[0] else { throw Self.mismatch(shapes) }
      output.shape[axis] += shape[axis]
    }
    return [output]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let (output, operands) = (call.outputs[0], try operands(call))
    let (shapes, axis) = try parts(operands)
    let rows = output.shape.dimensions[..<axis].reduce(1, *)
    let counts = shapes.map { $0.dimensions[axis...].reduce(1, *) }
    let rowCount = counts.reduce(0, +)
    let grain = 1 + 32_768 / max(rowCount, 1)
    return .run { buffers in
      buffers.workers.forEachRange(of: rows, grain: grain) { range in
        var place = buffers.outputBytes()
        for (operand, count) in zip(operands, counts) {
          let type = operand.type.elementType
          let bytes = operand.bytes(buffers, scratch: buffers.scratch)
          for row in range {
            let source = bytes + row * count * type.byteCount
            let target = place + row * rowCount * output.elementType.byteCount
            if type == output.elementType {
              target.copyMemory(from: source, byteCount: count * type.byteCount)
            } else {
              convertElements(count, source, type, target, output.elementType)
            }
          }
          place += count * output.elementType.byteCount
        }
      }
    }
  }

  private static func mismatch(_ shapes: [Shape]) -> LayerError {
    let found = shapes.map { "\($0)" }.joined(separator: ", ")
    return LayerError("expected shapes that differ on the axis alone, found \(found)")
  }

  /// The element type that holds elements of all operands' types.
  private static func common(_ operands: [Operand]) throws(LayerError) -> ElementType {
    let types = Set(operands.map(\.type.elementType))
    if types.count == 1 || !types.contains(.string) {
      return types.count == 1 ? operands[0].type.elementType : operands.wholeType
    }
    let found = types.map(\.rawValue).sorted().joined(separator: " and ")
    throw LayerError("expected elements of one type, found \(found)")
  }
}
