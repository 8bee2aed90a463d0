"""/metrics, read by Prometheus's own parser."""
import re

from harness.checks import answers, check, equal, holds
from prometheus_client.parser import text_string_to_metric_families

MODELS = ["mlp", "several"]
ARGUMENTS = []
ZEROS = {"instances": [[0.0] * 784]}
REQUESTS, DURATION = "keraskit_http_requests", "keraskit_http_request_duration_seconds"
FAMILIES = {
    REQUESTS: "counter", DURATION: "histogram",
    "keraskit_inferences": "counter", "keraskit_batch_size": "histogram",
    "keraskit_queue_seconds": "histogram", "keraskit_compute_seconds": "histogram",
    "keraskit_queue_depth": "gauge", "keraskit_inflight_requests": "gauge",
    "keraskit_connections": "gauge", "keraskit_rejected": "counter",
    "keraskit_model_info": "gauge",
    "process_resident_memory_bytes": "gauge", "process_cpu_seconds": "counter",
    "process_open_fds": "gauge", "process_start_time_seconds": "gauge",
}


def families(server):
    answer = server.get("/metrics")
    equal(answer.status, 200)
    found = {family.name: family for family in text_string_to_metric_families(
        answer.body.decode())}
    return found


def total(found, name, sample=None, **labels):
    """The sum of a family's samples that have all labels."""
    return sum(item.value for item in found[name].samples
               if item.name == (sample or name) and labels.items() <= item.labels.items())


@check("the form: content type, last line, help and type of each family")
def form(server):
    answer = server.get("/metrics")
    equal(answer.status, 200)
    equal(answer.headers["Content-Type"].replace(" ", "").lower(),
          "text/plain;version=0.0.4;charset=utf-8", "content type")
    holds(answer.body.endswith(b"\n"), "a last line with an end", answer.body[-80:])
    for name, family in families(server).items():
        holds(family.documentation, f"help for {name}", "none")
        holds(family.type != "unknown", f"a type of {name}", "none")
    lines = answer.body.decode().splitlines()
    names = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    equal(len(names), len(set(names)), "families, each once:")


@check("the families and their types")
def names(server):
    server.post("/v1/models/mlp:predict", ZEROS)
    found = families(server)
    for name, kind in FAMILIES.items():
        holds(name in found, f"a family {name}", ", ".join(sorted(found)))
        equal(found[name].type, kind, f"type of {name}")


@check("counters end in _total, and units are base units")
def units(server):
    for name, family in families(server).items():
        for item in family.samples:
            if family.type == "counter":
                holds(item.name.endswith("_total"), "a name that ends in _total", item.name)
        holds(not re.search(r"_(ms|millis|micro\w*|us|ns|kb|mb|percent)$", name)
              or name.startswith("nv_"), "base units", name)


@check("histograms: buckets rise, the last is the count")
def histograms(server):
    server.post("/v1/models/mlp:predict", ZEROS)
    for name, family in families(server).items():
        if family.type != "histogram":
            continue
        series = {}
        for item in family.samples:
            labels = tuple(sorted((k, v) for k, v in item.labels.items() if k != "le"))
            series.setdefault(labels, {}).setdefault(item.name[len(name):], []).append(item)
        for parts in series.values():
            equal(set(parts), {"_bucket", "_sum", "_count"}, f"parts of {name}")
            edges = [float(item.labels["le"]) for item in parts["_bucket"]]
            values = [item.value for item in parts["_bucket"]]
            equal((edges, values), (sorted(edges), sorted(values)), f"order of {name}")
            equal(edges[-1], float("inf"), f"last bucket of {name}")
            equal(values[-1], parts["_count"][0].value, f"count of {name}")


