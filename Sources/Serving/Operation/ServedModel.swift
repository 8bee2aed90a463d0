package import Inference
package import Tensors

/// A model under the name that it is served by.
package struct ServedModel: Sendable {
  /// The name in paths.
  package let name: String
  /// The version, which clients see as a number.
  package let version: Int
  /// The inputs in the order in which ``predict`` takes them.
  package let inputs: [ModelPort]
  /// The outputs in the order in which ``predict`` gives them.
  package let outputs: [ModelPort]
  /// Names of the classes that the outputs stand for.
  package let labels: [String]?
  /// The model's outputs for a batch of inputs.
  package let predict: @Sendable ([Tensor]) throws(PredictionError) -> [Tensor]

  /// A model of its parts.
  package init(
    name: String, version: Int = 1, inputs: [ModelPort], outputs: [ModelPort],
    labels: [String]? = nil,
    predict: @escaping @Sendable ([Tensor]) throws(PredictionError) -> [Tensor]
  ) {
    self.name = name
    self.version = version
    self.inputs = inputs
    self.outputs = outputs
    self.labels = labels
    self.predict = predict
  }

  /// A loaded model.
  package init(name: String, _ model: Model) {
    self.init(
      name: name, inputs: model.inputs, outputs: model.outputs, labels: model.labels
    ) { inputs throws(PredictionError) in
      try model.predict(inputs)
    }
  }
}

extension ServedModel {
  /// The model's outputs as an answer to a client: an input that does not fit is the client's
  /// fault.
  func outputs(for inputs: [Tensor]) throws(HTTPError) -> [Tensor] {
    do throws(PredictionError) {
      return try predict(inputs)
    } catch {
      switch error {
      case .inputCount, .inputShape, .inputElements, .value, .problem:
        throw HTTPError(.badRequest, error.description)
      case .unknownValue: throw HTTPError(.internalError, error.description)
      }
    }
  }
}
