"""More work than there is time for, batches, and limits of time."""
import json
import time

from harness.checks import answers, check, close, equal, holds
from harness.load import Crowd, all_at_once

ZEROS = json.dumps({"instances": [[0.0] * 784]}).encode()


def heavy(run, count=200):
    picture = run.bundles.reference("cnn").input[0].round(3).tolist()
    return json.dumps({"instances": [picture] * count}).encode()


def cnn(run):
    return f"{run.bundles.path('cnn')}=cnn"


@check("a full queue: the rest is refused at once with 503 and Retry-After, the taken are answered")
def full_queue(run):
    body = heavy(run)
    with run.start("--workers", 1, "--max-queue", 2, cnn(run)) as server:
        start = time.monotonic()
        answers(server.post("/v1/models/cnn:predict", body), 200)
        one = time.monotonic() - start
        found = []

        def ask():
            answer = server.post("/v1/models/cnn:predict", body)
            found.append(answer)
            return answer.status
        results = all_at_once([ask] * 24)
        taken = [seconds for status, seconds in results if status == 200]
        refused = [seconds for status, seconds in results if status == 503]
        equal(len(taken) + len(refused), 24, "answers of 200 or 503:")
        holds(1 <= len(taken) <= 12 and refused, "some taken and some refused",
              f"{len(taken)} taken, {len(refused)} refused")
        for answer in found:
            if answer.status == 503:
                answers(answer, 503)
                holds(answer.headers["Retry-After"], "a field Retry-After", dict(answer.headers))
        holds(max(taken) < one * 8 + 5, "answers in good time", f"{max(taken):.1f} s")
        answers(server.post("/v1/models/cnn:predict", body), 200)


@check("health and metadata do not wait behind predictions")
def health(run):
    body = heavy(run)
    with run.start("--workers", 1, cnn(run)) as server:
        def ask():
            return server.post("/v1/models/cnn:predict", body).status
        with Crowd(6, ask):
            time.sleep(0.5)
            for path in ("/v2/health/live", "/v2/health/ready", "/v1/models/cnn"):
                for _ in range(10):
                    start = time.monotonic()
                    equal(server.get(path).status, 200)
                    taken = time.monotonic() - start
                    holds(taken < 0.5, "an answer within 0.5 s", f"{taken:.2f} s")


@check("--timeout-ms: who waits longer is refused, and the server goes on")
def timeout(run):
    body = heavy(run, 400)
    with run.start("--workers", 1, "--timeout-ms", 100, cnn(run)) as server:
        def ask():
            return server.post("/v1/models/cnn:predict", body).status
        results = all_at_once([ask] * 12)
        statuses = [status for status, _ in results]
        holds(set(statuses) <= {200, 503, 504}, "200, 503 or 504", statuses)
        holds(set(statuses) & {503, 504}, "some refusals", statuses)
        time.sleep(1)
        picture = run.bundles.reference("cnn").input[:1].tolist()
        answers(server.post("/v1/models/cnn:predict", {"instances": picture}), 200)


@check("requests at the same moment are computed in batches, each with its own answer")
def batches(run):
    reference = run.bundles.reference("mlp")
    with run.start("--max-batch", 16, "--max-delay-us", 20_000,
                   f"{run.bundles.path('mlp')}=mlp") as server:
        def counts():
            (item,) = server.get("/v2/models/mlp/stats").json()["model_stats"]
            return int(item["inference_count"]), int(item["execution_count"])
        before = counts()
        found = {}

        def ask(index):
            answer = server.post("/v1/models/mlp:predict", {
                "instances": reference.input[index:index + 1].tolist()})
            found[index] = answer.json()["predictions"][0]
            return answer.status
        results = all_at_once([lambda index=index: ask(index) for index in range(32)])
        equal([status for status, _ in results], [200] * 32, "statuses")
        for index, row in found.items():
            close(row, reference.output[index], f"answer {index}")
        after = counts()
        equal(after[0] - before[0], 32, "inference count")
        executions = after[1] - before[1]
        holds(executions < 32, "less executions than inferences", executions)


@check("one bad request among those of a batch fails alone")
def bad_in_batch(run):
    reference = run.bundles.reference("mlp")
    with run.start("--max-batch", 16, "--max-delay-us", 20_000,
                   f"{run.bundles.path('mlp')}=mlp") as server:
        good = {"instances": reference.input[:1].tolist()}
        bad = {"instances": [[0.0] * 783]}
        results = all_at_once([
            lambda body=(bad if index % 4 == 0 else good):
                server.post("/v1/models/mlp:predict", body).status for index in range(16)])
        equal([status for status, _ in results],
              [400 if index % 4 == 0 else 200 for index in range(16)], "statuses")


@check("a lone request does not wait for a batch longer than it must")
def alone(run):
    with run.start("--max-batch", 64, "--max-delay-us", 50_000,
                   f"{run.bundles.path('mlp')}=mlp") as server:
        answers(server.post("/v1/models/mlp:predict", ZEROS), 200)
        start = time.monotonic()
        for _ in range(5):
            answers(server.post("/v1/models/mlp:predict", ZEROS), 200)
        taken = (time.monotonic() - start) / 5
        holds(taken < 0.5, "less than 0.5 s", f"{taken:.2f} s")


@check("requests of more items than a batch may have")
def beyond_batch(run):
    reference = run.bundles.reference("mlp")
    with run.start("--max-batch", 4, f"{run.bundles.path('mlp')}=mlp") as server:
        answer = server.post("/v1/models/mlp:predict", {"instances": reference.input.tolist()})
        if answer.status == 200:
            close(answer.json()["predictions"], reference.output)
        else:
            answers(answer, 400, "4")


@check("models with a batch of different lengths do not mix them up")
def lengths(run):
    reference = run.bundles.reference("open")
    with run.start("--max-batch", 16, "--max-delay-us", 20_000,
                   f"{run.bundles.path('open')}=open") as server:
        found = {}

        def ask(index):
            length = index % 7 + 1
            answer = server.post("/v1/models/open:predict", {
                "instances": reference.input[:1, :length].tolist()})
            found[index] = answer.json().get("predictions")
            return answer.status
        results = all_at_once([lambda index=index: ask(index) for index in range(28)])
        equal([status for status, _ in results], [200] * 28, "statuses")
        for index, rows in found.items():
            close(rows, reference.output[:1, :index % 7 + 1], f"answer {index}")
