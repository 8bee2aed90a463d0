"""Requests that no client should send, byte by byte: lines, fields, framing, paths."""
import re

from harness.checks import check, equal, holds
from harness.http import statuses

MODELS = ["mlp"]
ARGUMENTS = []

GET = b"GET /v2/health/live HTTP/1.1\r\nHost: a\r\n"
BODY = b'{"instances":[[' + b",".join([b"0"] * 784) + b"]]}"
POST = b"POST /v1/models/mlp:predict HTTP/1.1\r\nHost: a\r\n"


def alive(server):
    equal(server.get("/v2/health/live").status, 200, "after it, status")


def refused(server, data, allowed=(400,)):
    """Whether the first answer to bytes is a refusal, after which the connection is closed."""
    received = server.send(data, seconds=10)
    found = statuses(received)
    words = " or ".join(map(str, allowed))
    holds(found and found[0] in allowed, f"status {words} for {data[:90]!r}", received[:200])
    # libmicrohttpd may send the header of an error of its own twice; no other answer may follow.
    holds(all(code == found[0] for code in found), "no further answer", found)
    alive(server)


@check("a whole request is answered, and several in one piece are, in order")
def pipelined(server):
    length = b"Content-Length: %d\r\n\r\n" % len(BODY)
    data = (GET + b"\r\n" + POST + length + BODY + b"GET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
            + GET + b"Connection: close\r\n\r\n")
    equal(statuses(server.send(data)), [200, 200, 404, 200])


@check("a body in chunks of any size, with extensions and trailers")
def chunked(server):
    head = POST + b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    one = b"%x\r\n" % len(BODY) + BODY + b"\r\n"
    tiny = b"".join(b"1\r\n%c\r\n" % byte for byte in BODY)
    for chunks, end in ((one, b"0\r\n\r\n"), (tiny, b"0\r\n\r\n"),
                        (one.replace(b"\r\n", b";name=value\r\n", 1), b"0\r\n\r\n"),
                        (one, b"0\r\nTrailer: x\r\n\r\n")):
        received = server.send(head + chunks + end)
        equal(statuses(received), [200])
        holds(b'{"predictions":' in received, "predictions", received)


