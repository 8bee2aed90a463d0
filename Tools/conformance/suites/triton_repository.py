"""Triton's extensions: the repository of models, and statistics."""
import signal

from harness.checks import answers, check, equal, holds, raises
from tritonclient.utils import InferenceServerException

from .lifecycle import wait_for_version
from .triton_infer import agrees, client_of, ports


def repository(run, name, versions):
    return run.bundles.repository(run.folder / name, versions)


def states(client):
    return {(item["name"], item.get("version")): item.get("state")
            for item in client.get_model_repository_index()}


@check("the index lists models, versions and states")
def index(run):
    folder = repository(run, "index", {"digits": {1: "mlp", 2: "mlp"}, "other": {1: "several"}})
    with run.start("--models", folder) as server, client_of(server) as client:
        found = states(client)
        equal(found.get(("digits", "2")), "READY")
        equal(found.get(("other", "1")), "READY")
        answer = server.post("/v2/repository/index", {"ready": True})
        answers(answer, 200)
        holds(all(item["state"] == "READY" for item in answer.json()), "ready models",
              answer.json())
        answers(server.post("/v2/repository/index", b""), 200)


@check("a model that is unloaded is not ready, answers no more, and can be loaded again")
def unload(run):
    folder = repository(run, "unload", {"digits": {1: "mlp"}, "other": {1: "several"}})
    reference = run.bundles.reference("mlp")
    with run.start("--models", folder) as server, client_of(server) as client:
        client.unload_model("digits")
        equal(client.is_model_ready("digits"), False)
        holds(states(client).get(("digits", "1")) != "READY", "a model that is not ready",
              states(client))
        error = raises(InferenceServerException,
                       lambda: client.infer("digits", ports(reference)), "digits")
        holds(error.status() in ("400", "404", "503"), "status 400, 404 or 503", error.status())
        agrees(client.infer("other", ports(run.bundles.reference("several"))),
               run.bundles.reference("several"))
        client.load_model("digits")
        equal(client.is_model_ready("digits"), True)
        agrees(client.infer("digits", ports(reference)), reference)


@check("a model that is unloaded stays away when all are read anew, until it is loaded")
def dropped(run):
    folder = repository(run, "dropped", {"digits": {1: "mlp"}, "other": {1: "several"}})
    with run.start("--models", folder) as server, client_of(server) as client:
        client.unload_model("digits")
        run.bundles.put(folder, "digits", 2, "mlp")
        run.bundles.put(folder, "other", 2, "several")
        server.signal(signal.SIGHUP)
        wait_for_version(server, "other", 2)
        equal(client.is_model_ready("digits"), False)
        holds(client.is_server_ready(), "a server that is ready", False)
        client.load_model("digits")
        equal(states(client).get(("digits", "2")), "READY")


@check("a new version is served after a load, and one that was taken away is not")
def new_version(run):
    folder = repository(run, "new-version", {"digits": {1: "mlp"}})
    reference = run.bundles.reference("mlp")
    with run.start("--models", folder) as server, client_of(server) as client:
        equal(client.infer("digits", ports(reference)).get_response()["model_version"], "1")
        run.bundles.put(folder, "digits", 2, "mlp")
        client.load_model("digits")
        result = client.infer("digits", ports(reference))
        equal(result.get_response()["model_version"], "2")
        agrees(result, reference)


@check("a model that appears later is served after a load")
def new_model(run):
    folder = repository(run, "new-model", {"digits": {1: "mlp"}})
    with run.start("--models", folder) as server, client_of(server) as client:
        run.bundles.put(folder, "other", 1, "several")
        client.load_model("other")
        reference = run.bundles.reference("several")
        agrees(client.infer("other", ports(reference)), reference)


