"""The Open Inference Protocol through Triton's client: metadata and inference."""
import json
from contextlib import contextmanager

import numpy as np
import tritonclient.http as triton
from harness.bundles import LABELS
from harness.checks import check, close, equal, holds, raises
from tritonclient.utils import InferenceServerException, np_to_triton_dtype

MODELS = ["mlp", "cnn", "several", "words", "names", "bytes", "open"]
ARGUMENTS = []


@contextmanager
def client_of(server, **others):
    client = triton.InferenceServerClient(server.address, **others)
    try:
        yield client
    finally:
        client.close()


def port(name, array, binary=True):
    """An array as an input of a request."""
    if array.dtype.kind in "US":
        array = array.astype(object)
    item = triton.InferInput(name, list(array.shape), np_to_triton_dtype(array.dtype))
    item.set_data_from_numpy(array, binary_data=binary)
    return item


def ports(reference, binary=True):
    return [port(name, array, binary) for name, array in reference.inputs.items()]


def found(result, name):
    """An output, its strings decoded."""
    array = result.as_numpy(name)
    holds(array is not None, f"an output {name!r}", result.get_response())
    if array.dtype != object:
        return array
    decoded = [value.decode() if isinstance(value, bytes) else value for value in array.ravel()]
    return np.array(decoded).reshape(array.shape)


def agrees(result, reference, names=None):
    for name in names or reference.outputs:
        close(found(result, name), reference.outputs[name], name)


@check("live, ready, and which models are")
def health(server):
    with client_of(server) as client:
        equal((client.is_server_live(), client.is_server_ready()), (True, True))
        equal([client.is_model_ready(name) for name in ("mlp", "words", "half")],
              [True, True, False])
        equal([client.is_model_ready("mlp", version) for version in ("1", "99")], [True, False])


@check("the server's metadata")
def server_metadata(server):
    with client_of(server) as client:
        metadata = client.get_server_metadata()
    equal(set(metadata), {"name", "version", "extensions"})
    for extension in ("binary_tensor_data", "classification", "model_repository", "statistics",
                      "model_configuration"):
        holds(extension in metadata["extensions"], f"the extension {extension!r}", metadata)


@check("models' metadata: names, types, shapes")
def model_metadata(server):
    expected = {
        "mlp": ([("pixels", "FP32", [-1, 784])], [("digit", "FP32", [-1, 10])]),
        "words": ([("x", "BYTES", [-1, 3])],
                  [("reshaped", "BYTES", [-1, 3, 1]), ("places", "INT64", [-1, 3])]),
        "bytes": ([("x", "UINT8", [-1, 5])], None),
        "open": ([("x", "INT32", [-1, -1])], [("four", "FP32", [-1, -1, 4])]),
    }
    with client_of(server) as client:
        for name, (inputs, outputs) in expected.items():
            for version in ("", "1"):
                metadata = client.get_model_metadata(name, version)
                equal(metadata["name"], name)
                equal(metadata["versions"], ["1"])
                holds(metadata["platform"], "a platform", metadata)
                for key, wanted in (("inputs", inputs), ("outputs", outputs)):
                    if wanted:
                        equal([(item["name"], item["datatype"], item["shape"])
                               for item in metadata[key]], wanted)


@check("a model's configuration")
def configuration(server):
    with client_of(server) as client:
        found = client.get_model_config("mlp")
    equal(found["name"], "mlp")
    holds(isinstance(found["max_batch_size"], int), "max_batch_size", found)
    (port,) = found["input"]
    equal((port["name"], port["data_type"]), ("pixels", "TYPE_FP32"))
    equal([int(size) for size in port["dims"]][-1], 784)
    (port,) = found["output"]
    equal((port["name"], port["data_type"]), ("digit", "TYPE_FP32"))


@check("tensors in binary, in and out")
def binary(server):
    with client_of(server) as client:
        for name in MODELS:
            reference = server.bundles.reference(name)
            agrees(client.infer(name, ports(reference)), reference)


