"""Precision policies: what a model's layers compute in, and how far an answer may be off."""
import contextlib
import random

FLOAT16 = ["mixed_float16", "float16"]
BFLOAT16 = ["mixed_bfloat16", "bfloat16"]
POLICIES = ["float32", "float64", *FLOAT16, *BFLOAT16]
# One unit in the last place of a number just above a power of two is 2^-10 or 2^-7 of it.
TOLERANCES = {**{name: 1e-3 for name in FLOAT16}, **{name: 1e-2 for name in BFLOAT16},
              "each": 1e-2}


def drawn(name, seed, kit):
    """The policy of that name; one that the seed draws for `drawn`; seldom one where none is named.

    `each` stands for a policy of its own for every layer.
    """
    r = random.Random(f"policy {seed}")
    known = [policy for policy in POLICIES[1:] if policy != "bfloat16" or kit.is_keras3]
    if name == "drawn" or name is None and r.random() < 0.06:
        return r.choice([*known, "each"])
    return name or "float32"


def tolerance(name, single):
    return TOLERANCES.get(name, single)


@contextlib.contextmanager
def policy(kit, name, seed):
    """Layers that are made inside have the policy of that name."""
    if name == "each":
        with policy_of_each(kit, random.Random(f"each {seed}")):
            yield
        return
    kit.keras.mixed_precision.set_global_policy(name)
    try:
        yield
    finally:
        kit.keras.mixed_precision.set_global_policy("float32")


@contextlib.contextmanager
def policy_of_each(kit, r):
    """Every layer that is made inside draws a policy; what it makes for itself has the same."""
    original, depth = kit.keras.layers.Layer.__init__, [0]
    known = ["float32", *FLOAT16, "mixed_bfloat16"]

    def init(layer, *args, **kwargs):
        if depth[0] == 0:
            kit.keras.mixed_precision.set_global_policy(r.choice(known))
        depth[0] += 1
        try:
            original(layer, *args, **kwargs)
        finally:
            depth[0] -= 1

    kit.keras.layers.Layer.__init__ = init
    try:
        yield
    finally:
        kit.keras.layers.Layer.__init__ = original
        kit.keras.mixed_precision.set_global_policy("float32")
