import Foundation
import Serving
import Tensors
import Testing

@Suite("OpenAPI document")
struct OpenAPITests {
  private static let models = ModelRepository([
    StubModels.half, StubModels.pair, StubModels.digit, StubModels.words,
  ])

  private func post(_ path: String) throws -> [String: Any]? {
    let handler = OpenAPIHandler(Self.models, version: "1", asksForToken: false)
    let text = Data(handler.respond(HTTPRequest("GET", "/openapi.json")).body)
    let document = try JSONSerialization.jsonObject(with: text) as? [String: Any]
    let paths = document?["paths"] as? [String: Any]
    return (paths?[path] as? [String: Any])?["post"] as? [String: Any]
  }

  private func types(_ operation: [String: Any]?, _ member: String) -> Set<String> {
    let part = operation?[member] as? [String: Any]
    let content = (part?["200"] as? [String: Any] ?? part)?["content"] as? [String: Any]
    return Set((content ?? [:]).keys)
  }

  @Test("names pictures where a model's input is one, and binary bodies")
  func bodies() throws {
    let json = "application/json"
    let binary = "application/octet-stream"
    #expect(try types(post("/v1/models/half:predict"), "requestBody") == [json])
    #expect(
      try types(post("/v1/models/digit:predict"), "requestBody")
        == [json, "image/png", "image/jpeg"])
    #expect(
      try types(post("/v2/models/digit/infer"), "requestBody")
        == [json, binary, "image/png", "image/jpeg"])
    let infer = try post("/v2/models/half/infer")
    #expect(types(infer, "requestBody") == [json, binary])
    #expect(types(infer, "responses") == [json, binary])
    let field = (infer?["parameters"] as? [[String: Any]])?.first
    #expect(field?["name"] as? String == "Inference-Header-Content-Length")
    #expect(field?["in"] as? String == "header")
  }

  @Test(
    "names :classify and :regress where a model answers them",
    arguments: [
      ("half", true, false), ("digit", true, false), ("pair", false, false),
      ("words", false, false),
    ])
  func examples(model: String, classifies: Bool, regresses: Bool) throws {
    let classify = try post("/v1/models/\(model):classify")
    #expect((classify != nil) == classifies)
    #expect(try (post("/v1/models/\(model):regress") != nil) == regresses)
    if classifies {
      #expect(types(classify, "requestBody").contains("application/json"))
      #expect(classify?["operationId"] as? String == "\(model)_classify")
    }
  }
}
