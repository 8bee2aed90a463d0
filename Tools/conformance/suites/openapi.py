"""/openapi.json: whether it is valid, complete, and what the server does."""
import os
import pathlib
import re
import subprocess
import sys

from harness.checks import Failed, check, equal, holds
from openapi_spec_validator import validate

MODELS = ["mlp", "cnn", "several", "words", "names"]
ARGUMENTS = []


def document(server):
    answer = server.get("/openapi.json")
    equal(answer.status, 200)
    equal(answer.headers.get_content_type(), "application/json", "content type")
    return answer.json()


@check("the document is valid OpenAPI 3.0")
def valid(server):
    found = document(server)
    holds(found["openapi"].startswith("3.0."), "3.0.x", found["openapi"])
    validate(found)


@check("it names each interface's paths")
def paths(server):
    text = " ".join(document(server)["paths"])
    for path in ("/v1/models/", ":predict", "/v2/models/", "/infer", "/v2/health/ready", "/metrics",
                 "/v2/repository/index"):
        holds(path in text, f"a path with {path!r}", text)


@check("it has the shapes and types of the models that are served")
def shapes(server):
    text = server.get("/openapi.json").body.decode()
    for word in ("784", "pixels", "left", "right", "picture"):
        holds(word in text, f"{word!r} in it", text[:300])


@check("references lead somewhere, and operations have an id of their own")
def references(server):
    found = document(server)
    for reference in set(re.findall(r'"\$ref": ?"([^"]+)"', server.get(
            "/openapi.json").body.decode())):
        node = found
        for part in reference.removeprefix("#/").split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            holds(part in node, f"{reference} in the document", "nothing")
            node = node[part]
    ids = [operation["operationId"] for item in found["paths"].values()
           for name, operation in item.items() if name in ("get", "post", "head", "delete")]
    equal(len(ids), len(set(ids)), "different ids:")


@check("schemathesis finds nothing that contradicts it")
def fuzzed(server):
    command = [
        str(pathlib.Path(sys.executable).parent / "schemathesis"), "run",
        server.url + "/openapi.json", "--max-examples", "25", "--workers", "1", "--no-color",
        "--seed", "1", "--request-timeout", "20",
        # A picture's input has hundreds of numbers, which is more than is called healthy.
        "--suppress-health-check", "data_too_large,too_slow",
        "--exclude-checks", "unsupported_method"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400,
                          env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": os.devnull},
                          cwd=pathlib.Path(server.log).parent)
    if done.returncode:
        start = done.stdout.find("FAILURES")
        lines = done.stdout[max(start, 0):].splitlines()
        raise Failed("a run without findings", "\n" + "\n".join(
            line[:300] for line in lines if line.strip())[:5000])
