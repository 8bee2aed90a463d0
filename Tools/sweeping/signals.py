"""Random layers that read pictures and sounds."""
import numpy as np

NAMES = ["AutoContrast", "ContrastLimitedAdaptiveHistogramEqualization", "MelSpectrogram",
         "RandomCrop", "STFTSpectrogram"]


def signal_model(k, r, only=None):
    """A layer of pictures or sounds, words that say what it is, and its inputs."""
    name = "RandomCrop" if k.is_keras2 else only if only in NAMES else r.choice(NAMES)
    layer, shape, given = (sound if "Spectrogram" in name else picture)(k, r, name)
    x = k.input(*shape)
    return k.model(x, layer(x)), f"{name}, {layer.get_config()}", {"x": given}


def picture(k, r, name):
    shape = (r.randint(1, 20), r.randint(1, 20), r.randint(1, 3))
    random = np.random.default_rng(r.randrange(1 << 30))
    if name == "RandomCrop":
        size = (r.randint(1, 9), r.randint(1, 9)) if k.is_keras2 else shape[:2]
        return k.layers.RandomCrop(*size), shape, random.normal(size=(2, *shape)).astype("float32")
    low, high = r.choice([(0, 255), (0, 1), (-1, 1)])
    options = {"value_range": (low, high)}
    if name != "AutoContrast":
        options.update(clip_limit=r.choice([4.0, 0.0, 1.3]),
                       tile_grid_size=(r.randint(1, 5), r.randint(1, 5)))
    given = random.integers(0, 256, (2, *shape)) / 255 * (high - low) + low
    # Off the borders of levels, where a rounding would choose another one.
    given = np.clip(given + 1e-3 * (high - low), low, high)
    return getattr(k.layers, name)(**options), shape, given.astype("float32")


def sound(k, r, name):
    length = r.choice([r.randint(2, 40), 16, 32])
    inner = r.choice([length, r.randint(1, length)])
    samples = length + r.randint(1, 200)
    shape = (samples,) if name == "MelSpectrogram" else (samples, r.randint(1, 3))
    given = np.random.default_rng(r.randrange(1 << 30)).normal(size=(2, *shape)).astype("float32")
    step, window = r.randint(1, 20), r.choice(["hann", "hamming"])
    if name == "STFTSpectrogram":
        mode = r.choice(["log", "magnitude", "psd", "real", "imag", "stft"])
        return k.layers.STFTSpectrogram(
            mode, inner, step, length, window, padding=r.choice(["valid", "same"]),
            expand_dims=r.random() < 0.3), shape, given
    return k.layers.MelSpectrogram(
        length, step, inner, r.choice([window, None]), sampling_rate=r.choice([1000, 8000]),
        num_mel_bins=r.randint(1, 6), power_to_db=r.random() < 0.6, top_db=r.choice([80.0, 5.0]),
        mag_exp=r.choice([2.0, 1.0, 0.7])), shape, given
