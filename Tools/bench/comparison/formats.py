"""The files that a model is exported to, in a folder for each batch size.

A runtime takes the first of its formats that converts, or, where there are several, the one that
is fastest here: every runtime is given its best shot.
"""
import os

FORMATS = {
    "keraskit": ["safetensors"],
    "tf": ["h5"],
    "tflite": ["tflite", "unrolled.tflite"],
    "ort": ["onnx", "layers.onnx"],
    "ov": ["onnx", "layers.onnx", "pb"],
    "mnn": ["mnn", "layers.mnn"],
    "ncnn": ["ncnn", "layers.ncnn"],
}
TITLES = {
    "keraskit": "KerasKit", "tf": "TensorFlow", "tflite": "TFLite", "ort": "ONNX Runtime",
    "ov": "OpenVINO", "mnn": "MNN", "ncnn": "ncnn",
}
RECURRENT = {"lstm", "gru"}


def formats(runtime, model):
    """The formats of a model that a runtime may take."""
    return [name for name in FORMATS[runtime] if model in RECURRENT or not is_recurrent(name)]


def is_recurrent(name):
    """Whether a format is made for recurrent models alone: unrolled, or by ONNX's own layers."""
    return name.startswith(("unrolled.", "layers."))


def path(folder, batch, name):
    """Where a format of a model lies; those that take any batch lie above the others."""
    if name in ("h5", "safetensors"):
        return os.path.join(folder, f"model.{name}")
    if name.endswith("ncnn"):
        # ncnn knows no batch.
        batch = 1
    return os.path.join(folder, f"batch{batch}", f"model.{name}")


def failure_path(folder, batch, name):
    """Where the reason is noted for which there is no such file."""
    return path(folder, batch, name) + ".failed"
