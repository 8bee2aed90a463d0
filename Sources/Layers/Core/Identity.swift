import Tensors

/// y = x: `Identity`, and every layer that acts only while a model is trained, Keras 2's `AddLoss` and
/// `AddMetric` among them.
///
/// Input and output: any shape, any element type.
///
/// Keras: <https://keras.io/api/layers/regularization_layers/>
struct Identity: AbsorbableLayer {
  static let classNames = [
    "Identity", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
    "AlphaDropout", "GaussianDropout", "GaussianNoise", "ActivityRegularization",
    "ops.StopGradient",
    "ops.Copy", "StochasticDepth", "AddLoss", "AddMetric",
  ]
  static let elementTypes = ElementType.allCases

  init(_ reader: inout LayerReader) {
    for option in ["rate", "noise_shape", "stddev", "l1", "l2"] { _ = reader.value(option) }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    _ = try call.onlyShape()
    return [call.inputs[0]]
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step { .view }

  package func operation(rank: Int) -> GraphOperation? { .identity }
}
