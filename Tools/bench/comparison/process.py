"""A worker as the measuring process sees it: started, asked, and stopped between its turns."""
import json
import os
import select
import signal
import subprocess
import sys
import time


class WorkerFailure(Exception):
    """Why a runtime cannot be measured, in one line."""


class Worker:
    """Loads a model; from then on the process stands still (SIGSTOP) but for its own turns, so
    that no runtime's idle threads take time from another's."""

    LOAD_SECONDS = 300
    TURN_SECONDS = 300

    def __init__(self, command, environment, log):
        self.log = log
        environment = {**os.environ, **environment, "COMPARISON_STARTED": str(time.monotonic())}
        with open(log, "wb") as errors:
            self.process = subprocess.Popen(
                command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=errors)
        try:
            self.ready = json.loads(self._line(self.LOAD_SECONDS))
        except BaseException:
            self.end()
            raise
        self.process.send_signal(signal.SIGSTOP)

    def times(self, count):
        """The seconds of as many predictions, one after another."""
        self.process.send_signal(signal.SIGCONT)
        try:
            self.process.stdin.write(f"{count}\n".encode())
            self.process.stdin.flush()
        except OSError as error:
            raise WorkerFailure(self._last_words()) from error
        seconds = [float(word) for word in self._line(self.TURN_SECONDS).split()]
        self.process.send_signal(signal.SIGSTOP)
        return seconds

    def peak_memory(self):
        """The most bytes that the process has had in memory at once."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def _line(self, seconds):
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise WorkerFailure(f"no answer in {seconds} s")
        line = self.process.stdout.readline()
        if not line:
            raise WorkerFailure(self._last_words())
        return line

    def _last_words(self):
        status = self.process.wait()
        with open(self.log, encoding="utf-8", errors="replace") as file:
            lines = [line.strip() for line in file if line.strip()]
        cause = f"ended by signal {-status}" if status < 0 else f"ended with status {status}"
        return f"{cause}: {lines[-1][:160]}" if lines else cause


def peer_command(runtime, path, threads, reference, outputs):
    """The command that runs a runtime of Python's."""
    return [sys.executable, "-m", "comparison.worker", runtime, path, str(threads), reference,
            outputs]
