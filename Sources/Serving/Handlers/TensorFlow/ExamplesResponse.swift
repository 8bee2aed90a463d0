import Inference
import Tensors

/// Writes outputs as the answer to a request to classify or to regress.
enum ExamplesResponse {
  /// Throws where a model's outputs are no scores, so that nothing is computed for nothing.
  static func check(_ model: ServedModel, _ action: String) throws(HTTPError) {
    guard model.outputs.count == 1, model.outputs[0].elementType != .string else {
      throw HTTPError(
        .badRequest, "model \"\(model.name)\" has no single output of numbers, as \(action) needs")
    }
  }

  /// `{"result": [[[LABEL, SCORE], …], …]}` for classes, `{"results": [NUMBER, …]}` for numbers.
  static func write(
    _ outputs: [Tensor], of model: ServedModel, _ action: String
  ) throws(HTTPError) -> JSONWriter {
    try check(model, action)
    guard let output = outputs.first?.converted(to: .float32),
      let batch = output.shape.dimensions.first
    else {
      throw HTTPError(
        .badRequest, "output \"\(model.outputs[0].name)\" has no batch, as \(action) needs")
    }
    let size = output.shape.elementCount / max(batch, 1)
    let scores = output.elements(as: Float.self)
    var json = JSONWriter()
    if action == ":regress" {
      guard size == 1 else {
        throw HTTPError(
          .badRequest,
          "output \"\(model.outputs[0].name)\" has \(size) numbers an example, "
            + "regression takes 1")
      }
      json.object { $0.member("results") { $0.array(scores) { $0.number($1) } } }
      return json
    }
    json.object { json in
      json.member("result") { json in
        json.array(0..<batch) { json, row in
          json.array(0..<size) { json, index in
            json.array { json in
              json.string(model.label(index, of: size))
              json.number(scores[row * size + index])
            }
          }
        }
      }
    }
    return json
  }
}

extension ServedModel {
  /// The name of a class, its number where the model has no names for `count` classes.
  func label(_ index: Int, of count: Int) -> String {
    guard let labels, labels.count == count else { return String(index) }
    return labels[index]
  }
}
