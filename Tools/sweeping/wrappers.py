"""Random models of wrapped layers under masks: of words, of sentences, and of steps."""
import numpy as np


def wrapper_model(k, r):
    """A model, words that say what it is, and inputs that are padded."""
    return r.choice([sentences, steps, back_and_forth])(k, r)


def sentences(k, r):
    """Words in sentences: what each sentence holds computes with the mask of its words."""
    L, T = k.layers, k.layers.TimeDistributed
    count, length, width = r.randint(2, 4), r.randint(2, 5), r.choice([3, 4])
    x = k.input(count, length, dtype="int32", name="x")
    if r.random() < 0.5:
        words, inner = L.Embedding(7, width, mask_zero=True)(x), reader(k, r, length, width)
        y, name = T(inner)(words), type(inner).__name__
        # Keras 3 hands the mask of words on, which no layer behind takes for one of sentences.
        if k.is_keras2 and r.random() < 0.5:
            y = L.GRU(3)(y)
    else:
        own = [L.Embedding(7, width, mask_zero=True), reader(k, r, length, width)]
        inner = k.keras.Sequential([L.Input((length,), dtype="int32"), *own], name="inner")
        y, name = L.LSTM(2)(T(inner)(x)), "model of " + type(own[1]).__name__
    return k.model(x, y), f"sentences: {name}", {"x": padded(r, (count, length))}


def reader(k, r, length, width):
    L = k.layers
    more = {"go_backwards": r.random() < 0.3}
    kind = r.choice(["LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN", "model", "mean"])
    if kind == "Bidirectional":
        return L.Bidirectional(L.GRU(3), merge_mode=r.choice(["concat", "sum", "mul", "ave"]))
    if kind == "RNN":
        return L.RNN([L.GRUCell(2), L.LSTMCell(3)], **more)
    if kind == "mean":
        return L.GlobalAveragePooling1D()
    if kind == "model":
        x = k.input(length, width, name="inner_x")
        return k.model(x, L.LSTM(3)(L.Dense(width)(x)), name="reader")
    return getattr(L, kind)(3, **more)


def steps(k, r):
    """Steps that a mask leaves out before and behind a wrapped layer."""
    L = k.layers
    length, width = r.randint(3, 6), 3
    x = k.input(length, width, name="x")
    inner = r.choice([lambda: L.Dense(4), lambda: L.BatchNormalization(), lambda: L.PReLU(),
                      lambda: L.Activation("softmax")])()
    end = r.choice([lambda: L.LSTM(2), lambda: L.GRU(2, return_sequences=True),
                    lambda: L.GlobalAveragePooling1D()])()
    y = end(L.TimeDistributed(inner)(L.Masking()(x)))
    values = np.random.default_rng(r.randrange(1 << 30)).normal(size=(2, length, width))
    values[padded(r, (length,), 2) == 0] = 0
    return (k.model(x, y), f"steps: {type(inner).__name__}, {type(end).__name__}",
            {"x": values.astype("float32")})


def back_and_forth(k, r):
    """Both directions under a mask, unrolled or not, with states that are handed on."""
    L = k.layers
    length = r.randint(2, 6)
    x = k.input(length, dtype="int32", name="x")
    words = L.Embedding(7, 3, mask_zero=True)(x)
    kind = r.choice(["LSTM", "GRU", "SimpleRNN"])
    options = {"return_sequences": r.random() < 0.7, "unroll": r.random() < 0.5}
    first = L.Bidirectional(getattr(L, kind)(3, return_state=True, **options))(words)
    second = L.Bidirectional(getattr(L, kind)(3, **options), merge_mode=r.choice(["concat", "ave"]))
    y = second(words, initial_state=list(first[1:]))
    return (k.model(x, [first[0], y]), f"both directions: {kind}, {options}",
            {"x": padded(r, (length,))})


def padded(r, shape, samples=None):
    """Numbers of words, some of which are 0, the number of none."""
    numbers = np.random.default_rng(r.randrange(1 << 30))
    values = numbers.integers(1, 7, (samples or r.randint(1, 4), *shape)).astype("int32")
    return np.where(numbers.random(values.shape) < 0.3, 0, values).astype("int32")
