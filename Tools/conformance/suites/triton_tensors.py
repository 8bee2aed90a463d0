"""The Open Inference Protocol on the wire: tensors in JSON and in binary, and what is refused."""
import json

import numpy as np
from harness.checks import answers, check, close, equal, holds

MODELS = ["mlp", "several", "words", "names", "bytes", "open"]
ARGUMENTS = []


def tensor(name, datatype, shape, data):
    return {"name": name, "datatype": datatype, "shape": shape, "data": data}


def infer(server, model, body, status=200, parts=(), **others):
    answer = server.post(f"/v2/models/{model}/infer", body, **others)
    answers(answer, status, *parts)
    return answer


def binary(request, data, **others):
    """A body of JSON and bytes, and the header that says where the one ends."""
    head = json.dumps(request).encode()
    return {"body": head + data, "headers": {
        "Inference-Header-Content-Length": str(len(head)), **others}}


def pixels_request(size, shape=(1, 784), **others):
    return {"inputs": [{"name": "pixels", "datatype": "FP32", "shape": list(shape),
                        "parameters": {"binary_data_size": size}}], **others}


@check("data flat and data nested")
def nested(server):
    reference = server.bundles.reference("several")
    flat = [tensor(name, "FP32", list(array.shape), array.ravel().tolist())
            for name, array in reference.inputs.items()]
    deep = [tensor(name, "FP32", list(array.shape), array.tolist())
            for name, array in reference.inputs.items()]
    for inputs in (flat, deep, [flat[0], deep[1]]):
        found = infer(server, "several", {"inputs": inputs}).json()
        equal(found["model_name"], "several")
        for output in found["outputs"]:
            expected = reference.outputs[output["name"]]
            equal((output["datatype"], output["shape"]), ("FP32", list(expected.shape)))
            close(output["data"], expected.ravel(), output["name"])


@check("JSON's content type, and that of binary data")
def content_types(server):
    data = np.zeros(784, "<f4").tobytes()
    answer = infer(server, "mlp", **binary(pixels_request(3136), data))
    equal(answer.headers.get_content_type(), "application/json", "content type")
    answer = infer(server, "mlp", **binary(
        pixels_request(3136, parameters={"binary_data_output": True}), data))
    equal(answer.headers.get_content_type(), "application/octet-stream", "content type")
    length = int(answer.headers["Inference-Header-Content-Length"])
    (output,) = json.loads(answer.body[:length])["outputs"]
    equal(output["parameters"]["binary_data_size"], 40)
    equal(len(answer.body) - length, 40, "bytes of the tensor")


@check("an output's wish goes before the request's")
def wishes(server):
    data = np.zeros(784, "<f4").tobytes()
    answer = infer(server, "mlp", **binary(pixels_request(
        3136, parameters={"binary_data_output": True},
        outputs=[{"name": "digit", "parameters": {"binary_data": False}}]), data))
    holds("data" in answer.json()["outputs"][0], "data in JSON", answer)


@check("a body of nothing but a tensor (a header of length 0)")
def raw(server):
    reference = server.bundles.reference("mlp")
    answer = infer(server, "mlp", reference.input[0].astype("<f4").tobytes(), headers={
        "Inference-Header-Content-Length": "0", "Content-Type": "application/octet-stream"})
    length = int(answer.headers["Inference-Header-Content-Length"])
    close(np.frombuffer(answer.body[length:], "<f4"), reference.output[0])


@check("a body of nothing but a tensor that is too long or too short")
def raw_misfits(server):
    for size in (3135, 3137, 3140, 0, 1):
        infer(server, "mlp", bytes(size), 400, headers={"Inference-Header-Content-Length": "0"})


@check("header lengths that cannot be are refused")
def header_lengths(server):
    body = json.dumps({"inputs": [tensor("pixels", "FP32", [1, 784], [0.0] * 784)]}).encode()
    for length in ("99999999999", "99999999999999999999999", "-1", str(len(body) + 1), "x", "",
                   "1e3", "0x10", " ", "1 2"):
        infer(server, "mlp", body, 400, headers={"Inference-Header-Content-Length": length})


@check("sizes of binary tensors that do not fit are refused")
def binary_sizes(server):
    data = bytes(3136)
    for size, sent in ((3132, data), (3140, data), (0, data), (-1, data), (3136, data[:-4]),
                       (3136, data + bytes(4)), (2**63, data), (2**64 + 3136, data),
                       (3136.5, data), ("3136", data), (None, data)):
        infer(server, "mlp", status=400, **binary(pixels_request(size), sent))
    both = pixels_request(3136)
    both["inputs"][0]["data"] = [0.0] * 784
    infer(server, "mlp", status=400, **binary(both, data))


@check("binary strings whose lengths do not fit are refused")
def binary_strings(server):
    def words(data, count=3):
        return binary({"inputs": [{"name": "x", "datatype": "BYTES", "shape": [1, count],
                                   "parameters": {"binary_data_size": len(data)}}]}, data)

    def packed(*texts):
        return b"".join(len(text).to_bytes(4, "little") + text for text in texts)

    good = packed(b"apple", "été".encode(), b"")
    places = {output["name"]: output["data"] for output in
              infer(server, "words", **words(good)).json()["outputs"]}
    equal(places["places"][0], 1)
    for bad in (packed(b"apple", b"b"), packed(b"a", b"b", b"c", b"d"), good[:-1], good + b"\0",
                b"\xff\xff\xff\xff", packed(b"a", b"b") + b"\xff\xff\xff\x7fz",
                packed(b"a", b"b") + b"\x01"):
        infer(server, "words", status=400, **words(bad))


