package import Inference
import ModelFormat
package import Tensors

/// A model under the name and version that it is served by.
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
  /// SHA-256 of the file that the model came from; empty where there is none.
  package let digest: String
  /// Whether the model brings pictures' numbers into its range itself.
  package let rescales: Bool
  /// Whether items of several requests may be computed as one batch.
  package let isBatchable: Bool
  /// Whether a layer of the model would keep states from one batch to the next; the server has every
  /// request start anew.
  package let isStateful: Bool
  /// The model's outputs for a batch of inputs.
  package let predict: @Sendable ([Tensor]) throws(PredictionError) -> [Tensor]

  /// A model of its parts.
  package init(
    name: String, version: Int = 1, inputs: [ModelPort], outputs: [ModelPort],
    labels: [String]? = nil, digest: String = "", rescales: Bool = false, isBatchable: Bool = false,
    isStateful: Bool = false,
    predict: @escaping @Sendable ([Tensor]) throws(PredictionError) -> [Tensor]
  ) {
    self.name = name
    self.version = version
    self.inputs = inputs
    self.outputs = outputs
    self.labels = labels
    self.digest = digest
    self.rescales = rescales
    self.isStateful = isStateful
    self.isBatchable = isBatchable && Self.hasOpenBatch(inputs) && Self.hasOpenBatch(outputs)
    self.predict = predict
  }

  /// A loaded model.
  package init(name: String, version: Int = 1, _ model: Model) {
    self.init(
      name: name, version: version, inputs: model.inputs, outputs: model.outputs,
      labels: model.labels, digest: model.provenance.sourceSHA256, rescales: model.rescales,
      isBatchable: model.isBatchIndependent, isStateful: model.isStateful
    ) { inputs throws(PredictionError) in
      try model.predict(inputs)
    }
  }

  private static func hasOpenBatch(_ ports: [ModelPort]) -> Bool {
    ports.allSatisfy { !$0.shape.isEmpty && $0.shape[0] == nil && $0.elementType != .string }
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
