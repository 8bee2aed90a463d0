import ModelFormat
import Tensors

/// y[…, i…, …] = x[…, indices[i…], …] along an axis: `Take` of `keras.ops`, and TensorFlow's `gather`
/// with `batch_dims`, the axes that both share, whose next one is the axis where that is
/// `"batch_dims"`; without an axis x counts as flat.
///
/// Input: x and the indices, each a tensor or a constant. Output: the indices' axes in the place of
/// x's axis. Negative indices count from the end.
///
/// Keras: <https://keras.io/api/ops/numpy/#take-function>
struct Gathering: Layer {
  static let classNames = ["ops.Take"]
  static let elementTypes: [ElementType] = []
  static let arguments = LayerCall.operandPlaces

  private enum Axis {
    case none
    case behindShared
    case at(Int)
  }

  private let axis: Axis
  private let shared: Int

  var isBatchIndependent: Bool { false }

  init(_ reader: inout LayerReader) {
    axis =
      switch reader.value("axis") {
      case nil: .none
      case .string("batch_dims"): .behindShared
      default: .at(reader.int("axis", in: -64...63))
      }
    shared = reader.int("batch_dims", default: 0, in: -64...63)
  }

  /// What is read and where, as blocks of memory: `outer` of `size` rows of `inner` elements, and for
  /// each of the `batches` that they are in `count` indices.
  private struct Form {
    let x: Operand
    let indices: Operand
    let output: Shape
    let (batches, outer, size, inner, count): (Int, Int, Int, Int, Int)
  }

  private func form(_ call: LayerCall) throws(LayerError) -> Form {
    let operands = try call.operands(2)
    let indices = operands[1].type.shape
    let shared = shared < 0 ? shared + indices.rank : shared
    var x = operands[0].type.shape
    let place: Int
    switch axis {
    case .none: (x, place) = (Shape([x.elementCount]), 0)
    case .behindShared: place = self.shared
    case .at(let axis): place = axis
    }
    guard let axis = x.normalizedAxis(place), shared >= 0, shared <= axis,
      shared <= indices.rank, x.dimensions[..<shared] == indices.dimensions[..<shared]
    else {
      throw LayerError("expected indices into an axis of shape \(x), found shape \(indices)")
    }
    let (before, behind) = (Array(x.dimensions[..<axis]), Array(x.dimensions[(axis + 1)...]))
    let own = Array(indices.dimensions[shared...])
    return Form(
      x: operands[0], indices: operands[1], output: Shape(before + own + behind),
      batches: x.dimensions[..<shared].reduce(1, *),
      outer: before.dropFirst(shared).reduce(1, *), size: x[axis], inner: behind.reduce(1, *),
      count: own.reduce(1, *))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let form = try form(call)
    return [TensorType(form.output, form.x.type.elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let form = try form(call)
    let rowBytes = form.inner * form.x.type.elementType.byteCount
    if let constants = form.indices.constantNumbers,
      !constants.allSatisfy({ (Double(-form.size)..<Double(form.size)).contains($0) })
    {
      throw LayerError("expected indices into \(form.size) positions, found \(constants)")
    }
    return .run(scratchBytes: form.indices.scratchBytes + form.x.scratchBytes) { buffers in
      let places = form.indices.values(as: Int64.self, buffers, scratch: buffers.scratch)
      let x = form.x.bytes(buffers, scratch: buffers.scratch + form.indices.scratchBytes)
      let y = buffers.outputBytes()
      buffers.workers.forEachRange(
        of: form.batches * form.outer, grain: 1 + 16_384 / max(form.count * rowBytes, 1)
      ) { range in
        for block in range {
          let own = places + block / form.outer * form.count
          for index in 0..<form.count {
            let place = own[index] < 0 ? own[index] + Int64(form.size) : own[index]
            guard (0..<Int64(form.size)).contains(place) else {
              buffers.fail("expected indices into \(form.size) positions, found \(own[index])")
              continue
            }
            (y + (block * form.count + index) * rowBytes).copyMemory(
              from: x + (block * form.size + Int(place)) * rowBytes, byteCount: rowBytes)
          }
        }
      }
    }
  }
}
