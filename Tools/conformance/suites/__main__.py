"""Runs suites and prints a line for each check."""
import argparse
import os
import pathlib
import shutil
import sys
import tempfile
import time
import traceback

from harness import checks
from harness.bundles import ROOT, Bundles
from harness.server import Server, ServerFailure, raise_file_limit

from . import NAMES, load


def arguments():
    parser = argparse.ArgumentParser(prog="Tools/conformance/run")
    parser.add_argument("--suite", help="names of suites, separated by commas")
    parser.add_argument("--match", default="", help="run the checks whose names hold this text")
    parser.add_argument("--list", action="store_true", help="print the checks and stop")
    parser.add_argument("--keep", help="a folder for bundles and logs, which is kept")
    parser.add_argument("--keraskit", default=os.environ.get(
        "KERASKIT_EXECUTABLE", ROOT / ".build/release/keraskit"), help="the program to check")
    given = parser.parse_args()
    unknown = [name for name in (given.suite or "").split(",") if name and name not in NAMES]
    if unknown:
        print(f"no suite {unknown[0]!r}; there are: {', '.join(NAMES)}", file=sys.stderr)
        sys.exit(64)
    return given


class Run:
    """The suites' results, printed as they come."""

    def __init__(self, folder, keraskit):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        # A copy, so that a build during the run changes nothing.
        self.keraskit = self.folder / "keraskit"
        shutil.copy2(keraskit, self.keraskit)
        self.bundles = Bundles(self.keraskit, self.folder / "bundles")
        self.passed = self.failed = 0

    def suite(self, name, match):
        module = load(name)
        wanted = [item for item in checks.of_module(module) if match in item.check_name]
        if not wanted:
            return
        log = self.folder / f"{name}.log"
        if hasattr(module, "ARGUMENTS"):
            models = [f"{self.bundles.path(model)}={model}" for model in module.MODELS]
            try:
                server = Server(self.keraskit, [*models, *module.ARGUMENTS], log,
                                bundles=self.bundles)
            except ServerFailure as failure:
                return self._report(name, "starts", checks.Failed("a server that starts", failure))
            self._all(name, wanted, server)
            if not match:
                self._one(name, "is there at the end and stops in good order", ends_well, server)
            elif server.is_running:
                server.stop()
        else:
            self._all(name, wanted, self)

    def _all(self, suite, wanted, subject):
        for item in wanted:
            self._one(suite, item.check_name, item, subject)

    def start(self, *given, log="server", **others):
        """A server for checks that start their own, which stop it too."""
        return Server(self.keraskit, given, self.folder / f"{log}.log", bundles=self.bundles,
                      **others)

    def _one(self, suite, name, item, subject):
        start = time.monotonic()
        try:
            item(subject)
            failure = None
        except checks.Failed as error:
            failure = error
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            failure = checks.Failed(
                "no error of the client", f"{type(error).__name__}: {error} "
                f"({pathlib.Path(where.filename).name}:{where.lineno})")
        self._report(suite, name, failure, time.monotonic() - start)

    def _report(self, suite, name, failure, seconds=0):
        time_taken = f" ({seconds:.1f} s)" if seconds >= 1 else ""
        print(f"{'FAIL' if failure else 'ok  '}  {suite}: {name}{time_taken}")
        if failure:
            self.failed += 1
            print(f"        expected: {failure.expected}\n        found:    {failure.found}")
        else:
            self.passed += 1


def ends_well(server):
    if not server.is_running:
        raise checks.Failed("a running server", f"status {server.wait()}: {server.last_words()}")
    checks.equal(server.stop(), 0, "exit status")


def main():
    given = arguments()
    names = given.suite.split(",") if given.suite else NAMES
    if given.list:
        for name in names:
            for item in checks.of_module(load(name)):
                print(f"{name}: {item.check_name}")
        return 0
    raise_file_limit()
    with tempfile.TemporaryDirectory() as folder:
        run = Run(given.keep or folder, given.keraskit)
        for name in names:
            run.suite(name, given.match)
    print(f"{run.passed} passed, {run.failed} failed")
    return 1 if run.failed or not run.passed else 0


if __name__ == "__main__":
    sys.exit(main())
