"""Measures a server beside the classic one, alone, and under more than it can do."""
import argparse
import json
import os
import pathlib
import shutil
import sys
import tempfile
import time

from harness.bundles import FIXTURES, ROOT, Bundles
from harness.paced import Paced, quantile
from harness.pictures import data_url
from harness.server import Server, raise_file_limit
from harness.wrk import load

CANVAS = pathlib.Path(__file__).parents[1] / "pictures" / "canvas.png"
CLIENTS = 32
IDLE = 10_000


class FlaskServer(Server):
    """The classic server, in another Python."""

    START_SECONDS = 120

    def command(self, program, arguments, port):
        script = pathlib.Path(__file__).with_name("flask_server.py")
        return [str(program), str(script), *map(str, arguments)]


def arguments():
    parser = argparse.ArgumentParser(prog="Tools/conformance/throughput")
    parser.add_argument("--seconds", type=int, default=10, help="the length of each run (10)")
    parser.add_argument("--no-flask", action="store_true", help="leave the other server out")
    parser.add_argument("--keraskit", default=os.environ.get(
        "KERASKIT_EXECUTABLE", ROOT / ".build/release/keraskit"), help="the program")
    return parser.parse_args()


def v2_request(reference, count, name):
    """An inference of `count` items in binary: the body, and its header."""
    array = reference.input[:1].astype("<f4")
    data = array.tobytes() * count
    head = json.dumps({"inputs": [{
        "name": name, "datatype": "FP32", "shape": [count, *array.shape[1:]],
        "parameters": {"binary_data_size": len(data)}}],
        "parameters": {"binary_data_output": True}}).encode()
    return head + data, {"Inference-Header-Content-Length": len(head)}


def tell(name, figures):
    print(f"{name}: {figures['per_second']:.0f} requests/s, p50 {figures['p50_ms']:.2f} ms, "
          f"p99 {figures['p99_ms']:.2f} ms, {figures['failed']} failed")
    return figures


