"""ONNX graphs of recurrent models by ONNX's own layers, which converters make loops of.

Letters: T time steps, B batch, C channels, H units. ONNX takes and gives (T, B, C) by default, its
gates stand in another order than Keras's, and its matrices are transposed.
"""
import numpy as np
from onnx import TensorProto, helper, numpy_helper

# Where Keras has the gates that ONNX wants: i, o, f, c of LSTM; z, r, h of GRU.
LSTM_GATES = [0, 3, 1, 2]
GRU_GATES = [0, 1, 2]


def graph(model, batch, opset):
    """A model that is a chain of LSTM, GRU, Bidirectional and Dense layers."""
    chain = Chain()
    chain.node("Transpose", ["input"], perm=[1, 0, 2])
    for layer in model.layers:
        chain.add(layer)
    chain.nodes[-1].output[0] = "output"
    types = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [batch, *shape[1:]])
             for name, shape in (("input", model.input_shape), ("output", model.output_shape))]
    built = helper.make_graph(chain.nodes, model.name, types[:1], types[1:], chain.weights)
    return helper.make_model(
        built, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


class Chain:
    """Nodes, each of which reads the one before."""

    def __init__(self):
        self.nodes, self.weights, self.value = [], [], "input"

    def add(self, layer):
        kind = type(layer).__name__
        if kind == "Dense":
            bias = np.asarray(layer.bias)
            self.node("Gemm", [self.value, self.weight(layer.kernel), self.weight(bias)])
            self.node("Softmax", [self.value], axis=-1)
        elif kind == "Bidirectional":
            self.recurrent([layer.forward_layer, layer.backward_layer], layer.output.shape[-1])
        elif kind in ("LSTM", "GRU"):
            self.recurrent([layer], layer.units)
        else:
            raise ValueError(f"no such layer is known here: {kind}")

    def recurrent(self, layers, width):
        kind = type(layers[0]).__name__
        gates = LSTM_GATES if kind == "LSTM" else GRU_GATES
        packed = [parts(layer.cell, gates) for layer in layers]
        names = [self.weight(np.stack(part)) for part in zip(*packed)]
        options = {"linear_before_reset": 1} if kind == "GRU" else {}
        source = self.value
        outputs = [f"{kind}{len(self.nodes)}_y", f"{kind}{len(self.nodes)}_h"]
        self.nodes.append(helper.make_node(
            kind, [source, *names], outputs, hidden_size=layers[0].units,
            direction="bidirectional" if len(layers) == 2 else "forward", **options))
        if layers[0].return_sequences:
            # (T, directions, B, H) to (T, B, H)
            axes = self.weight(np.array([1]))
            self.node("Squeeze", [outputs[0], axes])
        else:
            # (directions, B, H) to (B, directions * H)
            self.node("Transpose", [outputs[1]], perm=[1, 0, 2])
            self.node("Reshape", [self.value, self.weight(np.array([0, width]))])

    def node(self, kind, inputs, **options):
        self.value = f"{kind}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [self.value], **options))

    def weight(self, value):
        name = f"weight{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name


def parts(cell, gates):
    """W (gates * H, C), R (gates * H, H) and B (2 * gates * H) of one direction."""
    def ordered(value):
        blocks = np.split(np.asarray(value), len(gates), axis=-1)
        return np.concatenate([blocks[gate] for gate in gates], axis=-1)

    bias = np.asarray(cell.bias)
    both = bias if bias.ndim == 2 else np.stack([bias, np.zeros_like(bias)])
    return (ordered(cell.kernel).T, ordered(cell.recurrent_kernel).T, ordered(both).reshape(-1))
