import Inference
import Tensors

/// The inputs in a request for a prediction, read from either of TensorFlow Serving's forms.
struct PredictRequest {
  /// How inputs come and outputs go.
  enum Format {
    /// `instances`: a list with an element for each item of the batch.
    case rows
    /// `inputs`: each input whole.
    case columns
  }

  /// The form of the request and of its response.
  let format: Format
  /// A tensor for each of the model's inputs.
  let inputs: [Tensor]

  /// Reads a request's JSON value, whose text has `textCount` bytes.
  init(_ root: JSONValue, for model: ServedModel, textCount: Int) throws(HTTPError) {
    guard root.kind == .object else {
      throw HTTPError(.badRequest, "JSON Value: \(root.text) Is not object")
    }
    try Self.checkSignature(root)
    let reader = InputReader(model: model, textCount: textCount)
    switch (root["instances"], root["inputs"]) {
    case (let instances?, nil):
      guard instances.kind == .array else {
        throw HTTPError(
          .badRequest, "JSON Value: \(root.text) Excepting 'instances' to be an list/array")
      }
      guard instances.count > 0 else {
        throw HTTPError(.badRequest, "JSON Value: \(root.text) No values in 'instances' array")
      }
      format = .rows
      inputs = try RowReader(reader: reader, rows: instances).inputs()
    case (nil, let columns?):
      format = .columns
      inputs = try reader.columns(columns)
    case (nil, nil):
      throw HTTPError(.badRequest, "Missing 'inputs' or 'instances' key")
    case (_?, _?):
      throw HTTPError(
        .badRequest,
        "JSON Value: \(root.text) Not formatted correctly expecting only one of 'inputs' or "
          + "'instances' keys to exist ")
    }
  }

  /// Throws where a request asks for a signature that is not there.
  static func checkSignature(_ root: JSONValue) throws(HTTPError) {
    guard let signature = root["signature_name"] else { return }
    guard let name = signature.string else {
      throw HTTPError(
        .badRequest,
        "JSON Value: \(root.text) not formatted correctly. 'signature_name' key must be a string "
          + "value.")
    }
    guard name.isEmpty || name == ModelMetadata.signature else {
      throw HTTPError(
        .badRequest, "Serving signature name: \"\(name)\" not found in signature def")
    }
  }
}
