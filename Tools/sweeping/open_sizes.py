"""Random models with open sizes that only some inputs fit: lengths that a reshaping divides,
inputs whose lengths differ by what a window cuts off, images that pooling halves without rest."""
import numpy as np


def open_model(k, r):
    """A model, words that say what it is, and inputs that fit it."""
    form = r.choice([reshaped, cropped, pooled, windowed, u_shaped])
    model, words, shapes = form(k, r)
    random = np.random.default_rng(r.randrange(1 << 30))
    batch = r.randint(1, 3)
    names = [tensor.name.split(":")[0] for tensor in model.inputs]
    inputs = {name: random.standard_normal((batch, *shape)).astype("float32")
              for name, shape in zip(names, shapes)}
    return model, f"open sizes: {words}, {shapes}", inputs


def reshaped(k, r):
    """A length that must be a multiple of a number."""
    L = k.layers
    channels, target = r.randint(1, 4), tuple(r.randint(1, 13) for _ in range(r.randint(1, 2)))
    x = k.input(None, channels, name="x")
    y = L.Dense(3)(L.Reshape((-1, *target))(x))
    length = int(np.prod(target)) * r.randint(1, 3)
    return k.model(x, y), f"Reshape{(-1, *target)}", [(length, channels)]


def cropped(k, r):
    """Two inputs whose lengths differ by a constant."""
    L = k.layers
    channels, cut, length = r.randint(1, 5), (r.randint(0, 4), r.randint(0, 4)), r.randint(1, 9)
    x, y = k.input(None, channels, name="x"), k.input(None, channels, name="y")
    sum_ = L.Add()([L.Cropping1D(cut)(x), y])
    return (k.model([x, y], L.Conv1D(4, 1)(sum_)), f"Cropping1D{cut} + y",
            [(length + sum(cut), channels), (length, channels)])


def pooled(k, r):
    """Two inputs one of which is a multiple of the other."""
    L = k.layers
    channels, pool, length = r.randint(1, 5), r.randint(2, 7), r.randint(1, 6)
    x, y = k.input(None, channels, name="x"), k.input(None, 2, name="y")
    both = L.Concatenate()([L.AveragePooling1D(pool)(x), y])
    return (k.model([x, y], L.Dense(3, activation="tanh")(both)), f"AveragePooling1D({pool}) | y",
            [(length * pool, channels), (length, 2)])


def windowed(k, r):
    """A length that must exceed long windows."""
    L = k.layers
    kernel, strides, depth = r.randint(3, 90), r.randint(1, 4), r.randint(1, 3)
    x = y = k.input(None, 2, name="x")
    length = 1
    for _ in range(depth):
        y = L.Conv1D(3, kernel, strides=strides)(y)
        length = (length - 1) * strides + kernel
    return (k.model(x, L.GlobalMaxPooling1D()(y)), f"{depth} Conv1D(3, {kernel}, {strides})",
            [(length + r.randint(0, 5), 2)])


def u_shaped(k, r):
    """Sides that pooling divides without rest."""
    L = k.layers
    pool, depth = r.choice([2, 3, 5, 7]), r.randint(1, 2)
    x = y = k.input(None, None, 2, name="x")
    for _ in range(depth):
        y = L.MaxPooling2D(pool)(L.Conv2D(3, 3, padding="same", activation="relu")(y))
    for _ in range(depth):
        y = L.UpSampling2D(pool)(y)
    side = pool ** depth
    return (k.model(x, L.Concatenate()([x, y])), f"{depth} times MaxPooling2D({pool}) and back",
            [(side, side * r.randint(1, 2), 2)])
