"""Random models: one layer by itself, or a small graph of many."""
from . import pointwise, sequences, spatial, volumes  # noqa: F401 (they register their layers)
from .attention import NAMES as ATTENTIONS
from .attention import attend, attention_model
from .functions import function_model
from .mask_graphs import mask_graph_model
from .masks import mask_model
from .open_sizes import open_model
from .operations import operation_model
from .options import LAYERS, some
from .quantized import quantized_model
from .signals import NAMES as SIGNALS
from .signals import signal_model
from .structures import structure_model
from .texts import NAMES as TEXTS
from .texts import text_model
from .wrappers import wrapper_model

MERGES = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"]
LARGEST = 6000
SHAPES = {
    1: [(1,), (3,), (8,), (17,), (40,)],
    2: [(5, 3), (7, 4), (9, 16), (12, 17), (1, 6)],
    3: [(7, 6, 3), (9, 8, 4), (5, 11, 17), (12, 12, 1), (6, 5, 8)],
    4: [(3, 5, 4, 2), (2, 6, 6, 3)],
}


def random_model(k, r, only=None):
    """A model, words that say what it is, and inputs where only some fit."""
    if only == "open" or only is None and r.random() < 0.04:
        return open_model(k, r)
    if only == "quantized" or only is None and k.is_keras3 and r.random() < 0.04:
        return quantized_model(k, r, random_model)
    if only in MERGES + ["Concatenate", "Dot"]:
        return merge_model(k, r, only)
    if only in ATTENTIONS:
        return attention_model(k, r, only)
    if only == "texts" or only in TEXTS or only is None and r.random() < 0.04:
        return text_model(k, r, only)
    if only == "signals" or only in SIGNALS or only is None and r.random() < 0.03:
        return signal_model(k, r, only)
    if only == "operations" or only is None and r.random() < 0.12:
        return function_model(k, r) if k.is_keras2 else operation_model(k, r)
    if only == "structures" or only is None and r.random() < 0.05:
        return structure_model(k, r)
    if only == "wrappers" or only is None and r.random() < 0.04:
        return wrapper_model(k, r)
    if only == "masks" or only is None and r.random() < 0.08:
        return mask_model(k, r)
    if only == "mask-graphs" or only is None and r.random() < 0.04:
        return mask_graph_model(k, r)
    if only or r.random() < 0.45:
        return layer_model(k, r, only or r.choice(layers(k)))
    if r.random() < 0.15:
        return merge_model(k, r, r.choice(MERGES + ["Concatenate", "Dot"]))
    if r.random() < 0.1:
        return attention_model(k, r, r.choice(ATTENTIONS[:3] if k.is_keras2 else ATTENTIONS))
    return Graph(k, r).model()


def layers(k):
    """The names of the layers that this generation of Keras has."""
    return [name for name in sorted(LAYERS) if hasattr(k.layers, name)]


# MARK: - one layer


def layer_model(k, r, name):
    """One layer, in a functional model or a Sequential one."""
    if name == "Embedding":
        return embedding_model(k, r)
    ranks, make = LAYERS[name]
    shape = r.choice(SHAPES[r.choice(ranks)])
    layer = make(k, r, shape)
    x = k.input(*loosened(r, name, shape))
    if r.random() < 0.3 and not has_several_outputs(layer):
        return k.sequential(x, layer), f"{name} in a Sequential, {shape}"
    result = layer(x)
    outputs = list(result) if isinstance(result, (list, tuple)) else result
    return k.model(x, outputs), f"{name}, {shape}"


def loosened(r, name, shape):
    """Sometimes the shape with unknown sizes, for layers that have no weight of that size."""
    free = ("Conv", "Pooling", "LSTM", "GRU", "SimpleRNN", "Padding", "Cropping", "UpSampling")
    if r.random() < 0.2 and any(word in name for word in free) and len(shape) in (2, 3):
        return (*[None] * (len(shape) - 1), shape[-1])
    return shape


