"""A balancer's process, with its configuration turned to the ports that are free."""
import contextlib
import pathlib
import re
import socket
import subprocess
import time

from harness.http import Client

HERE = pathlib.Path(__file__).resolve().parents[1]
FILES = {"haproxy": "haproxy.cfg", "nginx": "nginx.conf"}


def free_port():
    with socket.socket() as plain:
        plain.bind(("127.0.0.1", 0))
        return plain.getsockname()[1]


class Balancer(Client):
    """HAProxy or nginx before replicas."""

    REPLICAS = 3

    def __init__(self, kind, replica_ports, folder):
        super().__init__("http", "127.0.0.1", free_port())
        ports = {"8080": str(self.port), **{
            str(8081 + index): str(port) for index, port in enumerate(replica_ports)}}
        text = (HERE / FILES[kind]).read_text(encoding="utf-8")
        text = re.sub(r"(?<=127\.0\.0\.1:)\d+", lambda found: ports[found[0]], text)
        text = text.replace("/tmp/keraskit-nginx.pid", f"{folder}/nginx.pid")
        file = pathlib.Path(folder) / FILES[kind]
        file.write_text(text, encoding="utf-8")
        command = {
            "haproxy": ["haproxy", "-db", "-f", file],
            "nginx": ["nginx", "-p", folder, "-c", file, "-e", "stderr", "-g", "daemon off;"],
        }[kind]
        self.log = open(pathlib.Path(folder) / f"{kind}.log", "wb")
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def __enter__(self):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                if self.get("/v2/health/ready").status == 200:
                    return self
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        self.__exit__()
        with open(self.log.name, encoding="utf-8", errors="replace") as file:
            raise RuntimeError(f"the balancer does not answer: {file.read()[-1000:]}")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.close()
