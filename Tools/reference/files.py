"""Reference files: `inputs/…`, `outputs/…` and `activations/…` in one `.npz` or `.h5`."""
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