@check("requests and inferences are counted")
def counting(server):
    before = families(server)
    for _ in range(7):
        answers(server.post("/v1/models/mlp:predict", {"instances": [[0.0] * 784] * 3}), 200)
    for _ in range(4):
        answers(server.post("/v1/models/mlp:predict", b"x"), 400)
    after = families(server)

    def grown(name, sample=None, **labels):
        return total(after, name, sample, **labels) - total(before, name, sample, **labels)
    equal(grown(REQUESTS, REQUESTS + "_total", method="POST", code="200"), 7, "answers of 200")
    equal(grown(REQUESTS, REQUESTS + "_total", method="POST", code="400"), 4, "answers of 400")
    equal(grown("keraskit_inferences", "keraskit_inferences_total", model="mlp"), 21, "inferences")
    equal(grown("keraskit_inferences", "keraskit_inferences_total", model="several"), 0,
          "inferences of another model")
    holds(grown(DURATION, DURATION + "_count") >= 11, "at least 11 durations",
          grown(DURATION, DURATION + "_count"))
    holds(grown("keraskit_batch_size", "keraskit_batch_size_sum") == 21, "21 items in batches",
          grown("keraskit_batch_size", "keraskit_batch_size_sum"))


@check("requests that cannot be read are counted by their statuses")
def unread(server):
    requests = {b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"a" * 60_000 + b"\r\n\r\n": "431",
                b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n": "414",
                b"GET / HTTP/2.0\r\nHost: a\r\n\r\n": "505",
                b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n": "400"}

    def counts():
        found = families(server)
        return {code: total(found, REQUESTS, REQUESTS + "_total", route="none", method="other",
                            code=code) for code in requests.values()}
    before = counts()
    for request in requests:
        server.send(request)
    after = counts()
    equal({code: after[code] - before[code] for code in after}, dict.fromkeys(after, 1),
          "refusals by status")


@check("what a client makes up becomes no label")
def cardinality(server):
    count = sum(len(family.samples) for family in families(server).values())
    for index in range(100):
        server.get(f"/made-up-{index}")
        server.get(f"/v1/models/made-up-{index}")
        server.post(f"/v2/models/made-up-{index}/infer", b"{}")
        server.request(f"MADEUP{index}", "/")
    found = families(server)
    for family in found.values():
        for item in family.samples:
            holds("made" not in str(item.labels).lower(), "no label that a client made up",
                  item.labels)
    after = sum(len(family.samples) for family in found.values())
    holds(after < count + 150, "few new samples", f"{after - count} new")


@check("figures of the process are those of the system")
def process(server):
    found = families(server)
    resident = total(found, "process_resident_memory_bytes")
    holds(abs(resident - server.resident_bytes()) < 32 << 20, server.resident_bytes(), resident)
    descriptors = total(found, "process_open_fds")
    holds(abs(descriptors - server.descriptor_count()) <= 5, server.descriptor_count(), descriptors)
    seconds = total(found, "process_cpu_seconds", "process_cpu_seconds_total")
    holds(abs(seconds - server.processor_seconds()) < 1, server.processor_seconds(), seconds)


@check("each model's version and checksum are told")
def models(server):
    found = families(server)
    models = {item.labels["model"]: item for item in found["keraskit_model_info"].samples}
    equal(set(models), set(MODELS), "models")
    for item in models.values():
        equal(item.value, 1)
        equal(item.labels["version"], "1")
        holds(re.fullmatch(r"[0-9a-f]{64}", item.labels.get("sha256", "")), "a checksum",
              item.labels)


@check("Triton's names and TensorFlow Serving's path, for those who come from there")
def others(server):
    found = families(server)
    for name in ("nv_inference_request_success", "nv_inference_request_failure",
                 "nv_inference_count", "nv_inference_exec_count",
                 *(f"nv_inference_{part}_duration_us" for part in (
                     "request", "queue", "compute_input", "compute_infer", "compute_output"))):
        holds(name in found, f"a family {name}", ", ".join(sorted(found)))
    equal(server.get("/monitoring/prometheus/metrics").status, 200)


@check("connections and requests under way are zero again at the end")
def gauges(server):
    found = families(server)
    holds(total(found, "keraskit_connections") <= 2, "at most 2 connections",
          total(found, "keraskit_connections"))
    holds(total(found, "keraskit_inflight_requests") <= 1, "at most 1 request under way",
          total(found, "keraskit_inflight_requests"))
    equal(total(found, "keraskit_queue_depth"), 0, "requests in the queue")
