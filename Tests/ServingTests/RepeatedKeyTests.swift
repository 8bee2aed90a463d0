import Serving
import Testing

@Suite("A key that is given twice in a JSON object")
struct RepeatedKeyTests {
  let handler = HTTPRouter(tensorFlow: [StubModels.half, StubModels.pair])

  private func post(_ path: String, _ body: String) -> (code: Int, text: String) {
    let response = handler.respond(HTTPRequest("POST", path, body: body.utf8))
    return (response.status.code, response.text)
  }

  @Test(
    "refuses a key that is given twice, which programs read differently",
    arguments: [
      ("half:predict", #"{"instances":[[1,2]],"instances":[[1,2]]}"#),
      ("pair:predict", #"{"inputs":{"a":[1],"b":[[1,2,3]],"a":[2]}}"#),
      ("pair:predict", #"{"instances":[{"a":1,"b":[1,2,3],"a":2}]}"#),
      ("half:classify", #"{"examples":[{"x":[1,2],"x":[3,4]}]}"#),
      ("half:classify", #"{"examples":[{}],"context":{"x":[1,2],"x":[3,4]}}"#),
    ])
  func repeatedKeys(path: String, body: String) {
    let answer = post("/v1/models/\(path)", body)
    #expect(answer.code == 400)
    #expect(answer.text.contains("given more than once"))
  }

  @Test("finds a key that is given twice among many")
  func manyKeys() {
    func body(_ last: String) -> String {
      let members = (0..<200).map { #""k\#($0)":0"# } + [#""\#(last)":0"#]
      return #"{"inputs":[[1,2]],\#(members.joined(separator: ","))}"#
    }
    #expect(post("/v1/models/half:predict", body("k200")).code == 200)
    for key in ["k0", "k15", "k16", "k199", "inputs"] {
      #expect(post("/v1/models/half:predict", body(key)).text.contains(#"key \"\#(key)\""#))
    }
  }
}
