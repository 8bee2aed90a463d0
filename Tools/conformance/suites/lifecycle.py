"""Starting, stopping and reloading, with requests under way."""
import json
import os
import signal
import socket
import subprocess
import time

from harness.checks import answers, check, close, contains, equal, holds
from harness.load import Crowd, all_at_once

ZEROS = {"instances": [[0.0] * 784]}


def digits(run, **others):
    return run.start(f"{run.bundles.path('mlp')}=mlp", f"{run.bundles.path('cnn')}=cnn", **others)


def heavy(run, count=300):
    """A request that takes a while: many pictures."""
    picture = run.bundles.reference("cnn").input[0].round(3).tolist()
    return json.dumps({"instances": [picture] * count}).encode()


@check("SIGTERM with requests under way: all are answered, then the process ends with 0")
def requests_under_way(run):
    body = heavy(run)
    with digits(run) as server:
        answers(server.post("/v1/models/cnn:predict", body), 200)

        def ask():
            return server.post("/v1/models/cnn:predict", body).status

        def stop():
            time.sleep(0.1)
            server.signal(signal.SIGTERM)
        results = all_at_once([ask] * 12 + [stop])
        equal([status for status, _ in results[:12]], [200] * 12, "statuses")
        equal(server.wait(), 0, "exit status")


@check("SIGINT stops in good order too")
def interrupt(run):
    with digits(run) as server:
        server.signal(signal.SIGINT)
        equal(server.wait(5), 0, "exit status")


@check("after SIGTERM no connection is taken, and idle ones are closed")
def refuses(run):
    with digits(run) as server:
        with server.socket(10) as plain:
            plain.sendall(b"GET /v2/health/live HTTP/1.1\r\nHost: a\r\n\r\n")
            plain.recv(4096)
            start = time.monotonic()
            equal(server.stop(), 0, "exit status")
            holds(time.monotonic() - start < 5, "an end within 5 s", time.monotonic() - start)
            equal(plain.recv(4096), b"", "the idle connection")
        try:
            server.socket(2).close()
        except OSError:
            return
        holds(False, "no connection", "a connection")


@check("--drain-delay: not ready, but alive and answering, and then it ends")
def drain_delay(run):
    with run.start("--drain-delay", 2, f"{run.bundles.path('mlp')}=mlp") as server:
        equal(server.get("/v2/health/ready").status, 200)
        start = time.monotonic()
        server.signal(signal.SIGTERM)
        time.sleep(0.5)
        equal(server.get("/v2/health/ready").status, 503, "readiness")
        equal(server.get("/v2/health/live").status, 200, "liveness")
        answers(server.post("/v1/models/mlp:predict", ZEROS), 200)
        equal(server.wait(), 0, "exit status")
        taken = time.monotonic() - start
        holds(1.5 <= taken < 6, "an end after about 2 s", f"{taken:.1f} s")


@check("a second SIGTERM ends the process at once")
def second_signal(run):
    with run.start("--drain-delay", 30, f"{run.bundles.path('mlp')}=mlp") as server:
        server.signal(signal.SIGTERM)
        time.sleep(0.5)
        holds(server.is_running, "a running server", "it has ended")
        start = time.monotonic()
        server.signal(signal.SIGTERM)
        server.wait(5)
        holds(time.monotonic() - start < 2, "an end within 2 s", time.monotonic() - start)


@check("--exit-timeout: a client that never ends its request does not hold the process")
def exit_timeout(run):
    with run.start("--exit-timeout", 1, f"{run.bundles.path('mlp')}=mlp") as server:
        with server.socket(10) as plain:
            plain.sendall(b"POST /v1/models/mlp:predict HTTP/1.1\r\nHost: a\r\n"
                          b"Content-Length: 1000\r\n\r\n{")
            time.sleep(0.3)
            start = time.monotonic()
            server.signal(signal.SIGTERM)
            server.wait(10)
            taken = time.monotonic() - start
            holds(taken < 5, "an end within 5 s", f"{taken:.1f} s")


@check("SIGTERM waits neither for half a header nor for a body that pauses, and for one that comes")
def half_requests(run):
    head = (b"POST /v1/models/mlp:predict HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n"
            % len(json.dumps(ZEROS)))
    with digits(run) as server:
        with server.socket(30) as header, server.socket(30) as body, server.socket(30) as whole:
            header.sendall(head)
            body.sendall(head + b"\r\n{")
            whole.sendall(head + b"\r\n")
            time.sleep(0.3)
            start = time.monotonic()
            server.signal(signal.SIGTERM)
            equal(header.recv(4096), b"", "what half a header gets")
            holds(time.monotonic() - start < 5, "an end within 5 s", time.monotonic() - start)
            text = json.dumps(ZEROS).encode()
            for place in range(0, len(text), 400):
                whole.sendall(text[place:place + 400])
                time.sleep(0.3)
            contains(whole.recv(4096).decode(), "200 OK", "Connection: close")
            equal(body.recv(4096), b"", "what half a body gets")
        equal(server.wait(), 0, "exit status")
        taken = time.monotonic() - start
        holds(taken < 12, "an end within 12 s", f"{taken:.1f} s")


