import Inference
import Tensors

/// Writes the outputs of a prediction in the form in which its inputs came.
enum PredictResponse {
  /// The response's JSON text.
  static func write(
    _ outputs: [Tensor], of model: ServedModel, as format: PredictRequest.Format
  ) throws(HTTPError) -> JSONWriter {
    var json = JSONWriter()
    switch format {
    case .columns:
      json.object { $0.member("outputs") { writeColumns(outputs, model, to: &$0) } }
    case .rows:
      guard let batch = outputs.first?.shape.dimensions.first,
        outputs.allSatisfy({ $0.shape.dimensions.first == batch })
      else {
        throw HTTPError(
          .badRequest, "outputs have no common batch; ask with 'inputs' instead of 'instances'")
      }
      json.object { json in
        json.member("predictions") { json in
          json.array(0..<batch) { writeRow($1, outputs, model, to: &$0) }
        }
      }
    }
    return json
  }

  private static func writeColumns(
    _ outputs: [Tensor], _ model: ServedModel, to json: inout JSONWriter
  ) {
    guard outputs.count > 1 else { return json.tensor(outputs[0], coded: model.outputs[0].isBytes) }
    json.object { json in
      for (port, output) in zip(model.outputs, outputs) {
        json.member(port.name) { $0.tensor(output, coded: port.isBytes) }
      }
    }
  }

  private static func writeRow(
    _ row: Int, _ outputs: [Tensor], _ model: ServedModel, to json: inout JSONWriter
  ) {
    guard outputs.count > 1 else {
      return json.item(row, of: outputs[0], coded: model.outputs[0].isBytes)
    }
    json.object { json in
      for (port, output) in zip(model.outputs, outputs) {
        json.member(port.name) { $0.item(row, of: output, coded: port.isBytes) }
      }
    }
  }
}

extension ModelPort {
  /// Whether the strings are bytes, which TensorFlow Serving tells by the name.
  fileprivate var isBytes: Bool { elementType == .string && name.hasSuffix("_bytes") }
}
