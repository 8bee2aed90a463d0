import Imaging

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Answers a drawing with what the model makes of it and the picture that the model sees.
///
/// The request's body is a PNG or JPEG file. The answer is an object:
///
/// - `probabilities`: ten numbers in the order of `labels`, their sum 1;
/// - `labels`: the names of the classes;
/// - `pixels`: 784 integers from 0 (paper) to 255 (ink), row after row;
/// - `milliseconds`: the time that preparing and predicting took.
package struct DigitHandler: PredictionHandler {
  private let models: ModelRepository

  /// A handler for the models of digits among `models`.
  package init(_ models: ModelRepository) {
    self.models = models
  }

  func version(for request: HTTPRequest) throws(HTTPError) -> ServedVersion {
    try digits(for: request).version
  }

  private func digits(
    for request: HTTPRequest
  ) throws(HTTPError) -> (version: ServedVersion, digit: DigitModel) {
    let name = request.parameters["name"] ?? ""
    guard let version = try? models.find(name), let digit = DigitModel(version.model) else {
      throw HTTPError(.notFound, "there is no model of digits named \"\(name)\"")
    }
    return (version, digit)
  }

  /// Reads `POST /api/models/{name}/digit`.
  func prediction(for request: HTTPRequest) throws(HTTPError) -> RequestedPrediction {
    let (version, digit) = try digits(for: request)
    let start = monotonicNanoseconds()
    let pixels = DigitPreparation.prepare(try Image(posted: request.body.bytes))
    return RequestedPrediction(version: version, inputs: [digit.input(pixels)]) {
      outputs throws(HTTPError) in
      let probabilities = Self.probabilities(try digit.scores(outputs))
      return Self.response(digit, pixels, probabilities, since: start)
    }
  }

  private static func response(
    _ digit: DigitModel, _ pixels: [Float], _ probabilities: [Float], since start: UInt64
  ) -> HTTPResponse {
    let milliseconds = Double((monotonicNanoseconds() - start) / 1000) / 1000
    var json = JSONWriter()
    json.object { json in
      json.member("probabilities") { $0.array(probabilities) { $0.number($1) } }
      json.member("labels") { $0.array(digit.labels) { $0.string($1) } }
      json.member("pixels") { json in
        json.array(pixels) { $0.integer(Int(($1 * 255).rounded())) }
      }
      json.member("milliseconds") { $0.number(milliseconds) }
    }
    return .json(.ok, json)
  }

  /// The scores, made to probabilities where the model leaves that to its loss function.
  static func probabilities(_ scores: [Float]) -> [Float] {
    let sum = scores.reduce(0, +)
    if scores.allSatisfy({ $0 >= 0 }) && abs(sum - 1) < 0.01 { return scores }
    guard let most = scores.max(), scores.allSatisfy(\.isFinite) else {
      return scores.map { _ in 0 }
    }
    let exponentials = scores.map { exp($0 - most) }
    let total = exponentials.reduce(0, +)
    return exponentials.map { $0 / total }
  }
}

extension Image {
  /// Decodes a picture that a client sent.
  init(posted bytes: UnsafeRawBufferPointer) throws(HTTPError) {
    do throws(ImageError) {
      self = try Image(decoding: bytes, limits: ImageLimits(maximumPixels: 1 << 22))
    } catch {
      throw HTTPError(.badRequest, error.description)
    }
  }
}