def embedding_model(k, r):
    layer = LAYERS["Embedding"][1](k, r, ())
    shape = r.choice([(1,), (5,), (3, 4), (None,)])
    x = k.input(*shape, dtype=r.choice(["int32", "float32", "int64"]))
    if k.is_keras3 and r.random() < 0.3:
        return reversible_model(k, r, x, shape)
    return k.model(x, layer(x)), f"Embedding, {shape}"


def reversible_model(k, r, x, shape):
    options = some(r, tie_weights=False, logit_soft_cap=r.choice([1.0, 5.0]))
    layer = k.layers.ReversibleEmbedding(r.randint(2, 20), r.choice([1, 4, 17]), **options)
    there = layer(x)
    back = layer(k.layers.Activation("tanh")(there), reverse=True)
    return k.model(x, [back, there]), f"ReversibleEmbedding, {shape}, {options}"


def has_several_outputs(layer):
    inner = getattr(layer, "layer", layer)
    return getattr(inner, "return_state", False) or getattr(layer, "merge_mode", "") is None


# MARK: - one merge


def merge_model(k, r, name):
    shape = r.choice(SHAPES[r.choice([1, 2, 3])])
    if name == "Dot":
        return dot_model(k, r)
    if name == "Concatenate":
        axis = r.randint(1, len(shape))
        shapes = [(*shape[: axis - 1], r.randint(1, 18), *shape[axis:])
                  for _ in range(r.randint(2, 4))]
        layer = k.layers.Concatenate(axis=r.choice([axis, axis - len(shape) - 1]))
    else:
        count = 2 if name == "Subtract" else r.randint(2, 4)
        shapes = [broadcastable(r, shape) for _ in range(count)]
        layer = getattr(k.layers, name)()
    inputs = [k.input(*given, name=f"x{index}") for index, given in enumerate(shapes)]
    return k.model(inputs, layer(inputs)), f"{name}, {shapes}"


def broadcastable(r, shape):
    """The shape itself, one with ones in it, or one of lower rank."""
    kind = r.random()
    if kind < 0.5:
        return shape
    if kind < 0.8:
        return tuple(1 if r.random() < 0.4 else size for size in shape)
    return shape[r.randrange(len(shape)):]


def dot_model(k, r):
    rows, common, columns = r.randint(1, 18), r.randint(1, 18), r.randint(1, 18)
    form = r.randrange(4)
    shapes, axes = [
        (((common,), (common,)), 1), (((rows, common), (common, columns)), (2, 1)),
        (((rows, common), (columns, common)), 2), (((common, rows), (common, columns)), 1)][form]
    inputs = [k.input(*shape, name=f"x{index}") for index, shape in enumerate(shapes)]
    normalize = r.random() < 0.4
    return (k.model(inputs, k.layers.Dot(axes=axes, normalize=normalize)(inputs)),
            f"Dot, {shapes}, axes {axes}, normalize {normalize}")


# MARK: - a graph


