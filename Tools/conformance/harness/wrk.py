"""Load by wrk, which posts one body again and again."""
import json
import os
import pathlib
import subprocess

SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "wrk" / "post.lua"
FAILURES = ("not_2xx", "connect", "read", "write", "timeout")


class Load:
    """A run of wrk in the background."""

    def __init__(self, url, body, connections, seconds, headers=None, threads=1, timeout=10,
                 delay=None):
        """`body` is a file; all connections are kept and ask one request after another, with
        `delay` milliseconds between them in the mean."""
        command = ["wrk", "--threads", str(threads), "--connections", str(connections),
                   "--duration", f"{seconds}s", "--timeout", f"{timeout}s", "--script", str(SCRIPT)]
        for name, value in (headers or {}).items():
            command += ["--header", f"{name}: {value}"]
        self.process = subprocess.Popen(
            [*command, url, "--", str(body), *([str(delay)] if delay else [])],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            env={**os.environ, "LC_ALL": "C"})

    def result(self):
        """What was counted, once the time is over."""
        output, errors = self.process.communicate()
        lines = [line for line in output.splitlines() if line.startswith("{")]
        if not lines:
            raise RuntimeError(f"wrk: {(errors or output).strip()[-300:]}")
        figures = json.loads(lines[-1])
        figures["failed"] = sum(figures[name] for name in FAILURES)
        return figures


def load(*given, **others):
    return Load(*given, **others).result()
