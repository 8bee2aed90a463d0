"""The float32 twin of a model with a 16-bit policy: the same layers and stored weights.

What Keras computes in 16 bits depends on the order in which a machine adds; in float32 the twin
shows what the stored weights mean.
"""
import numpy as np

HALF = {"float16", "half", "bfloat16", "mixed_float16", "mixed_bfloat16"}


def half_policies(model):
    """The 16-bit policies of the model's layers, sorted."""
    return sorted(policies(model.get_config()) & HALF)


def float32_twin(model):
    """The same model in float32, with the model's weights."""
    twin = type(model).from_config(in_float32(model.get_config()))
    if not twin.built:
        twin.build(model.input_shape)
    twin.set_weights([np.asarray(weight, "float32") for weight in model.get_weights()])
    return twin


def policies(config):
    """The names of all policies in a configuration."""
    if isinstance(config, dict):
        found = {policy_name(config["dtype"])} if "dtype" in config else set()
        return found.union(*(policies(value) for value in config.values()))
    if isinstance(config, (list, tuple)):
        return set().union(*(policies(value) for value in config))
    return set()


def in_float32(config):
    """The configuration with float32 in the place of every 16-bit policy."""
    if isinstance(config, dict):
        return {
            key: "float32" if key == "dtype" and policy_name(value) in HALF else in_float32(value)
            for key, value in config.items()}
    if isinstance(config, (list, tuple)):
        return type(config)(in_float32(value) for value in config)
    return config


def policy_name(value):
    """The name of a policy, from a bare name or a policy object."""
    if isinstance(value, dict):
        return value.get("config", {}).get("name")
    return value if isinstance(value, str) else None
