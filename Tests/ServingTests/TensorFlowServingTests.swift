import Inference
import Serving
import Tensors
import Testing

@Suite("TensorFlow Serving's REST API")
struct TensorFlowServingTests {
  let handler = HTTPRouter(tensorFlow: [
    StubModels.half, StubModels.pair, StubModels.words,
  ])

  private func post(_ path: String, _ body: String) -> (code: Int, text: String) {
    let response = handler.respond(HTTPRequest("POST", path, body: body.utf8))
    return (response.status.code, response.text)
  }

  private func get(_ path: String) -> (code: Int, text: String) {
    let response = handler.respond(HTTPRequest("GET", path))
    return (response.status.code, response.text)
  }

  @Test(
    "predicts in rows and in columns",
    arguments: [
      (
        #"{"instances": [[1.0, 2.0], [3, -4e0]]}"#,
        #"{"predictions":[[2.5,3.0],[3.5,0.0]]}"#
      ),
      (
        #"{"signature_name":"serving_default","instances":[{"x":[1,2]}]}"#,
        #"{"predictions":[[2.5,3.0]]}"#
      ),
      (#"{"inputs": [[1.0, 2.0]]}"#, #"{"outputs":[[2.5,3.0]]}"#),
      (#"{"inputs": {"x": [[0, 1]]}, "signature_name": ""}"#, #"{"outputs":[[2.0,2.5]]}"#),
      (
        #"{"instances": [[NaN, Infinity], [-Infinity, 1e39]]}"#,
        #"{"predictions":[[NaN,Infinity],[-Infinity,Infinity]]}"#
      ),
      (
        #"{"instances":[[1e-46,123456789012345678901234567890]]}"#,
        #"{"predictions":[[2.0,6.1728395e+28]]}"#
      ),
    ])
  func oneInput(request: String, response: String) {
    #expect(post("/v1/models/half:predict", request) == (200, response))
  }

  @Test(
    "predicts with strings",
    arguments: [
      (
        #"{"instances": [["a", "\u00e9\n"], ["", "b\"c"]]}"#,
        #"{"predictions":[["é\u000a","a"],["b\"c",""]]}"#
      ),
      (#"{"inputs": {"x": [["a", "b"]]}}"#, #"{"outputs":[["b","a"]]}"#),
    ])
  func strings(request: String, response: String) {
    #expect(post("/v1/models/words:predict", request) == (200, response))
  }

  @Test("tells numbers from strings")
  func numbersAreNoStrings() {
    let answer = post("/v1/models/words:predict", #"{"inputs": [["a", 1]]}"#)
    #expect(answer.code == 400)
    #expect(
      answer.text.contains("JSON Value: 1 Type: Number is not of expected type: string"))
    #expect(post("/v1/models/half:predict", #"{"inputs": [["a", 1]]}"#).code == 400)
  }

  @Test(
    "predicts with several inputs and outputs",
    arguments: [
      (
        #"{"instances":[{"a":0.5,"b":[1,2,3]},{"b":[4,5,6],"a":1}]}"#,
        #"{"predictions":[{"sum":6.5,"copy":[1,2,3]},{"sum":16.0,"copy":[4,5,6]}]}"#
      ),
      (
        #"{"inputs":{"a":[0.5],"b":[[1,2,3]]}}"#,
        #"{"outputs":{"sum":[6.5],"copy":[[1,2,3]]}}"#
      ),
    ])
  func severalInputs(request: String, response: String) {
    #expect(post("/v1/models/pair:predict", request) == (200, response))
  }

  @Test(
    "takes the version that there is, and letters of any case in the path",
    arguments: ["/v1/models/half/versions/1:predict", "/V1/Models/half:PREDICT"])
  func paths(path: String) {
    #expect(post(path, #"{"instances":[[0,0]]}"#).code == 200)
  }

  @Test("tells a model's status", arguments: ["/v1/models/half", "/v1/models/half/versions/1"])
  func status(path: String) {
    let expected =
      #"{"model_version_status":[{"version":"1","state":"AVAILABLE","#
      + #""status":{"error_code":"OK","error_message":""}}]}"#
    #expect(get(path) == (200, expected))
  }

  @Test("tells a model's metadata")
  func metadata() {
    let tensor = { (name: String, second: Int) in
      #""\#(name)":{"dtype":"DT_FLOAT","tensor_shape":{"dim":[{"size":"-1","name":""},"#
        + #"{"size":"\#(second)","name":""}],"unknown_rank":false},"name":"\#(name):0"}"#
    }
    let expected =
      #"{"model_spec":{"name":"half","signature_name":"","version":"1"},"metadata":"#
      + #"{"signature_def":{"signature_def":{"serving_default":{"inputs":{"#
      + tensor("x", 2) + #"},"outputs":{"# + tensor("y", 2)
      + #"},"method_name":"tensorflow/serving/predict","defaults":{}}}}}}"#
    #expect(get("/v1/models/half/metadata") == (200, expected))
  }

  @Test(
    "answers requests for what is not there in TensorFlow Serving's words",
    arguments: [
      ("POST", "/v1/foo", 400, "Malformed request: POST /v1/foo"),
      ("GET", "/v1/models/half:predict", 400, "Malformed request: GET /v1/models/half:predict"),
      ("PUT", "/v1/models/half", 400, "Malformed request: PUT /v1/models/half"),
      ("POST", "/v1/models/half", 400, "Malformed request: POST /v1/models/half"),
      ("POST", "/v1/models/:predict", 400, "Malformed request: POST /v1/models/:predict"),
      ("GET", "/v1/models", 400, "Missing model name in request."),
      ("GET", "/v1/models/none", 404, "Could not find any versions of model none"),
      ("GET", "/v1/models/half/versions/7", 404, "Could not find version 7 of model half"),
      ("POST", "/v1/models/none:predict", 404, "Servable not found for request: Latest(none)"),
      (
        "POST", "/v1/models/half/versions/2:predict", 404,
        "Servable not found for request: Specific(half, 2)"
      ),
      (
        "GET", "/v1/models/half/versions/99999999999999999999", 400,
        "Failed to convert version: 99999999999999999999 to numeric."
      ),
      (
        "POST", "/v1/models/half/labels/stable:predict", 400,
        "Unrecognized servable version label: stable"
      ),
      (
        "POST", "/v1/models/half:classify", 400,
        "When method is classify, key 'examples' is expected and was not found"
      ),
    ])
  func notThere(method: String, path: String, code: Int, message: String) {
    let response = handler.respond(HTTPRequest(method, path, body: "{}".utf8))
    #expect(response.status.code == code)
    #expect(response.text == #"{"error":"\#(message)"}"#)
    #expect(response.headers["Content-Type"] == "application/json")
  }

  @Test("refuses to classify what is no number, and examples of different shapes")
  func examples() {
    for action in ["classify", "regress"] {
      let answer = post("/v1/models/words:\(action)", #"{"examples":[{"x":["a","b"]}]}"#)
      #expect(answer.code == 400)
      #expect(answer.text.contains("has no single output of numbers"))
    }
    let open = ServedModel(
      name: "open", inputs: [ModelPort(name: "x", shape: [nil, nil], elementType: .float32)],
      outputs: [ModelPort(name: "y", shape: [nil, nil], elementType: .float32)]
    ) { inputs throws(PredictionError) in inputs }
    let router = HTTPRouter(tensorFlow: [open])
    func classify(_ second: String) -> HTTPResponse {
      let body = #"{"context":{},"examples":[{"x":[1,2]},{"x":\#(second)}]}"#
      return router.respond(HTTPRequest("POST", "/v1/models/open:classify", body: body.utf8))
    }
    let classes = #"[[["0",1.0],["1",2.0]],[["0",3.0],["1",4.0]]]"#
    #expect(classify("[3,4]").text == #"{"results":\#(classes),"result":\#(classes)}"#)
    for other in ["[3]", "[3,4,5]", "[]"] {
      #expect(classify(other).status == .badRequest)
      #expect(classify(other).text.contains("example 1: input \\\"x\\\": expected shape (1, 2)"))
    }
    let context = post("/v1/models/half:classify", #"{"context":5,"examples":[{"x":[1,2]}]}"#)
    #expect(context.code == 400)
  }
}
