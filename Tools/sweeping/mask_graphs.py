"""Random graphs in which attention takes masks away from what others read, so that the order in
which Keras makes calls of equal depth shows in the numbers."""
from .masks import padded

FEATURES = 4


def mask_graph_model(k, r):
    """Branches over masked sequences, with layers and nested models that are called many times."""
    steps = r.randint(3, 6)
    graph = MaskGraph(k, r, steps)
    inputs, given = [], {}
    for index in range(r.randint(1, 2)):
        ids, name = r.random() < 0.6, f"x{index}"
        x = k.input(steps, dtype="int32", name=name) if ids else k.input(
            steps, FEATURES, name=name)
        inputs.append(x)
        given[name] = padded(r, steps, FEATURES, ids)
        source = (k.layers.Embedding(7, FEATURES, mask_zero=True) if ids
                  else k.layers.Masking(r.choice([0.0, 0.5])))
        graph.values.append(source(x))
    samples = min(len(values) for values in given.values())
    given = {name: values[:samples] for name, values in given.items()}
    for index in range(r.randint(0, 2)):
        graph.blocks.append(graph.block(f"block{index}"))
    graph.grow(r.randint(4, 12))
    ends = graph.ends()
    r.shuffle(ends)
    if r.random() < 0.2:
        ends = {f"o{r.randint(10, 99)}_{index}": end for index, end in enumerate(ends)}
    model = k.model(inputs if len(inputs) > 1 else inputs[0], ends)
    return model, "mask graph: " + ", ".join(graph.words), given


class MaskGraph:
    """Sequences of one shape, and the calls that read them."""

    def __init__(self, k, r, steps, depth=0):
        self.k, self.r, self.steps, self.depth = k, r, steps, depth
        self.values, self.read, self.words = [], set(), []
        self.blocks, self.shared = [], []

    def block(self, name):
        """A nested model of one sequence or two, with the number of its inputs."""
        k, r = self.k, self.r
        inputs = [k.input(self.steps, FEATURES, name=f"{name}_x{index}")
                  for index in range(r.choice([1, 1, 2]))]
        inner = MaskGraph(k, r, self.steps, self.depth + 1)
        inner.values = list(inputs)
        if self.depth == 0 and r.random() < 0.2:
            inner.blocks.append(inner.block(name + "_inner"))
        inner.grow(r.randint(1, 4))
        outputs = [inner.values[-1]] + [v for v in inner.values[:-1] if r.random() < 0.2]
        # Keras refuses a model that does not read one of its inputs.
        missing = [x for index, x in enumerate(inputs) if index not in inner.read]
        if missing:
            outputs[0] = k.layers.Add()([outputs[0], *missing])
        self.words.append(f"{name}[{', '.join(inner.words)}]")
        return k.model(inputs, outputs if len(outputs) > 1 else outputs[0], name=name), len(inputs)

    def grow(self, count):
        for _ in range(count):
            r = self.r
            kind = r.random()
            if self.blocks and kind < 0.25:
                self.call_block()
            elif kind < 0.5:
                self.attend()
            elif kind < 0.75:
                self.merge()
            elif self.k.is_keras3 and kind < 0.78:
                self.convert()
            elif self.shared and kind < 0.83:
                layer, count = r.choice(self.shared)
                self.add(layer, [self.pick() for _ in range(count)], "again " + layer.name)
            else:
                self.apply()

    def pick(self):
        return self.r.randrange(len(self.values))

    def call_block(self):
        block, count = self.r.choice(self.blocks)
        chosen = [self.pick() for _ in range(count)]
        values = [self.values[index] for index in chosen]
        options = {}
        if count == 1 and self.r.random() < 0.2:
            x = self.values[self.pick()]
            options["mask"] = x[:, :, 0] > 0
        result = block(values if count > 1 else values[0], **options)
        self.note(chosen, result, block.name + (" of a mask" if options else ""))

    def attend(self):
        r = self.r
        options = {"use_causal_mask": True} if r.random() < 0.2 else {}
        chosen = r.choice([[self.pick()] * 2, [self.pick(), self.pick()],
                           [self.pick(), self.pick(), self.pick()]])
        layer = self.k.layers.MultiHeadAttention(r.choice([1, 2]), r.choice([2, 3]))
        values = [self.values[index] for index in chosen]
        if len(values) == 2 and r.random() < 0.3:
            result = layer(value=values[1], query=values[0], **options)
        else:
            result = layer(*values, **options)
        self.note(chosen, result, "MultiHeadAttention")

    def merge(self):
        r = self.r
        name = r.choice(["Add", "Multiply", "Multiply", "Average", "Maximum", "Minimum"])
        chosen = [self.pick() for _ in range(r.randint(2, 3))]
        result = getattr(self.k.layers, name)()([self.values[index] for index in chosen])
        self.note(chosen, result, name)

    def convert(self):
        """A function that gives back the very tensor, or another one of the same numbers."""
        ops, r, index = self.k.keras.ops, self.r, self.pick()
        x = self.values[index]
        name, function = r.choice([
            ("cast", lambda: ops.cast(x, r.choice(["float32", x.dtype, "float16"]))),
            ("convert_to_tensor", lambda: ops.convert_to_tensor(x)), ("real", lambda: ops.real(x)),
            ("swapaxes", lambda: ops.swapaxes(x, 1, 1)), ("copy", lambda: ops.copy(x))])
        self.note([index], function(), name)

    def apply(self):
        L, r = self.k.layers, self.r
        layer = r.choice([
            lambda: L.Dropout(0.3), lambda: L.Activation("linear"), lambda: L.SpatialDropout1D(0.2),
            lambda: L.Dense(FEATURES, activation="tanh"), lambda: L.LayerNormalization(),
            lambda: L.Activation("tanh"), lambda: L.Conv1D(FEATURES, 1),
            lambda: L.LSTM(FEATURES, return_sequences=True),
            lambda: L.SimpleRNN(FEATURES, return_sequences=True)])()
        self.add(layer, [self.pick()], type(layer).__name__)
        self.shared.append((layer, 1))

    def add(self, layer, chosen, word):
        values = [self.values[index] for index in chosen]
        self.note(chosen, layer(values[0] if len(values) == 1 else values), word)

    def note(self, chosen, result, word):
        self.read.update(chosen)
        self.values += result if isinstance(result, (list, tuple)) else [result]
        self.words.append(word)

    def ends(self):
        """What nothing reads, and some of the rest, by layers that compute with masks or not."""
        L, r = self.k.layers, self.r
        ends = []
        for index, value in enumerate(self.values):
            if index in self.read and r.random() < 0.7:
                continue
            kind = r.random()
            if kind < 0.4:
                value = L.GlobalAveragePooling1D()(value)
            elif kind < 0.7:
                value = r.choice([L.LSTM, L.GRU])(2)(value)
            ends.append(value)
        # The source of an input that nothing else reads is an end, too.
        return ends
