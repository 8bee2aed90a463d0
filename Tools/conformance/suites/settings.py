"""What options, the configuration file and the environment change."""
import gzip
import json
import os
import signal
import socket
import subprocess
import time

from harness.checks import answers, check, close, equal, holds
from harness.http import statuses

ZEROS = {"instances": [[0.0] * 784]}


def configured(run, name, **members):
    file = run.folder / f"{name}.json"
    file.write_text(json.dumps(members), encoding="utf-8")
    return file


@check("--config: chosen versions, and labels that lead to them")
def versions(run):
    folder = run.bundles.repository(run.folder / "labelled", {
        "digits": {1: "mlp", 2: "mlp", 3: "mlp"}})
    file = configured(run, "labels", models=[{
        "path": str(folder / "digits"), "name": "half", "versions": [1, 3],
        "labels": {"stable": 1, "canary": 3}}])
    with run.start("--config", file) as server:
        found = {item["version"] for item in
                 server.get("/v1/models/half").json()["model_version_status"]}
        equal(found, {"1", "3"}, "versions")
        for label, version in (("stable", "1"), ("canary", "3")):
            answer = server.get(f"/v1/models/half/labels/{label}/metadata")
            answers(answer, 200)
            equal(answer.json()["model_spec"]["version"], version)
            answers(server.post(f"/v1/models/half/labels/{label}:predict", ZEROS), 200)
        answers(server.post("/v1/models/half/versions/1:predict", ZEROS), 200)
        answers(server.post("/v1/models/half/versions/2:predict", ZEROS), 404)
        answers(server.post("/v1/models/half/labels/other:predict", ZEROS), (400, 404), "other")
        equal(sorted(server.get("/v2/models/half").json()["versions"]), ["1", "3"])
        policy = server.get("/v2/models/half/config").json()["version_policy"]
        equal(policy, {"specific": {"versions": [1, 3]}}, "version_policy")


@check("--config: a label is moved by SIGHUP")
def moved_label(run):
    folder = run.bundles.repository(run.folder / "moved", {"digits": {1: "mlp", 2: "mlp"}})

    def write(number):
        return configured(run, "moved-label", models=[{
            "path": str(folder / "digits"), "versions": "all", "labels": {"stable": number}}])

    def labelled():
        answer = server.get("/v1/models/digits/labels/stable/metadata")
        return answer.json()["model_spec"]["version"]
    with run.start("--config", write(1)) as server:
        equal(labelled(), "1")
        policy = server.get("/v2/models/digits/config").json()["version_policy"]
        equal(policy, {"all": {}}, "version_policy")
        write(2)
        server.signal(signal.SIGHUP)
        deadline = time.monotonic() + 5
        while labelled() != "2" and time.monotonic() < deadline:
            time.sleep(0.05)
        equal(labelled(), "2")


@check("--config: options, which those of the command line go before")
def options(run):
    file = configured(run, "options", models=[{"path": str(run.bundles.path("mlp"))}],
                      max_body_bytes=10_000, workers=1)
    with run.start("--config", file) as server:
        answers(server.post("/v1/models/mlp:predict", ZEROS), 200)
        answers(server.post("/v1/models/mlp:predict", {"instances": [[0.0] * 784] * 3}), 413)
    with run.start("--config", file, "--max-body-bytes", 100_000) as server:
        answers(server.post("/v1/models/mlp:predict", {"instances": [[0.0] * 784] * 3}), 200)


@check("--config: what it may not hold is told with its place")
def bad_configuration(run):
    mlp = str(run.bundles.path("mlp"))
    for members, word in (({"model": []}, "model"), ({"models": {}}, "models"),
                          ({"models": [{"name": "a"}]}, "path"),
                          ({"models": [{"path": mlp, "version": 1}]}, "version"),
                          ({"models": [{"path": mlp}], "workers": "many"}, "workers"),
                          ({"models": [{"path": mlp, "labels": {"a": "b"}}]}, "a"),
                          ({"models": [{"path": mlp, "labels": {"a": 7}}]}, "version 7"),
                          ({"models": [{"path": mlp, "labels": []}]}, "labels"),
                          ({"models": [{"path": mlp, "versions": [2]}]}, "version 2"),
                          ({"models": [{"path": mlp, "name": 5}]}, "name"),
                          ({"models": [{"path": mlp}], "request_timeout": 1e30}, "request-timeout"),
                          ({"models": [{"path": mlp}], "max_batch": 2, "max-batch": 4},
                           "twice"),
                          ({"models": [{"path": mlp}], "config": "other.json"}, "config")):
        file = configured(run, "bad", **members)
        found = subprocess.run([str(run.keraskit), "serve", "--config", str(file), "--port", "0"],
                               capture_output=True, text=True, timeout=20)
        lines = found.stderr.strip().splitlines()
        holds(found.returncode > 0 and len(lines) == 1 and word in lines[0],
              f"one line that names {word!r}", f"{found.returncode}: {found.stderr}")