@check("strings in JSON, also ones with a zero inside")
def json_strings(server):
    for row in (["apple", "kiwi", "été"], ["", "a\0b", "\U0001f34e"]):
        found = infer(server, "words", {"inputs": [tensor("x", "BYTES", [1, 3], row)]}).json()
        data = {output["name"]: output["data"] for output in found["outputs"]}
        equal(data["reshaped"], row)


@check("whole numbers: the extremes are taken, what lies beyond and fractions are refused")
def integers(server):
    for row in ([2**63 - 1, -2**63, 0],):
        infer(server, "names", {"inputs": [tensor("x", "INT64", [1, 3], row)]})
    for value in (2**63, -2**63 - 1, 0.5, "1", None, True, [1], 1e30):
        infer(server, "names", {"inputs": [tensor("x", "INT64", [1, 3], [value, 1, 1])]}, 400)
    for value in (256, -1, 0.5):
        infer(server, "bytes", {"inputs": [tensor("x", "UINT8", [1, 5], [value] * 5)]}, 400)


@check("a text, a truth or nothing is no number")
def types(server):
    for value in ("0.0", True, None, {}, [0.0]):
        infer(server, "mlp", {"inputs": [tensor("pixels", "FP32", [1, 784],
                                                [value] + [0.0] * 783)]}, 400)
    for value in (1, None, True, ["a"]):
        infer(server, "words", {"inputs": [tensor("x", "BYTES", [1, 3], [value, "a", "b"])]}, 400)


@check("data that are not as many as the shape says name both")
def counts(server):
    for count in (0, 783, 785, 1568):
        infer(server, "mlp", {"inputs": [tensor("pixels", "FP32", [1, 784], [0.0] * count)]}, 400,
              ("pixels", "784"))
    infer(server, "mlp", {"inputs": [tensor("pixels", "FP32", [2, 784], [[0.0] * 784, [0.0]])]},
          400, ("pixels",))


@check("datatypes that are unknown, or not the model's")
def datatypes(server):
    for datatype in ("INT32", "FP64", "FP16", "BF16", "BYTES", "fp32", "FLOAT", "", None, 5):
        infer(server, "mlp", {"inputs": [tensor("pixels", datatype, [1, 784], [0.0] * 784)]}, 400)


@check("parts that are missing, or of another kind")
def parts(server):
    whole = tensor("pixels", "FP32", [1, 784], [0.0] * 784)
    for key in whole:
        infer(server, "mlp", {"inputs": [{k: v for k, v in whole.items() if k != key}]}, 400)
        infer(server, "mlp", {"inputs": [{**whole, key: {}}]}, 400)
    for body in ({}, {"inputs": None}, {"inputs": {}}, {"inputs": []}, {"inputs": [1]}, [], 1,
                 {"inputs": [whole], "outputs": {}}, {"inputs": [whole], "outputs": [1]},
                 {"inputs": [whole], "outputs": [{}]}, {"inputs": [whole], "id": 5},
                 {"inputs": [whole], "parameters": 5}):
        infer(server, "mlp", body, 400)


@check("an input or an output that is named twice")
def twice(server):
    whole = tensor("pixels", "FP32", [1, 784], [0.0] * 784)
    infer(server, "mlp", {"inputs": [whole, whole]}, 400, ("pixels",))
    infer(server, "mlp", {"inputs": [whole], "outputs": [{"name": "digit"}, {"name": "digit"}]},
          400, ("digit",))


@check("classes that cannot be asked for")
def classes(server):
    whole = tensor("pixels", "FP32", [1, 784], [0.0] * 784)
    for count in (-1, "3", 1.5, 2**64):
        infer(server, "mlp", {"inputs": [whole], "outputs": [
            {"name": "digit", "parameters": {"classification": count}}]}, 400)
    words = tensor("x", "BYTES", [1, 3], ["a", "b", "c"])
    infer(server, "words", {"inputs": [words], "outputs": [
        {"name": "reshaped", "parameters": {"classification": 1}}]}, 400)


@check("wrong methods and unknown paths")
def methods(server):
    for method, path in (("GET", "/v2/models/mlp/infer"), ("DELETE", "/v2/models/mlp"),
                         ("POST", "/v2/health/live"), ("GET", "/v2/repository/index")):
        answer = server.request(method, path)
        answers(answer, 405)
        holds(answer.headers["Allow"], "a field Allow", dict(answer.headers))
    for path in ("/v2/foo", "/v2/models/mlp/foo", "/v3", "/v2/models/mlp/versions"):
        answers(server.get(path), 404)


@check("the protocol's paths say what they should")
def paths(server):
    for path in ("/v2", "/v2/health/live", "/v2/health/ready", "/v2/models",
                 "/v2/models/mlp", "/v2/models/mlp/versions/1", "/v2/models/mlp/ready",
                 "/v2/models/mlp/versions/1/ready", "/v2/models/mlp/config",
                 "/v2/models/mlp/stats", "/v2/models/stats"):
        answer = server.get(path)
        answers(answer, 200)
        equal(answer.headers.get_content_type(), "application/json", f"content type of {path}")
        answer.json()
    equal(server.get("/v2/health/live").json()["live"], True)
    equal(server.get("/v2/health/ready").json()["ready"], True)
    equal(server.get("/v2/models/mlp/ready").json(), {"name": "mlp", "ready": True})
    names = server.get("/v2/models").json()["models"]
    equal({item["name"] if isinstance(item, dict) else item for item in names}, set(MODELS))
