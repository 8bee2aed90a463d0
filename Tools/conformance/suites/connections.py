"""Many connections: idle, beyond the limit, and given up."""
import contextlib
import json
import socket
import struct
import time

from harness.checks import answers, check, equal, holds
from harness.server import raise_file_limit

ZEROS = json.dumps({"instances": [[0.0] * 784]}).encode()
REQUEST = (b"POST /v1/models/mlp:predict HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
           % len(ZEROS)) + ZEROS


def start(run, **others):
    return run.start(f"{run.bundles.path('mlp')}=mlp", **others)


@contextlib.contextmanager
def idle(server, count):
    """As many connections that say nothing; some may be refused."""
    with contextlib.ExitStack() as stack:
        opened = []
        for _ in range(count):
            try:
                opened.append(stack.enter_context(server.socket(5)))
            except OSError:
                break
        yield opened


def answered(server, seconds):
    began = time.monotonic()
    answers(server.post("/v1/models/mlp:predict", ZEROS), 200)
    taken = time.monotonic() - began
    holds(taken < seconds, f"an answer within {seconds} s", f"{taken:.2f} s")


@check("1,500 idle connections: others are served at once, and memory stays small")
def many_idle(run):
    with start(run) as server:
        before = server.resident_bytes()
        with idle(server, 1500) as opened:
            equal(len(opened), 1500, "connections")
            answered(server, 1)
            grown = (server.resident_bytes() - before) >> 20
            holds(grown < 100, "less than 100 MB more in memory", f"{grown} MB")
        time.sleep(1)
        holds(server.descriptor_count() < 100, "descriptors that are closed again",
              server.descriptor_count())


@check("more connections than the limit: the server goes on once some are gone")
def beyond_limit(run):
    if raise_file_limit() < 6000:
        return
    with start(run) as server:
        with idle(server, 4300) as opened:
            holds(len(opened) >= 4000, "at least 4000 connections", len(opened))
            holds(server.is_running, "a running server", server.last_words())
        time.sleep(1)
        answered(server, 2)


@check("few descriptors: 200 connections where 64 files are allowed cost no time")
def few_files(run):
    with start(run, files=64) as server:
        answered(server, 2)
        most = 0
        # How connections fall to the server's threads differs from time to time.
        for _ in range(10):
            with idle(server, 200):
                time.sleep(0.2)
                holds(server.is_running, "a running server", server.last_words())
                before = server.processor_seconds()
                time.sleep(0.5)
                most = max(most, server.processor_seconds() - before)
            time.sleep(0.2)
        holds(most < 0.1, "less than 0.1 s of a processor in 0.5 s", f"{most:.2f} s")
        answered(server, 5)


@check("3,000 connections one after another leave nothing behind")
def one_by_one(run):
    with start(run) as server:
        answered(server, 2)
        before = server.descriptor_count()
        for turn in range(3000):
            with server.socket(5) as plain:
                if turn % 2:
                    plain.sendall(b"GET /v2/health/live HTTP/1.1\r\nHost: a\r\n\r\n")
                    plain.recv(4096)
        time.sleep(1)
        holds(server.descriptor_count() <= before + 5, f"about {before} descriptors",
              server.descriptor_count())


@check("clients that go away in the midst of a request or of an answer")
def given_up(run):
    with start(run) as server:
        answered(server, 2)
        before = server.descriptor_count()
        for turn in range(600):
            plain = server.socket(5)
            # Closing sends a reset, not an end.
            plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            plain.sendall((REQUEST * 3)[:len(REQUEST) * (turn % 3 + 1) - turn % 7 * 100])
            plain.close()
        answered(server, 5)
        time.sleep(1)
        holds(server.descriptor_count() <= before + 5, f"about {before} descriptors",
              server.descriptor_count())
        equal(server.stop(), 0, "exit status")


@check("a client that has closed its side still gets its answer")
def half_closed(run):
    with start(run) as server, server.socket(10) as plain:
        plain.sendall(REQUEST.replace(b"Host: a", b"Host: a\r\nConnection: close"))
        plain.shutdown(socket.SHUT_WR)
        received = plain.recv(4096)
        holds(received.startswith(b"HTTP/1.1 200"), "status 200", received)
