"""Predictions through TensorFlow Serving's REST API: its documented requests and responses."""
import base64
import math

import numpy as np

from harness.bundles import LABELS
from harness.checks import answers, check, close, equal, holds

MODELS = ["mlp", "cnn", "several", "siamese", "words", "names", "bytes", "open"]
ARGUMENTS = []


def predict(server, model, body, where="", **others):
    answer = server.post(f"/v1/models/{model}{where}:predict", body, **others)
    answers(answer, 200)
    equal(answer.headers.get_content_type(), "application/json", "content type")
    holds(list(answer.json()) in (["predictions"], ["outputs"]), "predictions or outputs", answer)
    return answer.json()


def rows(server, model):
    """A reference's items as objects of all inputs."""
    reference = server.bundles.reference(model)
    count = len(next(iter(reference.inputs.values())))
    return [{name: array[index].tolist() for name, array in reference.inputs.items()}
            for index in range(count)]


@check("rows of plain lists")
def plain_rows(server):
    for model in ("mlp", "cnn"):
        reference = server.bundles.reference(model)
        found = predict(server, model, {"instances": reference.input.tolist()})
        equal(list(found), ["predictions"])
        close(found["predictions"], reference.output)


@check("rows of objects, for a model of one input")
def object_rows(server):
    found = predict(server, "mlp", {"instances": rows(server, "mlp")})
    close(found["predictions"], server.bundles.reference("mlp").output)


@check("rows of objects in, rows of objects out, for several inputs and outputs")
def several_rows(server):
    reference = server.bundles.reference("several")
    found = predict(server, "several", {"instances": rows(server, "several")})["predictions"]
    equal(set(found[0]), set(reference.outputs))
    for name, array in reference.outputs.items():
        close([row[name] for row in found], array, name)


@check("columns, for a model of one input: a list, and an object")
def columns(server):
    reference = server.bundles.reference("mlp")
    pixels = reference.input.tolist()
    for inputs in (pixels, {"pixels": pixels}):
        found = predict(server, "mlp", {"inputs": inputs})
        equal(list(found), ["outputs"])
        close(found["outputs"], reference.output)


@check("columns of several inputs and outputs")
def several_columns(server):
    reference = server.bundles.reference("several")
    inputs = {name: array.tolist() for name, array in reference.inputs.items()}
    found = predict(server, "several", {"inputs": inputs})["outputs"]
    equal(set(found), set(reference.outputs))
    for name, array in reference.outputs.items():
        close(found[name], array, name)


@check("strings in and out, in rows and in columns")
def strings(server):
    reference = server.bundles.reference("words")
    found = predict(server, "words", {"instances": reference.input.tolist()})["predictions"]
    for name, array in reference.outputs.items():
        close([row[name] for row in found], array, name)
    reference = server.bundles.reference("names")
    found = predict(server, "names", {"inputs": reference.input.tolist()})["outputs"]
    for name, array in reference.outputs.items():
        close(found[name], array, name)


@check('{"b64": …} in place of a string')
def base64_strings(server):
    def encoded(text):
        return {"b64": base64.b64encode(text.encode()).decode()}
    words = ["apple", "été", "kiwi"]
    plain = predict(server, "words", {"instances": [words]})
    for row in ([encoded(word) for word in words], [words[0], encoded(words[1]), words[2]]):
        equal(predict(server, "words", {"instances": [row]}), plain)
    equal(predict(server, "words", {"inputs": {"x": [[encoded(word) for word in words]]}}),
          predict(server, "words", {"inputs": {"x": [words]}}))


@check("whole numbers: 64 bits in and out, 8 bits in")
def integers(server):
    reference = server.bundles.reference("bytes")
    found = predict(server, "bytes", {"inputs": reference.input.tolist()})["outputs"]
    for name, array in reference.outputs.items():
        close(found[name], array, name)
    found = predict(server, "names", {"instances": [[2**62, -2**63, 1]]})["predictions"]
    equal(found[0]["plain"][2], "apple")


@check("an axis of open length, of a different length each time")
def open_axis(server):
    reference = server.bundles.reference("open")
    for length in (1, 3, 7):
        found = predict(server, "open", {"instances": reference.input[:, :length].tolist()})
        close(found["predictions"], reference.output[:, :length])


@check("signature_name: serving_default and none")
def signature(server):
    body = {"inputs": [[0.0] * 784]}
    plain = predict(server, "mlp", body)
    for name in ("serving_default", ""):
        equal(predict(server, "mlp", {"signature_name": name, **body}), plain)


