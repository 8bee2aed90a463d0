"""Requests made from the models' own descriptions, a part of each at random: other shapes, types,
counts and paths than the model's. None may be answered by an error of the server's."""
import json
import random

import numpy as np
from harness.checks import check, holds
from harness.pictures import canvas, digit, encode

MODELS = ["mlp", "cnn", "several", "siamese", "words", "names", "bytes", "open"]
ARGUMENTS = ["--max-delay-us", "500"]
COUNT = 1200
DATATYPES = {"float32": "FP32", "string": "BYTES", "int32": "INT32", "int64": "INT64",
             "uint8": "UINT8"}
ODD_VALUES = [None, "x", True, [], {}, 1e40, 2**63, 2**64, float("nan"), float("inf"), 0.5, -0.0,
              [1], {"b64": "YQ=="}, {"b64": "!"}]
ODD_SIZES = [0, 1, 2, 3, -1, 2**20, 2**31, 2**40, 2**62, 2**63, 1.5, None, "1", True]


class Maker:
    """Makes requests for one model."""

    def __init__(self, model, draw):
        self.model, self.draw = model, draw

    def odd(self, share):
        return self.draw.random() < share

    def shape(self, port, batch):
        draw = self.draw
        sizes = [size if size is not None else batch if axis == 0 else draw.randint(0, 6)
                 for axis, size in enumerate(port["shape"])]
        if self.odd(0.1):
            sizes[draw.randrange(len(sizes))] = draw.randint(0, 4)
        if self.odd(0.05):
            sizes.insert(draw.randrange(len(sizes) + 1), draw.randint(0, 2))
        if self.odd(0.05):
            del sizes[draw.randrange(len(sizes))]
        return sizes

    def shapes(self, batch):
        return [self.shape(port, self.draw.randint(0, 3) if self.odd(0.05) else batch)
                for port in self.model["inputs"]]

    def value(self, kind):
        if self.odd(0.005):
            return self.draw.choice(ODD_VALUES)
        if kind == "string":
            return self.draw.choice(["apple", "", "été", "a\0b", {"b64": "AAAA"}])
        return self.draw.choice([0, 1, -1, 0.5, 1e30] if kind == "float32" else [0, 1, 2, 9])

    def lists(self, sizes, kind):
        if not sizes:
            return self.value(kind)
        count = max(0, sizes[0] + (self.draw.choice([-1, 1]) if self.odd(0.01) else 0))
        return [self.lists(sizes[1:], kind) for _ in range(count)]

    def named(self, shapes, first_axis=0):
        return {port["name"]: self.lists(sizes[first_axis:], port["type"])
                for port, sizes in zip(self.model["inputs"], shapes)}

    def columns(self):
        return ":predict", json.dumps({"inputs": self.named(self.shapes(self.draw.randint(0, 3)))})

    def rows(self):
        shapes = self.shapes(1)
        rows = [self.named(self.shapes(1) if self.odd(0.1) else shapes, 1)
                for _ in range(self.draw.randint(1, 4))]
        return ":predict", json.dumps({"instances": rows})

    def examples(self):
        shapes = self.shapes(1)
        examples = [self.named(self.shapes(1) if self.odd(0.3) else shapes, 1)
                    for _ in range(self.draw.randint(1, 4))]
        return self.draw.choice([":classify", ":regress"]), json.dumps({"examples": examples})

    def data(self, sizes, kind):
        count = int(np.prod(sizes)) if sizes else 1
        if self.odd(0.05):
            count = max(0, count + self.draw.choice([-1, 1]))
        if kind == "string":
            texts = [self.draw.choice([b"apple", b"", b"\xff"]) for _ in range(count)]
            return b"".join(len(text).to_bytes(4, "little") + text for text in texts)
        return np.arange(count).astype(kind).tobytes()

    def infer(self):
        inputs, tail = [], b""
        for port, sizes in zip(self.model["inputs"], self.shapes(self.draw.randint(0, 3))):
            shape = [self.draw.choice(ODD_SIZES) for _ in sizes] if self.odd(0.1) else sizes
            item = {"name": port["name"], "shape": shape, "datatype": DATATYPES[port["type"]]}
            if self.odd(0.5):
                item["data"] = self.lists(sizes, port["type"])
            else:
                data = self.data(sizes, port["type"])
                item["parameters"] = {"binary_data_size": len(data)}
                tail += data
            inputs.append(item)
        outputs = [{"name": port["name"], "parameters": self.draw.choice(
            [{}, {"binary_data": True}, {"classification": self.draw.choice([0, 1, 2**40])}])}
            for port in self.model["outputs"] if not self.odd(0.3)]
        head = json.dumps({"inputs": inputs, "outputs": outputs}).encode()
        return "/infer", head + tail, {"Inference-Header-Content-Length": str(len(head))}

    def raw(self):
        port = self.model["inputs"][0]
        return "/infer", self.data(self.shape(port, self.draw.randint(0, 3)), port["type"]), {
            "Inference-Header-Content-Length": "0"}

    def picture(self):
        file, kind = self.draw.choice(
            [(canvas(3), "png"), (encode(digit(3), "JPEG"), "jpeg"), (b"\x89PNG", "png")])
        return self.draw.choice([":predict", ":classify", "/infer", "/digit"]), file, {
            "Content-Type": f"image/{kind}"}


def tried(server, seed, *kinds):
    draw = random.Random(seed)
    models = server.get("/api/models").json()["models"]
    roots = {":": "/v1/models/", "/infer": "/v2/models/", "/digit": "/api/models/"}
    found = {}
    connection = server.connection()
    for _ in range(COUNT):
        model = draw.choice(models)
        action, body, *fields = getattr(Maker(model, draw), draw.choice(kinds))()
        path = roots.get(action, roots[":"]) + model["name"] + action
        connection.request("POST", path, body, *fields)
        response = connection.getresponse()
        text = response.read()
        found[response.status] = found.get(response.status, 0) + 1
        holds(response.status < 500, f"no error of the server's for {path} {body[:300]!r}",
              f"{response.status} {text[:200]!r}")
        if response.status >= 400:
            holds("error" in json.loads(text), "an error in JSON", text[:200])
    connection.close()
    holds(min(found.get(200, 0), found.get(400, 0)) > COUNT / 20, "answers and refusals", found)


@check("rows, columns and examples")
def version_1(server):
    tried(server, 1, "rows", "columns", "examples")


@check("tensors in JSON and in binary, and raw ones")
def version_2(server):
    tried(server, 2, "infer", "infer", "raw")


@check("pictures to any model")
def pictures(server):
    tried(server, 3, "picture")
