"""Random layers: for each class, the ranks it takes (without the batch) and random options."""

KERAS2_ACTIVATIONS = ["elu", "gelu", "hard_sigmoid", "linear", "mish", "relu", "selu", "sigmoid",
                      "silu", "softmax", "softplus", "softsign", "swish", "tanh"]
KERAS3_ACTIVATIONS = KERAS2_ACTIVATIONS + [
    "celu", "hard_silu", "hard_swish", "hard_tanh", "leaky_relu", "log_sigmoid", "log_softmax",
    "relu6", "soft_shrink", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus",
    "tanh_shrink"]

LAYERS = {}


def layer(name, *ranks):
    """Registers a function (k, r, shape) that returns a layer for inputs of that shape."""

    def register(function):
        LAYERS[name] = (ranks, function)
        return function

    return register


def activations(k):
    return KERAS2_ACTIVATIONS if k.is_keras2 else KERAS3_ACTIVATIONS


def activation(k, r):
    """None half the time."""
    return r.choice([None] * 2 + ["relu", r.choice(activations(k))])


def sizes(r, count, low, high):
    """One number for all axes, or one for each."""
    return r.randint(low, high) if r.random() < 0.5 else tuple(
        r.randint(low, high) for _ in range(count))


def units(r):
    return r.choice([1, 2, 3, 4, 5, 8, 11, 16, 17, 33])


def some(r, **options):
    """A random part of the options."""
    return {key: value for key, value in options.items() if r.random() < 0.5}


def data_format(r, likely=0.15):
    return {"data_format": "channels_first"} if r.random() < likely else {}


def channels(shape, options):
    return shape[0] if options.get("data_format") == "channels_first" else shape[-1]


def groups_and_filters(r, options, shape):
    """Groups that divide the channels, and filters that the groups divide."""
    count = channels(shape, options)
    divisors = [d for d in range(1, count + 1) if count % d == 0]
    groups = r.choice(divisors) if r.random() < 0.3 else 1
    filters = groups * r.randint(1, 4) if groups > 1 else units(r)
    return filters, {"groups": groups} if groups > 1 else {}


def strides_or_dilation(r, axes):
    kind = r.random()
    if kind < 0.35:
        return {"strides": sizes(r, axes, 1, r.choice([3, 3, 6]))}
    if kind < 0.6:
        return {"dilation_rate": sizes(r, axes, 1, 3)}
    return {}


def convolution(k, r):
    return some(r, padding="same", use_bias=False, activation=activation(k, r))
