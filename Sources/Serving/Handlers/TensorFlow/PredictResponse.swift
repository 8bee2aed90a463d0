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
    guard outputs.count > 1 else { return json.tensor(outputs[0]) }
    json.object { json in
      for (port, output) in zip(model.outputs, outputs) {
        json.member(port.name) { $0.tensor(output) }
      }
    }
  }

  private static func writeRow(
    _ row: Int, _ outputs: [Tensor], _ model: ServedModel, to json: inout JSONWriter
  ) {
    guard outputs.count > 1 else { return json.item(row, of: outputs[0]) }
    json.object { json in
      for (port, output) in zip(model.outputs, outputs) {
        json.member(port.name) { $0.item(row, of: output) }
      }
    }
  }
}
