"""Clients that send and read slowly: each is cut at its deadline, and no other waits for it."""
import json
import selectors
import threading
import time

from harness.checks import answers, check, equal, holds

MODELS = ["mlp", "open"]
ARGUMENTS = []
PREDICT = b"POST /v1/models/mlp:predict HTTP/1.1\r\nHost: a\r\n"
DEADLINE = 50


class Drip:
    """A connection on which a byte is sent now and then."""

    def __init__(self, server, name, begin, drop, every):
        self.name, self.drop, self.every = name, drop, every
        self.socket = server.socket(DEADLINE)
        self.socket.sendall(begin)
        self.socket.setblocking(False)
        self.started = self.sent = time.monotonic()
        self.cut_after = None

    def tend(self, now):
        if self.drop and now - self.sent >= self.every:
            self.sent = now
            try:
                self.socket.send(self.drop)
            except OSError:
                pass

    def hear(self, now):
        try:
            ended = not self.socket.recv(4096)
        except BlockingIOError:
            return
        except OSError:
            ended = True
        if ended:
            self.cut_after = now - self.started


def kinds():
    """Ways to be slow: what is sent first, what then, and how often."""
    return [
        ("nothing at all", b"", b"", 1),
        ("half a request line", b"GET /v2/hea", b"", 1),
        ("a request line byte by byte", b"GET /", b"a", 2),
        ("a field byte by byte", b"GET / HTTP/1.1\r\nHost: a\r\nName: ", b"b", 2),
        ("field after field", b"GET / HTTP/1.1\r\nHost: a\r\n", b"c: d\r\n", 2),
        ("a body that never begins", PREDICT + b"Content-Length: 2000\r\n\r\n", b"", 1),
        ("a body byte by byte", PREDICT + b"Content-Length: 2000\r\n\r\n", b" ", 2),
        ("a chunk that never ends", PREDICT + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n",
         b" ", 2),
        ("chunk after chunk", PREDICT + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n", 2),
        ("a second request byte by byte", b"GET /v2/health/live HTTP/1.1\r\nHost: a\r\n\r\nGET /",
         b"e", 2),
    ]


@check("drips of every kind are cut within 50 s, and others are served meanwhile")
def drips(server):
    before = server.descriptor_count()
    drips = [Drip(server, *kind) for kind in kinds() for _ in range(10)]
    selector = selectors.DefaultSelector()
    for drip in drips:
        selector.register(drip.socket, selectors.EVENT_READ, drip)
    body = json.dumps({"instances": [[0.0] * 784]}).encode()
    slowest, asked, start = 0, 0, time.monotonic()
    while selector.get_map() and time.monotonic() - start < DEADLINE:
        for key, _ in selector.select(0.2):
            key.data.hear(time.monotonic())
            if key.data.cut_after is not None:
                selector.unregister(key.fileobj)
        now = time.monotonic()
        for key in list(selector.get_map().values()):
            key.data.tend(now)
        if now - asked > 1:
            asked = now
            answers(server.post("/v1/models/mlp:predict", body), 200)
            slowest = max(slowest, time.monotonic() - now)
    left = sorted({drip.name for drip in drips if drip.cut_after is None})
    for drip in drips:
        drip.socket.close()
    holds(not left, f"connections cut within {DEADLINE} s", f"still open: {', '.join(left)}")
    early = min(drip.cut_after for drip in drips)
    holds(early >= 5, "no connection cut within 5 s", f"one after {early:.1f} s")
    holds(slowest < 1, "others answered within 1 s", f"{slowest:.2f} s")
    time.sleep(1)
    holds(server.descriptor_count() <= before + 5, f"about {before} descriptors",
          server.descriptor_count())


@check("readers of a large answer that do not read keep nobody waiting, and may read later")
def slow_readers(server):
    body = json.dumps({"inputs": [[index % 10 for index in range(20_000)]]}).encode()
    expected = server.post("/v1/models/open:predict", body)
    answers(expected, 200)
    request = (b"POST /v1/models/open:predict HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
               b"Content-Length: %d\r\n\r\n" % len(body)) + body
    readers = [server.socket(60, receive_buffer=2048) for _ in range(40)]
    for reader in readers:
        reader.sendall(request)
    time.sleep(2)
    for _ in range(20):
        began = time.monotonic()
        equal(server.get("/v2/health/live").status, 200)
        answers(server.post("/v1/models/mlp:predict", {"instances": [[0.0] * 784]}), 200)
        holds(time.monotonic() - began < 1, "answers within 1 s", time.monotonic() - began)
    bodies = [None] * len(readers)

    def read(index):
        received = b""
        try:
            while piece := readers[index].recv(1 << 16):
                received += piece
        except OSError:
            pass
        bodies[index] = received.partition(b"\r\n\r\n")[2]
        readers[index].close()
    threads = [threading.Thread(target=read, args=(index,)) for index in range(len(readers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal([len(found) for found in bodies], [len(expected.body)] * len(readers), "lengths")
    holds(all(found == expected.body for found in bodies), "the whole answer for all", "another")
