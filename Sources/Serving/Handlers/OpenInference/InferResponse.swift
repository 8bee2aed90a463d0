import Inference
import Tensors

/// Writes the answer to a request of the Open Inference Protocol to infer.
struct InferResponse {
  let model: ServedModel
  let id: String?
  let outputs: [InferRequest.Output]

  /// The answer: JSON, and behind it the bytes of the outputs that were asked for as such.
  ///
  /// In JSON, a number that is not finite is `null`: strict parsers take nothing else.
  func write(_ results: [Tensor]) throws(HTTPError) -> HTTPResponse {
    var binary: [[UInt8]] = []
    var tensors: [(port: ModelPort, tensor: Tensor, isBinary: Bool)] = []
    for output in outputs {
      var tensor = results[output.index]
      if let count = output.classCount {
        tensor = try Classification(model: model, output.index, count: count).names(tensor)
      }
      let isBinary = output.isBinary || tensor.elementType.needsBinary
      if isBinary { binary.append(BinaryTensor.bytes(of: tensor)) }
      tensors.append((model.outputs[output.index], tensor, isBinary))
    }
    var json = JSONWriter()
    json.object { json in
      json.member("model_name", model.name)
      json.member("model_version", String(model.version))
      if let id { json.member("id", id) }
      json.member("outputs") { json in
        var next = 0
        json.array(tensors) { json, output in
          write(output.tensor, output.port, output.isBinary ? binary[next].count : nil, to: &json)
          if output.isBinary { next += 1 }
        }
      }
    }
    guard !binary.isEmpty else { return .json(.ok, json) }
    var body = json.bytes
    body.reserveCapacity(body.count + binary.reduce(0) { $0 + $1.count })
    for bytes in binary { body += bytes }
    return HTTPResponse(
      .ok,
      headers: [
        "Content-Type": "application/octet-stream",
        "Inference-Header-Content-Length": String(json.bytes.count),
        "Cache-Control": "no-store",
      ], body: body)
  }

  private func write(
    _ tensor: Tensor, _ port: ModelPort, _ binarySize: Int?, to json: inout JSONWriter
  ) {
    json.object { json in
      json.member("name", port.name)
      json.member("datatype", tensor.elementType.openInferenceName)
      json.member("shape") { $0.array(tensor.shape.dimensions) { $0.integer($1) } }
      if let binarySize {
        json.member("parameters") { json in
          json.object { $0.member("binary_data_size") { $0.integer(binarySize) } }
        }
      } else {
        json.member("data") { json in
          json.hasNullForNonFinite = true
          json.tensor(tensor.reshaped(to: [tensor.shape.elementCount]))
          json.hasNullForNonFinite = false
        }
      }
    }
  }
}

extension ElementType {
  /// Whether JSON has no elements of this type.
  fileprivate var needsBinary: Bool { self == .float16 || self == .bfloat16 }
}
