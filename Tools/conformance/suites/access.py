"""Tokens and TLS."""
import http.client
import signal
import ssl
import subprocess
import time

import requests
from harness.checks import answers, check, equal, holds

ZEROS = {"instances": [[0.0] * 784]}
PATHS = ["/v1/models/mlp", "/v1/models/mlp/metadata", "/v2/models/mlp", "/v2/models/mlp/stats"]


def with_token(run, *tokens):
    file = run.folder / "tokens"
    file.write_text("".join(token + "\n" for token in tokens), encoding="utf-8")
    file.chmod(0o600)
    return run.start("--token-file", file, f"{run.bundles.path('mlp')}=mlp")


@check("--token-file: without the token nothing is answered but health")
def token(run):
    with with_token(run, "s3cret-token") as server:
        for path in PATHS:
            answer = server.get(path)
            answers(answer, 401)
            holds("Bearer" in (answer.headers["WWW-Authenticate"] or ""),
                  "WWW-Authenticate: Bearer", dict(answer.headers))
        for path in ("/v1/models/mlp:predict", "/v2/models/mlp/infer", "/",
                     "/v2/repository/models/mlp/unload", "/v2/repository/index"):
            answers(server.post(path, ZEROS), 401)
        for path in ("/v2/health/live", "/v2/health/ready"):
            equal(server.get(path).status, 200, path)


@check("--token-file: with the token all is answered, and with another nothing")
def tokens(run):
    with with_token(run, "s3cret-token") as server:
        good = {"Authorization": "Bearer s3cret-token"}
        for path in PATHS:
            answers(server.get(path, headers=good), 200)
        answers(server.post("/v1/models/mlp:predict", ZEROS, headers=good), 200)
        answers(server.post("/v1/models/mlp:predict", ZEROS,
                            headers={"authorization": "bearer s3cret-token"}), 200)
        for value in ("Bearer s3cret-toke", "Bearer s3cret-token2", "Bearer S3CRET-TOKEN", "Bearer",
                      "Bearer ", "Basic s3cret-token", "s3cret-token", "Bearer s3cret-token x"):
            answers(server.get(PATHS[0], headers={"Authorization": value}), 401)
        answers(server.get(PATHS[0], headers={"Authorization": "Bearer \xe9"}), (400, 401))


@check("--token-file: a file that is empty or missing is an error at the start")
def no_token(run):
    file = run.folder / "empty"
    file.write_text("\n", encoding="utf-8")
    for path in (file, run.folder / "none"):
        found = subprocess.run(
            [str(run.keraskit), "serve", str(run.bundles.path("mlp")), "--port", "0",
             "--token-file", str(path)], capture_output=True, text=True, timeout=10)
        holds(found.returncode != 0 and str(path.name) in found.stderr,
              f"an error that names {path.name!r}", f"{found.returncode}: {found.stderr}")


def certificate(run, name=""):
    """A certificate for localhost, signed by itself."""
    key, cert = run.folder / f"{name}key.pem", run.folder / f"{name}cert.pem"
    if not cert.exists():
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
             "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", cert],
            check=True, capture_output=True)
    return key, cert


def with_tls(run):
    key, cert = certificate(run)
    return run.start("--tls-cert", cert, "--tls-key", key, f"{run.bundles.path('mlp')}=mlp")


@check("TLS: a client that verifies the certificate is served, on one connection and on many")
def tls(run):
    _, cert = certificate(run)
    with with_tls(run) as server:
        equal(server.scheme, "https")
        for count in (20, 1, 1, 1):
            with requests.Session() as session:
                # Settings of the environment would go before the certificate.
                session.trust_env, session.verify = False, str(cert)
                for _ in range(count):
                    answer = session.post(server.url + "/v1/models/mlp:predict", json=ZEROS)
                    equal(answer.status_code, 200)
        equal(server.stop(), 0, "exit status")


@check("TLS: what is no certificate, or not the key's, is told as such")
def bad_tls(run):
    key, cert = certificate(run)
    junk = run.folder / "junk.pem"
    junk.write_text("no certificate\n")
    for chain, secret in ((junk, key), (cert, junk), (key, cert)):
        found = subprocess.run(
            [str(run.keraskit), "serve", "--port", "0", "--tls-cert", str(chain), "--tls-key",
             str(secret), f"{run.bundles.path('mlp')}=mlp"],
            capture_output=True, text=True, timeout=20)
        holds(found.returncode > 0 and "TLS" in found.stderr and "PEM" in found.stderr,
              "an error that tells of TLS", f"{found.returncode}: {found.stderr}")


