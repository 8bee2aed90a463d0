"""The errors of TensorFlow Serving's REST API, with the texts that people search for."""
from harness.checks import answers, check, equal, holds

MODELS = ["mlp", "several", "words", "names", "bytes", "open"]
ARGUMENTS = []
ZEROS = [0.0] * 784


def refused(server, model, body, *parts, status=400, action="predict"):
    answers(server.post(f"/v1/models/{model}:{action}", body), status, *parts)


@check("a model that is not there")
def unknown_model(server):
    refused(server, "half", {"instances": [[1.0]]},
            "Servable not found for request: Latest(half)", status=404)
    answers(server.get("/v1/models/half"), 404, "half")
    answers(server.get("/v1/models/half/metadata"), 404,
            "Servable not found for request: Latest(half)")


@check("a version that is not there")
def unknown_version(server):
    answers(server.post("/v1/models/mlp/versions/99:predict", {"instances": [ZEROS]}), 404,
            "Servable not found for request: Specific(mlp, 99)")
    answers(server.get("/v1/models/mlp/versions/99"), 404, "99")


@check("a version that is no number of 64 bits")
def malformed_version(server):
    for path in ("/v1/models/mlp/versions/99999999999999999999", ):
        answers(server.get(path), 400, "Failed to convert version: 99999999999999999999")
        answers(server.post(path + ":predict", {"instances": [ZEROS]}), 400,
                "Failed to convert version")


@check("a label that is not there")
def unknown_label(server):
    answers(server.post("/v1/models/mlp/labels/stable:predict", {"instances": [ZEROS]}),
            (400, 404), "stable")


@check("a path that means nothing is a malformed request")
def malformed_paths(server):
    for path in ("/v1/foo", "/v1/models/mlp:chop", "/v1/models/mlp", "/v1/models/:predict",
                 "/v1/models/mlp/versions/one:predict", "/v1/models/mlp/version/1:predict"):
        answers(server.post(path, {"instances": [ZEROS]}), 400, f"Malformed request: POST {path}")
    answers(server.get("/v1/models/mlp/versions/1/more"), 400, "Malformed request: GET")


@check("GET of a prediction is a malformed request")
def get_predict(server):
    answers(server.get("/v1/models/mlp:predict"), 400,
            "Malformed request: GET /v1/models/mlp:predict")
    for method in ("PUT", "DELETE", "PATCH"):
        answers(server.request(method, "/v1/models/mlp:predict"), 400,
                f"Malformed request: {method} /v1/models/mlp:predict")


@check("no model's name")
def no_name(server):
    answers(server.get("/v1/models"), 400, "Missing model name")


@check("an empty document")
def empty(server):
    refused(server, "mlp", b"", "JSON Parse error: The document is empty")


@check("text that is no JSON, with the place")
def malformed(server):
    for text in ("hello", '{"instances": [1.0, }', '{"instances": [[1.0]]', '{"instances"}'):
        refused(server, "mlp", text, "JSON Parse error: ", "offset: ")


@check("a document that is no object")
def not_object(server):
    for text in ("[1.0]", "3", '"text"', "null"):
        refused(server, "mlp", text, "JSON Value: ", "Is not object")


@check("neither rows nor columns, and both")
def keys(server):
    refused(server, "mlp", {}, "Missing 'inputs' or 'instances' key")
    refused(server, "mlp", {"instances": [ZEROS], "inputs": [ZEROS]},
            "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist")


@check("rows that are no list, and no rows")
def no_rows(server):
    refused(server, "mlp", {"instances": 1.0}, "Excepting 'instances' to be an list/array")
    refused(server, "mlp", {"instances": {}}, "'instances'")
    refused(server, "mlp", {"instances": []}, "No values in 'instances' array")


@check("a signature that is not there, and one that is no text")
def signatures(server):
    refused(server, "mlp", {"signature_name": "other", "instances": [ZEROS]}, "other")
    refused(server, "mlp", {"signature_name": 5, "instances": [ZEROS]},
            "'signature_name' key must be a string value.")


@check("a text, a truth or nothing where a number is expected")
def types(server):
    for value, kind in (("1.0", "String"), (True, "True"), (None, "Null")):
        refused(server, "mlp", {"instances": [[value] + ZEROS[1:]]},
                "Failed to process element: 0 of 'instances' list. Error: ",
                f"Type: {kind} is not of expected type: float")
        refused(server, "mlp", {"inputs": [[value] + ZEROS[1:]]},
                f"Type: {kind} is not of expected type: float")
    refused(server, "mlp", {"inputs": [[{"a": 1}] + ZEROS[1:]]}, "is not of expected type: float")


@check("a number where a text is expected")
def text_types(server):
    refused(server, "words", {"instances": [["apple", 1.0, "x"]]},
            "Type: Number is not of expected type: string")


