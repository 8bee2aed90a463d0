"""Random chains of TensorFlow's functions, of which Keras 2 makes layers."""
from layer_cases.functions import as_layers_of_operations

ANY = ["math.abs", "math.negative", "math.square", "math.sin", "math.tanh", "math.sigmoid",
       "nn.relu", "nn.relu6", "nn.elu", "nn.selu", "nn.silu", "nn.gelu", "nn.leaky_relu",
       "math.softplus", "math.erf", "math.exp", "math.floor", "math.ceil", "math.sign", "identity"]
PAIRS = ["add", "subtract", "multiply", "maximum", "minimum", "greater", "less_equal"]
REDUCTIONS = ["sum", "mean", "max", "min", "prod", "variance", "std", "logsumexp"]


def function_model(k, r):
    """Functions of one or two inputs, one after another: a layer of each, or as TensorFlow 2.0 to
    2.3 did a layer of each node of the graph that they make."""
    shape = tuple(r.randint(2, 5) for _ in range(r.randint(1, 3)))
    inputs = [k.keras.Input(shape, name=name) for name in "ab"]
    words = []

    def chain(a, b):
        import tensorflow as tf
        x = a
        for _ in range(r.randint(2, 6)):
            word, make = r.choice(STEPS)
            made = make(tf, r, tf.cast(x, tf.float32) if x.dtype != tf.float32 else x, b)
            if made is None or None in made.shape[1:] or 0 in made.shape[1:]:
                continue
            x = made
            words.append(word)
        return [tf.cast(x, tf.float32), a + b]

    by_nodes = r.random() < 0.4
    outputs = as_layers_of_operations(chain, *inputs) if by_nodes else chain(*inputs)
    return (k.keras.Model(inputs, outputs),
            ("nodes of " if by_nodes else "") + ", ".join(words))


def step(make):
    STEPS.append((make.__name__, make))
    return make


STEPS = []


def find(tf, name):
    for part in name.split("."):
        tf = getattr(tf, part)
    return tf


def an_axis(r, x):
    axis = r.randint(1, len(x.shape) - 1)
    return axis if r.random() < 0.5 else axis - len(x.shape)


@step
def one(tf, r, x, b):
    return find(tf, r.choice(ANY))(tf.clip_by_value(x, -4.0, 4.0))


@step
def constant(tf, r, x, b):
    number = r.choice([2, 0.5, -1, 3.0])
    return r.choice([lambda: x * number, lambda: number - x, lambda: x + number,
                     lambda: x / number, lambda: x ** 2, lambda: number / (abs(x) + 1)])()


@step
def pair(tf, r, x, b):
    other = b if x.shape[1:] == b.shape[1:] else x * 0.5
    return tf.cast(find(tf, "math." + r.choice(PAIRS))(x, other), "float32")


@step
def chosen(tf, r, x, b):
    return tf.where(x > 0.1, x, x * r.choice([0.0, -1.0]))


@step
def sliced(tf, r, x, b):
    keys = [slice(None)] + [
        r.choice([slice(None), slice(1, None), slice(None, None, 2), slice(None, None, -1), -1])
        for _ in x.shape[1:]]
    if r.random() < 0.3:
        keys.insert(r.randint(1, len(keys)), None)
    made = x[tuple(keys)]
    return made if len(made.shape) > 1 else None


@step
def reduced(tf, r, x, b):
    if len(x.shape) < 3:
        return None
    reduce = find(tf, "math.reduce_" + r.choice(REDUCTIONS))
    return reduce(tf.clip_by_value(x, -4.0, 4.0), axis=an_axis(r, x), keepdims=r.random() < 0.5)


@step
def moved(tf, r, x, b):
    axes = list(range(1, len(x.shape)))
    r.shuffle(axes)
    return r.choice([lambda: tf.transpose(x, [0] + axes), lambda: tf.reverse(x, [axes[0]]),
                     lambda: tf.roll(x, 1, axis=axes[0]), lambda: tf.repeat(x, 2, axis=axes[0]),
                     lambda: tf.tile(x, [1] + [r.randint(1, 2) for _ in axes]),
                     lambda: tf.pad(x, [[0, 0]] + [[r.randint(0, 1), 1] for _ in axes]),
                     lambda: tf.gather(x, [0, 1 % x.shape[axes[0]]], axis=axes[0])])()


@step
def reshaped(tf, r, x, b):
    sizes = list(reversed(x.shape[1:]))
    return r.choice([lambda: tf.reshape(x, [-1] + sizes),
                     lambda: tf.reshape(x, [tf.shape(x)[0]] + sizes),
                     lambda: tf.expand_dims(x, r.randint(1, len(x.shape))),
                     lambda: tf.squeeze(tf.expand_dims(x, 1), 1)])()


@step
def joined(tf, r, x, b):
    axis = an_axis(r, x)
    return r.choice([lambda: tf.concat([x, x * 2], axis), lambda: tf.stack([x, -x], axis),
                     lambda: tf.split(x, [1, x.shape[axis] - 1], axis)[1],
                     lambda: tf.unstack(x, axis=axis)[0] if len(x.shape) > 2 else None])()


@step
def product(tf, r, x, b):
    return tf.matmul(x, x, transpose_b=True) if len(x.shape) > 2 else None


@step
def along(tf, r, x, b):
    axis = an_axis(r, x)
    x = tf.clip_by_value(x, -4.0, 4.0)
    return r.choice([lambda: tf.nn.softmax(x, axis=axis), lambda: tf.cumsum(x, axis=axis),
                     lambda: tf.nn.log_softmax(x, axis=axis),
                     lambda: tf.math.l2_normalize(x, axis=axis)])()