@check("lengths that contradict each other are refused, and what follows is no request")
def smuggling(server):
    hidden = b"GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n"
    chunks = b"0\r\n\r\n" + hidden
    for fields in (b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                   b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                   b"Content-Length: 5\r\nContent-Length: 6\r\n",
                   b"Content-Length: 5\r\nContent-Length: 5\r\n",
                   b"Content-Length: 5, 5\r\n", b"Content-Length: +5\r\n",
                   b"Content-Length: -5\r\n", b"Content-Length: 0x5\r\n",
                   b"Content-Length: 5 5\r\n", b"Content-Length: \r\n",
                   b"Content-Length: 99999999999999999999999\r\n",
                   b"Transfer-Encoding : chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n",
                   b"Transfer-Encoding: chunked, identity\r\n", b"Transfer-Encoding: xchunked\r\n",
                   b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"):
        refused(server, POST + fields + b"\r\n" + chunks, (400, 413, 501))


@check("chunk lengths that cannot be are refused")
def chunk_lengths(server):
    head = POST + b"Transfer-Encoding: chunked\r\n\r\n"
    for size in (b"-1", b"g", b"ffffffffffffffffffff", b"", b" 1", b"0x1"):
        received = server.send(head + size + b"\r\n" + BODY + b"\r\n0\r\n\r\n", seconds=10)
        found = statuses(received)
        holds(not found or found[0] in (400, 413), "a refusal or the connection's end", received)
        alive(server)


@check("no host, two hosts")
def hosts(server):
    refused(server, b"GET / HTTP/1.1\r\n\r\n")
    refused(server, GET + b"Host: b\r\n\r\n")


@check("fields with a space in the name or before the colon")
def fields(server):
    for field in (b"Na me: value\r\n", b"Name : value\r\n", b"Content-Length : 5\r\n"):
        refused(server, GET + field + b"\r\n")


@check("a control character in a field or in a path")
def control_characters(server):
    for target in (b"/\x01", b"/a\x7fb"):
        refused(server, b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n", (400, 404))
    refused(server, GET + b"Name: a\x01b\r\n\r\n")


@check("a zero byte in the path, plain and encoded")
def zero_bytes(server):
    for target in (b"/\0x", b"/%00", b"/%00x", b"/v1/models/mlp%00", b"/v2/models/mlp%00/ready"):
        refused(server, b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n", (400, 404))


@check("paths that climb, plain and encoded, reach nothing")
def traversal(server):
    for target in (b"/../../../etc/passwd", b"/..%2f..%2fetc/passwd", b"/%2e%2e/%2e%2e/etc/passwd",
                   b"/%252e%252e/etc/passwd", b"/..\\..\\etc\\passwd", b"/..%5c..%5cetc/passwd",
                   b"/./../etc/passwd", b"//etc/passwd", b"/v1/models/../../etc/passwd",
                   b"/v1/models/..%2f..%2fetc%2fpasswd", b"/v2/models/%2e%2e/config",
                   b"/%c0%ae%c0%ae/etc/passwd"):
        refused(server, b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n", (400, 404))


@check("encodings that are cut, no hexadecimal, or no UTF-8")
def encodings(server):
    for target in (b"/%", b"/%4", b"/%zz", b"/%ff", b"/%ed%a0%80"):
        refused(server, b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n", (400, 404))


@check("a path of 40 kB, a field of 60 kB, and 20,000 fields")
def floods(server):
    refused(server, b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", (414, 431))
    refused(server, GET + b"Name: " + b"a" * 60_000 + b"\r\n\r\n", (431,))
    refused(server, GET + b"a: b\r\n" * 20_000 + b"\r\n", (431,))


@check("what is no HTTP is answered by a refusal or by the connection's end")
def garbage(server):
    for data in (b"GARBAGE\r\n\r\n", b"\r\n\r\n\r\n\r\n", bytes(1000), b"GET /\r\n\r\n",
                 b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                 b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                 b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n"):
        received = server.send(data, seconds=3)
        found = statuses(received)
        holds(not received or re.match(rb"HTTP/1\.[01] [45]\d\d ", received)
              or found in ([200], [404]), "a refusal or nothing", received[:200])
        alive(server)


@check("methods that nobody knows")
def methods(server):
    for method in (b"FOO", b"CONNECT", b"TRACE", b"get", b"A" * 1000, b"G\xcbT"):
        refused(server, method + b" / HTTP/1.1\r\nHost: a\r\n\r\n", (400, 404, 405, 501))


@check("Expect: 100-continue goes on, any other expectation is refused")
def expectations(server):
    with server.socket(10) as plain:
        plain.sendall(POST + b"Expect: 100-continue\r\nConnection: close\r\n"
                      b"Content-Length: %d\r\n\r\n" % len(BODY))
        first = plain.recv(4096)
        holds(first.startswith(b"HTTP/1.1 100 "), "100 Continue", first)
        plain.sendall(BODY)
        holds(plain.recv(4096).startswith(b"HTTP/1.1 200 "), "status 200", first)
    refused(server, POST + b"Expect: 200-maybe\r\nContent-Length: 5\r\n\r\n", (417,))


@check("a connection is kept where the client wishes, and closed where it does not")
def keeping(server):
    with server.socket(5) as plain:
        for _ in range(3):
            plain.sendall(GET + b"\r\n")
            received = plain.recv(4096)
            holds(received.startswith(b"HTTP/1.1 200"), "status 200", received)
        plain.sendall(GET + b"Connection: close\r\n\r\n")
        received = b""
        while piece := plain.recv(4096):
            received += piece
        holds(received.startswith(b"HTTP/1.1 200"), "status 200", received)
    equal(statuses(server.send(b"GET /v2/health/live HTTP/1.0\r\n\r\n")), [200])


@check("no field of a request comes back as a field of the answer")
def splitting(server):
    received = server.send(b"GET /%0d%0aX-Made:%20up HTTP/1.1\r\nHost: a\r\n"
                           b"Connection: close\r\n\r\n")
    head = received.split(b"\r\n\r\n")[0].lower()
    holds(b"\r\nx-made" not in head, "no field that was made up", received[:300])
