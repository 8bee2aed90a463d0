"""The bundles that the servers under test serve, made from Fixtures."""
import os
import pathlib
import shutil
import subprocess

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[3]
FIXTURES = ROOT / "Fixtures"
LABELS = ["Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine"]

# The name that a model is served by, its file, and whether it gets labels.
MODELS = {
    "mlp": ("digits/mlp", False),
    "cnn": ("digits/cnn", True),
    "several": ("models/several_inputs_and_outputs", False),
    "siamese": ("models/siamese", False),
    "words": ("layers/StringLookup/passed_on", False),
    "names": ("layers/StringLookup/inverse", False),
    "bytes": ("layers/Embedding/ids_uint8", False),
    "open": ("layers/Embedding/unknown_length", False),
}


class Reference:
    """What Keras computed for a model: arrays by the names of inputs and of outputs."""

    def __init__(self, path):
        with np.load(path) as file:
            arrays = {name: file[name] for name in file.files}
        self.inputs = self._group(arrays, "inputs/")
        self.outputs = self._group(arrays, "predictions/") or self._group(arrays, "outputs/")

    @staticmethod
    def _group(arrays, prefix):
        return {name.removeprefix(prefix): array for name, array in arrays.items()
                if name.startswith(prefix)}

    @property
    def input(self):
        """The only input."""
        (array,) = self.inputs.values()
        return array

    @property
    def output(self):
        """The only output."""
        (array,) = self.outputs.values()
        return array


class Bundles:
    """A folder of bundles, each made when it is first asked for."""

    def __init__(self, keraskit, folder):
        self.keraskit = str(keraskit)
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def path(self, name):
        bundle = self.folder / f"{name}.safetensors"
        if bundle.exists():
            return bundle
        file, has_labels = MODELS[name]
        command = [self.keraskit, "convert", FIXTURES / f"{file}.h5", "-o", bundle,
                   "--reference", self._reference(file)]
        if has_labels:
            labels = self.folder / "labels.txt"
            labels.write_text("\n".join(LABELS) + "\n", encoding="utf-8")
            command += ["--labels", labels]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return bundle

    def reference(self, name):
        return Reference(self._reference(MODELS[name][0]))

    @staticmethod
    def _reference(file):
        path = FIXTURES / f"{file}.npz"
        return path if path.exists() else FIXTURES / f"{file}.reference.npz"

    def repository(self, folder, versions):
        """A folder of models, NAME/VERSION/model.safetensors: `versions` gives for each name the
        bundle that each version is."""
        folder = pathlib.Path(folder)
        shutil.rmtree(folder, ignore_errors=True)
        for name, bundles in versions.items():
            for version, bundle in bundles.items():
                self.put(folder, name, version, bundle)
        return folder

    def put(self, folder, name, version, bundle):
        """Places a bundle as a version of a model, at once (as a rename does)."""
        place = pathlib.Path(folder) / name / str(version)
        place.mkdir(parents=True, exist_ok=True)
        new = place / ".new"
        new.write_bytes(self.path(bundle).read_bytes())
        os.replace(new, place / "model.safetensors")