class Graph:
    """Grows a graph step by step: layers, merges, shared layers, nested models, branches."""

    def __init__(self, k, r, depth=0):
        self.k, self.r, self.depth = k, r, depth
        self.words = []
        self.used = []
        self.inputs = []
        self.values = []
        self.read = set()

    def model(self, shape=None, name="case", single=False):
        r = self.r
        for index in range(1 if shape else r.choice([1, 1, 2, 3])):
            given = shape or r.choice(SHAPES[r.choice([1, 2, 2, 3, 3])])
            prefix = f"{name}_" if self.depth else ""
            self.inputs.append(self.k.input(*given, name=f"{prefix}x{index}"))
        self.values = list(self.inputs)
        for _ in range(r.randint(2, 4 if self.depth else 9)):
            self.step()
        return self.k.model(self.inputs if len(self.inputs) > 1 else self.inputs[0],
                            self.outputs(single), name=name), ", ".join(self.words)

    def outputs(self, single):
        """What nothing reads; every input must lead somewhere, so one that nothing reads too."""
        ends = [v for i, v in enumerate(self.values) if i not in self.read]
        ends = [v for v in ends if not any(v is x for x in self.inputs)] or [self.values[-1]]
        if single:
            return ends[-1]
        if self.r.random() < 0.2:
            middle = self.r.choice(self.values)
            if not any(middle is x for x in self.inputs):
                ends.append(middle)
        return ends if len(ends) > 1 else ends[0]

    def step(self):
        """One more value; a combination that Keras refuses is left out."""
        kind = self.r.random()
        try:
            if kind < 0.62:
                self.apply_layer()
            elif kind < 0.82:
                self.merge()
            elif kind < 0.89:
                self.share()
            elif kind < 0.93:
                self.attend()
            elif self.depth < 2:
                self.nest()
        except (ValueError, TypeError, ZeroDivisionError, IndexError):
            return

    def pick(self):
        """The index of a value, later ones likelier."""
        return max(self.r.randrange(len(self.values)) for _ in range(2))

    def apply_layer(self):
        index = self.pick()
        shape = tuple(self.values[index].shape)[1:]
        fitting = [name for name in layers(self.k) if len(shape) in LAYERS[name][0]]
        name = self.r.choice(fitting)
        layer = LAYERS[name][1](self.k, self.r, shape)
        self.add(layer, layer(self.values[index]), [index], name)
        if not has_several_outputs(layer):
            self.used.append((layer, shape))

    def attend(self):
        """A sequence attends to itself."""
        sequences = [i for i, v in enumerate(self.values) if len(v.shape) == 3]
        index = self.r.choice(sequences)
        layer, result = attend(self.k, self.r, self.values[index])
        self.add(layer, result, [index], "MultiHeadAttention")

    def share(self):
        """Calls a layer or a nested model again, on another value of the same shape."""
        layer, shape = self.r.choice(self.used)
        fitting = [i for i, v in enumerate(self.values) if tuple(v.shape)[1:] == shape]
        index = self.r.choice(fitting)
        self.add(layer, layer(self.values[index]), [index], f"again {layer.name}")

    def merge(self):
        first = self.pick()
        shape = tuple(self.values[first].shape)[1:]
        same = [i for i, v in enumerate(self.values) if tuple(v.shape)[1:] == shape]
        near = [i for i, v in enumerate(self.values)
                if len(v.shape) == len(shape) + 1 and tuple(v.shape)[1:-1] == shape[:-1]]
        if self.r.random() < 0.5:
            chosen = [first] + self.r.choices(near, k=self.r.randint(1, 2))
            layer = self.k.layers.Concatenate()
        else:
            name = self.r.choice(MERGES)
            chosen = [first] + self.r.choices(same, k=1 if name == "Subtract" else 2)
            layer = getattr(self.k.layers, name)()
        values = [self.values[i] for i in chosen]
        self.add(layer, layer(values), chosen, type(layer).__name__)

    def nest(self):
        index = self.pick()
        shape = tuple(self.values[index].shape)[1:]
        name = f"nested{len(self.used)}_{self.depth}_{self.r.randrange(1000)}"
        if self.r.random() < 0.3:
            L = self.k.layers
            made = [L.Dense(4, activation="tanh"), L.BatchNormalization(), L.Dense(3)]
            inner = self.k.keras.Sequential([L.Input(shape), *made], name=name)
            words = "Dense, BatchNormalization, Dense"
        else:
            inner, words = Graph(self.k, self.r, self.depth + 1).model(shape, name, single=True)
        if self.r.random() < 0.3:
            inner.trainable = False
        self.add(inner, inner(self.values[index]), [index], f"[{words}]")
        self.used.append((inner, shape))

    def add(self, layer, result, indices, word):
        results = list(result) if isinstance(result, (list, tuple)) else [result]
        for value in results:
            count = 1
            for size in tuple(value.shape)[1:]:
                count *= size or 0
            if not 0 < count <= LARGEST or len(value.shape) > 5:
                return
        self.read.update(indices)
        self.values += results
        self.words.append(word)
