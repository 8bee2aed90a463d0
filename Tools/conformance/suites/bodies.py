"""Bodies that are too large, that lie about their length, and that come compressed."""
import gzip
import json
import time
import zlib

from harness.checks import answers, check, equal, holds
from harness.http import read_all, statuses
from harness.load import all_at_once

MODELS = ["mlp"]
ARGUMENTS = []
LIMIT = 64 << 20
PATH = "/v1/models/mlp:predict"
HEAD = b"POST /v1/models/mlp:predict HTTP/1.1\r\nHost: a\r\n"


def body():
    return json.dumps({"instances": [[0.0] * 784]}).encode()


def bounded(server, before, megabytes):
    grown = (server.resident_bytes() - before) >> 20
    holds(grown < megabytes, f"less than {megabytes} MB more in memory", f"{grown} MB")


def predicted(answer):
    answers(answer, 200)
    holds(b'"predictions"' in answer.body, "predictions", answer)


def compressed(server, data, encoding, path=PATH):
    return server.post(path, data, headers={"Content-Encoding": encoding})


@check("a length beyond the limit is refused before the body is sent")
def too_long(server):
    for length in (LIMIT + 1, 10**12, 2**63 - 1):
        start = time.monotonic()
        with server.socket(10) as plain:
            plain.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % length)
            received = plain.recv(4096)
        equal(statuses(received), [413])
        holds(time.monotonic() - start < 2, "an answer within 2 s", time.monotonic() - start)


@check("a body of chunks beyond the limit is refused, in little memory")
def too_many_chunks(server):
    before = server.resident_bytes()
    piece = b"100000\r\n" + b" " * (1 << 20) + b"\r\n"
    with server.socket(30) as plain:
        plain.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        sent = 0
        try:
            while sent < 80:
                plain.sendall(piece)
                sent += 1
            plain.sendall(b"0\r\n\r\n")
        except OSError:
            pass
        received = read_all(plain, silence=1)
    holds(statuses(received) in ([413], []), "status 413, or the connection's end", received[:200])
    bounded(server, before, 200)


@check("a body of 60 MB is read")
def large(server):
    predicted(server.post(PATH, body() + b" " * (60 << 20)))


@check("a million chunks of one byte end in an answer, and others are served meanwhile")
def chunk_flood(server):
    before = server.resident_bytes()
    start = time.monotonic()
    with server.socket(60) as plain:
        plain.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        slowest = 0
        try:
            for _ in range(100):
                plain.sendall(b"1\r\n \r\n" * 10_000)
                asked = time.monotonic()
                equal(server.get("/v2/health/live").status, 200)
                slowest = max(slowest, time.monotonic() - asked)
            plain.sendall(b"0\r\n\r\n")
        except OSError:
            pass
        received = read_all(plain, silence=1)
    found = statuses(received)
    holds(not found or 400 <= found[0] < 500, "a refusal, or the connection's end", received[:200])
    holds(slowest < 2, "answers to others within 2 s", f"{slowest:.1f} s")
    holds(time.monotonic() - start < 60, "an end within 60 s", time.monotonic() - start)
    bounded(server, before, 100)


@check("a client that sends less than it said, and goes")
def short(server):
    before = server.descriptor_count()
    for _ in range(200):
        with server.socket(5) as plain:
            plain.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n" + b" " * 1000)
    time.sleep(1)
    after = server.descriptor_count()
    holds(after <= before + 5, f"about {before} descriptors", after)


@check("bodies that together are beyond what the server holds: one is refused, others served")
def budget(server):
    sockets = [server.socket(10) for _ in range(4)]
    try:
        for plain in sockets:
            plain.sendall(HEAD + b"Content-Length: %d\r\n\r\n" % LIMIT)
            for _ in range(60):
                plain.sendall(b" " * (1 << 20))
        answers(server.post(PATH, body() + b" " * (60 << 20)), 503)
        held = server.resident_bytes() >> 20
        holds(held < 500, "less than 500 MB in memory", f"{held} MB")
        answers(server.post(PATH, body()), 200)
    finally:
        for plain in sockets:
            plain.close()
    time.sleep(1)
    answers(server.post(PATH, body() + b" " * (60 << 20)), 200)


@check("compressed bodies: gzip and deflate")
def encodings(server):
    for encoding, data in (("gzip", gzip.compress(body())), ("deflate", zlib.compress(body())),
                           ("GZIP", gzip.compress(body())), ("identity", body())):
        predicted(compressed(server, data, encoding))


@check("an encoding that is not known")
def unknown_encoding(server):
    for encoding in ("br", "zstd", "gzip, gzip", "x"):
        answers(compressed(server, body(), encoding), 415)


@check("compressed bodies that are damaged, cut or followed by something")
def damaged(server):
    whole = gzip.compress(body())
    for data in (b"", b"x", whole[:-1], whole[:len(whole) // 2], whole[:10], whole + b"x",
                 whole[:-8] + bytes(8), body()):
        answers(compressed(server, data, "gzip"), 400)
    whole = zlib.compress(body())
    for data in (b"", whole[:-1], whole + b"x", body(), whole[:-4] + bytes(4)):
        answers(compressed(server, data, "deflate"), 400)


@check("a megabyte that unpacks to a gigabyte is refused, in little memory")
def bombs(server):
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(packer.compress(b" " * (1 << 20)) for _ in range(1024)) + packer.flush()
    before = server.resident_bytes()
    start = time.monotonic()
    for path in (PATH, "/v2/models/mlp/infer"):
        answers(compressed(server, data, "gzip", path), 413)
    holds(time.monotonic() - start < 10, "refusals within 10 s", time.monotonic() - start)
    bounded(server, before, 200)


@check("a bomb inside a bomb")
def nested_bomb(server):
    inner = gzip.compress(b" " * (200 << 20), 9)
    answers(compressed(server, gzip.compress(inner, 9), "gzip"), 400)


@check("40 bodies of 60 kB that unpack to 60 MB at a time: some are refused, in bounded memory")
def unpacked_at_a_time(server):
    count = 20_000
    head = json.dumps({"inputs": [{
        "name": "pixels", "shape": [count, 784], "datatype": "FP32",
        "parameters": {"binary_data_size": count * 784 * 4}}]}).encode()
    data = gzip.compress(head + bytes(count * 784 * 4))
    before, peak = server.resident_bytes(), []

    def ask():
        answer = server.post("/v2/models/mlp/infer", data, seconds=120, headers={
            "Content-Encoding": "gzip", "Inference-Header-Content-Length": str(len(head))})
        peak.append(server.resident_bytes())
        return answer.status
    found = {status for status, _ in all_at_once([ask] * 40)}
    holds(found <= {200, 503} and 200 in found, "200 and maybe 503", found)
    grown = (max(peak) - before) >> 20
    holds(grown < 1200, "less than 1,200 MB more in memory", f"{grown} MB")
    predicted(server.post(PATH, body()))
