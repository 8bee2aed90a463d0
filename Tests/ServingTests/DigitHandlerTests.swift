import Foundation
import Imaging
import Inference
import Serving
import Tensors
import Testing

@Suite("Digits")
struct DigitHandlerTests {
  static let models = ModelRepository([StubModels.half, StubModels.digit, StubModels.labelled])

  /// A canvas of 280x280 pixels with a bar from the top to the bottom.
  static let bar: [UInt8] = picture { x, _ in (130..<150).contains(x) ? 255 : 0 }

  private static func picture(_ ink: (Int, Int) -> UInt8) -> [UInt8] {
    let grey = (0..<280 * 280).map { ink($0 % 280, $0 / 280) }
    return (try? PNG.encode(grey: grey, width: 280, height: 280)) ?? []
  }

  private func post(_ body: [UInt8], model: String = "digit") -> HTTPResponse {
    let router = HTTPRouter([
      HTTPRoute("POST", "/api/models/{name}/digit", on: .worker, DigitHandler(Self.models))
    ])
    return router.respond(HTTPRequest("POST", "/api/models/\(model)/digit", body: body))
  }

  private struct Answer: Decodable {
    let probabilities: [Double]
    let labels: [String]
    let pixels: [Int]
    let milliseconds: Double
  }

  private func answer(_ response: HTTPResponse) throws -> Answer {
    try #require(response.status == .ok, "\(response.text)")
    return try JSONDecoder().decode(Answer.self, from: Data(response.body))
  }

  @Test("are answered with ten probabilities and the picture that the model sees")
  func digit() throws {
    let answer = try answer(post(Self.bar))
    #expect(answer.pixels.count == 784)
    let inked = answer.pixels.indices.filter { answer.pixels[$0] > 0 }
    #expect(Set(inked.map { $0 / 28 }) == Set(4..<24))
    #expect(answer.pixels.max() == 255)
    #expect(abs(answer.probabilities.reduce(0, +) - 1) < 1e-5, "scores are made probabilities")
    #expect(answer.labels == (0..<10).map(String.init))
    #expect(answer.milliseconds > 0)
  }

  @Test("keep the model's own probabilities and labels")
  func labelled() throws {
    let answer = try answer(post(Self.bar, model: "labelled"))
    #expect(answer.labels == ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"])
    #expect(abs(answer.probabilities[9] - 0.2) < 1e-6)
  }

  @Test("that are none are the client's fault")
  func malformed() {
    #expect(post(Array("hello".utf8)).status == .badRequest)
    #expect(post([]).text == #"{"error":"image is neither a PNG nor a JPEG file"}"#)
    #expect(post(Array(Self.bar.prefix(99))).status == .badRequest)
    #expect(post(Self.bar, model: "half").status == .notFound)
    #expect(post(Self.bar, model: "none").status == .notFound)
  }

  @Test("in the Flask demo's form are answered in its form")
  func flask() throws {
    let handler = FlaskDemoHandler(Self.models)
    let url = "\"data:image/png;base64,\(Base64.encode(Self.bar))\""
    let response = handler.respond(HTTPRequest("POST", "/", body: url.utf8))
    let rows = try JSONDecoder().decode([[Double]].self, from: Data(response.body))
    #expect(rows.count == 1 && rows[0].count == 10)
    #expect(Set(rows[0]).count == 1, "the bar has the same ink in each of the rows")
    #expect(rows[0][0] == 1, "the model's output is passed on as it is")
  }

  @Test(
    "in a malformed Flask request are refused",
    arguments: [
      ("{}", "expected a JSON string, found Object"),
      ("\"hello\"", #"expected a data URL that begins with \"data:image/png;base64,\""#),
      ("\"data:image/png;base64,@@@@\"", "the data URL's Base64 is malformed"),
      ("\"data:image/png;base64,aGVsbG8=\"", "image is neither a PNG nor a JPEG file"),
      ("data:", "JSON Parse error: Invalid value at offset: 0"),
    ])
  func malformedFlask(body: String, message: String) {
    let response = FlaskDemoHandler(Self.models).respond(
      HTTPRequest("POST", "/", body: body.utf8))
    #expect(response.status == .badRequest)
    #expect(response.text == #"{"error":"\#(message)"}"#)
  }

  @Test("have no answer where no model takes them")
  func noModel() {
    let response = FlaskDemoHandler(ModelRepository([StubModels.half])).respond(
      HTTPRequest("POST", "/"))
    #expect(response.status == .notFound)
  }

  @Test(
    "are taken by models of 784 numbers in any arrangement",
    arguments: [
      [nil, 784], [nil, 28, 28], [nil, 28, 28, 1], [nil, 1, 28, 28], [nil, nil, nil, 1],
    ])
  func arrangements(shape: [Int?]) throws {
    let model = ServedModel(
      name: "digit", inputs: [ModelPort(name: "x", shape: shape, elementType: .float32)],
      outputs: StubModels.digit.outputs
    ) { inputs throws(PredictionError) in
      #expect(inputs[0].shape.elementCount == 784)
      return [Tensor([1, 10], (0..<10).map { Float($0) })]
    }
    let router = HTTPRouter([
      HTTPRoute("POST", "/{name}", on: .worker, DigitHandler(ModelRepository([model])))
    ])
    #expect(router.respond(HTTPRequest("POST", "/digit", body: Self.bar)).status == .ok)
  }

  @Test("are told of in the list of models")
  func list() {
    let response = ModelListHandler(ModelRepository([StubModels.digit, StubModels.half])).respond(
      HTTPRequest("GET", "/api/models"))
    let expected =
      #"{"models":[{"name":"digit","version":"1","labels":null,"#
      + #""inputs":[{"name":"image","type":"float32","shape":[null,28,28,1]}],"#
      + #""outputs":[{"name":"scores","type":"float32","shape":[null,10]}],"digit":true},"#
      + #"{"name":"half","version":"1","labels":null,"#
      + #""inputs":[{"name":"x","type":"float32","shape":[null,2]}],"#
      + #""outputs":[{"name":"y","type":"float32","shape":[null,2]}],"digit":false}]}"#
    #expect(response.text == expected)
  }
}
