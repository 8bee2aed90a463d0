import Tensors

/// y = exp(x) / Σ exp(x), the sum over one axis or over several together, or over all of them where
/// the `axis` of the operation is `null`.
///
/// With a mask, given by keyword, which broadcasts to x, what is masked counts as -1e9 and becomes 0,
/// unless `keeps_masked`; with `adds_mask`, -1e9 is added, as many times as the mask is below 1.
///
/// Input and output: any shape.
///
/// Keras: <https://keras.io/api/layers/activation_layers/softmax/>
struct Softmax: Layer {
  static let classNames = ["Softmax", "ops.Softmax"]

  static let keywords: Set<String> = ["mask"]

  /// The axes; nil for all.
  private let axes: [Int]?
  private let addsMask: Bool
  private let keepsMasked: Bool

  func isBatchIndependent(for call: LayerCall) -> Bool {
    axes.map(call.leavesBatch) ?? false
  }

  init(_ reader: inout LayerReader) {
    let isOfAll = reader.className == "ops.Softmax" && reader.isNull("axis")
    axes = isOfAll ? nil : reader.intList("axis", default: [-1])
    if isOfAll { _ = reader.value("axis") }
    addsMask = reader.bool("adds_mask", default: false)
    keepsMasked = reader.bool("keeps_masked", default: false) || addsMask
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    _ = try normalizedAxes(shape)
    if let mask = call.keywords["mask"].map({ call.inputs[$0].shape }),
      broadcastShape(mask, shape) != shape
    {
      throw LayerError("expected a mask that broadcasts to \(shape), found shape \(mask)")
    }
    return [TensorType(shape)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let shape = call.inputs[0].shape
    let axes = try normalizedAxes(shape)
    if let mask = call.keywords["mask"] {
      return try maskedStep(
        shape, axes, mask: (mask, call.inputs[mask].shape), context.rounding)
    }
    if let rounding = context.rounding { return scatteredStep(shape, axes, rounding) }
    guard let first = axes.first, axes == Array(first..<(first + axes.count)) else {
      return scatteredStep(shape, axes)
    }
    let outer = shape.dimensions[..<first].reduce(1, *)
    let count = axes.reduce(1) { $0 * shape[$1] }
    let inner = shape.dimensions[(first + axes.count)...].reduce(1, *)
    return .run { buffers in
      let (x, y) = (buffers.input(0), buffers.output())
      buffers.workers.forEachRange(of: outer, grain: 4096 / max(count * inner, 1) + 1) { range in
        let start = range.lowerBound * count * inner
        CPUKernels.active.softmax(
          outer: range.count, count: count, inner: inner, x + start, into: y + start)
      }
    }
  }

  /// Over axes that do not follow each other: they are brought to the end and back.
  private func scatteredStep(
    _ shape: Shape, _ axes: [Int], _ rounding: Rounding? = nil
  ) -> Step {
    let order = (0..<shape.rank).filter { !axes.contains($0) } + axes
    let back = (0..<shape.rank).map { axis in order.firstIndex(of: axis) ?? axis }
    let moved = Shape(order.map { shape[$0] })
    let count = axes.reduce(1) { $0 * shape[$1] }
    let outer = shape.elementCount / max(count, 1)
    let (isJoint, inner) = (
      axes.count > 1, shape.dimensions[(axes[axes.count - 1] + 1)...].reduce(1, *)
    )
    return .run(scratchBytes: shape.elementCount * 4) { buffers in
      let (kernels, scratch) = (CPUKernels.active, buffers.scratch())
      kernels.permute(shape, axes: order, buffers.inputBytes(0), into: scratch)
      if let rounding {
        for row in 0..<outer {
          let start = scratch + row * count
          if isJoint {
            rounding.jointSoftmax(start, count: count, inner: inner)
          } else {
            rounding.softmax(start, into: start, count: count)
          }
        }
      } else {
        kernels.softmax(outer: outer, count: count, scratch, into: scratch)
      }
      kernels.permute(moved, axes: back, scratch, into: buffers.outputBytes())
    }
  }

  private func maskedStep(
    _ shape: Shape, _ axes: [Int], mask: (input: Int, shape: Shape), _ rounding: Rounding?
  ) throws(LayerError) -> Step {
    guard let broadcast = Broadcast(shape, mask.shape) else {
      throw LayerError("expected a mask that broadcasts to \(shape), found \(mask.shape)")
    }
    let order = (0..<shape.rank).filter { !axes.contains($0) } + axes
    let back = (0..<shape.rank).map { axis in order.firstIndex(of: axis) ?? axis }
    let moved = Shape(order.map { shape[$0] })
    let count = axes.reduce(1) { $0 * shape[$1] }
    let total = shape.elementCount
    let outer = total / max(count, 1)
    let (addsMask, keepsMasked) = (addsMask, keepsMasked)
    let lowest: Float = rounding?.type == .float16 ? -3e4 : -1e9
    return .run(scratchBytes: 2 * total * 4) { buffers in
      let (kernels, x, keep) = (CPUKernels.active, buffers.input(0), buffers.input(mask.input))
      let (scratch, y) = (buffers.scratch(), buffers.output())
      func forEach(_ body: (Int, Float) -> Void) {
        broadcast.forEachRun(in: 0..<broadcast.runCount) { run in
          for index in 0..<run.count {
            body(run.output + index, keep[run.b + (broadcast.advancesB ? index : 0)])
          }
        }
      }
      forEach {
        scratch[$0] = addsMask ? x[$0] + (1 - $1) * lowest : $1 > 0.5 ? x[$0] : lowest
      }
      kernels.permute(shape, axes: order, scratch, into: scratch + total)
      if let rounding {
        rounding.round(scratch + total, count: total)
        rounding.apply(
          .softmax, scratch + total, into: scratch + total, rows: outer, width: count)
      } else {
        kernels.softmax(outer: outer, count: count, scratch + total, into: scratch + total)
      }
      kernels.permute(moved, axes: back, scratch + total, into: y)
      if !keepsMasked { forEach { if !($1 > 0.5) { y[$0] = 0 } } }
    }
  }

  /// The axes from the front, each of them once.
  private func normalizedAxes(_ shape: Shape) throws(LayerError) -> [Int] {
    guard let given = self.axes, shape.rank > 0 else { return Array(0..<shape.rank) }
    let axes = Set(given.compactMap(shape.normalizedAxis)).sorted()
    guard axes.count == given.count, !axes.isEmpty else {
      throw LayerError("expected axes of shape \(shape), found \(given)")
    }
    return axes
  }
}
