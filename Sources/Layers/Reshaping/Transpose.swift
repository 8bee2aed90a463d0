import ModelFormat
import Tensors

/// y[i_axes[0], i_axes[1], …] = x[i_0, i_1, …]: `Permute`, whose `dims` count from 1 and leave the
/// batch where it is, and the canonical dialect's `Transpose`, whose `axes` name every axis, or are
/// `"channels_last"`: the second axis goes last, however many there are; `"channels_first"`: the
/// last one goes second.
///
/// Input: any shape. Output: the same sizes in another order.
///
/// Keras: <https://keras.io/api/layers/reshaping_layers/permute/>
struct Transpose: Layer {
  static let classNames = ["Permute", "Transpose", "ops.Transpose"]
  static let elementTypes = ElementType.allCases

  /// What the order is where it does not name every axis.
  private enum Rule { case channelsLast, channelsFirst, reversed }

  private let rule: Rule
  private let axes: [Int]?

  var isBatchIndependent: Bool { axes?.first == 0 || axes == nil && rule != .reversed }

  init(_ reader: inout LayerReader) {
    let name = reader.className == "Permute" ? nil : reader.value("axes")?.string
    rule =
      reader.className == "ops.Transpose"
      ? .reversed : name == "channels_first" ? .channelsFirst : .channelsLast
    if reader.className == "Permute" {
      axes = [0] + reader.intList("dims", default: [], in: 1...63)
    } else if rule == .reversed
      ? reader.value("axes") == nil
      : ["channels_first", "channels_last"].contains(name)
    {
      axes = nil
    } else {
      axes = reader.intList("axes", default: [], in: 0...63)
    }
    if let axes, axes.sorted() != Array(axes.indices) {
      reader.reject(nil, "expected every axis once, found \(axes)")
    }
  }

  private func axes(rank: Int) -> [Int] {
    if let axes { return axes }
    if rule == .reversed { return (0..<rank).reversed() }
    guard rank > 2 else { return Array(0..<rank) }
    return rule == .channelsLast
      ? [0] + Array(2..<rank) + [1] : [0, rank - 1] + Array(1..<(rank - 1))
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape()
    let axes = axes(rank: shape.rank)
    guard axes.count == shape.rank else {
      throw LayerError("expected an input of rank \(axes.count), found shape \(shape)")
    }
    return [TensorType(Shape(axes.map { shape[$0] }), call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let input = call.inputs[0]
    let axes = axes(rank: input.shape.rank)
    return .run { buffers in
      CPUKernels.active.permute(
        input.shape, axes: axes, elementBytes: input.elementType.byteCount, buffers.inputBytes(0),
        into: buffers.outputBytes())
    }
  }
}
