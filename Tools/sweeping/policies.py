"""Precision policies: what a model's layers compute in, and how far an answer may be off."""
import contextlib
import random

FLOAT16 = ["mixed_float16", "float16"]
BFLOAT16 = ["mixed_bfloat16", "bfloat16"]
POLICIES = ["float32", "float64", *FLOAT16, *BFLOAT16]
# One unit in the last place of a number just above a power of two is 2^-10 or 2^-7 of it.
TOLERANCES = {**{name: 1e-3 for name in FLOAT16}, **{name: 1e-2 for name in BFLOAT16}}


@contextlib.contextmanager
def policy(kit, name):
    """Layers that are made inside have the policy of that name."""
    kit.keras.mixed_precision.set_global_policy(name)
    try:
        yield
    finally:
        kit.keras.mixed_precision.set_global_policy("float32")


def drawn(name, seed, kit):
    """The policy of that name, or one that the seed draws."""
    if name != "drawn":
        return name
    known = [policy for policy in POLICIES if policy != "bfloat16" or kit.is_keras3]
    return random.Random(seed).choice(known[1:])


def tolerance(name, single):
    return TOLERANCES.get(name, single)
