"""Random models whose layers compute with masks: of words or of values, in both forms of models."""
import numpy as np


def mask_model(k, r):
    """A chain of layers behind a mask, or several chains joined, and inputs that are padded."""
    steps, features = r.randint(3, 7), r.choice([2, 4, 5])
    ids = r.random() < 0.5
    x = k.keras.Input((steps,), dtype="int32", name="x") if ids else k.keras.Input(
        (steps, features), name="x")
    words = []

    def source():
        L = k.layers
        return L.Embedding(7, features, mask_zero=True) if ids else L.Masking(r.choice([0.0, 0.5]))

    chain = [source()] + [between(k, r) for _ in range(r.randint(0, 3))]
    last = end(k, r)
    words = [type(layer).__name__ for layer in chain + [last]]
    if r.random() < 0.4:
        model = k.keras.Sequential([x, *chain, last])
    else:
        y = x
        for layer in chain:
            y = layer(y)
        if r.random() < 0.5:
            other = source()(x)
            if other.shape[1:] == y.shape[1:]:
                name = r.choice(["Add", "Multiply", "Average", "Maximum"])
                y = getattr(k.layers, name)()([y, other])
            else:
                name = "Concatenate"
                y = k.layers.Concatenate()([y, other])
            words.append(name)
        if r.random() < 0.25:
            y = k.layers.MultiHeadAttention(2, 3)(y, y)
            words.append("MultiHeadAttention")
        model = k.keras.Model(x, last(y))
    return model, "masked: " + ", ".join(words), {"x": padded(r, steps, features, ids)}


def between(k, r):
    L = k.layers
    units = r.randint(1, 5)
    return r.choice([
        lambda: L.Dense(units), lambda: L.Dropout(0.2), lambda: L.BatchNormalization(),
        lambda: L.LayerNormalization(), lambda: L.Activation("tanh"), lambda: L.Conv1D(units, 1),
        lambda: L.LSTM(units, return_sequences=True), lambda: L.GRU(units, return_sequences=True),
        lambda: L.SimpleRNN(units, return_sequences=True, go_backwards=r.random() < 0.3),
        lambda: L.Bidirectional(L.LSTM(units, return_sequences=True)),
        lambda: L.TimeDistributed(L.Dense(units))])()


def end(k, r):
    L = k.layers
    units = r.randint(1, 5)
    return r.choice([
        lambda: L.LSTM(units), lambda: L.GRU(units), lambda: L.SimpleRNN(units),
        lambda: L.Bidirectional(L.GRU(units), merge_mode=r.choice(["concat", "sum", "mul", "ave"])),
        lambda: L.GlobalAveragePooling1D(), lambda: L.LSTM(units, return_sequences=True)])()


def padded(r, steps, features, ids):
    samples = r.randint(1, 4)
    numbers = np.random.default_rng(r.randint(0, 1 << 30))
    lengths = numbers.integers(1, steps + 1, samples)
    if ids:
        values = numbers.integers(1, 7, (samples, steps)).astype("int32")
        for row, length in zip(values, lengths):
            row[length:] = 0
        return values
    values = numbers.normal(size=(samples, steps, features)).astype("float32")
    for row, length in zip(values, lengths):
        row[length:] = numbers.choice([0.0, 0.5])
    return values
