"""Element types of a model's inputs, where a sweep draws them."""
import contextlib
import random

import numpy as np

from reference.recording import flatten, layer_of

TYPES = ["float32", "int8", "int16", "int32", "int64", "uint8", "uint16", "bool", "float64",
         "float16"]


@contextlib.contextmanager
def typed_inputs(kit, kind, seed):
    """Inputs that are made inside and name no type have one that the seed draws for `drawn`."""
    if kind != "drawn":
        yield
        return
    original, r = kit.input, random.Random(f"inputs {seed}")

    def typed(*shape, **options):
        return original(*shape, **{"dtype": r.choice(TYPES), **options})

    kit.input = typed
    try:
        yield
    finally:
        kit.input = original


def typed_values(model, inputs):
    """The values as the types of the model's inputs have them, half of the signed whole numbers
    turned below zero."""
    signs = np.random.default_rng(len(inputs))
    types = {layer_of(tensor).name: tensor.dtype for tensor in flatten(model.inputs)}
    typed = {}
    for name, value in inputs.items():
        kind = types[name] if isinstance(types[name], str) else types[name].name
        if value.dtype.kind == "f" and kind.startswith(("int", "uint", "bool")):
            value = value.astype("int64").astype(kind)
        elif value.dtype.kind == "i":
            value = np.where(signs.random(value.shape) < 0.5, -value, value).astype(value.dtype)
        typed[name] = value
    return typed
