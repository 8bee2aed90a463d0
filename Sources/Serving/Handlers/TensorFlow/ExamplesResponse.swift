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

  /// Whether a model may be asked to classify or to regress.
  static func fits(_ model: ServedModel, _ action: String) -> Bool {
    guard model.outputs.count == 1, model.outputs[0].elementType != .string,
      !model.outputs[0].shape.isEmpty
    else { return false }
    return action == ":classify"
      || model.outputs[0].shape.dropFirst().allSatisfy { $0 == nil || $0 == 1 }
  }

  /// The member that TensorFlow Serving writes, and the one that its documentation speaks of.
  private static let members = ["results", "result"]

  /// `[[[LABEL, SCORE], …], …]` for classes, `[NUMBER, …]` for numbers, as both members.
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
      json.object { json in
        for member in members { json.member(member) { $0.array(scores) { $0.number($1) } } }
      }
      return json
    }
    json.object { json in
      for member in members {
        json.member(member) { json in
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