@check("TLS: versions 1.2 and 1.3, and no older one")
def versions(run):
    def handshake(version):
        context = ssl._create_unverified_context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        with server.socket(5) as plain, context.wrap_socket(plain) as secure:
            return secure.version()
    with with_tls(run) as server:
        equal(handshake(ssl.TLSVersion.TLSv1_2), "TLSv1.2")
        equal(handshake(ssl.TLSVersion.TLSv1_3), "TLSv1.3")
        for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            try:
                found = handshake(old)
            except (ssl.SSLError, ConnectionError):
                continue
            holds(False, "no handshake", found)


@check("TLS: SIGHUP takes new certificates; open connections are answered, then end")
def renewed(run):
    names = ("first-", "second-")
    pairs = [certificate(run, name) for name in names]
    key, cert = run.folder / "used-key.pem", run.folder / "used-cert.pem"

    def place(pair):
        for path, used in zip(pair, (key, cert)):
            used.write_text(path.read_text())

    def shown(connection):
        connection.connect()
        found = ssl.DER_cert_to_PEM_cert(connection.sock.getpeercert(True))
        return [name for name, (_, cert) in zip(names, pairs) if found in cert.read_text()]

    def asked(connection):
        connection.request("GET", "/v2/health/live")
        answer = connection.getresponse()
        equal((answer.status, answer.read()), (200, b'{"live":true}'))
        return answer.getheader("Connection")

    def reload():
        server.signal(signal.SIGHUP)
        time.sleep(1)

    place(pairs[0])
    with run.start("--tls-cert", cert, "--tls-key", key, f"{run.bundles.path('mlp')}=mlp") as server:
        def connect():
            port = int(server.url.rsplit(":", 1)[1])
            return http.client.HTTPSConnection(
                "127.0.0.1", port, timeout=10, context=ssl._create_unverified_context())
        old = connect()
        equal(shown(old), ["first-"])
        threads, descriptors = server.thread_count(), server.descriptor_count()
        reload()
        equal(asked(old), None, "the field Connection while nothing has changed")
        place(pairs[1])
        reload()
        equal(shown(connect()), ["second-"])
        equal(asked(old), "close", "the field Connection of one from before")
        old.close()
        for wrong in ((pairs[0][0], pairs[1][1]), (pairs[1][0], pairs[1][0])):
            place(wrong)
            reload()
            equal(shown(connect()), ["second-"], "what is kept where the new does not serve")
        time.sleep(1)
        equal(server.thread_count(), threads, "threads")
        holds(server.descriptor_count() <= descriptors, f"at most {descriptors} descriptors",
              server.descriptor_count())
        equal(server.stop(), 0, "exit status")


@check("TLS: plain requests, broken handshakes and silence harm nobody")
def no_tls(run):
    with with_tls(run) as server:
        silent = [server.socket(5) for _ in range(50)]
        for data in (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", bytes(1000), b"\x16\x03\x01\x02\x00\x01",
                     b"\x16\x03\x03\xff\xff" + bytes(70_000)):
            server.send(data, seconds=2)
            equal(server.get("/v2/health/live").status, 200)
        for plain in silent:
            plain.close()
        equal(server.get("/v2/health/live").status, 200)


@check("TLS: a certificate or a key that is missing, or not the other's, is an error at the start")
def bad_certificates(run):
    key, cert = certificate(run)
    other = run.folder / "other.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
                    "ec_paramgen_curve:P-256", "-out", other], check=True, capture_output=True)
    for given in (["--tls-cert", cert], ["--tls-key", key],
                  ["--tls-cert", run.folder / "none", "--tls-key", key],
                  ["--tls-cert", cert, "--tls-key", other], ["--tls-cert", key, "--tls-key", cert]):
        found = subprocess.run(
            [str(run.keraskit), "serve", str(run.bundles.path("mlp")), "--port", "0",
             *map(str, given)], capture_output=True, text=True, timeout=10)
        holds(found.returncode > 0 and len(found.stderr.strip().splitlines()) == 1
              and "unknown option" not in found.stderr, "an error in one line",
              f"{found.returncode}: {found.stderr}")
