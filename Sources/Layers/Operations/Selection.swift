import ModelFormat
import Tensors

/// y = a where the condition holds, else b: `Where` of `keras.ops`, all three broadcast.
///
/// Keras: <https://keras.io/api/ops/numpy/#where-function>
struct Selection: Layer {
  static let classNames = ["ops.Where"]
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces

  init(_ reader: inout LayerReader) {}

  func isBatchIndependent(for call: LayerCall) -> Bool { call.broadcastsByItem }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let operands = try call.operands(3)
    guard let sides = broadcastShape(operands[1].type.shape, operands[2].type.shape),
      let shape = broadcastShape(operands[0].type.shape, sides)
    else {
      throw LayerError(
        "expected shapes that broadcast together, found "
          + operands.map { "\($0.type.shape)" }.joined(separator: ", "))
    }
    let type = Array(operands.dropFirst()).wholeType
    return [TensorType(shape, type == .bool ? .int32 : type)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let operands = try call.operands(3)
    let output = call.outputs[0]
    let places = operands.map { Self.strides($0.type.shape, in: output.shape) }
    let outputStrides = output.shape.strides
    let scratchBytes = operands.reduce(0) { $0 + $1.scratchBytes }
    func step<Element: TensorElement>(_ element: Element.Type) -> Step {
      .run(scratchBytes: scratchBytes) { buffers in
        var scratch = buffers.scratch
        let condition = operands[0].values(as: Float.self, buffers, scratch: scratch)
        scratch += operands[0].scratchBytes
        let yes = operands[1].values(as: element, buffers, scratch: scratch)
        scratch += operands[1].scratchBytes
        let no = operands[2].values(as: element, buffers, scratch: scratch)
        let y = buffers.output(0, as: element)
        for index in 0..<output.shape.elementCount {
          var (rest, c, a, b) = (index, 0, 0, 0)
          for axis in outputStrides.indices {
            let position = rest / outputStrides[axis]
            rest %= outputStrides[axis]
            c += position * places[0][axis]
            a += position * places[1][axis]
            b += position * places[2][axis]
          }
          y[index] = condition[c] != 0 ? yes[a] : no[b]
        }
      }
    }
    switch output.elementType {
    case .int8: return step(Int8.self)
    case .int16: return step(Int16.self)
    case .int32: return step(Int32.self)
    case .int64: return step(Int64.self)
    case .uint8: return step(UInt8.self)
    case .uint16: return step(UInt16.self)
    default: return step(Float.self)
    }
  }

  /// The strides of a shape under the axes of `target`: 0 where it repeats.
  private static func strides(_ shape: Shape, in target: Shape) -> [Int] {
    let missing = target.rank - shape.rank
    let own = shape.strides
    return (0..<target.rank).map { axis in
      axis < missing || shape[axis - missing] == 1 ? 0 : own[axis - missing]
    }
  }
}
