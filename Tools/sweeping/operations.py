"""Random chains of operations, as `keras.ops` put them into a functional model."""
import numpy as np


def operation_model(k, r):
    """Operations of Keras 3 on one or two inputs, one after another."""
    ops = k.keras.ops
    shape = tuple(r.randint(2, 5) for _ in range(r.randint(1, 3)))
    a, b = k.keras.Input(shape, name="a"), k.keras.Input(shape, name="b")
    x, words = a, []
    for _ in range(r.randint(2, 6)):
        name = r.choice(list(OPERATIONS))
        made = OPERATIONS[name](ops, r, x, b)
        if made is None or None in made.shape[1:]:
            continue
        x = made
        words.append(name)
    y = ops.cast(x, "float32")
    outputs = [y] if r.random() < 0.5 else [y, k.keras.layers.Dense(3)(
        k.keras.layers.Flatten()(y + ops.mean(b)))]
    return k.keras.Model([a, b], outputs), ", ".join(words)


def register(function):
    OPERATIONS[function.__name__] = function
    return function


OPERATIONS = {}
POSITIVE = ["sqrt", "log", "log1p", "rsqrt", "log2", "log10", "reciprocal"]
UNARY = ["abs", "negative", "square", "exp", "expm1", "sin", "cos", "tanh", "sigmoid", "relu",
         "relu6", "silu", "softplus", "softsign", "erf", "floor", "ceil", "sign", "round", "selu",
         "hard_sigmoid", "log_sigmoid", "arctan", "sinh", "cosh", "arcsinh"]
BINARY = ["add", "subtract", "multiply", "maximum", "minimum"]
COMPARISONS = ["equal", "not_equal", "greater", "greater_equal", "less", "less_equal"]


def numbers(ops, x):
    return ops.cast(x, "float32")


@register
def unary(ops, r, x, b):
    return getattr(ops, r.choice(UNARY))(ops.clip(numbers(ops, x), -5, 5))


@register
def more_functions(ops, r, x, b):
    x, y = numbers(ops, x), b
    return r.choice([
        lambda: ops.fmod(x, ops.abs(x) * 0.7 + 1), lambda: ops.fmin(x, x * 0.5),
        lambda: ops.signbit(x), lambda: ops.erfc(ops.clip(x, -3, 3)), lambda: ops.fabs(x),
        lambda: ops.isposinf(x), lambda: ops.fmax(y, y * 0.5)])()


@register
def shapes(ops, r, x, b):
    x = numbers(ops, x)
    axis = r.randint(1, len(x.shape) - 1)
    choices = [lambda: ops.diff(x, axis=axis) if x.shape[axis] > 1 else None,
               lambda: ops.ptp(x, axis=axis, keepdims=True),
               lambda: ops.median(x, axis=axis, keepdims=True),
               lambda: ops.count_nonzero(ops.floor(x), axis=axis),
               lambda: ops.take_along_axis(x, ops.argsort(x, axis=axis), axis=axis),
               lambda: ops.flipud(x), lambda: ops.fliplr(x)]
    if len(x.shape) > 2:
        choices += [lambda: ops.tril(x, k=r.randint(-1, 2)), lambda: ops.triu(x, k=r.randint(-1, 2))]
    return r.choice(choices)()


@register
def positive(ops, r, x, b):
    return getattr(ops, r.choice(POSITIVE))(ops.abs(numbers(ops, x)) + 0.5)


