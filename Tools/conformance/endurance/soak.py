"""Loads a server with everything at once, for minutes, and watches what it holds."""
import argparse
import os
import pathlib
import shutil
import signal
import statistics
import sys
import tempfile
import time

from harness.bundles import ROOT, Bundles
from harness.load import Crowd
from harness.server import Server

from .clients import Clients

RELOAD_SECONDS = 3


def arguments():
    parser = argparse.ArgumentParser(prog="Tools/conformance/soak")
    parser.add_argument("--minutes", type=float, default=10, help="how long (10)")
    parser.add_argument("--keraskit", default=os.environ.get(
        "KERASKIT_EXECUTABLE", ROOT / ".build/release/keraskit"), help="the program")
    return parser.parse_args()


class Soak:
    """A server under load, and what it held over time."""

    def __init__(self, given, folder):
        self.minutes = given.minutes
        self.folder = pathlib.Path(folder)
        keraskit = self.folder / "keraskit"
        shutil.copy2(given.keraskit, keraskit)
        self.bundles = Bundles(keraskit, self.folder / "bundles")
        self.models = self.bundles.repository(self.folder / "models", {"digits": {1: "mlp"}})
        self.server = Server(keraskit, ["--models", self.models], self.folder / "log")
        self.version = 1
        self.samples = []

    def reload(self):
        """Puts a new version in the place of the old one."""
        self.version += 1
        self.bundles.put(self.models, "digits", self.version, "mlp")
        self.server.signal(signal.SIGHUP)
        old = self.models / "digits" / str(self.version - 2)
        if old.exists():
            shutil.rmtree(old)

    def run(self):
        clients = Clients(self.server, self.bundles)
        kinds = [(2, clients.json_rows), (3, clients.binary), (1, clients.picture),
                 (1, clients.malformed), (1, clients.given_up), (1, clients.watch)]
        crowds = [(ask.__name__, Crowd(count, ask)) for count, ask in kinds]
        totals = {name: {} for name, _ in crowds}
        for _, crowd in crowds:
            crowd.__enter__()
        start = reloaded = told = time.monotonic()
        while (now := time.monotonic()) - start < self.minutes * 60 and self.server.is_running:
            if now - reloaded >= RELOAD_SECONDS:
                reloaded = now
                self.reload()
            self.samples.append((self.server.resident_bytes() / 1e6,
                                 self.server.descriptor_count(), self.server.thread_count()))
            self.collect(crowds, totals)
            if now - told >= 60:
                told = now
                self.tell(now - start, totals)
            time.sleep(0.5)
        for _, crowd in crowds:
            crowd.stop()
        self.collect(crowds, totals)
        self.tell(time.monotonic() - start, totals)
        return totals

    @staticmethod
    def collect(crowds, totals):
        for name, crowd in crowds:
            for result, count in crowd.counts()[0].items():
                totals[name][result] = totals[name].get(result, 0) + count

    def tell(self, seconds, totals):
        memory, descriptors, threads = self.samples[-1]
        count = sum(sum(results.values()) for results in totals.values())
        print(f"{seconds / 60:5.1f} min  {count:9} requests  {self.version - 1:5} reloads  "
              f"{memory:7.1f} MB  {descriptors:4} descriptors  {threads:3} threads")

    def findings(self, totals):
        """What is not as it should be."""
        for name, results in totals.items():
            for result, count in results.items():
                if result not in (200, 503):
                    yield f"{name}: expected 200 or 503, found {result} ({count} times)"
            if not results.get(200):
                yield f"{name}: expected some to succeed, found none"
        if not self.server.is_running:
            yield f"expected a running server, found: {self.server.last_words()}"
            return
        answer = self.server.get("/v1/models/digits/metadata").json()["model_spec"]["version"]
        if answer != str(self.version):
            yield f"expected version {self.version} at the end, found {answer}"
        # The first third is for warming up; then the middle is compared with the end.
        third = len(self.samples) // 3
        for index, (name, allowed) in enumerate((
                ("MB", 8), ("descriptors", 6), ("threads", 1))):
            middle, end = (statistics.median(sample[index] for sample in part) for part in (
                self.samples[third:2 * third], self.samples[2 * third:]))
            limit = middle + max(allowed, middle * 0.03 if name == "MB" else 0)
            if end > limit:
                yield f"expected at most {limit:.0f} {name} at the end, found {end:.0f}"
        status = self.server.stop()
        if status:
            yield f"expected exit status 0, found {status}"


def main():
    given = arguments()
    with tempfile.TemporaryDirectory() as folder:
        soak = Soak(given, folder)
        try:
            totals = soak.run()
            findings = list(soak.findings(totals))
        finally:
            if soak.server.is_running:
                soak.server.kill()
    for name, results in totals.items():
        print(f"{name}: " + ", ".join(
            f"{result}: {count}" for result, count in sorted(results.items(), key=str)))
    for finding in findings:
        print(f"FAIL  {finding}")
    print("nothing grew, nothing failed" if not findings else f"{len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
