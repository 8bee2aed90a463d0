"""Runs a Keras model once, as predict() does but eagerly, and keeps every layer's output.

A layer of the model goes by its name, a layer of a nested model by `outer/inner/layer`. The
second call of a shared layer is `layer#1`, the third `layer#2`, in the order of the nodes in the
model's file. `layer:1` is the second output of a layer that has several. What runs inside a
wrapper (Bidirectional, TimeDistributed) belongs to the wrapper and is not kept; neither are the
outputs of nested models, which are those of one of their layers.
"""
import contextlib
from collections import Counter

import numpy as np


def record(model, inputs, keras):
    """The model's outputs and activations for a dictionary of inputs, both as dictionaries."""
    reset_states(model)
    tensors = as_tensors([inputs[name] for name in input_names(model)])
    recorder = Recorder(keras)
    with recorder.patched(), as_in_graph(keras):
        results = model(as_given(model, tensors), training=False)
    flat = flatten(results)
    outputs = {name: to_numpy(value) for name, value in zip(output_names(model), flat)}
    return outputs, recorder.activations()


@contextlib.contextmanager
def as_in_graph(keras):
    """Layers of Keras 3 that prepare data compute inside as they do in TensorFlow's graphs, in which
    predict() runs: what they are given becomes of the type that they compute in."""
    if not hasattr(keras, "Operation"):
        yield
        return
    from keras.src.backend.common import global_state
    global_state.set_global_attribute("in_tf_graph_scope", True)
    try:
        yield
    finally:
        global_state.set_global_attribute("in_tf_graph_scope", False)


def input_names(model):
    """Names of the model's input layers, in its order."""
    return [layer_of(tensor).name for tensor in flatten(model.inputs)]


def output_names(model):
    """Names of the layers whose outputs are the model's; `out0`, `out1`... where they repeat."""
    names = [layer_of(tensor).name for tensor in flatten(model.outputs)]
    if len(set(names)) < len(names):
        return [f"out{index}" for index in range(len(names))]
    return names


class Recorder:
    """Stands in for `Layer.__call__` and notes what each call returned."""

    def __init__(self, keras):
        self.keras = keras
        self.stack = []
        self.calls = []

    @contextlib.contextmanager
    def patched(self):
        """Every call inside goes through the recorder."""
        classes = [self.keras.layers.Layer]
        if hasattr(self.keras, "Operation"):
            classes.append(self.keras.Operation)
        originals = [owner.__call__ for owner in classes]
        for owner, original in zip(classes, originals):
            owner.__call__ = self.wrapping(original)
        try:
            yield
        finally:
            for owner, original in zip(classes, originals):
                owner.__call__ = original

    def wrapping(self, original):
        recorder = self

        def call(layer, *args, **kwargs):
            if recorder.stack and recorder.stack[-1].layer is layer:
                return original(layer, *args, **kwargs)
            frame = recorder.enter(layer)
            recorder.stack.append(frame)
            try:
                result = original(layer, *args, **kwargs)
            finally:
                recorder.stack.pop()
            if frame.key and not frame.is_model:
                recorder.calls.append((frame.key, result))
            return result

        return call

    def enter(self, layer):
        """The frame of one call; its key is empty for the model itself and inside wrappers."""
        is_model = isinstance(layer, self.keras.Model)
        parent = self.stack[-1] if self.stack else None
        if parent is None or not parent.is_model or (len(self.stack) > 1 and not parent.key):
            return Frame(layer, is_model, ())
        if isinstance(parent.layer, self.keras.Sequential) and not isinstance(
                layer, self.keras.layers.Layer):
            # An operation on masks, which the model's file does not hold.
            return Frame(layer, is_model, ())
        return Frame(layer, is_model, parent.key + ((layer.name, parent.next_rank(layer)),))

    def activations(self):
        """The kept outputs by name."""
        kept = {}
        seen = Counter()
        for key, result in sorted(self.calls, key=lambda call: [rank for _, rank in call[0]]):
            path = "/".join(name for name, _ in key)
            number = seen[path]
            seen[path] += 1
            name = path if number == 0 else f"{path}#{number}"
            for index, value in enumerate(flatten(result)):
                if value is not None and not np.iscomplexobj(value):
                    kept[name if index == 0 else f"{name}:{index}"] = to_numpy(value)
        return kept


class Frame:
    """A call that is under way."""

    def __init__(self, layer, is_model, key):
        self.layer, self.is_model, self.key = layer, is_model, key
        self.counts = Counter()
        self.ranks = node_ranks(layer) if is_model else {}

    def next_rank(self, layer):
        """Which of its nodes' places in the file this call of a layer has."""
        count = self.counts[id(layer)]
        self.counts[id(layer)] += 1
        ranks = self.ranks.get(id(layer), [])
        return ranks[count] if count < len(ranks) else count


def node_ranks(model):
    """For each layer, by id: the places of its nodes in the file, in the order that they run."""
    graph = getattr(model, "_functional", None) or model
    by_depth = getattr(graph, "_nodes_by_depth", None) or {}
    nodes = [node for depth in sorted(by_depth, reverse=True) for node in by_depth[depth]]
    known = {id(node) for node in nodes}
    ranks = {}
    for node in nodes:
        layer = node_layer(node)
        saved = [id(other) for other in layer._inbound_nodes if id(other) in known]
        ranks.setdefault(id(layer), []).append(saved.index(id(node)))
    return ranks


def node_layer(node):
    return node.operation if hasattr(node, "operation") else node.layer


def layer_of(tensor):
    """The layer that made a symbolic tensor: Keras 3 calls it an operation."""
    history = tensor._keras_history
    return history.operation if hasattr(history, "operation") else history.layer


def flatten(structure):
    """The leaves of lists, tuples and dictionaries, dictionaries by sorted key as Keras does."""
    if isinstance(structure, dict):
        return [leaf for key in sorted(structure) for leaf in flatten(structure[key])]
    if isinstance(structure, (list, tuple)):
        return [leaf for part in structure for leaf in flatten(part)]
    return [structure]


def as_given(model, tensors):
    """The inputs in the structure that the model was made with."""
    if isinstance(getattr(model, "_inputs_struct", None), dict):
        keys = sorted(model._inputs_struct)
        return dict(zip(keys, tensors))
    if isinstance(getattr(model, "_nested_inputs", None), dict):
        return dict(zip(sorted(model._nested_inputs), tensors))
    return tensors[0] if len(tensors) == 1 else tensors


def reset_states(model):
    """Starts stateful recurrent layers anew."""
    for layer in getattr(model, "layers", []):
        reset_states(layer)
        if getattr(layer, "stateful", False) and hasattr(layer, "reset_states"):
            if not hasattr(layer, "layers"):
                layer.reset_states()


def as_tensors(arrays):
    """The arrays as TensorFlow's tensors where strings are among them, which layers expect."""
    if all(array.dtype.kind not in "US" for array in arrays):
        return arrays
    import tensorflow as tf

    return [tf.constant(array) for array in arrays]


def to_numpy(value):
    """The value as an array that NumPy itself knows: bfloat16 becomes float32, strings text."""
    array = np.asarray(value)
    if array.dtype.kind == "O":
        return np.array([text.decode() for text in array.flat], "U").reshape(array.shape)
    return array.astype(np.float32) if array.dtype.name == "bfloat16" else array
