"""A server's process: started on a free port, watched, and stopped."""
import os
import re
import resource
import select
import signal
import subprocess
import time

from .http import Client


class ServerFailure(Exception):
    """Why a server did not start or stop, in one line."""


class Server(Client):
    """A running `keraskit serve`."""

    START_SECONDS = 60

    def __init__(self, keraskit, arguments, log, files=None, bundles=None, port=0):
        self.log = log
        self.bundles = bundles
        self.errors = open(log, "ab")
        self.process = subprocess.Popen(
            self.command(keraskit, arguments, port), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self.errors,
            preexec_fn=None if files is None else lambda: limit_files(files))
        try:
            scheme, host, port = self._address()
        except BaseException:
            self.kill()
            raise
        super().__init__(scheme, host, port)

    def command(self, program, arguments, port):
        ports = [] if port is None else ["--port", str(port)]
        return [str(program), "serve", *map(str, arguments), *ports]

    def _address(self):
        deadline = time.monotonic() + self.START_SECONDS
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise ServerFailure(f"did not say in {self.START_SECONDS} s where it listens")
            line = self.process.stdout.readline().decode(errors="replace")
            if not line:
                raise ServerFailure(
                    f"ended with status {self.process.wait()}: {self.last_words()}")
            if found := re.search(r"(https?)://(?:\[([^\]]+)\]|([^ :/]+)):(\d+)", line):
                return found[1], found[2] or found[3], int(found[4])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.is_running:
            self.kill()

    def last_words(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            lines = [line.strip() for line in file if line.strip()]
        return lines[-1][:300] if lines else "it printed nothing"

    # What the process holds.

    @property
    def is_running(self):
        return self.process.poll() is None

    def status(self, key):
        """A figure of /proc's status of the process."""
        with open(f"/proc/{self.process.pid}/status", encoding="utf-8") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(key + ":"))

    def resident_bytes(self):
        return self.status("VmRSS") * 1024

    def thread_count(self):
        return self.status("Threads")

    def descriptor_count(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # Its end.

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=40):
        """The exit status, once the process has ended."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise ServerFailure(f"did not end in {seconds} s") from error
        finally:
            self._close()

    def stop(self, seconds=40):
        if self.is_running:
            self.signal(signal.SIGTERM)
        return self.wait(seconds)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self._close()

    def _close(self):
        if self.process.poll() is not None:
            self.process.stdout.close()
            self.errors.close()


def limit_files(count):
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, count))


def raise_file_limit():
    """Lets this process, and those that it starts, have as many files as the system allows."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most
