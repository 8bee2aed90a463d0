import Inference
import ModelFormat
import Tensors

/// Which values a prediction is to give, and under which names.
struct Prediction: Sendable {
  /// The names of the results, each once.
  let names: [String]
  private let model: Model
  private let values: [String]

  /// The model's outputs, and further values by their layers' names.
  ///
  /// - Parameters:
  ///   - model: The model that predicts.
  ///   - layers: Layers whose outputs are wanted beside the model's.
  ///   - isNumbered: Whether results are named `out0`, `out1`, … rather than by their layers; they
  ///     always are where several share a name.
  /// - Throws: Where the model has no such layer.
  init(_ model: Model, layers: [String] = [], isNumbered: Bool = false) throws(UsageError) {
    self.model = model
    var names = model.outputs.map(\.name)
    var values = model.description.outputs.map(\.value)
    for layer in layers {
      guard model.valueNames.contains(layer) else {
        let hint = Suggestion.phrase(for: layer, among: model.valueNames.sorted())
        throw UsageError("\"--layer\": the model has no layer \"\(layer)\"\(hint)")
      }
      guard !names.contains(layer) else { continue }
      names.append(layer)
      values.append(layer)
    }
    let isAmbiguous = Set(names).count < names.count
    self.names = isNumbered || isAmbiguous ? names.indices.map { "out\($0)" } : names
    self.values = values
  }

  /// The results for a batch of inputs, in the order of ``names``.
  func callAsFunction(_ inputs: [Tensor]) throws(PredictionError) -> [Tensor] {
    try model.predict(inputs, values: values)
  }
}
