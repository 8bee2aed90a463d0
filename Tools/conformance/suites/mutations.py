"""Good requests with bytes changed at random: none may be answered by an error of the server's."""
import gzip
import json
import random

from harness.checks import answers, check, equal, holds
from harness.http import statuses
from harness.pictures import canvas, data_url, digit, encode

MODELS = ["mlp", "several", "siamese", "words", "bytes", "open"]
ARGUMENTS = []
COUNT = 1500
# What JSON, numbers and lengths turn on.
PIECES = [b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\", b"\\u0000", b"-", b"1e999", b"null",
          b"NaN", b"true", b"\0", b"\xff", b"\xed\xa0\x80", b"99999999999999999999", b"-1", b"0.5",
          b"[]", b"{}"]


def changed(data, draw):
    """The bytes with one to four of their places changed, taken out, doubled or cut off."""
    data = bytearray(data)
    for _ in range(draw.randint(1, 4)):
        place = draw.randrange(len(data) + 1)
        kind = draw.randrange(6)
        if kind == 0 and place < len(data):
            data[place] = draw.randrange(256)
        elif kind == 1:
            del data[place:place + draw.randint(1, 20)]
        elif kind == 2:
            data[place:place] = draw.choice(PIECES)
        elif kind == 3:
            data[place:place + draw.randint(1, 8)] = draw.choice(PIECES)
        elif kind == 4:
            data[place:place] = data[place:place + draw.randint(1, 60)]
        else:
            del data[max(place, len(data) - 200):]
    return bytes(data)


def tried(server, seed, make, path, headers=lambda body: {}):
    """Sends changed requests on connections that are kept."""
    draw = random.Random(seed)
    found = {}
    connection = server.connection()
    for turn in range(COUNT):
        body = make(draw)
        try:
            connection.request("POST", path, body, headers(body))
            response = connection.getresponse()
            text = response.read()
        except OSError:
            connection.close()
            connection = server.connection()
            holds(server.is_running, f"a running server after request {turn}", server.last_words())
            continue
        found[response.status] = found.get(response.status, 0) + 1
        holds(response.status < 500, f"no error of the server's for {body[:300]!r}",
              f"{response.status} {text[:200]!r}")
        if response.status >= 400:
            holds("error" in json.loads(text), "an error in JSON", text[:200])
    connection.close()
    holds(found.get(400, 0) > COUNT / 4, "many refusals", found)


@check("TensorFlow Serving's JSON")
def version_1(server):
    for seed, (model, body) in enumerate((
            ("several", {"instances": [{"left": [0.5] * 6, "right": [[0.25] * 3] * 4}] * 2}),
            ("words", {"signature_name": "serving_default",
                       "inputs": {"x": [["apple", {"b64": "a2l3aQ=="}, "été"]]}}),
            ("bytes", {"instances": [[1, 2, 3, 4, 5]]}), ("open", {"instances": [[1, 2, 3]]}))):
        whole = json.dumps(body).encode()
        tried(server, seed, lambda draw: changed(whole, draw), f"/v1/models/{model}:predict")


@check("examples of a regression")
def examples(server):
    whole = json.dumps({"context": {"other": [0.25] * 6}, "examples": [{"left": [0.5] * 6}] * 2})
    answers(server.post("/v1/models/siamese:regress", whole), 200)
    tried(server, 5, lambda draw: changed(whole.encode(), draw), "/v1/models/siamese:regress")


@check("the Open Inference Protocol's JSON")
def version_2(server):
    for seed, (model, inputs) in enumerate((
            ("several", [{"name": "left", "datatype": "FP32", "shape": [1, 6], "data": [0.5] * 6},
                         {"name": "right", "datatype": "FP32", "shape": [1, 4, 3],
                          "data": [0.25] * 12}]),
            ("words", [{"name": "x", "datatype": "BYTES", "shape": [1, 3],
                        "data": ["apple", "kiwi", "été"]}]))):
        whole = json.dumps({"id": "1", "parameters": {"binary_data_output": False},
                            "inputs": inputs, "outputs": []}).encode()
        tried(server, 10 + seed, lambda draw: changed(whole, draw), f"/v2/models/{model}/infer")


@check("binary tensors: the JSON, the bytes and the length between them")
def binary(server):
    data = b"".join(len(text).to_bytes(4, "little") + text for text in
                    (b"apple", "été".encode(), b""))
    head = json.dumps({"inputs": [{"name": "x", "datatype": "BYTES", "shape": [1, 3],
                                   "parameters": {"binary_data_size": len(data)}}],
                       "outputs": [{"name": "places", "parameters": {"classification": 2}},
                                   {"name": "reshaped", "parameters": {"binary_data": True}}]}
                      ).encode()
    lengths = random.Random(3)

    def headers(body):
        length = len(head) + lengths.choice((0, 0, 0, -1, 1, 7, -len(head)))
        return {"Inference-Header-Content-Length": str(length)}
    tried(server, 20, lambda draw: changed(head + data, draw) if draw.random() < 0.5
          else head + changed(data, draw), "/v2/models/words/infer", headers)


@check("compressed bodies")
def compressed(server):
    whole = gzip.compress(json.dumps({"instances": [[1, 2, 3]]}).encode())
    tried(server, 30, lambda draw: changed(whole, draw), "/v1/models/open:predict",
          lambda body: {"Content-Encoding": "gzip"})


@check("pictures")
def pictures(server):
    for seed, (file, kind) in enumerate((
            (canvas(3), "png"), (encode(digit(3)), "png"),
            (encode(digit(3).resize((84, 84)), "JPEG"), "jpeg"))):
        draw_body = (lambda draw, file=file, kind=kind:
                     json.dumps(data_url(changed(file, draw), kind)).encode())
        draw = random.Random(40 + seed)
        for _ in range(500):
            answer = server.post("/", draw_body(draw))
            holds(answer.status in (200, 400), "status 200 or 400", answer)


@check("whole requests, byte by byte")
def messages(server):
    body = json.dumps({"instances": [[1, 2, 3]]}).encode()
    whole = (b"POST /v1/models/open:predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json"
             b"\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)) + body
    draw = random.Random(50)
    for _ in range(400):
        data = changed(whole, draw)
        with server.socket(1) as plain:
            try:
                plain.sendall(data)
                plain.shutdown(1)
                received = plain.recv(65536)
            except OSError:
                continue
            holds(all(code < 500 or code == 505 for code in statuses(received)),
                  f"no error of the server's for {data!r}", received[:200])
    equal(server.get("/v2/health/live").status, 200)
