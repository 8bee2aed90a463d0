"""Random layers whose weights Keras 3 has quantised."""
import numpy as np

from layer_cases.kit import randomise

NAMES = ["Dense", "EinsumDense", "Embedding", "GroupQueryAttention", "MultiHeadAttention"]


def quantized_model(k, r, plain):
    """A model of one such layer, quantised in some way; `plain` makes one that is not."""
    name = r.choice(NAMES)
    model, words, *given = plain(k, r, name)
    # What the layers within attention do to inputs is not in the file: it is taken to be usual.
    config, way = configuration(k, r, is_usual="Attention" in name)
    randomise(model, np.random.default_rng(r.randint(0, 1 << 30)))
    model.quantize(config=config)
    if not any("scale" in weight.name for weight in model.weights):
        raise ValueError("Keras left the weights as they were")
    # The weights are what was quantised; random ones would not be.
    model.has_weights = True
    return model, f"{words}, {way}", *given


def configuration(k, r, is_usual):
    Q = k.keras.quantizers
    high = r.choice([127, 127, 63, 7])
    inputs = r.choice(["default", None, Q.AbsMaxQuantizer(value_range=(-high, high))])
    inputs = "default" if is_usual else inputs
    if r.random() < 0.5:
        return Q.Int8QuantizationConfig(activation_quantizer=inputs), f"int8, inputs {inputs}"
    size = r.choice([128, 1, 2, 3, 5, 8, -1, None])
    if size not in (-1, None):
        inputs = "default"
    return (Q.Int4QuantizationConfig(block_size=size, activation_quantizer=inputs),
            f"int4, blocks {size}, inputs {inputs}")