@check("--max-body-bytes holds for plain, chunked and compressed bodies")
def body_limit(run):
    with run.start("--max-body-bytes", 20_000, f"{run.bundles.path('mlp')}=mlp") as server:
        path = "/v1/models/mlp:predict"
        answers(server.post(path, ZEROS), 200)
        answers(server.post(path, b" " * 20_001), 413)
        answers(server.post(path, gzip.compress(b" " * 20_001),
                            headers={"Content-Encoding": "gzip"}), 413)
        chunks = b"".join(b"1000\r\n" + b" " * 4096 + b"\r\n" for _ in range(6))
        received = server.send(f"POST {path} HTTP/1.1\r\nHost: a\r\n".encode()
                               + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
        equal(statuses(received), [413])


@check("--max-connections: those beyond are not served, and later ones are")
def connections(run):
    with run.start("--max-connections", 20, f"{run.bundles.path('mlp')}=mlp") as server:
        sockets = [server.socket(2) for _ in range(60)]
        served = 0
        for plain in sockets:
            try:
                plain.sendall(b"GET /v2/health/live HTTP/1.1\r\nHost: a\r\n\r\n")
                plain.settimeout(0.2)
                served += plain.recv(4096).startswith(b"HTTP/1.1 200")
            except OSError:
                pass
        holds(1 <= served <= 20, "from 1 to 20 served", served)
        for plain in sockets:
            plain.close()
        time.sleep(0.5)
        answers(server.post("/v1/models/mlp:predict", ZEROS), 200)


@check("--max-connections-per-address holds for each address by itself")
def connections_per_address(run):
    with run.start("--max-connections-per-address", 4, f"{run.bundles.path('mlp')}=mlp") as server:
        def ask(address):
            plain = socket.socket()
            plain.settimeout(1)
            plain.bind((address, 0))
            sockets.append(plain)
            try:
                plain.connect((server.host, server.port))
                plain.sendall(b"GET /v2/health/live HTTP/1.1\r\nHost: a\r\n\r\n")
                return plain.recv(4096).startswith(b"HTTP/1.1 200")
            except OSError:
                return False
        sockets = []
        try:
            equal(sum(ask("127.0.0.2") for _ in range(10)), 4, "served of one address:")
            equal(ask("127.0.0.3"), True, "another address served:")
        finally:
            for plain in sockets:
                plain.close()


@check("--request-timeout: a silent client is cut after it")
def request_timeout(run):
    with run.start("--request-timeout", 2, f"{run.bundles.path('mlp')}=mlp") as server:
        for data in (b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"):
            with server.socket(10) as plain:
                start = time.monotonic()
                plain.sendall(data)
                while plain.recv(4096):
                    pass
                taken = time.monotonic() - start
                holds(1 <= taken <= 6, "an end after about 2 s", f"{taken:.1f} s")


@check("--access-log: a line of JSON for each request, also where the client makes up its text")
def access_log(run):
    log = run.folder / "access.log"
    log.unlink(missing_ok=True)
    with run.start("--access-log", log, f"{run.bundles.path('mlp')}=mlp") as server:
        answers(server.post("/v1/models/mlp:predict", ZEROS), 200)
        answers(server.get('/%22,"made":"up%22%7d\\'), (400, 404))
        answers(server.get("/%0a%0d%09"), (400, 404))
        for start in (b"PUT /two HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                      b"GET /../up HTTP/1.1\r\nHost: a\r\n\r\n"):
            equal(statuses(server.send(start)), [400])
        # What the HTTP library refuses itself tells its status alone.
        equal(statuses(server.send(b"GET / HTTP/2.0\r\nHost: a\r\n\r\n")), [505])
        equal(server.stop(), 0, "exit status")
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    equal(len(lines), 6, "lines:")
    equal([(line["method"], line["path"], line["status"]) for line in lines[3:]],
          [("PUT", "/two", 400), ("GET", "/../up", 400), ("", "", 505)], "what was refused")
    equal({line["client"] for line in lines[:5]}, {"127.0.0.1"}, "clients")
    equal((lines[0]["method"], lines[0]["path"], lines[0]["status"]),
          ("POST", "/v1/models/mlp:predict", 200))
    holds(all(400 <= line["status"] < 500 for line in lines[1:5]), "refusals", lines)
    for line in lines:
        holds(line["milliseconds"] >= 0 and line["time"].endswith("Z"), "time and duration", line)


@check("--access-log: SIGHUP goes on in a new file where the log was moved away")
def moved_log(run):
    log, old = run.folder / "moved.log", run.folder / "moved.log.1"
    for file in (log, old):
        file.unlink(missing_ok=True)
    with run.start("--access-log", log, f"{run.bundles.path('mlp')}=mlp") as server:
        answers(server.get("/before"), 404)
        log.rename(old)
        server.signal(signal.SIGHUP)
        deadline = time.monotonic() + 5
        while not log.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        answers(server.get("/after"), 404)
        equal(server.stop(), 0, "exit status")
    paths = [[json.loads(line)["path"] for line in file.read_text(encoding="utf-8").splitlines()]
             for file in (old, log)]
    equal(paths, [["/before"], ["/after"]], "paths in both files")


@check("--allow-origin: pages of that origin may ask and read, others may not")
def cross_origin(run):
    with run.start("--allow-origin", "https://a.example", f"{run.bundles.path('mlp')}=mlp"
                   ) as server:
        path = "/v2/models/mlp/infer"
        wish = {"Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "inference-header-content-length"}
        for origin, allowed in (("https://a.example", "https://a.example"),
                                ("https://b.example", None), ("null", None)):
            asked = server.request("OPTIONS", path, headers={"Origin": origin, **wish})
            equal(asked.headers["Access-Control-Allow-Origin"], allowed, "allowed origin")
            equal(asked.status, 204 if allowed else 405, "status")
            if allowed:
                holds("Inference-Header-Content-Length" in
                      asked.headers["Access-Control-Allow-Headers"], "the field of v2", asked)
            for answer in (server.post("/v1/models/mlp:predict", ZEROS, headers={"Origin": origin}),
                           server.post(path, "x", headers={"Origin": origin})):
                equal(answer.headers["Access-Control-Allow-Origin"], allowed, "allowed origin")
        answer = server.post("/v2/repository/models/mlp/unload", "",
                             headers={"Origin": "https://a.example"})
        answers(answer, 403)
    for text in ("a.example", "https://a.example/", "https://a.example,"):
        found = subprocess.run([str(run.keraskit), "serve", str(run.bundles.path("mlp")),
                                "--port", "0", "--allow-origin", text],
                               capture_output=True, text=True, timeout=20)
        equal(found.returncode, 64, f"exit status with {text!r}")


@check("$PORT and $KERASKIT_TOKEN are taken")
def environment(run):
    with socket.socket() as plain:
        plain.bind(("127.0.0.1", 0))
        port = plain.getsockname()[1]
    os.environ["PORT"], os.environ["KERASKIT_TOKEN"] = str(port), "s3cret"
    try:
        with run.start(f"{run.bundles.path('mlp')}=mlp", port=None) as server:
            equal(server.port, port, "port")
            answers(server.get("/v2/models/mlp"), 401)
            answers(server.get("/v2/models/mlp", headers={"Authorization": "Bearer s3cret"}), 200)
    finally:
        del os.environ["PORT"], os.environ["KERASKIT_TOKEN"]


@check("--host ::1 serves IPv6")
def ipv6(run):
    with run.start("--host", "::1", f"{run.bundles.path('mlp')}=mlp") as server:
        equal(server.host, "::1")
        reference = run.bundles.reference("mlp")
        answer = server.post("/v1/models/mlp:predict", {"inputs": reference.input.tolist()})
        close(answer.json()["outputs"], reference.output)


@check("another site's page in a browser cannot unload a model, nor one by a name of its own")
def other_sites(run):
    folder = run.bundles.repository(run.folder / "sites", {"digits": {1: "mlp"}})
    with run.start("--models", folder) as server:
        for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"},
                        {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"},
                        {"Sec-Fetch-Site": "cross-site"},
                        {"Host": "evil.example", "Origin": "http://evil.example"}):
            for path in ("/v2/repository/models/digits/unload",
                         "/v2/repository/models/digits/load"):
                answer = server.post(path, b"", headers=headers)
                holds(answer.status in (400, 403), f"status 400 or 403 with {headers}", answer)
        equal(server.get("/v2/models/digits/ready").status, 200)
        holds("Access-Control-Allow-Origin" not in server.get(
            "/v2/models/digits", headers={"Origin": "http://evil.example"}).headers,
            "no leave for other sites to read", "Access-Control-Allow-Origin")