@check("SIGHUP under load: the new version answers, and no request fails")
def reload_under_load(run):
    folder = run.bundles.repository(run.folder / "reload", {"digits": {1: "mlp"}})

    def ask():
        return server.post("/v1/models/digits:predict", ZEROS).status
    with run.start("--models", folder) as server, Crowd(4, ask) as crowd:
        for version in range(2, 6):
            run.bundles.put(folder, "digits", version, "mlp")
            server.signal(signal.SIGHUP)
            wait_for_version(server, "digits", version)
        crowd.stop()
        counts, _ = crowd.counts()
        equal(set(counts), {200}, "statuses")


def wait_for_version(server, name, version, seconds=10):
    deadline = time.monotonic() + seconds
    found = None
    while time.monotonic() < deadline:
        found = server.get(f"/v1/models/{name}/metadata").json()["model_spec"]["version"]
        if found == str(version):
            return
        time.sleep(0.05)
    equal(found, str(version), "version")


@check("SIGHUP where the new version is damaged: the old one goes on")
def damaged_reload(run):
    folder = run.bundles.repository(run.folder / "damaged", {"digits": {1: "mlp"}})
    with run.start("--models", folder, log="damaged") as server:
        (folder / "digits" / "2").mkdir()
        damaged = run.bundles.path("mlp").read_bytes()[:-100]
        (folder / "digits" / "2" / "model.safetensors").write_bytes(damaged)
        server.signal(signal.SIGHUP)
        time.sleep(2)
        holds(server.is_running, "a running server", server.last_words())
        equal(server.get("/v2/health/ready").status, 200)
        equal(server.get("/v1/models/digits/metadata").json()["model_spec"]["version"], "1")
        reference = run.bundles.reference("mlp")
        answer = server.post("/v1/models/digits:predict", {"inputs": reference.input.tolist()})
        close(answer.json()["outputs"], reference.output)
        holds("digits" in open(server.log, encoding="utf-8").read(), "a line that names the model",
              server.last_words())


@check("SIGHUP takes a bundle that has been replaced, and one that is gone stays")
def replaced_bundle(run):
    place = run.folder / "replaced.safetensors"
    new = run.folder / "replaced.new"
    place.write_bytes(run.bundles.path("mlp").read_bytes())
    with run.start(f"{place}=digits") as server:
        answers(server.post("/v1/models/digits:predict", ZEROS), 200)
        new.write_bytes(run.bundles.path("several").read_bytes())
        os.replace(new, place)
        answers(server.post("/v1/models/digits:predict", ZEROS), 200)
        server.signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if server.get("/v1/models/digits/metadata").body.find(b'"left"') >= 0:
                break
            time.sleep(0.05)
        reference = run.bundles.reference("several")
        answer = server.post("/v1/models/digits:predict", {"inputs": {
            name: array.tolist() for name, array in reference.inputs.items()}})
        answers(answer, 200)
        close(answer.json()["outputs"]["first"], reference.outputs["first"])
        place.unlink()
        server.signal(signal.SIGHUP)
        time.sleep(1)
        holds(server.is_running, "a running server", server.last_words())
        equal(server.get("/v1/models/digits").status, 200)


@check("a bundle that is cut short in place ends the process with a line that says so")
def cut_short(run):
    bundle = run.folder / "cut.safetensors"
    bundle.write_bytes(run.bundles.path("open").read_bytes())
    with run.start(f"{bundle}=open", log="cut") as server:
        answers(server.post("/v1/models/open:predict", {"instances": [[1]]}), 200)
        os.truncate(bundle, 0)
        try:
            server.post("/v1/models/open:predict", {"instances": [[1]]})
        except OSError:
            pass
        equal(server.wait(10), 2, "exit status")
        contains(server.last_words(), "cut short", "renaming")


@check("50 reloads leave no memory, descriptors or threads behind")
def many_reloads(run):
    folder = run.bundles.repository(run.folder / "many", {"digits": {1: "mlp"}})
    with run.start("--models", folder) as server:
        def go_round(count):
            for _ in range(count):
                server.signal(signal.SIGHUP)
                answers(server.post("/v1/models/digits:predict", ZEROS), 200)
                time.sleep(0.05)
            time.sleep(1)
            return server.resident_bytes() >> 20, server.descriptor_count(), server.thread_count()
        before = go_round(10)
        after = go_round(50)
        holds(after[0] <= before[0] + 10, f"about {before[0]} MB", f"{after[0]} MB")
        holds(after[1] <= before[1] + 2, f"{before[1]} descriptors", after[1])
        holds(after[2] <= before[2] + 1, f"{before[2]} threads", after[2])


@check("a port that is taken, and files that are no bundles, are told in one line")
def bad_starts(run):
    mlp = run.bundles.path("mlp")
    text = run.folder / "text.safetensors"
    text.write_text("no bundle", encoding="utf-8")
    damaged = run.folder / "damaged.safetensors"
    damaged.write_bytes(mlp.read_bytes()[:-1])
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        for given, word in (([mlp, "--port", port], str(port)), ([text], "text"),
                            ([damaged], "damaged"), ([run.folder / "none.safetensors"], "none"),
                            (["--models", run.folder / "none"], "none"),
                            ([mlp, "--port", "70000"], "port"), ([], ""),
                            ([f"{mlp}=a", f"{mlp}=a"], "a")):
            found = subprocess.run(
                [str(run.keraskit), "serve", *map(str, given)], capture_output=True, text=True,
                timeout=20)
            holds(found.returncode not in (0, -11, -6, -4), "a status of an error",
                  f"{found.returncode} for {given}")
            lines = found.stderr.strip().splitlines()
            holds(len(lines) == 1 and word in lines[0], f"one line that names {word!r}",
                  found.stderr)