@register
def constant(ops, r, x, b):
    number = r.choice([2, 0.5, -1, 3.0])
    x = numbers(ops, x)
    return r.choice([lambda: x * number, lambda: number - x, lambda: x + number, lambda: x / number,
                     lambda: ops.maximum(x, number), lambda: ops.power(x, 2),
                     lambda: ops.mod(x, 1.5), lambda: x // 0.7])()


@register
def two_tensors(ops, r, x, b):
    try:
        return getattr(ops, r.choice(BINARY))(x, b)
    except ValueError:
        return None


@register
def compared(ops, r, x, b):
    return getattr(ops, r.choice(COMPARISONS))(numbers(ops, x), r.choice([0, 0.25, 1]))


@register
def chosen(ops, r, x, b):
    x = numbers(ops, x)
    return ops.where(x > 0.1, x, r.choice([0.0, -1.0]))


@register
def whole(ops, r, x, b):
    x = ops.cast(numbers(ops, x) * 10, "int32")
    return r.choice([lambda: x + 1, lambda: x // 3, lambda: x % 4, lambda: -x, lambda: x * x])()


@register
def sliced(ops, r, x, b):
    keys = [slice(None)]
    for size in x.shape[1:]:
        keys.append(r.choice([
            slice(None), slice(1, None), slice(None, None, 2), slice(None, None, -1), size - 1,
            slice(0, -1) if size > 1 else slice(None)]))
    if r.random() < 0.3:
        keys.insert(r.randint(1, len(keys)), None)
    made = x[tuple(keys)]
    return made if len(made.shape) > 1 and 0 not in made.shape else None


@register
def reduced(ops, r, x, b):
    if len(x.shape) < 3:
        return None
    name = r.choice(["sum", "mean", "max", "min", "prod", "var", "std", "logsumexp", "any", "all",
                     "argmax", "argmin"])
    axis = r.randint(1, len(x.shape) - 1)
    axis = axis if r.random() < 0.5 else axis - len(x.shape)
    if name in ("any", "all"):
        return getattr(ops, name)(x > 0.2 if x.dtype != "bool" else x, axis=axis)
    return getattr(ops, name)(numbers(ops, x), axis=axis, keepdims=r.random() < 0.5)


@register
def moved(ops, r, x, b):
    axes = list(range(1, len(x.shape)))
    r.shuffle(axes)
    return ops.transpose(x, [0] + axes)


@register
def reshaped(ops, r, x, b):
    return r.choice([lambda: ops.reshape(x, (-1, *reversed(x.shape[1:]))),
                     lambda: ops.expand_dims(x, r.randint(1, len(x.shape))),
                     lambda: ops.squeeze(ops.expand_dims(x, 1), 1)])()


@register
def joined(ops, r, x, b):
    axis = r.randint(1, len(x.shape) - 1)
    return r.choice([lambda: ops.concatenate([x, x], axis=axis),
                     lambda: ops.stack([x, x], axis=axis)])()


@register
def split(ops, r, x, b):
    axis = r.randint(1, len(x.shape) - 1)
    if x.shape[axis] < 2:
        return None
    parts = ops.split(x, [1], axis=axis)
    return parts[1] if r.random() < 0.5 else ops.concatenate(parts[::-1], axis=axis)


@register
def rearranged(ops, r, x, b):
    axis = r.randint(1, len(x.shape) - 1)
    rank = len(x.shape)
    pads = [(0, 0)] + [(r.randint(0, 1), r.randint(0, 1)) for _ in range(rank - 1)]
    return r.choice([lambda: ops.flip(x, axis=axis), lambda: ops.roll(x, 1, axis=axis),
                     lambda: ops.repeat(x, 2, axis=axis),
                     lambda: ops.tile(x, [1] + [r.randint(1, 2) for _ in range(rank - 1)]),
                     lambda: ops.pad(numbers(ops, x), pads),
                     lambda: ops.pad(numbers(ops, x), pads, mode="symmetric"),
                     lambda: ops.take(x, [0, x.shape[axis] - 1], axis=axis)])()


@register
def product(ops, r, x, b):
    x = ops.clip(numbers(ops, x), -3, 3)
    if len(x.shape) < 3:
        return None
    turned = ops.transpose(x, [*range(len(x.shape) - 2), len(x.shape) - 1, len(x.shape) - 2])
    if len(x.shape) == 3 and r.random() < 0.5:
        return ops.einsum(r.choice(["abc,abd->acd", "abc,adc->abd", "abc,abc->ab"]),
                          x, x) if r.random() < 0.5 else ops.einsum("...bc->...cb", x)
    return ops.matmul(x, turned)


@register
def softmaxed(ops, r, x, b):
    return ops.softmax(ops.clip(numbers(ops, x), -5, 5), axis=r.randint(1, len(x.shape) - 1))


@register
def rarer(ops, r, x, b):
    x = numbers(ops, x)
    axis, rank = r.randint(1, len(x.shape) - 1), len(x.shape)
    size = x.shape[axis]
    q = r.choice([0.0, 0.25, 0.6, 1.0])
    choices = [
        lambda: ops.take(x, np.random.default_rng(size).integers(0, size, 3), axis=axis),
        lambda: ops.quantile(x, q, axis=axis, keepdims=True),
        lambda: ops.norm(x, ord=r.choice([1, 2, 3, np.inf]), axis=axis, keepdims=True),
        lambda: ops.nanmean(x, axis=axis, keepdims=True),
        lambda: ops.cumsum(x, axis=axis), lambda: ops.cumsum(ops.cast(x * 3, "int32"), axis=axis),
        lambda: ops.glu(x, axis=axis) if size % 2 == 0 else None,
        lambda: ops.sparsemax(x, axis=axis), lambda: ops.dot(x, np.ones((x.shape[-1], 3), "float32")),
        lambda: ops.linspace(x, x * 2, 3, axis=axis), lambda: ops.trapezoid(x, axis=axis)[..., None],
        lambda: ops.rms_normalization(x, axis=axis), lambda: ops.layer_normalization(x),
        lambda: ops.average(x, axis=axis, weights=ops.abs(x) + 1)[..., None],
        lambda: ops.isclose(x, x * 0.5, rtol=0.4), lambda: ops.nan_to_num(ops.log(x), nan=-1.0),
        lambda: ops.full_like(x, 0.5), lambda: ops.digitize(x, np.array([-0.5, 0.5, 2.0])),
        lambda: ops.append(x, x, axis=axis), lambda: ops.array_split(x, 2, axis=axis)[0],
        lambda: ops.logaddexp2(x, b) if x.shape == b.shape else None]
    if rank > 2:
        k = r.randint(-1, 1)
        choices += [
            lambda: ops.rot90(x, r.choice([1, 3]), (1, 2)), lambda: ops.diagonal(x, k, 1, 2),
            lambda: ops.hstack([x, x]), lambda: ops.inner(x[:1], x[:1])[0],
            lambda: ops.svd(x, compute_uv=False), lambda: ops.rfft(x)[1],
            lambda: ops.moments(x, axes=[axis], keepdims=True)[1]]
    if rank == 4:
        choices += [
            lambda: ops.max_pool(x, 2, strides=1, padding="same"),
            lambda: ops.average_pool(x, 2, strides=r.randint(1, 2), padding="same"),
            lambda: ops.conv(x, np.ones((2, 2, x.shape[-1], 3), "float32") / 9, padding="same"),
            lambda: ops.image.resize(x, (3, 4)), lambda: ops.image.pad_images(x, 1, 0, 2, 1),
            lambda: ops.image.extract_patches(x, 2, strides=1),
            lambda: ops.image.gaussian_blur(x), lambda: ops.space_to_depth(x, 1)]
    made = r.choice(choices)()
    return made if made is not None and len(made.shape) > 1 and 0 not in made.shape else None
