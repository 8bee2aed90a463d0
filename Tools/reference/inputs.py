"""Inputs that suit a model: valid ids for embeddings, zeros and large values among the floats."""
import numpy as np

from .recording import flatten, layer_of

TIME = 7
SIDE = 12
LARGEST_ID = 10


def sample_inputs(model, samples, seed, keras, given=()):
    """A dictionary from input name to an array whose first axis is the batch; strings, which
    cannot be made up, are those that are given."""
    random = np.random.default_rng(seed)
    inputs = {}
    for tensor in flatten(model.inputs):
        layer = layer_of(tensor)
        shape = (samples, *concrete(tuple(tensor.shape)[1:]))
        fixed = tensor.shape[0]
        if fixed is not None:
            shape = (fixed, *shape[1:])
        dtype = tensor.dtype if isinstance(tensor.dtype, str) else tensor.dtype.name
        if dtype == "string" and layer.name in given:
            inputs[layer.name] = given[layer.name]
            continue
        limit = id_limit(model, layer, keras)
        inputs[layer.name] = values(random, shape, dtype, limit, layer.name)
    return inputs


def concrete(shape):
    """The shape with a small number for every unknown: time, or height and width."""
    unknown = SIDE if len(shape) >= 3 else TIME
    return tuple(unknown if size is None else size for size in shape)


def values(random, shape, dtype, limit, name):
    if dtype == "bool":
        return random.random(shape) < 0.5
    if limit is not None or np.issubdtype(numpy_type(dtype), np.integer):
        return random.integers(0, limit or LARGEST_ID, shape).astype(numpy_type(dtype))
    if dtype == "string":
        raise SystemExit(f"input '{name}': strings cannot be made up, give --inputs")
    return floats(random, shape).astype(numpy_type(dtype))


def floats(random, shape):
    """Normal values; a tenth are zero and one in fifty is ten times as large."""
    normal = random.standard_normal(shape)
    kind = random.random(shape)
    return np.where(kind < 0.1, 0, np.where(kind > 0.98, 10 * normal, normal))


def numpy_type(dtype):
    """The type to store: NumPy has no bfloat16 of its own."""
    return np.dtype("float32") if dtype in ("bfloat16", "string") else np.dtype(dtype)


def id_limit(model, layer, keras):
    """How many ids the embeddings that read an input know, None where no embedding reads it."""
    limits = [
        reader.input_dim
        for reader in readers(model, layer)
        if isinstance(reader, keras.layers.Embedding)
    ]
    return min(limits, default=None)


def readers(model, layer):
    """The layers that take a layer's output, followed into nested models and wrappers."""
    found = []
    for node in getattr(layer, "_outbound_nodes", []):
        reader = node.operation if hasattr(node, "operation") else node.layer
        if hasattr(reader, "inputs") and hasattr(reader, "layers") and reader is not model:
            for inner in flatten(reader.inputs):
                found += readers(reader, layer_of(inner))
        else:
            found.append(reader)
    return found