@check("tensors in JSON, in and out")
def as_json(server):
    with client_of(server) as client:
        for name in MODELS:
            reference = server.bundles.reference(name)
            outputs = [triton.InferRequestedOutput(output, binary_data=False)
                       for output in reference.outputs]
            result = client.infer(name, ports(reference, binary=False), outputs=outputs)
            agrees(result, reference)
            for output in result.get_response()["outputs"]:
                holds("data" in output, "data in JSON", output)


@check("one input in binary and one in JSON, one output each way")
def mixed(server):
    reference = server.bundles.reference("several")
    names = list(reference.inputs)
    inputs = [port(name, reference.inputs[name], binary=index == 0)
              for index, name in enumerate(names)]
    outputs = [triton.InferRequestedOutput(name, binary_data=index == 1)
               for index, name in enumerate(reference.outputs)]
    with client_of(server) as client:
        agrees(client.infer("several", inputs, outputs=outputs), reference)


@check("the outputs that are asked for, in that order, and no others")
def chosen(server):
    reference = server.bundles.reference("several")
    with client_of(server) as client:
        for names in (["hidden"], ["first", "second"], ["second", "hidden", "first"]):
            result = client.infer("several", ports(reference), outputs=[
                triton.InferRequestedOutput(name) for name in names])
            equal([item["name"] for item in result.get_response()["outputs"]], names)
            agrees(result, reference, names)


@check("all outputs where none is named, in the order of the metadata")
def all_outputs(server):
    reference = server.bundles.reference("several")
    with client_of(server) as client:
        metadata = client.get_model_metadata("several")
        response = client.infer("several", ports(reference)).get_response()
    equal([item["name"] for item in response["outputs"]],
          [item["name"] for item in metadata["outputs"]])


@check("inputs in any order")
def any_order(server):
    reference = server.bundles.reference("several")
    with client_of(server) as client:
        agrees(client.infer("several", ports(reference)[::-1]), reference)


@check("the model's name, version and the request's id come back")
def identity(server):
    reference = server.bundles.reference("mlp")
    with client_of(server) as client:
        response = client.infer("mlp", ports(reference), request_id="42-é").get_response()
        equal((response["model_name"], response["model_version"]), ("mlp", "1"))
        equal(response["id"], "42-é")
        response = client.infer("mlp", ports(reference), model_version="1").get_response()
        equal(response.get("id", ""), "")


@check("classes: the likeliest as value:index:label")
def classes(server):
    reference = server.bundles.reference("cnn")
    with client_of(server) as client:
        result = client.infer("cnn", ports(reference), outputs=[
            triton.InferRequestedOutput("digit", class_count=3)])
        rows = found(result, "digit")
        equal(rows.shape, (len(reference.output), 3))
        for row, scores in zip(rows, reference.output):
            order = (-scores).argsort(kind="stable")[:3]
            parts = [text.split(":") for text in row]
            equal([(int(place), label) for _, place, label in parts],
                  [(int(index), LABELS[index]) for index in order])
            close([float(value) for value, _, _ in parts], scores[order])


@check("more classes than there are, a model without labels, and classes in JSON")
def odd_classes(server):
    with client_of(server) as client:
        for name in ("cnn", "mlp"):
            reference = server.bundles.reference(name)
            for binary_data in (True, False):
                result = client.infer(name, ports(reference), outputs=[triton.InferRequestedOutput(
                    "digit", class_count=99, binary_data=binary_data)])
                rows = found(result, "digit")
                equal(rows.shape, reference.output.shape)
                equal(len(rows[0][0].split(":")), 3 if name == "cnn" else 2)


@check("compressed requests and responses: gzip and deflate")
def compressed(server):
    reference = server.bundles.reference("mlp")
    with client_of(server) as client:
        for request in ("gzip", "deflate", None):
            for response in ("gzip", "deflate", None):
                for is_binary in (True, False):
                    result = client.infer(
                        "mlp", ports(reference, is_binary), request_compression_algorithm=request,
                        response_compression_algorithm=response)
                    agrees(result, reference)