class Measurement:
    def __init__(self, given, folder):
        self.seconds = given.seconds
        self.folder = pathlib.Path(folder)
        self.keraskit = self.folder / "keraskit"
        shutil.copy2(given.keraskit, self.keraskit)
        self.bundles = Bundles(self.keraskit, self.folder / "bundles")
        self.findings = []

    def file(self, name, data):
        path = self.folder / name
        path.write_bytes(data)
        return path

    def serve(self, *given):
        return Server(self.keraskit, given, self.folder / "log", bundles=self.bundles)

    def picture(self, server, name, clients):
        """The classic request, after a warm-up."""
        body = self.file("picture", json.dumps(data_url(CANVAS.read_bytes())).encode())
        headers = {"Content-Type": "application/json"}
        load(server.url + "/", body, clients, 2, headers)
        figures = tell(name, load(server.url + "/", body, clients, self.seconds, headers))
        print(f"  {server.resident_bytes() / 1e6:.0f} MB in memory")
        return figures

    def beside_flask(self, python):
        with FlaskServer(python, [FIXTURES / "digits/mlp.h5"], self.folder / "flask.log") as other:
            theirs = self.picture(other, "Flask and Keras, a PNG", 8)
        with self.serve(f"{self.bundles.path('mlp')}=mlp") as server:
            ours = self.picture(server, "keraskit, the same PNG", 8)
        print(f"  {ours['per_second'] / theirs['per_second']:.1f} times as many")

    def alone(self):
        with self.serve(f"{self.bundles.path('mlp')}=mlp") as server:
            reference = self.bundles.reference("mlp")
            rows = self.file("rows", json.dumps(
                {"instances": reference.input[:1].tolist()}).encode())
            path = server.url + "/v1/models/mlp:predict"
            load(path, rows, CLIENTS, 2)
            tell("TensorFlow Serving's JSON", load(path, rows, CLIENTS, self.seconds))
            body, headers = v2_request(reference, 1, "pixels")
            body = self.file("binary", body)
            path = server.url + "/v2/models/mlp/infer"
            most = tell("binary tensors", load(path, body, CLIENTS, self.seconds, headers))
            mean = CLIENTS / (most["per_second"] / 2) * 1e3 - most["p50_ms"] / 4
            tell("binary tensors, half load", load(
                path, body, CLIENTS, self.seconds, headers, delay=max(1, round(mean))))
            print(f"  {server.resident_bytes() / 1e6:.0f} MB in memory")

    def idle(self):
        """Holds idle connections while others ask."""
        if raise_file_limit() < IDLE + 100:
            return print("10,000 idle connections: more than the files that are allowed here")
        with self.serve(f"{self.bundles.path('mlp')}=mlp") as server:
            before = server.resident_bytes()
            sockets = [server.socket(10) for _ in range(IDLE)]
            start = time.perf_counter()
            answer = server.post("/v1/models/mlp:predict", {"instances": [[0.0] * 784]})
            seconds = time.perf_counter() - start
            held = server.descriptor_count()
            print(f"{held} descriptors with {IDLE} idle connections: "
                  f"{(server.resident_bytes() - before) / 1e6:.0f} MB more, "
                  f"the next answer after {seconds * 1e3:.1f} ms")
            for plain in sockets:
                plain.close()
        if answer.status != 200 or held < IDLE or seconds > 1:
            self.findings.append(f"idle connections: {answer}, {held} held, {seconds:.2f} s")

    def overload(self):
        """Requests at half of what the server can do, at all of it, and at twice as much."""
        with self.serve(f"{self.bundles.path('cnn')}=cnn", "--max-queue", 4) as server:
            body, headers = v2_request(self.bundles.reference("cnn"), 32, "picture")
            fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            request = (f"POST /v2/models/cnn/infer HTTP/1.1\r\nHost: a\r\n{fields}"
                       f"Content-Length: {len(body)}\r\n\r\n").encode() + body
            path = server.url + "/v2/models/cnn/infer"
            most = tell("32 pictures a request, CNN", load(
                path, self.file("pictures", body), 2, self.seconds, headers))
            found = {}
            for share in (0.5, 1, 2):
                times = Paced(server, request, most["per_second"] * share, self.seconds).run()
                found[share] = times
                taken, refused = times[200], times[503]
                print(f"  {share:g} times as many: {len(taken)} taken, p99 "
                      f"{quantile(taken, 0.99) * 1e3:.1f} ms; {len(refused)} refused, p99 "
                      f"{quantile(refused, 0.99) * 1e3:.1f} ms")
                for status in times.keys() - {200, 503}:
                    self.findings.append(f"overload: {len(times[status])} times {status}")
        self.judge(found)

    def judge(self, found):
        limit = 3 * max(quantile(found[share][200], 0.99) for share in (0.5, 1))
        taken, refused = quantile(found[2][200], 0.99), quantile(found[2][503], 0.99)
        if not taken <= limit:
            self.findings.append(f"overload: expected the taken answered within {limit:.3f} s "
                                 f"(p99, 3 times that without overload), found {taken:.3f} s")
        if not found[2][503]:
            self.findings.append("overload: expected some refused with 503, found none")
        elif not refused <= max(0.05, limit):
            self.findings.append(
                f"overload: expected refusals at once, found {refused:.3f} s (p99)")


def main():
    given = arguments()
    raise_file_limit()
    with tempfile.TemporaryDirectory() as folder:
        measurement = Measurement(given, folder)
        if not given.no_flask:
            measurement.beside_flask(os.environ.get("KERASKIT_FLASK_PYTHON", "python3"))
        measurement.alone()
        measurement.idle()
        measurement.overload()
    for finding in measurement.findings:
        print(f"FAIL  {finding}")
    return 1 if measurement.findings else 0


if __name__ == "__main__":
    sys.exit(main())
