"""TensorFlow Serving's status and metadata, and several versions of a model."""
from harness.checks import answers, check, close, equal, holds

ZEROS = [0.0] * 784
OK = {"error_code": "OK", "error_message": ""}


def repository(run, name, versions):
    return run.bundles.repository(run.folder / name, versions)


@check("the status of a model and of its version")
def status(run):
    with run.start(f"{run.bundles.path('mlp')}=half") as server:
        expected = {"model_version_status": [
            {"version": "1", "state": "AVAILABLE", "status": OK}]}
        for path in ("/v1/models/half", "/v1/models/half/versions/1"):
            answer = server.get(path)
            answers(answer, 200)
            equal({key: answer.json()[key] for key in expected}, expected)


@check("the metadata of a model, as the documentation prints it")
def metadata(run):
    with run.start(f"{run.bundles.path('mlp')}=half") as server:
        for path in ("/v1/models/half/metadata", "/v1/models/half/versions/1/metadata"):
            answer = server.get(path)
            answers(answer, 200)
            found = answer.json()
            equal(found["model_spec"], {"name": "half", "signature_name": "", "version": "1"})
            signature = found["metadata"]["signature_def"]["signature_def"]["serving_default"]
            equal(signature["method_name"], "tensorflow/serving/predict")
            pixels = signature["inputs"]["pixels"]
            equal(pixels["dtype"], "DT_FLOAT")
            equal(pixels["tensor_shape"], {
                "dim": [{"size": "-1", "name": ""}, {"size": "784", "name": ""}],
                "unknown_rank": False})
            holds(isinstance(pixels["name"], str), "a name of the tensor", pixels)
            equal(signature["outputs"]["digit"]["tensor_shape"]["dim"][1]["size"], "10")


@check("types in metadata: strings, whole numbers of 8 and 64 bits")
def types(run):
    with run.start(*(f"{run.bundles.path(name)}={name}" for name in ("words", "bytes"))) as server:
        for name, expected, shape in (("words", "DT_STRING", ["-1", "3"]),
                                      ("bytes", "DT_UINT8", ["-1", "5"])):
            found = server.get(f"/v1/models/{name}/metadata").json()
            signature = found["metadata"]["signature_def"]["signature_def"]["serving_default"]
            (port,) = signature["inputs"].values()
            equal(port["dtype"], expected)
            equal([size["size"] for size in port["tensor_shape"]["dim"]], shape)


@check("a folder of models: the highest version answers, others by number")
def versions(run):
    folder = repository(run, "versions", {
        "digits": {1: "mlp", 12: "mlp", 3: "mlp"}, "other": {7: "several"}})
    with run.start("--models", folder) as server:
        answer = server.get("/v1/models/digits")
        answers(answer, 200)
        found = {item["version"]: item["state"] for item in answer.json()["model_version_status"]}
        holds(found.get("12") == "AVAILABLE", "version 12 that is available", found)
        equal(server.get("/v1/models/digits/metadata").json()["model_spec"]["version"], "12")
        equal(server.get("/v1/models/other/metadata").json()["model_spec"]["version"], "7")
        answers(server.post("/v1/models/digits/versions/12:predict", {"instances": [ZEROS]}), 200)
        answers(server.post("/v1/models/digits/versions/2:predict", {"instances": [ZEROS]}), 404,
                "Specific(digits, 2)")


@check("what is in a folder of models and is no version is passed over")
def other_files(run):
    folder = repository(run, "other-files", {"digits": {1: "mlp"}})
    (folder / "digits" / "README.md").write_text("no version", encoding="utf-8")
    (folder / "digits" / "draft").mkdir()
    (folder / "digits" / "2").mkdir()
    (folder / "notes.txt").write_text("no model", encoding="utf-8")
    with run.start("--models", folder) as server:
        equal(server.get("/v1/models/digits/metadata").json()["model_spec"]["version"], "1")
        reference = run.bundles.reference("mlp")
        found = server.post("/v1/models/digits:predict", {"instances": reference.input.tolist()})
        close(found.json()["predictions"], reference.output)
