import Serving
import Testing

/// The errors of TensorFlow Serving, word by word.
@Suite("What TensorFlow Serving's REST API refuses")
struct TensorFlowServingRefusalTests {
  private let handler = HTTPRouter(tensorFlow: [StubModels.half, StubModels.pair, StubModels.words])

  private func post(_ path: String, _ body: String) -> (code: Int, text: String) {
    let response = handler.respond(HTTPRequest("POST", path, body: body.utf8))
    return (response.status.code, response.text)
  }

  @Test(
    "refuses requests that it cannot read, in TensorFlow Serving's words",
    arguments: [
      ("", "JSON Parse error: The document is empty"),
      ("  \n", "JSON Parse error: The document is empty"),
      (#"{"instances": [1, x]}"#, "JSON Parse error: Invalid value at offset: 18"),
      (
        #"{"instances": [1 2]}"#,
        "JSON Parse error: Missing a comma or ] after an array element at offset: 17"
      ),
      (
        "{} {}",
        "JSON Parse error: The document root must not be followed by other values at offset: 3"
      ),
      ("[1,2]", "JSON Value: [1,2] Is not object"),
      ("{}", "Missing 'inputs' or 'instances' key"),
      (
        #"{"inputs":1,"instances":2}"#,
        #"JSON Value: {\"inputs\":1,\"instances\":2} Not formatted correctly expecting only one of "#
          + "'inputs' or 'instances' keys to exist "
      ),
      (
        #"{"instances":3}"#,
        #"JSON Value: {\"instances\":3} Excepting 'instances' to be an list/array"#
      ),
      (#"{"instances":[]}"#, #"JSON Value: {\"instances\":[]} No values in 'instances' array"#),
      (
        #"{"signature_name":5,"instances":[[1,2]]}"#,
        #"JSON Value: {\"signature_name\":5,\"instances\":[[1,2]]} not formatted correctly. "#
          + "'signature_name' key must be a string value."
      ),
      (
        #"{"signature_name":"other","instances":[[1,2]]}"#,
        #"Serving signature name: \"other\" not found in signature def"#
      ),
      (
        #"{"instances":[[1,2],[3]]}"#,
        "Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: "
          + "Expecting tensor size: 2 but got: 1"
      ),
      (
        #"{"instances":[[1,2],[[3],[4]]]}"#,
        "Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: "
          + "Expecting shape [2] but got: [2,1]"
      ),
      (
        #"{"instances":[[1,2],[3,"four"]]}"#,
        "Failed to process element: 1 of 'instances' list. Error: INVALID_ARGUMENT: "
          + #"JSON Value: \"four\" Type: String is not of expected type: float"#
      ),
      (
        #"{"instances":[[1,[2]]]}"#,
        "Failed to process element: 0 of 'instances' list. Error: INVALID_ARGUMENT: "
          + "Encountered list at unexpected level: 1 expected < 1"
      ),
      (
        #"{"instances":[[1,2],{"x":[1,2]}]}"#,
        "Expecting value/list but got object at item 1 of input list"
      ),
      (
        #"{"instances":[{"x":[1,2]},[1,2]]}"#,
        "Expecting object but got list at item 1 of input list"
      ),
      (
        #"{"instances":[{"x":[1,2],"z":1}]}"#,
        "Failed to process element: 0 key: z of 'instances' list. Error: INVALID_ARGUMENT: "
          + "JSON object: does not have named input: z"
      ),
      (
        #"{"instances":[{}]}"#,
        "Failed to process element: 0 of 'instances' list. JSON object: {} keys must be equal to: x"
      ),
      (
        #"{"inputs":[[1,2],[3]]}"#,
        "Encountered list at unexpected size: 1 at level: 1 expected size: 2"
      ),
      (
        #"{"inputs":[[1,2],3]}"#,
        "JSON Value: 3 found at incorrect level: 2 in the JSON DOM. Expected at level: 2"
      ),
      (
        #"{"inputs":[[1,true]]}"#,
        "JSON Value: true Type: True is not of expected type: float"
      ),
      (#"{"inputs":{"z":[[1,2]]}}"#, "Missing named input: x in 'inputs' object."),
      (#"{"inputs":[1,2]}"#, #"input \"x\": expected shape (any, 2), found (2,)"#),
      (
        #"{"instances":[[1,2,3]]}"#,
        "Failed to process element: 0 of 'instances' list. Error: INVALID_ARGUMENT: "
          + #"input \"x\": expected shape (any, 2), found (1, 3)"#
      ),
    ])
  func unreadable(request: String, message: String) {
    #expect(
      post("/v1/models/half:predict", request) == (400, #"{"error":"\#(message)"}"#))
  }

  @Test(
    "refuses several inputs that it cannot read",
    arguments: [
      (
        #"{"instances":[1]}"#,
        "instances is a plain list, but expecting list of objects as multiple input tensors "
          + "required as per tensorinfo_map"
      ),
      (
        #"{"inputs":[1]}"#,
        "inputs is a plain value/list, but expecting an object as multiple input tensors "
          + "required as per tensorinfo_map"
      ),
      (
        #"{"instances":[{"a":1,"b":[1,2,3]},{"a":1}]}"#,
        #"Failed to process element: 1 of 'instances' list. JSON object: {\"a\":1} "#
          + "keys must be equal to: a,b"
      ),
      (
        #"{"instances":[{"a":1,"b":[1,2,3]},{"a":1,"b":[1,2]}]}"#,
        "Failed to process element: 1 key: b of 'instances' list. Error: INVALID_ARGUMENT: "
          + "Expecting tensor size: 3 but got: 2"
      ),
      (
        #"{"inputs":{"a":[1],"b":[[1,2,2.5]]}}"#,
        "JSON Value: 2.5 Type: Number is not of expected type: int32"
      ),
      (
        #"{"inputs":{"a":[1],"b":[[1,2.0,3]]}}"#,
        "JSON Value: 2.0 Type: Number is not of expected type: int32"
      ),
      (
        #"{"inputs":{"a":[1],"b":[[1,2,0.30000000000000004]]}}"#,
        "JSON Value: 0.30000000000000004 Type: Number is not of expected type: int32"
      ),
      (
        #"{"inputs":{"a":[1],"b":[[1,2,1e30]]}}"#,
        "JSON Value: 1e+30 Type: Number is not of expected type: int32"
      ),
      (
        #"{"inputs":{"a":[1],"b":[[1,2,3000000000]]}}"#,
        "JSON Value: 3000000000 Type: Number is not of expected type: int32"
      ),
      (
        #"{"instances":[{"a":1,"a":2,"b":[1,2,3]}]}"#,
        "Failed to process element: 0 key: a of 'instances' list. Error: INVALID_ARGUMENT: "
          + "the key is given more than once"
      ),
    ])
  func unreadablePair(request: String, message: String) {
    #expect(
      post("/v1/models/pair:predict", request) == (400, #"{"error":"\#(message)"}"#))
  }
}
