"""Element types of a model's inputs, where a sweep draws them."""
import contextlib
import random

import numpy as np

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


def balanced(inputs):
    """The values, half of those of signed types turned below zero."""
    signs = np.random.default_rng(len(inputs))
    return {name: np.where(signs.random(value.shape) < 0.5, -value, value).astype(value.dtype)
            if value.dtype.kind == "i" else value for name, value in inputs.items()}
