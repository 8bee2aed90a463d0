import Imaging

/// Answers as the classic Flask demo of digit recognition does, so that its page works here.
///
/// The request's body is a JSON string, the data URL of a canvas's PNG; the answer is the model's
/// output as nested lists, `[[p0, p1, … p9]]`.
package struct FlaskDemoHandler: PredictionHandler {
  private let models: ModelRepository
  private let parser = JSONParser()

  /// A handler for the first model of digits among `models`.
  package init(_ models: ModelRepository) {
    self.models = models
  }

  func version(for request: HTTPRequest) throws(HTTPError) -> ServedVersion {
    try digits().version
  }

  private func digits() throws(HTTPError) -> (version: ServedVersion, digit: DigitModel) {
    let found = models.latest.lazy.compactMap { version in
      DigitModel(version.model).map { (version, $0) }
    }
    guard let first = found.first else {
      throw HTTPError(.notFound, "no model here tells digits in pictures of 28x28 pixels")
    }
    return first
  }

  /// Reads `POST /`.
  func prediction(for request: HTTPRequest) throws(HTTPError) -> RequestedPrediction {
    let (version, digit) = try digits()
    let file = try parser.parse(request.body) { value throws(HTTPError) in
      try Self.file(dataURL: value)
    }
    let image = try file.withUnsafeBytes { bytes in
      Result { () throws(HTTPError) in try Image(posted: bytes) }
    }.get()
    let input = digit.input(DigitPreparation.prepare(image))
    return RequestedPrediction(version: version, inputs: [input]) { outputs throws(HTTPError) in
      let scores = try digit.scores(outputs)
      var json = JSONWriter()
      json.array { $0.array(scores) { $0.number($1) } }
      return .json(.ok, json)
    }
  }

  /// The file in a data URL such as `data:image/png;base64,iVBOR…`.
  private static func file(dataURL value: JSONValue) throws(HTTPError) -> [UInt8] {
    guard let url = value.stringBytes else {
      throw HTTPError(.badRequest, "expected a JSON string, found \(value.kind.rawValue)")
    }
    let marker = Array(";base64,".utf8)
    let prefix = url.prefix(64)
    guard prefix.starts(with: "data:image/".utf8), let end = prefix.firstRange(of: marker) else {
      throw HTTPError(
        .badRequest, "expected a data URL that begins with \"data:image/png;base64,\"")
    }
    guard let file = Base64.decode(url[end.upperBound...]) else {
      throw HTTPError(.badRequest, "the data URL's Base64 is malformed")
    }
    return file
  }
}
