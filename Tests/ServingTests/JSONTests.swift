import Inference
import Serving
import Tensors
import Testing

/// Texts are read through a request for a prediction, whose member `ignored` takes any value.
@Suite("JSON in requests")
struct JSONTests {
  let handler = HTTPRouter(tensorFlow: [StubModels.half])

  private func post(_ text: some Collection<UInt8>) -> HTTPResponse {
    handler.respond(HTTPRequest("POST", "/v1/models/half:predict", body: text))
  }

  private func accepts(_ value: String) -> Bool {
    post(#"{"ignored": \#(value), "instances": [[1, 2]]}"#.utf8).status == .ok
  }

  @Test(
    "takes what JSON allows",
    arguments: [
      "0", "-0", "1.5e+10", "1E-2", "true", "false", "null", "[]", "{}", #""""#, #"{"":{}}"#,
      #""\"\\\/\b\f\n\r\té😀""#, "\"\u{1F600}é\u{7f}\"", " [ 1 , 2 ] ", #"{"a":1,"a":2}"#,
      "[[[[[[[[[[1]]]]]]]]]]", "18446744073709551615", "-9223372036854775808",
    ])
  func valid(text: String) {
    #expect(accepts(text))
  }

  @Test(
    "takes the numbers that only TensorFlow Serving allows",
    arguments: ["NaN", "Infinity", "-Infinity", "[NaN,{\"a\":Inf}]", "1000000000000000000000000"])
  func numbers(text: String) {
    #expect(accepts(text))
  }

  @Test(
    "refuses what JSON does not allow",
    arguments: [
      "01", "+1", ".5", "1.", "1e", "0x1", "--1", "tru", "True", "nan", "'a'", "[1,]", "[,1]", "[1",
      "{\"a\"}", "{a:1}", "{\"a\":1,}", "{\"a\" 1}", "\"\t\"", "\"\n\"", #""\x""#, #""\u12""#,
      #""\ud800""#, #""\udc00""#, #""\ud800\u0041""#, "\"a", "1 2", "/**/1", "1e999", "NaNs",
      "-NaN", "]", "}", "[}", "{]",
    ])
  func invalid(text: String) {
    let response = post(#"{"ignored": \#(text), "instances": [[1, 2]]}"#.utf8)
    #expect(response.status == .badRequest)
    #expect(response.text.hasPrefix(#"{"error":"JSON Parse error: "#), "\(response.text)")
    // A number that only simdjson minds sends the text to the second parser, which must agree.
    #expect(post(#"{"n": NaN, "i": \#(text), "instances": [[1, 2]]}"#.utf8).status == .badRequest)
  }

  @Test(
    "refuses text that is not UTF-8",
    arguments: [
      [0xff], [0xc0, 0x80], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80],
    ])
  func invalidText(bytes: [UInt8]) {
    let text = Array(#"{"ignored":""#.utf8) + bytes + Array(#"","instances":[[1,2]]}"#.utf8)
    let expected = #"{"error":"JSON Parse error: Invalid encoding in string at offset: 12"}"#
    #expect(post(text).text == expected)
  }

  @Test("limits how deep lists nest", arguments: [(99, true), (100, false), (250_000, false)])
  func depth(levels: Int, accepted: Bool) {
    let lists = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    #expect(accepts(lists) == accepted)
    #expect(accepts("[NaN, \(lists.dropFirst().dropLast())]") == accepted)
    #expect(!accepts(String(repeating: "[", count: levels)))
  }

  @Test("refuses a shape that its numbers cannot fill, without room for it")
  func promisedShape() {
    let empties = String(repeating: ",[]", count: 200_000)
    let numbers = String(repeating: "1,", count: 9999) + "1"
    let model = ServedModel(
      name: "half", inputs: [.init(name: "x", shape: [nil, nil], elementType: .float32)],
      outputs: StubModels.half.outputs, predict: { $0 })
    let handler = HTTPRouter(tensorFlow: [model])
    for key in ["instances", "inputs"] {
      let text = #"{"\#(key)":[[\#(numbers)]\#(empties)]}"#
      let response = handler.respond(
        HTTPRequest("POST", "/v1/models/half:predict", body: text.utf8))
      #expect(response.status == .badRequest)
      let reason =
        key == "inputs"
        ? "Encountered list at unexpected size: 0 at level: 1 expected size: 10000"
        : "Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: "
          + "Expecting tensor size: 10000 but got: 0"
      #expect(response.text == #"{"error":"\#(reason)"}"#)
    }
  }

  @Test("reads many texts at once")
  func concurrent() async {
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<64 {
        group.addTask {
          post(#"{"instances":[[\#(number),NaN]]}"#.utf8).text
            == #"{"predictions":[[\#(Float(number) / 2 + 2),NaN]]}"#
        }
      }
      for await same in group { #expect(same) }
    }
  }
}
