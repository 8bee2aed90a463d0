"""Shapes that overflow, or that no tensor has."""
import json

from harness.checks import answers, check, holds

MODELS = ["mlp", "several", "words", "open"]
ARGUMENTS = []

IMPOSSIBLE = [
    [2**4, 2**60 + 2], [2**2, 2**60 + 2], [2**62, 2], [2**32, 2**32], [2**31, 784],
    [2**63 - 1, 784], [2**63, 784], [2**64, 784], [2**64 + 1, 784], [1, 2**64 + 784], [-1, 784],
    [1, -784],
    [-1, -784], [-2**63, 784], [1, 784, -1], [1.5, 784], ["1", 784], [None, 784], [True, 784],
    [[1], 784], [1, 784, 1], [784], [], [1] * 64 + [784], [1] * 5000, [0, 2**62], [2**62, 0],
    [1, 783], [2, 784], [28, 28], "1,784", None, 784, {},
]


def request(shape, size=3136, **others):
    return {"inputs": [{"name": "pixels", "datatype": "FP32", "shape": shape, **(
        others or {"parameters": {"binary_data_size": size}})}]}


@check("shapes that are not the data's, in JSON")
def in_json(server):
    for shape in IMPOSSIBLE:
        answer = server.post("/v2/models/mlp/infer", request(shape, data=[0.0] * 784))
        answers(answer, 400)


@check("shapes that are not the data's, in binary")
def in_binary(server):
    for shape in IMPOSSIBLE:
        for size in (3136, 0, 8):
            head = json.dumps(request(shape, size)).encode()
            answer = server.post("/v2/models/mlp/infer", head + bytes(size), headers={
                "Inference-Header-Content-Length": str(len(head))})
            answers(answer, 400)


@check("shapes of strings that overflow")
def of_strings(server):
    for shape in ([2**62, 3], [2**61, 3], [2**63, 3], [-1, 3], [1, 2**64 + 3], [1, -3]):
        for data in (b"", bytes(4) * 3, bytes(4)):
            head = json.dumps({"inputs": [{"name": "x", "datatype": "BYTES", "shape": shape,
                                           "parameters": {"binary_data_size": len(data)}}]})
            answer = server.post("/v2/models/words/infer", head.encode() + data, headers={
                "Inference-Header-Content-Length": str(len(head))})
            answers(answer, 400)


@check("open axes: of length 0, and of a length whose result has no room")
def open_axes(server):
    def ask(shape):
        return server.post("/v2/models/open/infer", {"inputs": [
            {"name": "x", "datatype": "INT32", "shape": shape, "data": []}]})
    for shape in ([1, 0], [0, 4], [0, 0], [100_000, 0]):
        answers(ask(shape), 200)
    for shape in ([2**40, 0], [0, 2**40], [2**62, 0], [0, 2**62], [2**31, 0]):
        answers(ask(shape), 400)


@check("rows and columns of nothing, and lists of lists of nothing")
def nothing(server):
    for body in ({"instances": [[]]}, {"instances": [[], []]}, {"inputs": [[], []]},
                 {"inputs": [[[]]]}, {"instances": [[[[[[[[]]]]]]]]}):
        answers(server.post("/v1/models/mlp:predict", body), 400)
    answer = server.post("/v1/models/mlp:predict", {"inputs": []})
    holds(answer.status in (200, 400), "status 200 or 400", answer)


@check("an error of a shape is no invitation to allocate")
def memory(server):
    before = server.resident_bytes()
    for shape in IMPOSSIBLE:
        answers(server.post("/v2/models/mlp/infer", request(shape, data=[])), 400)
    grown = server.resident_bytes() - before
    holds(grown < 64 << 20, "less than 64 MB more in memory", f"{grown >> 20} MB")