@check("a version in the path, and any letter case of the path's words")
def version(server):
    body = {"inputs": [[0.0] * 784]}
    plain = predict(server, "mlp", body)
    equal(predict(server, "mlp", body, where="/versions/1"), plain)
    answer = server.post("/V1/Models/mlp:Predict", body)
    answers(answer, 200)
    equal(answer.json(), plain)


@check("no content type, and any other, are taken")
def content_types(server):
    body = '{"instances": [' + str([0.0] * 784) + "]}"
    for headers in ({}, {"Content-Type": "application/x-www-form-urlencoded"},
                    {"Content-Type": "text/plain"}, {"Content-Type": "application/json"}):
        predict(server, "mlp", body, headers=headers)


@check("NaN, Infinity and -Infinity as words in and out")
def not_finite(server):
    pixels = ["NaN"] + ["0.0"] * 783
    text = '{"instances": [[' + ", ".join(pixels) + "]]}"
    answer = server.post("/v1/models/mlp:predict", text)
    answers(answer, 200)
    holds(b"NaN" in answer.body, "the word NaN in the answer", answer)
    holds(all(math.isnan(value) for value in answer.json()["predictions"][0]),
          "predictions that are no numbers", answer)
    for word in ("Infinity", "-Infinity"):
        text = '{"instances": [[' + ", ".join([word] + pixels[1:]) + "]]}"
        answers(server.post("/v1/models/mlp:predict", text), 200)


@check("numbers beyond float32: too large is infinite, too small is zero")
def beyond_float32(server):
    def found(number):
        text = '{"instances": [[' + ", ".join([number] + ["0.0"] * 783) + "]]}"
        return str(predict(server, "mlp", text))
    equal(found("1e-60"), found("0.0"))
    for large, word in (("1e39", "Infinity"), ("-1e39", "-Infinity")):
        equal(found(large), found(word))


@check("numbers keep float32's precision")
def precision(server):
    reference = server.bundles.reference("mlp")
    found = predict(server, "mlp", {"instances": reference.input[:1].tolist()})["predictions"][0]
    for value in found:
        holds(float(repr(value)) == value and abs(np.float32(value) - value) <= 1e-7 * abs(value),
              "numbers that read back as the same float32", value)


@check("a big batch and many batches agree")
def batches(server):
    reference = server.bundles.reference("mlp")
    pixels = reference.input
    many = predict(server, "mlp", {"instances": pixels.tolist() * 16})["predictions"]
    close(many[-len(pixels):], reference.output)
    for index in range(3):
        one = predict(server, "mlp", {"instances": pixels[index:index + 1].tolist()})
        close(one["predictions"], reference.output[index:index + 1])


@check(":classify gives a label and a score for each class")
def classify(server):
    reference = server.bundles.reference("cnn")
    examples = [{"picture": picture.ravel().astype(float).tolist()}
                for picture in reference.input[:3]]
    answer = server.post("/v1/models/cnn:classify", {"examples": examples})
    answers(answer, 200)
    found = answer.json().get("result") or answer.json().get("results")
    equal(len(found), 3, "number of results")
    for row, expected in zip(found, reference.output):
        scores = dict(row)
        equal(set(scores), set(LABELS))
        close([scores[label] for label in LABELS], expected)


@check(":regress gives a number for each example, and a context is every example's")
def regress_one(server):
    reference = server.bundles.reference("siamese")
    left, other = (reference.inputs[name].astype(float).tolist() for name in ("left", "other"))
    examples = [{"left": a, "other": b} for a, b in zip(left, other)]
    requests = {"examples": examples}, {"context": {"other": other[0]},
                                        "examples": [{"left": left[0]}]}
    for request in requests:
        answer = server.post("/v1/models/siamese:regress", request)
        answers(answer, 200)
        found = answer.json().get("result") or answer.json().get("results")
        close(found, reference.output[:len(request["examples"]), 0])


@check(":regress of a model of ten outputs is refused")
def regress(server):
    examples = [{"pixels": [0.0] * 784}]
    answer = server.post("/v1/models/mlp:regress", {"examples": examples})
    answers(answer, (400, 501))


@check("HEAD is GET without a body")
def head(server):
    answer = server.request("HEAD", "/v1/models/mlp")
    equal((answer.status, answer.body), (200, b""))
    equal(answer.headers["Content-Length"], str(len(server.get("/v1/models/mlp").body)), "length")
    equal(server.request("HEAD", "/v1/models/half").status, 404)
    answers(server.request("OPTIONS", "/v1/models/mlp:predict"), (200, 204, 400, 405))
