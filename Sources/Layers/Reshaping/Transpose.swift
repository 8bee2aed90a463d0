import Tensors

/// y[i_axes[0], i_axes[1], …] = x[i_0, i_1, …]: `Permute`, whose `dims` count from 1 and leave the
/// batch where it is, and the canonical dialect's `Transpose`, whose `axes` name every axis.
///
/// Input: any shape. Output: the same sizes in another order.
///
/// Keras: <https://keras.io/api/layers/reshaping_layers/permute/>
struct Transpose: Layer {
  static let classNames = ["Permute", "Transpose"]
  static let elementTypes: [ElementType] = []

  private let axes: [Int]

  init(_ reader: inout LayerReader) {
    if reader.className == "Permute" {
      axes = [0] + reader.intList("dims", default: [], in: 1...63)
    } else {
      axes = reader.intList("axes", default: [], in: 0...63)
    }
    if axes.sorted() != Array(axes.indices) {
      reader.reject(nil, "expected every axis once, found \(axes)")
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    let shape = try call.onlyShape(rank: axes.count)
    return [TensorType(Shape(axes.map { shape[$0] }), call.inputs[0].elementType)]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    let input = call.inputs[0]
    let axes = axes
    return .run { buffers in
      CPUKernels.active.permute(
        input.shape, axes: axes, elementBytes: input.elementType.byteCount, buffers.inputBytes(0),
        into: buffers.outputBytes())
    }
  }
}
