"""Requests over HTTP: whole ones through Python's client, and bytes as they are."""
import http.client
import json
import socket
import ssl


class Answer:
    """A response."""

    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        """The text of the error that the body is, or None."""
        try:
            value = self.json()
        except ValueError:
            return None
        text = value.get("error") if isinstance(value, dict) else None
        return text if isinstance(text, str) else None

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Client:
    """Where a server is, and requests to it, each on a connection of its own."""

    SECONDS = 60

    def __init__(self, scheme, host, port, context=None):
        self.scheme, self.host, self.port = scheme, host, port
        self.context = context

    @property
    def address(self):
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def url(self):
        return f"{self.scheme}://{self.address}"

    def connection(self, seconds=SECONDS):
        if self.scheme == "https":
            context = self.context or ssl._create_unverified_context()
            return http.client.HTTPSConnection(
                self.host, self.port, timeout=seconds, context=context)
        return http.client.HTTPConnection(self.host, self.port, timeout=seconds)

    def request(self, method, path, body=None, headers=None, seconds=SECONDS):
        """The answer to one request; a body that is neither bytes nor a string is sent as JSON.

        An answer that comes before the body has been sent is taken for it."""
        if body is not None and not isinstance(body, (bytes, bytearray)):
            body = (body if isinstance(body, str) else json.dumps(body)).encode()
        connection = self.connection(seconds)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True,
                                  skip_host="Host" in (headers or {}))
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            connection.endheaders()
            try:
                connection.send(body or b"")
            except (BrokenPipeError, ConnectionResetError):
                pass
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path, **others):
        return self.request("GET", path, **others)

    def post(self, path, body, **others):
        return self.request("POST", path, body, **others)

    # Bytes as they are.

    def socket(self, seconds=SECONDS, receive_buffer=None):
        plain = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET)
        if receive_buffer is not None:
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        plain.settimeout(seconds)
        plain.connect((self.host, self.port))
        return plain

    def send(self, data, seconds=SECONDS):
        """All that the server answers to bytes, until it closes, or is silent for a second."""
        with self.socket(seconds) as plain:
            try:
                plain.sendall(data)
            except OSError:
                pass
            return read_all(plain, silence=1)


def read_all(plain, silence=None):
    received = b""
    try:
        while piece := plain.recv(65536):
            received += piece
            if silence:
                plain.settimeout(silence)
    except OSError:
        pass
    return received


def statuses(received):
    """The status codes of the responses in a stream of bytes, interim ones left out.

    Where a body follows, its length is taken from Content-Length; a chunked body ends the list."""
    found = []
    while received.startswith(b"HTTP/"):
        head, end, received = received.partition(b"\r\n\r\n")
        if not end:
            break
        lines = head.decode("latin-1").split("\r\n")
        code = int(lines[0].split()[1])
        if code >= 200:
            found.append(code)
        fields = dict(line.lower().split(":", 1) for line in lines[1:] if ":" in line)
        received = received[int(fields.get("content-length", 0)):] if code >= 200 else received
    return found
