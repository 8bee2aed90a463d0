"""/openapi.json: whether it is valid, complete, and what the server does."""
import json
import os
import pathlib
import re
import subprocess
import sys

from harness.checks import Failed, answers, check, equal, holds
from harness.pictures import digit, encode
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate
from tritonclient.utils import np_to_triton_dtype

MODELS = ["mlp", "cnn", "several", "words", "names", "open", "bytes", "siamese"]
# Models of one input without open axes and whose elements are free, whose requests to predict a
# schema can tell exactly.
EXACT = ["mlp", "cnn", "words", "names"]
ARGUMENTS = []
CLASSIFY = ":classify$"


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


@check("it names pictures, binary bodies, :classify and :regress where the server takes them")
def bodies(server):
    paths = document(server)["paths"]
    def types(path):
        return set(paths[path]["post"]["requestBody"]["content"]) - {"application/json"}
    pictures = {"image/png", "image/jpeg"}
    equal(types("/v1/models/cnn:predict"), pictures)
    equal(types("/v1/models/cnn:classify"), pictures)
    equal(types("/v1/models/several:predict"), set())
    equal(types("/v2/models/cnn/infer"), pictures | {"application/octet-stream"})
    equal(types("/v2/models/words/infer"), {"application/octet-stream"})
    fields = paths["/v2/models/mlp/infer"]["post"]["parameters"]
    equal([field["name"] for field in fields], ["Inference-Header-Content-Length"])
    equal({path for path in paths if path.endswith(":regress")}, {"/v1/models/siamese:regress"})
    holds("/v1/models/words:classify" not in paths, "no :classify for strings", paths)
    for kind in ("PNG", "JPEG"):
        for path in ("/v1/models/cnn:predict", "/v1/models/cnn:classify", "/v2/models/cnn/infer"):
            answers(server.post(path, encode(digit(3), kind), headers={
                "Content-Type": f"image/{kind.lower()}"}), 200)
    examples = {"examples": [{"picture": [0.5] * 784}], "context": {}}
    operation = paths["/v1/models/cnn:classify"]["post"]
    answer = server.post("/v1/models/cnn:classify", examples)
    answers(answer, 200)
    request = operation["requestBody"]["content"]["application/json"]["schema"]
    response = operation["responses"]["200"]["content"]["application/json"]["schema"]
    for schema, value in ((request, examples), (response, answer.json())):
        errors = [error.message for error in OAS30Validator(schema).iter_errors(value)]
        holds(not errors, "a value in the schema", errors)


def requests_of(reference):
    """Requests to predict and to infer for two items, with their paths behind a model's."""
    inputs = {name: array[:2] for name, array in reference.inputs.items()}
    values = {name: array.tolist() for name, array in inputs.items()}
    rows = [{name: values[name][index] for name in values} for index in range(2)]
    yield "predict", {"instances": rows}
    yield "predict", {"inputs": values}
    if len(values) == 1:
        (only,) = values.values()
        yield "predict", {"instances": only, "signature_name": "serving_default"}
        yield "predict", {"inputs": only}
    for flat in (True, False):
        yield "infer", {"id": "1", "inputs": [
            {"name": name, "shape": list(array.shape), "datatype": np_to_triton_dtype(array.dtype)
             if array.dtype.kind != "U" else "BYTES",
             "data": (array.ravel() if flat else array).tolist()}
            for name, array in inputs.items()], "outputs": [
                {"name": name} for name in reference.outputs]}


@check("it takes in what the server answers: several items, several inputs, open axes")
def taken_in(server):
    paths = document(server)["paths"]
    for model in MODELS:
        for action, body in requests_of(server.bundles.reference(model)):
            path = f"/v1/models/{model}:predict" if action == "predict" else (
                f"/v2/models/{model}/infer")
            answers(server.post(path, body), 200)
            schema = paths[path]["post"]["requestBody"]["content"]["application/json"]["schema"]
            errors = [error.message for error in OAS30Validator(schema).iter_errors(body)]
            holds(not errors, f"{path} with {body!r:.200} in the schema", errors)


def schemathesis(server, *options, file=None, count=25):
    command = [
        str(pathlib.Path(sys.executable).parent / "schemathesis"), "run",
        file or server.url + "/openapi.json", "--url", server.url, "--max-examples", str(count),
        "--workers", "1", "--no-color", "--seed", "1", "--request-timeout", "20",
        # A picture's input has hundreds of numbers, which is more than is called healthy.
        "--suppress-health-check", "data_too_large,too_slow", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900,
                          env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": os.devnull},
                          cwd=pathlib.Path(server.log).parent)
    if done.returncode:
        start = done.stdout.find("FAILURES")
        lines = done.stdout[max(start, 0):].splitlines()
        raise Failed("a run without findings", "\n" + "\n".join(
            line[:300] for line in lines if line.strip())[:5000])


def written(server, found):
    """The path of a file that holds a changed document."""
    file = pathlib.Path(server.log).parent / "changed.json"
    file.write_text(json.dumps(found), encoding="utf-8")
    return str(file)


@check("schemathesis finds nothing that contradicts it")
def fuzzed(server):
    # That sizes agree, and what a layer takes, is more than a schema can say: what is within one
    # may be refused for it.
    found = document(server)
    for operations in found["paths"].values():
        # Where the field is 0, whatever the body says it is, it is the bytes of a tensor.
        operations.get("post", {}).pop("parameters", None)
    schemathesis(server, "--exclude-checks", "unsupported_method,positive_data_acceptance",
                 "--exclude-path-regex", CLASSIFY, file=written(server, found))


@check("nor what contradicts it where examples are classified")
def fuzzed_examples(server):
    # A picture's numbers take their time to be made up.
    schemathesis(server, "--exclude-checks", "unsupported_method,positive_data_acceptance",
                 "--include-path-regex", CLASSIFY, count=5)


@check("where a schema can tell requests exactly, the server takes all that schemathesis makes of it")
def fuzzed_exactly(server):
    found = document(server)
    for operations in found["paths"].values():
        # Not every file of bytes is a picture.
        for kind in ("image/png", "image/jpeg"):
            operations.get("post", {}).get("requestBody", {}).get("content", {}).pop(kind, None)
    schemathesis(server, "--exclude-checks", "unsupported_method", "--include-path-regex",
                 f"/({'|'.join(EXACT)}):predict$", file=written(server, found))
