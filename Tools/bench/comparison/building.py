"""Builds one model with Keras and writes it in every format, what is there already left alone.

    python -m comparison.building MODEL FOLDER BATCH FORMAT…

A process of its own, so that the measuring one holds no TensorFlow.
"""
import os
import shutil
import sys

import numpy as np

from . import exporting, formats, models


def main():
    name, folder, batch, *wanted = sys.argv[1:]
    batch = int(batch)
    builds = {size: Build(name, folder, size) for size in {1, batch}}
    for kind in wanted:
        build = builds[1 if kind.endswith("ncnn") else batch]
        target = formats.path(folder, batch, kind)
        note = formats.failure_path(folder, batch, kind)
        if os.path.exists(target) or os.path.exists(note):
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        try:
            build.write(kind, target)
        except Exception as error:
            remove(target)
            with open(note, "w", encoding="utf-8") as file:
                file.write(reason(error))


def reason(error):
    """An error in one short line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {(lines or ['no message'])[0][:160]}"


def remove(target):
    if os.path.isdir(target):
        shutil.rmtree(target)
    elif os.path.exists(target):
        os.remove(target)


class Build:
    """A model in the making: built at the first need."""

    def __init__(self, name, folder, batch):
        self.name, self.folder, self.batch = name, folder, batch
        self._model = self._twin = None

    @property
    def model(self):
        if self._model is None:
            self._model = models.make(self.name)
        return self._model

    @property
    def twin(self):
        if self._twin is None:
            self._twin = models.twin(self.name, self.model)
        return self._twin

    def write(self, kind, target):
        if kind == "h5":
            self.model.save(target, include_optimizer=False)
        elif kind == "npz":
            self.write_reference(target)
        elif kind == "pb":
            exporting.graph(self.model, self.batch, target)
        elif kind.endswith("tflite"):
            exporting.tflite(self.twin if "unrolled" in kind else self.model, self.batch, target)
        elif kind == "onnx":
            # A loop is what a converter makes of a recurrent layer, gelu's erfc it does not know.
            model = self.twin if self.name == "tfm" else self.model
            exporting.onnx(model, self.batch, target)
        elif kind == "layers.onnx":
            exporting.recurrent_onnx(self.model, self.batch, target)
        else:
            other = kind.replace("ncnn", "onnx").replace("mnn", "onnx")
            source = formats.path(self.folder, self.batch, other)
            if not os.path.exists(source):
                self.write(other, source)
            (exporting.mnn if kind.endswith("mnn") else exporting.ncnn)(source, target)

    def write_reference(self, target):
        """Inputs, and what Keras makes of them."""
        inputs = models.sample(self.model, self.batch)
        np.savez(target, inputs=inputs, outputs=np.asarray(self.model(inputs, training=False)))


if __name__ == "__main__":
    main()
