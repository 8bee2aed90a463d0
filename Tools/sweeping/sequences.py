"""Random recurrent layers and wrappers."""
from .options import LAYERS, layer, some

GATES = ["sigmoid", "hard_sigmoid", "tanh", "softsign"]


def recurrent(k, r, kind, **more):
    options = some(
        r, use_bias=False, return_sequences=True, go_backwards=True, unroll=True,
        activation=r.choice(["tanh", "relu", "sigmoid", "linear", "softsign"]))
    if kind != "SimpleRNN":
        options.update(some(r, recurrent_activation=r.choice(GATES)))
    if kind == "GRU":
        options.update(some(r, reset_after=r.random() < 0.5))
    return getattr(k.layers, kind)(r.choice([1, 3, 4, 8, 17]), **{**options, **more})


def plain(name):
    @layer(name, 2)
    def make(k, r, shape):
        return recurrent(k, r, name, return_state=r.random() < 0.2)


for name in ("SimpleRNN", "LSTM", "GRU"):
    plain(name)


@layer("Bidirectional", 2)
def bidirectional(k, r, shape):
    kind = r.choice(["SimpleRNN", "LSTM", "GRU"])
    sequences = r.random() < 0.5
    inner = recurrent(k, r, kind, return_sequences=sequences, go_backwards=False,
                      return_state=r.random() < 0.1)
    options = {"merge_mode": r.choice(["concat", "sum", "mul", "ave", None])}
    if r.random() < 0.2 and not inner.return_state:
        other = r.choice(["SimpleRNN", "LSTM", "GRU"])
        options["backward_layer"] = getattr(k.layers, other)(
            inner.units, return_sequences=sequences, go_backwards=True)
    return k.layers.Bidirectional(inner, **options)


def cell(k, r):
    kind = r.choice(["SimpleRNN", "LSTM", "GRU"])
    options = some(r, use_bias=False, activation=r.choice(["tanh", "relu", "linear", "softsign"]))
    return getattr(k.layers, f"{kind}Cell")(r.choice([1, 3, 5, 8, 17]), **options)


def rnn(k, r, **more):
    cells = [cell(k, r) for _ in range(r.choice([1, 1, 2, 3]))]
    if r.random() < 0.15:
        cells.append(k.layers.StackedRNNCells([cell(k, r), cell(k, r)]))
    options = some(r, return_sequences=True, go_backwards=True, unroll=True)
    return k.layers.RNN(cells if len(cells) > 1 or r.random() < 0.3 else cells[0],
                        **{**options, **more})


@layer("RNN", 2)
def cells(k, r, shape):
    if r.random() < 0.3:
        inner = rnn(k, r, return_sequences=r.random() < 0.5, go_backwards=False)
        return k.layers.Bidirectional(inner, merge_mode=r.choice(["concat", "sum", "mul", "ave"]))
    return rnn(k, r, return_state=r.random() < 0.2)


@layer("ConvLSTM", 3, 4)
def conv_lstm(k, r, shape):
    axes = len(shape) - 2
    options = some(r, use_bias=False, return_sequences=True, go_backwards=True,
                   recurrent_activation=r.choice(GATES), activation=r.choice(["tanh", "relu"]))
    steps = [r.randint(1, min(3, size)) for size in shape[1:-1]]
    inner = getattr(k.layers, f"ConvLSTM{axes}D")(
        r.choice([1, 2, 5, 9]), steps, padding=r.choice(["valid", "same"]), **options)
    if r.random() < 0.2 and "go_backwards" not in options:
        return k.layers.Bidirectional(inner, merge_mode=r.choice(["concat", "sum", "ave"]))
    return inner


@layer("TimeDistributed", 2, 3, 4)
def time_distributed(k, r, shape):
    choices = {
        2: ["Dense", "Activation", "BatchNormalization", "Dropout", "LeakyReLU", "RepeatVector"],
        3: ["Dense", "Conv1D", "LSTM", "GRU", "MaxPooling1D", "Flatten", "GlobalAveragePooling1D",
            "LayerNormalization"],
        4: ["Conv2D", "DepthwiseConv2D", "AveragePooling2D", "Flatten", "GlobalMaxPooling2D",
            "BatchNormalization", "UpSampling2D"],
    }
    name = r.choice(choices[len(shape)])
    if name in ("LSTM", "GRU"):
        return k.layers.TimeDistributed(recurrent(k, r, name))
    return k.layers.TimeDistributed(LAYERS[name][1](k, r, shape[1:]))


@layer("Embedding", 0)
def embedding(k, r, shape):
    return k.layers.Embedding(r.randint(2, 30), r.choice([1, 3, 4, 17]))
