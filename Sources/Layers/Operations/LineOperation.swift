import ModelFormat
import Tensors

/// A function of the lines along one axis: `Cumsum`, `Cumprod`, `LogSoftmax` and `Normalize` of
/// `keras.ops`.
///
/// Input: any shape. Output: the same shape.
///
/// Keras: <https://keras.io/api/ops/numpy/#cumsum-function>,
/// <https://keras.io/api/ops/nn/#normalize-function>
struct LineOperation: Layer {
  static let classNames = ["ops.Cumprod", "ops.Cumsum", "ops.LogSoftmax", "ops.Normalize"]

  /// Makes one line of another.
  private typealias Body = @Sendable (_ line: inout [Double]) -> Void

  private let axis: Int
  private let body: Body

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    // Without an axis, sums run over the flattened tensor, which has another shape.
    axis =
      reader.className.hasPrefix("ops.Cum")
      ? reader.int("axis", in: -64...63) : reader.int("axis", default: -1, in: -64...63)
    switch reader.className {
    case "ops.Cumsum": body = { Self.accumulate(&$0, +) }
    case "ops.Cumprod": body = { Self.accumulate(&$0, *) }
    case "ops.LogSoftmax":
      body = { line in
        let total = line.reduce(-Double.infinity, Scalar.logAddExp)
        for index in line.indices { line[index] -= total }
      }
    default:
      let order = reader.number("order", default: 2)
      let epsilon = reader.number("epsilon", default: 1e-7)
      if ![1, 2, .infinity].contains(order) {
        reader.refuse("order", "expected 1, 2 or infinity, found \(order)")
      }
      body = { line in
        let norm = Self.norm(line, order)
        for index in line.indices { line[index] /= max(norm, epsilon) }
      }
    }
  }

  private static func accumulate(_ line: inout [Double], _ operation: (Double, Double) -> Double) {
    for index in line.indices.dropFirst() {
      line[index] = operation(line[index - 1], line[index])
    }
  }

  private static func norm(_ line: [Double], _ order: Double) -> Double {
    switch order {
    case 1: line.reduce(0) { $0 + $1.magnitude }
    case 2: line.reduce(0) { $0 + $1 * $1 }.squareRoot()
    default: line.reduce(0) { max($0, $1.magnitude) }
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    guard shape.normalizedAxis(axis) != nil else {
      throw LayerError("expected an axis of shape \(shape), found \(axis)")
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let axis = shape.normalizedAxis(axis) ?? 0
    let (count, inner) = (shape[axis], shape.dimensions[(axis + 1)...].reduce(1, *))
    let lines = shape.elementCount / max(count, 1)
    let body = body
    return .run { buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      buffers.workers.forEachRange(of: lines, grain: 1 + 4096 / max(count, 1)) { range in
        for line in range {
          let start = line / inner * count * inner + line % inner
          var values = (0..<count).map { Double(x[start + $0 * inner]) }
          body(&values)
          for (index, value) in values.enumerated() { y[start + index * inner] = Float(value) }
        }
      }
    }
  }
}
