import Inference
import Serving
import Tensors
import Testing

@Suite("Open Inference Protocol")
struct OpenInferenceTests {
  private static let named = ServedModel(
    name: "named", inputs: StubModels.half.inputs, outputs: StubModels.half.outputs,
    labels: ["cat", "dog"], predict: StubModels.half.predict)
  private static let open = ServedModel(
    name: "open", inputs: [ModelPort(name: "x", shape: [nil, nil], elementType: .float32)],
    outputs: [ModelPort(name: "y", shape: [nil, nil], elementType: .float32)]
  ) { inputs throws(PredictionError) in inputs }
  private static let stateful = ServedModel(
    name: "stateful", inputs: StubModels.half.inputs, outputs: StubModels.half.outputs,
    isStateful: true, predict: StubModels.half.predict)
  private static let models = ModelRepository([
    StubModels.half, StubModels.pair, StubModels.words, named, open, stateful,
  ])
  private let router = HTTPRouter([
    HTTPRoute("POST", "/v2/models/{model}/infer", on: .worker, InferHandler(models)),
    HTTPRoute(
      "POST", "/v2/models/{model}/versions/{version}/infer", on: .worker, InferHandler(models)),
    HTTPRoute(
      "GET", "/v2/models/{model}", on: .connection,
      ModelMetadataHandler(models, BatchSettings())),
  ])

  private func infer(
    _ model: String, _ json: String, _ binary: [UInt8] = [], lengthField: String? = nil
  ) -> HTTPResponse {
    var headers: HTTPHeaders = [:]
    if !binary.isEmpty || lengthField != nil {
      headers.add("Inference-Header-Content-Length", lengthField ?? String(json.utf8.count))
    }
    return router.respond(
      HTTPRequest(
        "POST", "/v2/models/\(model)/infer", headers: headers, body: Array(json.utf8) + binary))
  }

  private static func bytes<Element: BitwiseCopyable>(_ elements: [Element]) -> [UInt8] {
    elements.withUnsafeBytes { Array($0) }
  }

  @Test("tells what a model takes")
  func metadata() {
    #expect(
      router.respond(HTTPRequest("GET", "/v2/models/pair")).text
        == #"{"name":"pair","versions":["1"],"platform":"keraskit_safetensors","inputs":["#
        + #"{"name":"a","datatype":"FP32","shape":[-1]},{"name":"b","datatype":"INT32","#
        + #""shape":[-1,3]}],"outputs":[{"name":"sum","datatype":"FP32","shape":[-1]},"#
        + #"{"name":"copy","datatype":"INT32","shape":[-1,3]}]}"#)
  }