@check("a fraction, or a number out of range, where a whole number is expected")
def integer_types(server):
    for value in (1.5, 2**63, -2**63 - 1, "NaN"):
        text = f'{{"instances": [[{value}, 1, 1]]}}'
        refused(server, "names", text, "is not of expected type: int64")
    for value in (256, -1, 1.5, 2**40):
        refused(server, "bytes", {"instances": [[value, 1, 1, 1, 1]]}, "is not of expected type")


@check("malformed Base64, and an object that is none")
def malformed_base64(server):
    refused(server, "words", {"instances": [[{"b64": "*"}, "a", "b"]]}, "base64")
    refused(server, "words", {"instances": [[{"b64": 1}, "a", "b"]]}, "base64")
    refused(server, "words", {"instances": [[{"b64": "YQ==", "more": 1}, "a", "b"]]}, "base64")


@check("lists nested too deep, not deep enough, and of different lengths")
def ragged(server):
    refused(server, "mlp", {"inputs": [ZEROS, ZEROS[1:]]},
            "Encountered list at unexpected size: 783 at level: 1 expected size: 784")
    refused(server, "mlp", {"inputs": [[0.0, [0.0]] + ZEROS[2:]]},
            "Encountered list at unexpected level: 2 expected < 2")
    refused(server, "mlp", {"inputs": [ZEROS, 0.0]}, "found at incorrect level: ")
    refused(server, "mlp", {"instances": [ZEROS, ZEROS[1:]]},
            "Failed to process element: 1 of 'instances' list. Error: ",
            "Expecting tensor size: 784 but got: 783")


@check("a shape that is not the model's names what was expected and what was found")
def shapes(server):
    refused(server, "mlp", {"instances": [ZEROS[1:]]}, "784", "783")
    refused(server, "mlp", {"instances": [0.0]}, "784")
    refused(server, "mlp", {"instances": [[ZEROS]]}, "784")
    refused(server, "several", {"inputs": {"left": [[0.0] * 6], "right": [[[0.0] * 3] * 5]}},
            "right")


@check("inputs whose batches differ")
def batches(server):
    refused(server, "several",
            {"inputs": {"left": [[0.0] * 6] * 2, "right": [[[0.0] * 3] * 4] * 3}})


@check("an input that is missing, and one that the model has not")
def inputs(server):
    left, right = [0.0] * 6, [[0.0] * 3] * 4
    refused(server, "several", {"instances": [{"left": left}]}, "Failed to process element: 0",
            "keys must be equal to: left,right")
    refused(server, "several", {"instances": [{"left": left, "right": right, "up": 1}]},
            "JSON object: does not have named input: up")
    refused(server, "several", {"inputs": {"left": [left]}},
            "Missing named input: right in 'inputs' object.")
    refused(server, "several", {"inputs": [left]},
            "inputs is a plain value/list, but expecting an object as multiple input tensors "
            "required as per tensorinfo_map")
    refused(server, "several", {"instances": [left]},
            "instances is a plain list, but expecting list of objects as multiple input tensors "
            "required as per tensorinfo_map")


@check("rows that are objects here and lists there")
def mixed_rows(server):
    refused(server, "mlp", {"instances": [{"pixels": ZEROS}, ZEROS]},
            "Expecting object but got list at item 1 of input list")
    refused(server, "mlp", {"instances": [ZEROS, {"pixels": ZEROS}]},
            "Expecting value/list but got object at item 1 of input list")


@check("no examples to classify")
def examples(server):
    for action in ("classify", "regress"):
        refused(server, "mlp", {"instances": [ZEROS]}, "examples", status=(400, 501),
                action=action)


@check("scores of strings, and examples whose shapes differ")
def unfit_examples(server):
    for action in ("classify", "regress"):
        refused(server, "words", {"examples": [{"x": ["a", "b", "c"]}]}, "numbers", action=action)
        refused(server, "names", {"examples": [{"x": [1, 1, 1]}]}, "numbers", action=action)
    for first, second in (([1, 2], [1, 2, 3]), ([1, 2, 3], [1]), ([1], [])):
        refused(server, "open", {"examples": [{"x": first}, {"x": second}]}, "example 1",
                action="classify")
    refused(server, "mlp", {"context": 5, "examples": [{"pixels": ZEROS}]}, "context",
            action="classify")


@check("an error has JSON's content type and an error's text alone")
def form(server):
    answer = server.post("/v1/models/half:predict", {"instances": [[1.0]]})
    equal(answer.headers.get_content_type(), "application/json", "content type")
    equal(list(answer.json()), ["error"])


@check("no text of an error is longer than a screen")
def lengths(server):
    for body in ({"instances": [ZEROS] * 200, "inputs": 1}, {"inputs": ["x" * 100_000]},
                 {"signature_name": "y" * 100_000, "instances": [ZEROS]}):
        answer = server.post("/v1/models/mlp:predict", body)
        answers(answer, 400)
        holds(len(answer.body) <= 4096, "an error of at most 4096 bytes", len(answer.body))
