import Tensors

/// A bias that goes along the last spatial axis, where that has as many places as the bias has
/// elements: what Keras 3.7 and later make on TensorFlow of the bias of a `channels_first` layer,
/// which they take for that of a `channels_last` one if its length fits.
///
/// y = activation(x + bias), x (B, spatial…, C), bias (C) for each of C places of a line.
struct LineBias: Sendable {
  private let bias: Tensor
  /// The layer's function, and what is rounded around it.
  private let finish: Finish

  init(_ bias: Tensor, _ finish: Finish) {
    self.bias = bias
    self.finish = finish
  }

  /// A step's product completed in place.
  func complete(_ shape: Shape, _ buffers: StepBuffers) {
    let (length, width) = (shape[-2], shape[-1])
    let y = buffers.output()
    buffers.workers.forEachRange(of: shape.elementCount / max(length * width, 1), grain: 16) {
      guard let bias = bias.firstNumber else { return }
      for line in $0 {
        let start = y + line * length * width
        for place in 0..<length {
          let pixel = start + place * width
          for channel in 0..<width { pixel[channel] += bias[place] }
        }
        finish.addBias(start, rows: length, width: width)
        finish.apply(start, start, rows: length, width: width)
      }
    }
  }
}

extension FinishedLayer {
  /// The step of a layer whose bias goes along its output's lines; nil where it goes to the channels.
  func stepWithLineBias(
    for call: LayerCall, in context: PlanContext
  ) throws(LayerError) -> Step? {
    let shape = call.outputs[0].shape
    guard let (product, completion) = finish.parts(for: shape, context.rounding) else { return nil }
    var layer = self
    layer.finish = product
    let step = try layer.makeStep(for: call, in: context)
    guard case .run(let scratchBytes, let body) = step.action else { return step }
    return .run(scratchBytes: scratchBytes) { buffers in
      body(buffers)
      completion.complete(shape, buffers)
    }
  }
}