@check("many requests at a time, each with its own answer")
def at_once(server):
    reference = server.bundles.reference("mlp")
    with client_of(server, concurrency=16) as client:
        waiting = []
        for turn in range(200):
            index = turn % len(reference.input)
            waiting.append((index, client.async_infer("mlp", [
                port("pixels", reference.input[index:index + 1])], request_id=str(turn))))
        for turn, (index, request) in enumerate(waiting):
            result = request.get_result()
            equal(result.get_response()["id"], str(turn))
            close(found(result, "digit"), reference.output[index:index + 1])


@check("parameters that mean nothing here are passed over")
def parameters(server):
    reference = server.bundles.reference("mlp")
    with client_of(server) as client:
        agrees(client.infer("mlp", ports(reference), timeout=30_000_000, priority=1,
                            parameters={"mine": "text", "number": 3, "truth": True}), reference)


@check("errors: a model, a version, an input, an output that is not there")
def unknown(server):
    reference = server.bundles.reference("mlp")
    with client_of(server) as client:
        def infer(*others, **more):
            return lambda: client.infer(*others, **more)
        error = raises(InferenceServerException, infer("half", ports(reference)), "half")
        equal(error.status(), "404")
        error = raises(InferenceServerException,
                       infer("mlp", ports(reference), model_version="99"), "99")
        equal(error.status(), "404")
        raises(InferenceServerException, lambda: client.get_model_metadata("half"), "half")
        raises(InferenceServerException, lambda: client.get_model_config("half"), "half")
        error = raises(InferenceServerException,
                       infer("mlp", [port("dots", reference.input)]), "dots")
        equal(error.status(), "400")
        error = raises(InferenceServerException, infer("mlp", ports(reference), outputs=[
            triton.InferRequestedOutput("letter")]), "letter")
        equal(error.status(), "400")
        several = server.bundles.reference("several")
        error = raises(InferenceServerException, infer("several", ports(several)[:1]))
        equal(error.status(), "400")


@check("errors: a type and a shape that are not the model's")
def misfits(server):
    pixels = server.bundles.reference("mlp").input
    with client_of(server) as client:
        for array in (pixels.astype("float64"), pixels.astype("int32"), pixels.astype("float16")):
            error = raises(InferenceServerException,
                           lambda: client.infer("mlp", [port("pixels", array)]), "pixels", "FP32")
            equal(error.status(), "400")
        for array in (pixels[:, :783], pixels.reshape(-1, 28, 28), pixels.ravel()):
            error = raises(InferenceServerException,
                           lambda: client.infer("mlp", [port("pixels", array)]), "pixels", "784")
            equal(error.status(), "400")


@check("errors: inputs whose batches differ")
def batches(server):
    reference = server.bundles.reference("several")
    inputs = [port(name, array[:1 + index]) for index, (name, array) in
              enumerate(reference.inputs.items())]
    with client_of(server) as client:
        error = raises(InferenceServerException, lambda: client.infer("several", inputs))
        equal(error.status(), "400")


@check("an empty batch is answered or refused, with no error of the server's")
def empty_batch(server):
    pixels = server.bundles.reference("mlp").input[:0]
    with client_of(server) as client:
        try:
            equal(found(client.infer("mlp", [port("pixels", pixels)]), "digit").shape, (0, 10))
        except InferenceServerException as error:
            equal(error.status(), "400")


@check("numbers that are not finite: exact in binary, and strict JSON otherwise")
def not_finite(server):
    pixels = np.zeros((1, 784), np.float32)
    pixels[0, 0] = np.nan
    with client_of(server) as client:
        result = found(client.infer("mlp", [port("pixels", pixels)]), "digit")
        holds(np.isnan(result).all(), "values that are no numbers", result)
    request = {"inputs": [{"name": "pixels", "shape": [1, 784], "datatype": "FP32",
                           "parameters": {"binary_data_size": 3136}}]}
    head = json.dumps(request).encode()
    answer = server.post("/v2/models/mlp/infer", head + pixels.tobytes(), headers={
        "Inference-Header-Content-Length": str(len(head))})
    if answer.status == 200:
        def refuse(word):
            raise ValueError(f"the word {word}")
        json.loads(answer.body, parse_constant=refuse)
    else:
        equal(answer.status, 400)
