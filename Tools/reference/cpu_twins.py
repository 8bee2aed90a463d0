"""Lets TensorFlow's CPU kernels compute what they refuse: channels_first convolution and pooling,
depthwise convolution with unequal strides, and dilated transposed convolution.

Each is replaced by its equal that the CPU does compute; the configuration that is saved stays.
"""
import tensorflow as tf

CHANNELS_FIRST = ["Conv1D", "Conv2D", "SeparableConv1D", "SeparableConv2D", "DepthwiseConv1D",
                  "DepthwiseConv2D", "Conv1DTranspose", "Conv2DTranspose", "MaxPooling1D",
                  "MaxPooling2D", "AveragePooling1D", "AveragePooling2D"]


def install(keras):
    """Patches the layer classes of one generation of Keras for this process."""
    for name in CHANNELS_FIRST:
        layer_class = getattr(keras.layers, name)
        layer_class.call = channels_last_call(layer_class.call)
    depthwise = keras.layers.DepthwiseConv2D
    depthwise.call = equal_strides_call(depthwise.call)
    for rank in (1, 2, 3):
        conv_lstm = getattr(keras.layers, f"ConvLSTM{rank}D")
        conv_lstm.call = channels_last_sequence_call(conv_lstm.call)
    if not keras.__version__.startswith("2"):
        undilate_transposed(keras)


def channels_last_call(original):
    """The same call on transposed values; the activation sees the axes as they are."""

    def call(self, inputs):
        if self.data_format != "channels_first":
            return original(self, inputs)
        rank = len(inputs.shape)
        last = tf.transpose(inputs, [0, *range(2, rank), 1])
        swapped = {"data_format": "channels_last"}
        if hasattr(self, "_tf_data_format"):
            swapped["_tf_data_format"] = "NWC" if rank == 3 else "NHWC"
        if hasattr(self, "_channels_first"):
            swapped["_channels_first"] = False
        activation = getattr(self, "activation", None)
        if activation is not None:
            swapped["activation"] = None
        apart = adds_bias_apart(self)
        if apart:
            swapped["use_bias"] = False
        result = with_attributes(self, swapped, lambda: original(self, last))
        result = tf.transpose(result, [0, rank - 1, *range(1, rank - 1)])
        if apart:
            # As Keras 3 does it, which may take another axis than the channels' for them.
            import keras

            result = keras.ops.add(result, tf.reshape(self.bias, (1, -1) + (1,) * (rank - 2)))
        return result if activation is None else activation(result)

    return call


def adds_bias_apart(layer):
    """Whether Keras 3's predict() adds the layer's bias by itself: TensorFlow takes that of a plain
    convolution in one or two dimensions, if it is not dilated, in one with the product, along the
    right axis."""
    is_plain = (type(layer).__name__ in ("Conv1D", "Conv2D") and layer.groups == 1
                and set(layer.dilation_rate) == {1})
    return (getattr(layer, "use_bias", False) and not hasattr(layer, "_tf_data_format")
            and not hasattr(layer, "_channels_first") and not is_plain)


def channels_last_sequence_call(original):
    """The same call of a recurrent layer on transposed sequences, without states."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        options = {"initial_state": initial_state, "mask": mask, "training": training}
        cell = self.cell
        if cell.data_format != "channels_first":
            return original(self, sequences, **options)
        rank = len(sequences.shape)
        last = tf.transpose(sequences, [0, 1, *range(3, rank), 2])
        swapped = {"data_format": "channels_last"}
        result = with_attributes(cell, swapped, lambda: with_attributes(
            self, {"input_spec": None}, lambda: original(self, last, **options)))
        axes = len(result.shape)
        kept = [0, 1] if self.return_sequences else [0]
        return tf.transpose(result, [*kept, axes - 1, *range(len(kept), axes - 1)])

    return call


def with_attributes(layer, values, action):
    """Runs the action while attributes of the layer have other values."""
    kept = {name: getattr(layer, name) for name in values}
    for name, value in values.items():
        setattr(layer, name, value)
    try:
        return action()
    finally:
        for name, value in kept.items():
            setattr(layer, name, value)


def equal_strides_call(original):
    """Unequal strides: stride 1 on explicitly padded values, of which the strides pick some."""

    def call(self, inputs):
        strides = tuple(self.strides)
        if strides[0] == strides[1] or self.data_format != "channels_last":
            return original(self, inputs)
        if self.padding == "same":
            inputs = tf.pad(inputs, same_padding(self, inputs.shape, strides))
        plain = {"strides": (1, 1), "padding": "valid"}
        result = with_attributes(self, plain, lambda: original(self, inputs))
        return result[:, :: strides[0], :: strides[1]]

    return call


def same_padding(layer, shape, strides):
    """What `same` pads: in all as much as is needed, the odd element at the end."""
    pads = [[0, 0]]
    for size, kernel, stride, dilation in zip(
        shape[1:3], layer.kernel_size, strides, layer.dilation_rate
    ):
        total = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
        pads.append([total // 2, total - total // 2])
    return pads + [[0, 0]]


def undilate_transposed(keras):
    """A dilated kernel is an undilated one with zeros between its values."""
    backend = keras.src.backend.nn
    original = backend.conv_transpose

    def conv_transpose(inputs, kernel, strides=1, padding="valid", output_padding=None,
                       data_format=None, dilation_rate=1):
        rank = len(inputs.shape) - 2
        rates = [dilation_rate] * rank if isinstance(dilation_rate, int) else list(dilation_rate)
        if max(rates) > 1:
            kernel = spread(tf.convert_to_tensor(kernel), rates)
        return original(inputs, kernel, strides, padding, output_padding, data_format, 1)

    backend.conv_transpose = conv_transpose


def spread(kernel, rates):
    for axis, rate in enumerate(rates):
        if rate > 1:
            size = kernel.shape[axis]
            parts = []
            for index, row in enumerate(tf.split(kernel, size, axis)):
                parts.append(row)
                if index < size - 1:
                    gap = list(row.shape)
                    gap[axis] = rate - 1
                    parts.append(tf.zeros(gap, kernel.dtype))
            kernel = tf.concat(parts, axis)
    return kernel
