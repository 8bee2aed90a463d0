"""The kinds of clients that load a server in a soak: each makes one request and says what came."""
import json
import random
import socket
import struct
import threading
import time

from harness.pictures import canvas, data_url


class Kept:
    """Requests on a connection that is kept, one for each thread, and made anew when it is lost."""

    def __init__(self, server):
        self.server = server
        self.local = threading.local()

    def request(self, method, path, body=None, headers=None):
        for attempt in (1, 2):
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = self.local.connection = self.server.connection()
                attempt = 2
            try:
                connection.request(method, path, body, headers or {})
                response = connection.getresponse()
                return response.status, response.read()
            except (ConnectionError, OSError) as error:
                connection.close()
                self.local.connection = None
                # A server may close a connection that is idle; then another is made.
                if attempt == 2:
                    raise error


class Clients:
    """What a mixed load is made of."""

    def __init__(self, server, bundles):
        self.server = server
        self.kept = Kept(server)
        reference = bundles.reference("mlp")
        self.pixels = reference.input
        self.digits = reference.output.argmax(axis=1)
        self.rows = [json.dumps({"instances": self.pixels[:count].tolist()}).encode()
                     for count in (1, 32)]
        self.pictures = [json.dumps(data_url(canvas(value))).encode() for value in range(10)]

    def check(self, is_right):
        return 200 if is_right else "a wrong answer"

    def json_rows(self):
        count = random.randrange(2)
        status, body = self.kept.request("POST", "/v1/models/digits:predict", self.rows[count])
        if status != 200:
            return status
        rows = json.loads(body)["predictions"]
        return self.check([max(range(10), key=row.__getitem__) for row in rows]
                          == self.digits[:len(rows)].tolist())

    def binary(self):
        count = random.choice((1, 2, 8))
        data = self.pixels[:count].astype("<f4").tobytes()
        head = json.dumps({"inputs": [{
            "name": "pixels", "datatype": "FP32", "shape": [count, 784],
            "parameters": {"binary_data_size": len(data)}}],
            "parameters": {"binary_data_output": True}}).encode()
        status, body = self.kept.request(
            "POST", "/v2/models/digits/infer", head + data,
            {"Inference-Header-Content-Length": str(len(head))})
        return self.check(len(body) > count * 40) if status == 200 else status

    def picture(self):
        value = random.randrange(10)
        status, body = self.kept.request("POST", "/", self.pictures[value])
        if status != 200:
            return status
        row = json.loads(body)[0]
        return self.check(max(range(10), key=row.__getitem__) == value)

    def malformed(self):
        body = random.choice((b"", b"{", b'{"instances":[[1,2]]}', b"[" * 5000, b"\xff",
                              self.rows[0][:-5]))
        status, _ = self.kept.request("POST", random.choice((
            "/v1/models/digits:predict", "/v2/models/digits/infer", "/")), body)
        return 200 if status == 400 else f"{status} for a malformed request"

    def given_up(self):
        """A client that goes away in the midst, by a reset or by an end."""
        whole = (b"POST /v1/models/digits:predict HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
                 % len(self.rows[1])) + self.rows[1]
        with self.server.socket(10) as plain:
            if random.random() < 0.5:
                plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            plain.sendall(whole[:random.randrange(len(whole) + 1)])
        time.sleep(0.005)
        return 200

    def watch(self):
        for path in ("/v2/health/live", "/metrics", "/v1/models/digits", "/v2/models/digits/stats"):
            status, _ = self.kept.request("GET", path)
            if status != 200:
                return status
        return 200