  @Test(
    "does not pretend to go on with a sequence",
    arguments: [
      ("stateful", "7", 400), ("stateful", #""a""#, 400), ("stateful", "0", 200),
      ("stateful", #""""#, 200), ("half", "7", 200),
    ])
  func sequence(model: String, id: String, code: Int) {
    let response = infer(
      model,
      #"{"parameters":{"sequence_id":\#(id),"sequence_start":true},"inputs":[{"name":"x","#
        + #""shape":[1,2],"datatype":"FP32","data":[1,2]}]}"#)
    #expect(response.status.code == code)
    #expect(response.text.contains("starts anew") == (code == 400))
  }

  @Test(
    "says what stands in place of a list of elements",
    arguments: [
      ("null", "Null"), ("5", "Number"), (#""a""#, "String"), ("{}", "Object"),
    ])
  func noList(data: String, kind: String) {
    let response = infer(
      "half", #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":\#(data)}]}"#)
    #expect(
      response.text == #"{"error":"input 'x': \"data\": expected a list, found \#(kind)"}"#)
  }

  @Test("takes null for what a client leaves out")
  func nulls() {
    let plain = #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}]}"#
    let nulls =
      #"{"id":null,"parameters":{"timeout":null,"binary_data_output":null},"inputs":[{"name":"x","#
      + #""shape":[1,2],"datatype":"FP32","parameters":{"binary_data_size":null},"data":[1,2]}],"#
      + #""outputs":[{"name":"y","parameters":{"binary_data":null,"classification":null}}]}"#
    #expect(infer("half", nulls).status == .ok)
    #expect(infer("half", nulls).text == infer("half", plain).text)
    let bytes =
      #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":null,"#
      + #""parameters":{"binary_data_size":8}}]}"#
    #expect(infer("half", bytes, Self.bytes([1, 2] as [Float])).text == infer("half", plain).text)
  }

  @Test("refuses tensors in shared memory, which it does not reach")
  func sharedMemory() {
    let region = #""parameters":{"shared_memory_region":"r","shared_memory_byte_size":8}"#
    let requests = [
      #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32",\#(region)}]}"#,
      #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}],"#
        + #""outputs":[{"name":"y",\#(region)}]}"#,
    ]
    for request in requests {
      #expect(infer("half", request).status == .badRequest)
      #expect(infer("half", request).text.contains("there is no shared memory"))
    }
  }

  @Test("takes elements flat and nested", arguments: ["[1,2,3,4]", "[[1,2],[3,4]]"])
  func json(data: String) {
    let response = infer(
      "half",
      #"{"id":"7","inputs":[{"name":"x","shape":[2,2],"datatype":"FP32","data":\#(data)}]}"#)
    #expect(
      response.text
        == #"{"model_name":"half","model_version":"1","id":"7","outputs":[{"name":"y","#
        + #""datatype":"FP32","shape":[2,2],"data":[2.5,3.0,3.5,4.0]}]}"#)
  }

  @Test("takes and gives several tensors as bytes")
  func binary() {
    let response = infer(
      "pair",
      #"{"inputs":[{"name":"b","shape":[1,3],"datatype":"INT32","#
        + #""parameters":{"binary_data_size":12}},{"name":"a","shape":[1],"datatype":"FP32","#
        + #""parameters":{"binary_data_size":4}}],"outputs":[{"name":"copy","#
        + #""parameters":{"binary_data":true}},{"name":"sum"}]}"#,
      Self.bytes([1, 2, 3] as [Int32]) + Self.bytes([0.5] as [Float]))
    let length = response.headers["Inference-Header-Content-Length"].flatMap(Int.init) ?? 0
    #expect(response.headers["Content-Type"] == "application/octet-stream")
    #expect(
      String(decoding: response.body.prefix(length), as: UTF8.self)
        == #"{"model_name":"pair","model_version":"1","outputs":[{"name":"copy","#
        + #""datatype":"INT32","shape":[1,3],"parameters":{"binary_data_size":12}},"#
        + #"{"name":"sum","datatype":"FP32","shape":[1],"data":[6.5]}]}"#)
    #expect(Array(response.body.dropFirst(length)) == Self.bytes([1, 2, 3] as [Int32]))
  }

  @Test("takes a body that is nothing but the elements of the only input")
  func raw() {
    let response = infer("half", "", Self.bytes([1, 2] as [Float]), lengthField: "0")
    #expect(Array(response.body.suffix(8)) == Self.bytes([2.5, 3] as [Float]))
    #expect(infer("half", "", [1, 2, 3], lengthField: "0").status == .badRequest)
    #expect(infer("pair", "", [1, 2, 3, 4], lengthField: "0").status == .badRequest)
  }

  @Test("takes strings in both forms")
  func strings() {
    let answer =
      #"{"model_name":"words","model_version":"1","outputs":[{"name":"y","datatype":"BYTES","#
      + #""shape":[1,2],"data":["b","añ"]}]}"#
    let json = #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"BYTES","data":["añ","b"]}]}"#
    #expect(infer("words", json).text == answer)
    let text = Array("añ".utf8)
    let bytes = [UInt8(text.count), 0, 0, 0] + text + [1, 0, 0, 0, UInt8(ascii: "b")]
    let binary =
      #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"BYTES","#
      + #""parameters":{"binary_data_size":\#(bytes.count)}}]}"#
    #expect(infer("words", binary, bytes).text == answer)
  }

  @Test("names the classes of the greatest numbers")
  func classification() {
    func body(_ count: Int) -> String {
      #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,3]}],"outputs":["#
        + #"{"name":"y","parameters":{"classification":\#(count)}}]}"#
    }
    #expect(infer("half", body(1)).text.hasSuffix(#""shape":[1,1],"data":["3.500000:1"]}]}"#))
    #expect(
      infer("named", body(5)).text.hasSuffix(
        #""datatype":"BYTES","shape":[1,2],"data":["3.500000:1:dog","2.500000:0:cat"]}]}"#))
    #expect(infer("half", body(0)).text.hasSuffix(#""data":[2.5,3.5]}]}"#))
  }

  @Test("writes null for what JSON has no number for, and bytes exactly")
  func nonFinite() {
    let bytes = Self.bytes([.nan, .infinity] as [Float])
    let json =
      #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","#
      + #""parameters":{"binary_data_size":8}}]"#
    #expect(infer("half", json + "}", bytes).text.hasSuffix(#""data":[null,null]}]}"#))
    let binary = infer("half", json + #","parameters":{"binary_data_output":true}}"#, bytes)
    let floats = Array(binary.body.suffix(8)).withUnsafeBytes { $0.bindMemory(to: Float.self)[1] }
    #expect(floats == .infinity)
  }

  @Test(
    "refuses what does not fit, and says what",
    arguments: [
      (#"[]"#, "expected a JSON object, found Array"),
      (#"{}"#, "Unable to find 'inputs' in the request"),
      (
        #"{"inputs":[]}"#,
        "expected 1 inputs but got 0 inputs for model 'half': missing 'x'"
      ),
      (
        #"{"inputs":[{"name":"z","shape":[1,2],"datatype":"FP32","data":[1,2]}]}"#,
        "unexpected inference input 'z' for model 'half'"
      ),
      (
        #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP64","data":[1,2]}]}"#,
        "inference input 'x' data-type is 'FP64', but model 'half' expects 'FP32'"
      ),
      (
        #"{"inputs":[{"name":"x","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}"#,
        "unexpected shape for input 'x' for model 'half'. Expected [-1,2], got [1,3]"
      ),
      (
        #"{"inputs":[{"name":"x","shape":[-1,2],"datatype":"FP32","data":[1,2]}]}"#,
        "input 'x': \\\"shape\\\": expected sizes of 0 or more, found [-1,2]"
      ),
      (
        #"{"inputs":[{"name":"x","shape":[9223372036854775807,2],"datatype":"FP32","data":[1]}]}"#,
        "input 'x': shape [9223372036854775807,2] has too many elements"
      ),
      (
        #"{"inputs":[{"name":"x","shape":[1152921504606846978,2],"datatype":"FP32","data":[1]}]}"#,
        "input 'x': shape [1152921504606846978,2] has too many elements"
      ),
      (
        #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1]}]}"#,
        "input 'x': got 1 elements, expected 2 for shape (1, 2)"
      ),
      (
        #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,"a"]}]}"#,
        "input 'x': JSON Value: \\\"a\\\" Type: String is not of expected type: float"
      ),
      (
        #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}],"outputs":["#
          + #"{"name":"q"}]}"#,
        "unexpected inference output 'q' for model 'half'"
      ),
      (
        #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}],"outputs":["#
          + #"{"name":"y"},{"name":"y"}]}"#,
        "output 'y' is already requested"
      ),
      (
        #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","#
          + #""parameters":{"binary_data_size":8}}]}"#,
        "input 'x': unexpected size for binary data: expected at most 0 bytes, found 8"
      ),
    ])
  func refusals(json: String, message: String) {
    let response = infer("half", json)
    #expect(response.status == .badRequest)
    #expect(response.text == #"{"error":"\#(message)"}"#)
  }

  @Test(
    "refuses lengths of the JSON that the body does not have",
    arguments: ["99999999999", "-1", "99999999999999999999999", "1e2", ""])
  func headerLength(field: String) {
    #expect(infer("half", "{}", [1], lengthField: field).status == .badRequest)
  }

  @Test("refuses a picture of which a part is said to be JSON", arguments: ["0", "5", "x"])
  func pictureWithLength(length: String) {
    let headers: HTTPHeaders = [
      "Content-Type": "image/png", "Inference-Header-Content-Length": length,
    ]
    let answer = router.respond(
      HTTPRequest("POST", "/v2/models/half/infer", headers: headers, body: [1, 2, 3]))
    #expect(answer.status == .badRequest)
    #expect(answer.text.contains("a picture holds no JSON"))
  }

  @Test("knows models and versions")
  func notThere() {
    let unknown = "Request for unknown model:"
    #expect(infer("none", "{}").status == .notFound)
    #expect(infer("none", "{}").text == #"{"error":"\#(unknown) 'none' is not found"}"#)
    let path = "/v2/models/half/versions/2/infer"
    let version = router.respond(HTTPRequest("POST", path, body: "{}".utf8))
    #expect(version.status == .notFound)
    #expect(version.text == #"{"error":"\#(unknown) 'half' version 2 is not found"}"#)
  }

  @Test(
    "refuses a key that is given twice",
    arguments: [
      #"{"inputs":[],"inputs":[]}"#,
      #"{"inputs":[{"name":"x","name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}]}"#,
      #"{"parameters":{"timeout":1,"timeout":2},"inputs":[]}"#,
      #"{"inputs":[{"name":"x","shape":[1,2],"datatype":"FP32","data":[1,2]}],"#
        + #""outputs":[{"name":"y","name":"y"}]}"#,
    ])
  func repeatedKeys(json: String) {
    let response = infer("half", json)
    #expect(response.status == .badRequest)
    #expect(response.text.contains("given more than once"))
  }

  @Test("refuses more items without elements than it would take as long to count")
  func emptyItems() {
    func shape(_ sizes: String) -> HTTPResponse {
      infer("open", #"{"inputs":[{"name":"x","shape":\#(sizes),"datatype":"FP32","data":[]}]}"#)
    }
    #expect(shape("[0,784]").status == .ok)
    #expect(shape("[1048576,0]").status == .ok)
    for sizes in ["[1048577,0]", "[1099511627776,0]", "[0,4294967296]"] {
      #expect(shape(sizes).status == .badRequest)
      #expect(shape(sizes).text.contains("has too many elements"))
    }
  }
}
