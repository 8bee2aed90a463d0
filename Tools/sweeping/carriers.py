"""The forms in which Keras saves a model: each writes files and gives keraskit's words for them."""
import contextlib
import io
import random

import h5py


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
    [path] = whole(kit, model, stem)
    again = stem + ".again.h5"
    with h5py.File(path) as old, h5py.File(again, "w", libver="latest") as new:
        copy(old, new)
    return [again]


def copy(old, new):
    for key, value in old.attrs.items():
        new.attrs[key] = value
    for name, item in old.items():
        if isinstance(item, h5py.Group):
            copy(item, new.create_group(name))
        else:
            filters = {} if item.shape == () else {
                "compression": "gzip", "shuffle": True, "fletcher32": True}
            made = new.create_dataset(name, data=item[()], dtype=item.dtype, **filters)
            for key, value in item.attrs.items():
                made.attrs[key] = value


def configuration(model, stem):
    with open(stem + ".json", "w", encoding="utf-8") as file:
        file.write(model.to_json())
    return stem + ".json"


CARRIERS = {
    "h5": whole, "keras": archive, "tree": tree_of_weights, "list": list_of_weights,
    "again": saved_again,
}


def save(kit, model, stem, name, seed):
    """Saves the model in the carrier of that name, or in one that the seed draws."""
    name = name or random.Random(seed).choice(list(CARRIERS))
    with contextlib.redirect_stdout(io.StringIO()):
        return CARRIERS[name](kit, model, stem)
