"""Stops, kills and reloads replicas behind a balancer under load, and counts what is lost."""
import argparse
import json
import os
import pathlib
import shutil
import signal
import sys
import tempfile
import time

from harness.bundles import ROOT, Bundles
from harness.server import Server
from harness.wrk import Load

from .balancer import Balancer

DRAIN_DELAY = 2


def arguments():
    parser = argparse.ArgumentParser(prog="Tools/scale/haproxy or nginx")
    parser.add_argument("balancer", choices=["haproxy", "nginx"])
    parser.add_argument("--seconds", type=int, default=8, help="the length of each run (8)")
    parser.add_argument("--connections", type=int, default=24, help="clients at a time (24)")
    parser.add_argument("--keraskit", default=os.environ.get(
        "KERASKIT_EXECUTABLE", ROOT / ".build/release/keraskit"), help="the program to check")
    return parser.parse_args()


class Trial:
    """Replicas, a balancer before them, and the requests that are lost."""

    def __init__(self, given, folder):
        self.given = given
        self.folder = pathlib.Path(folder)
        self.keraskit = self.folder / "keraskit"
        shutil.copy2(given.keraskit, self.keraskit)
        self.bundles = Bundles(self.keraskit, self.folder / "bundles")
        self.replicas = [self.replica() for _ in range(Balancer.REPLICAS)]
        pixels = self.bundles.reference("mlp").input[:1].astype("<f4").tobytes()
        head = json.dumps({"inputs": [{
            "name": "pixels", "datatype": "FP32", "shape": [1, 784],
            "parameters": {"binary_data_size": len(pixels)}}]}).encode()
        self.headers = {"Inference-Header-Content-Length": len(head)}
        self.body = self.folder / "body"
        self.body.write_bytes(head + pixels)
        self.is_good = True

    def replica(self, port=0):
        return Server(self.keraskit, [
            f"{self.bundles.path('mlp')}=mlp", "--workers", 1, "--drain-delay", DRAIN_DELAY],
            self.folder / "replicas.log", bundles=self.bundles, port=port)

    def run(self, name, balancer, event=lambda: None, may_fail=0):
        """Loads the balancer; a third into the time something happens."""
        load = Load(balancer.url + "/v2/models/mlp/infer", self.body, self.given.connections,
                    self.given.seconds, self.headers)
        time.sleep(self.given.seconds / 3)
        trouble = event()
        figures = load.result()
        is_good = figures["failed"] <= may_fail and not trouble and figures["requests"] > 0
        self.is_good &= is_good
        print(f"{'ok  ' if is_good else 'FAIL'}  {name}: {figures['requests']} requests, "
              f"{figures['per_second']:.0f}/s, p50 {figures['p50_ms']:.1f} ms, "
              f"p99 {figures['p99_ms']:.1f} ms, {figures['failed']} failed"
              + (f" (at most {may_fail} may)" if may_fail else ""))
        if not is_good:
            print(f"        expected: {may_fail} failed, found: {json.dumps(figures)}"
                  + (f"; {trouble}" if trouble else ""))

    # What happens to a replica.

    def terminate(self):
        replica = self.replicas[0]
        replica.signal(signal.SIGTERM)
        status = replica.wait(DRAIN_DELAY + 10)
        return f"the replica ended with status {status}" if status else None

    def kill(self):
        self.replicas[1].kill()

    def restart(self, index):
        self.replicas[index] = self.replica(self.replicas[index].port)

    def return_of(self, index):
        """Starts a replica again, and waits until it has work."""
        self.restart(index)
        start = self.replicas[index].processor_seconds()
        deadline = time.monotonic() + self.given.seconds / 2
        while time.monotonic() < deadline:
            time.sleep(0.1)
            if self.replicas[index].processor_seconds() - start > 0.1:
                return None
        return "the replica that returned was given no work"

    def reload(self):
        for replica in self.replicas:
            replica.signal(signal.SIGHUP)
            time.sleep(0.3)
        if not all(replica.is_running for replica in self.replicas):
            return "a replica ended"
        return None

    def all(self):
        ports = [replica.port for replica in self.replicas]
        with Balancer(self.given.balancer, ports, self.folder) as balancer:
            self.run("all replicas", balancer)
            self.run("one is told to stop (SIGTERM)", balancer, self.terminate)
            self.run("it returns", balancer, lambda: self.return_of(0))
            in_flight = -(-self.given.connections // len(ports)) + 2
            self.run("one dies (SIGKILL)", balancer, self.kill, may_fail=in_flight)
            self.run("it returns", balancer, lambda: self.return_of(1))
            self.run("all reload (SIGHUP)", balancer, self.reload)

    def end(self):
        for replica in self.replicas:
            if replica.is_running:
                replica.kill()


def main():
    given = arguments()
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(given, folder)
        try:
            trial.all()
        finally:
            trial.end()
    print("nothing was lost" if trial.is_good else "requests were lost")
    return 0 if trial.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