@check("loading what is not there, or is damaged, is an error that changes nothing")
def failed_load(run):
    folder = repository(run, "failed-load", {"digits": {1: "mlp"}})
    reference = run.bundles.reference("mlp")
    with run.start("--models", folder) as server, client_of(server) as client:
        error = raises(InferenceServerException, lambda: client.load_model("half"), "half")
        holds(error.status() in ("400", "404"), "status 400 or 404", error.status())
        raises(InferenceServerException, lambda: client.load_model("../digits"))
        whole = run.bundles.path("mlp").read_bytes()
        (folder / "digits" / "2").mkdir()
        for damaged in (whole[:-1], whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:], b""):
            (folder / "digits" / "2" / "model.safetensors").write_bytes(damaged)
            raises(InferenceServerException, lambda: client.load_model("digits"), "digits")
            equal(client.is_model_ready("digits"), True)
            result = client.infer("digits", ports(reference))
            equal(result.get_response()["model_version"], "1")
            agrees(result, reference)


@check("a load with a file or a configuration of the client's own writes and serves nothing of it")
def overridden_load(run):
    folder = repository(run, "overridden", {"digits": {1: "mlp"}})
    outside = run.folder / "written-by-a-client"
    before = sorted(str(path) for path in folder.rglob("*"))
    with run.start("--models", folder) as server, client_of(server) as client:
        whole = run.bundles.path("several").read_bytes()
        for name in ("file:1/model.safetensors", "file:2/model.safetensors",
                     f"file:{outside}", "file:../../written-by-a-client"):
            try:
                client.load_model("digits", config="{}", files={name: whole})
            except InferenceServerException as error:
                holds(error.status() in ("400", "403", "501"), "status 400, 403 or 501",
                      error.status())
        agrees(client.infer("digits", ports(run.bundles.reference("mlp"))),
               run.bundles.reference("mlp"))
    equal(sorted(str(path) for path in folder.rglob("*")), before, "files:")
    equal(outside.exists(), False, "a file outside:")


@check("unloading what is not there is an error")
def failed_unload(run):
    folder = repository(run, "failed-unload", {"digits": {1: "mlp"}})
    with run.start("--models", folder) as server:
        answer = server.post("/v2/repository/models/half/unload", b"")
        answers(answer, 400, "failed to unload 'half'")


@check("statistics count inferences, executions and failures")
def statistics(run):
    folder = repository(run, "statistics", {"digits": {1: "mlp"}, "other": {1: "several"}})
    reference = run.bundles.reference("mlp")
    with run.start("--models", folder) as server, client_of(server) as client:
        def stats():
            (item,) = client.get_inference_statistics("digits")["model_stats"]
            return item
        before = stats()
        equal((before["name"], before["version"]), ("digits", "1"))
        for _ in range(5):
            client.infer("digits", ports(reference))
        raises(InferenceServerException, lambda: client.infer(
            "digits", ports(run.bundles.reference("several"))))
        after = stats()
        count = len(reference.input) * 5
        equal(int(after["inference_count"]) - int(before["inference_count"]), count,
              "inference_count")
        executions = int(after["execution_count"]) - int(before["execution_count"])
        holds(1 <= executions <= 5, "from 1 to 5 executions", executions)
        inference = after["inference_stats"]
        equal(int(inference["success"]["count"])
              - int(before["inference_stats"]["success"]["count"]), 5, "success count")
        for part in ("queue", "compute_infer", "success"):
            holds(int(inference[part]["ns"]) > 0, f"time in {part!r}", inference)
        names = {item["name"] for item in client.get_inference_statistics()["model_stats"]}
        equal(names, {"digits", "other"})
        raises(InferenceServerException, lambda: client.get_inference_statistics("half"), "half")


@check("what needs shared memory says that there is none")
def shared_memory(run):
    with run.start(f"{run.bundles.path('mlp')}=mlp") as server:
        answer = server.get("/v2/systemsharedmemory/status")
        holds(400 <= answer.status < 500 or answer.status == 501, "status 4xx or 501", answer)
