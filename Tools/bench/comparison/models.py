"""The ten models that are compared, with random weights and random batch-norm statistics."""
import numpy as np


def make(name):
    import keras

    keras.utils.set_random_seed(7)
    model = MODELS[name](keras, False)
    randomise(keras, model)
    return model


def twin(name, model):
    """The same numbers by operations that converters know: recurrent layers unrolled, gelu by
    erf in place of erfc."""
    import keras

    other = MODELS[name](keras, True)
    other.set_weights(model.get_weights())
    return other


def randomise(keras, model):
    """Statistics and biases as training leaves them, and outputs that are far from uniform."""
    random = np.random.default_rng(50)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            values = [random.normal(0, 0.2, layer.moving_mean.shape),
                      random.uniform(0.5, 2, layer.moving_variance.shape)]
            if layer.center:
                values.insert(0, random.normal(0, 0.2, layer.beta.shape))
            if layer.scale:
                values.insert(0, random.uniform(0.5, 1.5, layer.gamma.shape))
            layer.set_weights(values)
        elif getattr(layer, "bias", None) is not None:
            layer.bias.assign(random.normal(0, 0.1, layer.bias.shape))
    last = model.layers[-1]
    if getattr(last, "activation", None) is keras.activations.softmax:
        probabilities = np.asarray(model(sample(model, 2)), np.float64)
        spread = np.log(np.maximum(probabilities, 1e-30)).std()
        last.kernel.assign(last.kernel * (2 / max(spread, 1e-6)))


def sample(model, batch):
    """A batch of numbers from 0 to 1."""
    shape = (batch, *model.input_shape[1:])
    return np.random.default_rng(1).random(shape, np.float32)


def mlp(keras, exported):
    layers = keras.layers
    return keras.Sequential([
        layers.Input((784,)),
        layers.Dense(512, activation="relu"), layers.Dropout(0.2),
        layers.Dense(512, activation="relu"), layers.Dropout(0.2),
        layers.Dense(10, activation="softmax")])


def cnn(keras, exported):
    layers = keras.layers
    return keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(),
        layers.Flatten(), layers.Dropout(0.5), layers.Dense(10, activation="softmax")])


def conv1d(keras, exported):
    layers = keras.layers
    model = keras.Sequential([layers.Input((1024, 1))])
    for filters in (32, 64, 128, 256):
        model.add(layers.Conv1D(filters, 9, padding="same", activation="relu"))
        model.add(layers.BatchNormalization())
        model.add(layers.MaxPooling1D(2))
    model.add(layers.GlobalAveragePooling1D())
    model.add(layers.Dense(10, activation="softmax"))
    return model


def lstm(keras, exported):
    layers = keras.layers
    return keras.Sequential([
        layers.Input((100, 64)),
        layers.LSTM(128, return_sequences=True, unroll=exported),
        layers.LSTM(128, unroll=exported),
        layers.Dense(10, activation="softmax")])


def gru(keras, exported):
    layers = keras.layers
    return keras.Sequential([
        layers.Input((100, 64)), layers.Bidirectional(layers.GRU(128, unroll=exported)),
        layers.Dense(10, activation="softmax")])


def tfm(keras, exported):
    layers = keras.layers

    def gelu(x):
        return 0.5 * x * (1 + keras.ops.erf(x * 0.7071067811865476))

    x = inputs = layers.Input((128, 256))
    for _ in range(2):
        attention = layers.MultiHeadAttention(8, 32)(x, x)
        x = layers.LayerNormalization()(layers.Add()([x, attention]))
        hidden = layers.Dense(1024, activation=gelu if exported else "gelu")(x)
        x = layers.LayerNormalization()(layers.Add()([x, layers.Dense(256)(hidden)]))
    x = layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def unet(keras, exported):
    layers = keras.layers

    def twice(x, filters):
        for _ in range(2):
            x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        return x

    x = inputs = layers.Input((128, 128, 3))
    skips = []
    for filters in (16, 32, 64, 128):
        x = twice(x, filters)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = twice(x, 256)
    for filters in (128, 64, 32, 16):
        x = layers.Conv2DTranspose(filters, 2, strides=2)(x)
        x = twice(layers.Concatenate()([x, skips.pop()]), filters)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x))


MODELS = {
    "mlp": mlp, "cnn": cnn, "conv1d": conv1d, "lstm": lstm, "gru": gru, "tfm": tfm, "unet": unet,
    "mbv2": lambda keras, exported: keras.applications.MobileNetV2(weights=None),
    "effb0": lambda keras, exported: keras.applications.EfficientNetB0(weights=None),
    "rn50": lambda keras, exported: keras.applications.ResNet50(weights=None),
}
