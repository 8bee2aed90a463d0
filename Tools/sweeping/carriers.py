"""The forms in which Keras saves a model: each writes files and gives keraskit's words for them."""
import contextlib
import importlib.util
import io
import os
import random
import sys
import types

import h5py
import numpy as np


def whole(kit, model, stem):
    """The legacy file of everything."""
    path = stem + ".h5"
    model.save(path, **({"save_format": "h5"} if kit.is_keras2 else {}), include_optimizer=False)
    return [path]


def archive(kit, model, stem):
    path = stem + ".keras"
    model.save(path, **({"save_format": "keras"} if kit.is_keras2 else {}))
    return [path]


def tree_of_weights(kit, model, stem):
    """The graph as JSON, and Keras 3's file of weights."""
    model.save_weights(stem + ".weights.h5")
    return [configuration(model, stem), "--weights", stem + ".weights.h5"]


def archive_of_arrays(kit, model, stem):
    """An archive with the weights in NumPy's form."""
    from keras.src.saving import saving_lib

    saving_lib.save_model(model, stem + ".keras", weights_format="npz")
    return [stem + ".keras"]


def shards_of_weights(kit, model, stem):
    """The graph as JSON, and Keras 3's weights in several files beside a list of them."""
    sizes = [weight.numpy().nbytes for weight in model.weights]
    # What a lookup has learned is kept beside the weights, and is none of them.
    lookups = any("lookup" in name or "vectorization" in name for name in
                  (layer.name for layer in model.layers))
    size = max([1024 if lookups else 1, sum(sizes) / 3, *sizes])
    model.save_weights(stem + ".weights.json", max_shard_size=size / 1024 ** 3)
    return [configuration(model, stem), "--weights", stem + ".weights.json"]


def list_of_weights(kit, model, stem):
    """The graph as JSON, and the legacy file of weights."""
    path = stem + ".legacy.h5"
    with h5py.File(path, "w") as file:
        if kit.is_keras2:
            from tf_keras.src.saving.legacy import hdf5_format as legacy
            legacy.save_weights_to_hdf5_group(file, model)
        else:
            from keras.src.legacy.saving import legacy_h5_format as legacy
            legacy.save_weights_to_hdf5_group(file, model)
    return [configuration(model, stem), "--weights", path]


def saved_again(kit, model, stem):
    """The legacy file, copied with compression in the newest form of HDF5."""
    [path] = whole(kit, model, stem + ".first")
    again = stem + ".h5"
    with h5py.File(path) as old, h5py.File(again, "w", libver="latest") as new:
        copy(old, new, {"compression": "gzip", "shuffle": True, "fletcher32": True})
    os.remove(path)
    return [again]


def saved_fast(kit, model, stem):
    """The legacy file, copied with h5py's own compression."""
    [path] = whole(kit, model, stem + ".first")
    again = stem + ".h5"
    with h5py.File(path) as old, h5py.File(again, "w") as new:
        copy(old, new, {"compression": "lzf", "shuffle": True})
    os.remove(path)
    return [again]


def copy(old, new, filters):
    for key, value in old.attrs.items():
        new.attrs[key] = value
    for name, item in old.items():
        if isinstance(item, h5py.Group):
            copy(item, new.create_group(name), filters)
        else:
            made = new.create_dataset(
                name, data=item[()], dtype=item.dtype, **(filters if item.shape else {}))
            for key, value in item.attrs.items():
                made.attrs[key] = value


def saved_model(kit, model, stem):
    """A SavedModel, without the operations, which take long to trace."""
    model.save(stem + ".saved", save_format="tf", save_traces=False)
    return [stem + ".saved"]


def checkpoint(kit, model, stem):
    """The graph as JSON, and a TensorFlow checkpoint."""
    model.save_weights(stem + ".ckpt", save_format="tf")
    return [configuration(model, stem), "--weights", stem + ".ckpt"]


def tensorflow_js(kit, model, stem):
    """What the converter of TensorFlow.js makes of a model; it takes no two weights of one name."""
    try:
        keras_h5_conversion().save_keras_model(model, stem + ".tfjs")
    except Exception as error:
        if "duplicate weight name" not in str(error):
            raise
        return whole(kit, model, stem)
    return [os.path.join(stem + ".tfjs", "model.json")]


def keras_h5_conversion():
    """The converter's module alone: its package asks for several others when it is imported."""
    module = "tensorflowjs.converters.keras_h5_conversion"
    if module in sys.modules:
        return sys.modules[module]
    [root] = importlib.util.find_spec("tensorflowjs").submodule_search_locations
    for name, path in ("tensorflowjs", root), ("tensorflowjs.converters",
                                               os.path.join(root, "converters")):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [path]
    # Names that NumPy has dropped since.
    np.object, np.bool = object, np.bool_
    return importlib.import_module(module)


def configuration(model, stem):
    with open(stem + ".json", "w", encoding="utf-8") as file:
        file.write(model.to_json())
    return stem + ".json"


CARRIERS = {
    "h5": whole, "keras": archive, "tree": tree_of_weights, "list": list_of_weights,
    "again": saved_again, "fast": saved_fast,
}
ONLY_KERAS2 = {
    "saved_model": saved_model, "checkpoint": checkpoint, "tensorflow_js": tensorflow_js}
ONLY_KERAS3 = {"npz": archive_of_arrays, "shards": shards_of_weights}


def save(kit, model, stem, name, seed):
    """Saves the model in the carrier of that name, or in one that the seed draws."""
    known = carriers(kit)
    name = name or random.Random(seed).choice(list(known))
    with contextlib.redirect_stdout(io.StringIO()):
        return known[name](kit, model, stem)


def carriers(kit):
    """The forms in which a generation of Keras saves."""
    return {**CARRIERS, **(ONLY_KERAS2 if kit.is_keras2 else ONLY_KERAS3)}
