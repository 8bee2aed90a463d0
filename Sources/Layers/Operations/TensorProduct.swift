import ModelFormat
import Tensors

/// y = the sums of products over some axes of two tensors: `Dot`, `Inner` and `Tensordot` of
/// `keras.ops`.
///
/// Output: the axes that are left of the first tensor, then those of the second.
///
/// Keras: <https://keras.io/api/ops/numpy/#tensordot-function>
struct TensorProduct: Layer {
  static let classNames = ["ops.Dot", "ops.Inner", "ops.Tensordot"]
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces

  private let name: String
  private let axes: [[Int]]
  private let count: Int

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    name = reader.className
    let given = name == "ops.Tensordot" ? reader.value("axes") : nil
    count = given?.int ?? (name == "ops.Tensordot" ? 3 : 1)
    axes = (given?.array ?? []).map { side in (side.array ?? [side]).compactMap(\.int) }
    if given?.array != nil, axes.count != 2 || axes[0].count != axes[1].count {
      reader.reject("axes", "expected as many axes of both, found \(given ?? .null)")
    }
  }

  private struct Form {
    let operands: [Operand]
    let orders: [[Int]]
    let output: Shape
    let (rows, inner, columns): (Int, Int, Int)
  }

  private func form(_ call: LayerCall) throws(LayerError) -> Form {
    let operands = try call.operands(2)
    let (a, b) = (operands[0].type.shape, operands[1].type.shape)
    var (first, second): ([Int], [Int])
    switch name {
    case _ where a.rank == 0 || b.rank == 0: (first, second) = ([], [])
    case "ops.Dot": (first, second) = ([a.rank - 1], [max(b.rank - 2, 0)])
    case "ops.Inner": (first, second) = ([a.rank - 1], [b.rank - 1])
    case _ where axes.isEmpty:
      (first, second) = (Array(max(a.rank - count, 0)..<a.rank), Array(0..<min(count, b.rank)))
    default:
      (first, second) = (
        axes[0].compactMap(a.normalizedAxis), axes[1].compactMap(b.normalizedAxis)
      )
    }
    guard first.map({ a[$0] }) == second.map({ b[$0] }), Set(first).count == first.count,
      Set(second).count == second.count
    else { throw LayerError("expected axes of as many places, found \(a) and \(b)") }
    let restA = (0..<a.rank).filter { !first.contains($0) }
    let restB = (0..<b.rank).filter { !second.contains($0) }
    return Form(
      operands: operands, orders: [restA + first, second + restB],
      output: Shape(restA.map { a[$0] } + restB.map { b[$0] }),
      rows: restA.reduce(1) { $0 * a[$1] }, inner: first.reduce(1) { $0 * a[$1] },
      columns: restB.reduce(1) { $0 * b[$1] })
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let form = try form(call)
    return [TensorType(form.output, form.operands.promotedType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let form = try form(call)
    let type = call.outputs[0].elementType
    let sizes = form.operands.map { $0.scratchBytes }
    let kernels = CPUKernels.active
    let panelBytes =
      (kernels.packedCount(rows: form.inner, columns: form.columns) * 4 + 63) / 64 * 64
    let bytes = panelBytes + 2 * sizes.reduce(0, +)
    guard type == .float32 else { return Self.wholeStep(form, type) }
    return .run(scratchBytes: bytes) { buffers in
      // Behind the panels: each side as numbers, and with its axes in order.
      var place = buffers.scratch + panelBytes
      var sides: [UnsafeMutablePointer<Float>] = []
      for (operand, order) in zip(form.operands, form.orders) {
        let numbers = operand.values(as: Float.self, buffers, scratch: place)
        place += operand.scratchBytes
        let moved = place.assumingMemoryBound(to: Float.self)
        kernels.permute(operand.type.shape, axes: order, numbers, into: moved)
        place += operand.scratchBytes
        sides.append(moved)
      }
      let panels = buffers.scratch()
      kernels.pack(
        rows: form.inner, columns: form.columns, from: sides[1], rowStride: form.columns,
        into: panels)
      kernels.product(
        rows: form.rows, inner: form.inner, columns: form.columns, a: sides[0],
        aStride: form.inner, panels: panels, c: buffers.output(), cStride: form.columns)
    }
  }

  /// The products of whole numbers.
  private static func wholeStep(_ form: Form, _ type: ElementType) -> Step {
    let scratchBytes = form.operands.map(\.scratchBytes).max() ?? 0
    return .run(scratchBytes: scratchBytes) { buffers in
      let sides = zip(form.operands, form.orders).map { operand, order in
        let numbers = operand.values(as: Int64.self, buffers, scratch: buffers.scratch)
        let shape = operand.type.shape
        var side = [Int64](repeating: 0, count: shape.elementCount)
        Odometer(order.map { (shape[$0], shape.strides[$0]) }).walk { side[$0] = numbers[$1] }
        return side
      }
      for index in 0..<form.output.elementCount {
        let (row, column) = index.quotientAndRemainder(dividingBy: form.columns)
        let sum = (0..<form.inner).reduce(0 as Int64) { sum, inner in
          sum &+ sides[0][row * form.inner + inner] &* sides[1][inner * form.columns + column]
        }
        if type == .int64 {
          buffers.output(0, as: Int64.self)[index] = sum
        } else {
          buffers.output(0, as: Int32.self)[index] = Int32(truncatingIfNeeded: sum)
        }
      }
    }
  }

  func multiplyAdds(for call: LayerCall) -> Int {
    guard let form = try? form(call) else { return 0 }
    return form.rows * form.inner * form.columns
  }
}
