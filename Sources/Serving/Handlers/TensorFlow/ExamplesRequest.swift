import Inference
import Tensors

/// The inputs in a request to classify or to regress: `{"context": {…}, "examples": [{…}, …]}`.
///
/// An example is an object with a value for each input; what the context holds is common to all.
struct ExamplesRequest {
  /// A tensor for each of the model's inputs.
  let inputs: [Tensor]

  /// Reads a request's JSON value, whose text has `textCount` bytes.
  init(_ root: JSONValue, for model: ServedModel, textCount: Int) throws(HTTPError) {
    guard root.kind == .object else {
      throw HTTPError(.badRequest, "JSON Value: \(root.text) Is not object")
    }
    try PredictRequest.checkSignature(root)
    guard let examples = root["examples"] else {
      throw HTTPError(
        .badRequest, "When method is classify, key 'examples' is expected and was not found")
    }
    guard examples.kind == .array else {
      throw HTTPError(
        .badRequest, "Example must be JSON objects but got JSON \(examples.kind.rawValue)")
    }
    guard examples.count > 0 else {
      throw HTTPError(.badRequest, "'examples' value is not an array or is empty")
    }
    let context = root["context"]
    guard context == nil || context?.kind == .object else {
      throw HTTPError(
        .badRequest,
        "Example context must be JSON object but got JSON Type: \(context?.kind.rawValue ?? "")")
    }
    try context?.checkKeys()
    let reader = InputReader(model: model, textCount: textCount)
    var tensors = model.inputs.map { _ in [Tensor]() }
    try examples.forEachElement { index, example throws(HTTPError) in
      guard example.kind == .object else {
        throw HTTPError(
          .badRequest,
          "Example must be JSON object but got JSON Type: \(example.kind.rawValue) at index "
            + "\(index)")
      }
      try example.checkKeys()
      for (place, port) in model.inputs.enumerated() {
        guard let value = example[port.name] ?? context?[port.name] else {
          throw HTTPError(
            .badRequest, "example \(index): input \"\(port.name)\" is missing")
        }
        let item = try reader.item(value, for: port, at: index)
        if let first = tensors[place].first, first.shape != item.shape {
          throw HTTPError(
            .badRequest,
            "example \(index): input \"\(port.name)\": expected shape \(first.shape) as in "
              + "example 0, found \(item.shape)")
        }
        tensors[place].append(item)
      }
    }
    inputs = tensors.map { Tensor(joining: $0) }
  }
}
