"""Reference files: `inputs/…`, `outputs/…` and `activations/…` in one `.npz` or `.h5`."""
import json
import zipfile

import numpy as np

from .recording import record


def write_reference(path, model, inputs, keras):
    """Runs the model and writes what went in, what came out, and every layer's activation."""
    outputs, activations = record(model, inputs, keras)
    parts = {"inputs": inputs, "outputs": outputs, "activations": activations}
    arrays = {
        f"{group}/{name}": array for group, members in parts.items()
        for name, array in members.items()
    }
    if path.endswith(".npz"):
        np.savez_compressed(path, **arrays)
    else:
        write_hdf5(path, arrays)
    return outputs, activations


def write_hdf5(path, arrays):
    import h5py

    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            if name in file:
                raise SystemExit(
                    f"'{name}' is also the beginning of another name, which HDF5 cannot hold: "
                    "write an .npz file")
            file.create_dataset(name, data=array)


def read_inputs(path):
    """The arrays of an `.npz`: all of them, or those under `inputs/` where there are any."""
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    prefix = "inputs/"
    named = {n[len(prefix):]: a for n, a in arrays.items() if n.startswith(prefix)}
    return named or arrays


def generation(path):
    """The package that loads a model's file as the one that wrote it: `keras` or `tf_keras`."""
    version = written_version(path)
    return "tf_keras" if version and int(version.split(".")[0]) < 3 else "keras"


def written_version(path):
    """The version of Keras that a `.keras` or HDF5 file tells, None where it tells none."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return json.loads(archive.read("metadata.json")).get("keras_version")
    import h5py

    if not h5py.is_hdf5(path):
        return None
    with h5py.File(path) as file:
        for group in (file, file.get("model_weights")):
            version = None if group is None else group.attrs.get("keras_version")
            if version is not None:
                return version.decode() if isinstance(version, bytes) else str(version)
        return None if "batch_shape" in str(file.attrs.get("model_config")) else "2"
