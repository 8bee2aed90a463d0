import ModelFormat
import Tensors

/// A layer whose kernel training keeps at a spectral norm of 1: at inference the layer itself, with
/// the kernel as it is stored.
///
/// Weights: the layer's, under `layer`, and vector_u, which only training uses.
///
/// Keras: <https://keras.io/api/layers/normalization_layers/spectral_normalization/>
struct SpectralNormalization: Layer {
  static let classNames = ["SpectralNormalization"]

  private let layer: (any Layer)?

  var isBatchIndependent: Bool { layer?.isBatchIndependent ?? true }

  init(_ reader: inout LayerReader) {
    _ = reader.value("power_iterations")
    // Archives have the layer's kernel in this place.
    if let shape = reader.storedShape(of: "vector_u") {
      _ = reader.weight("vector_u", shape.dimensions)
    }
    let object = reader.value("layer") ?? .null
    layer = reader.nested("layer", object, weights: "layer") { reader -> (any Layer)? in
      let className = reader.className
      guard className != Self.classNames[0] else { return nil }
      return LayerCatalog.standard[className].map { $0.init(&reader) }
    }
  }

  func outputTypes(for call: LayerCall) throws(LayerError) -> [TensorType] {
    try layer?.outputTypes(for: call) ?? []
  }

  func makeStep(for call: LayerCall, in context: PlanContext) throws(LayerError) -> Step {
    guard let layer else { throw LayerError("expected a layer inside, found none") }
    return try layer.makeStep(for: call, in: context)
  }

  func multiplyAdds(for call: LayerCall) -> Int { layer?.multiplyAdds(for: call) ?? 0 }
}
