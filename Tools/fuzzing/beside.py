"""Damage to what stands beside a model: references, inputs, configurations without weights, lists
of files of weights, one of a SavedModel's files, one of a checkpoint's."""
import io
import os
import shutil
import zipfile

import numpy as np

from . import bytes_, configs, weights


def reference(draw, path):
    """Arrays of NumPy's, by which a model is run and compared."""
    if draw.random() < 0.4:
        draw.choice([bytes_.flip, bytes_.flip_header, bytes_.cut, bytes_.splice])(draw, path)
        return
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = draw.choice(sorted(members))
    way = draw.randrange(5)
    if way == 0:
        members[name] = weights.object_array(draw, weights.hostile_pickle(draw))
    elif way == 1:
        members[draw.choice(["inputs/", "outputs/x", "../x.npy", "a.npy", "é"])] = members.pop(name)
    elif way == 2:
        members[name] = array(np.zeros(draw.choice(weights.SHAPES), draw.choice(weights.TYPES)))
    elif way == 3:
        values = np.load(io.BytesIO(members[name]), allow_pickle=False)
        odd = draw.choice([np.nan, np.inf, -np.inf, 1e38, -1e38, -1, 1 << 31])
        with np.errstate(all="ignore"):
            members[name] = array(np.full_like(values, odd)) if values.dtype.kind in "fiu" else b""
    else:
        place = draw.randrange(min(120, len(members[name])))
        members[name] = members[name][:place] + b"9" + members[name][place + 1:]
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)


def array(values):
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def loose_config(draw, path):
    """A configuration whose weights stand in other files, or the list of those files."""
    with open(path) as file:
        text = file.read()
    with open(path, "w", errors="replace") as file:
        file.write(configs.mutated(draw, text))


def part(draw, path):
    """A file of a SavedModel or of a checkpoint, which tell nothing by their order."""
    draw.choice([bytes_.flip, bytes_.flip_header, bytes_.cut, bytes_.splice, bytes_.fill])(
        draw, path)


def whole(copy, original):
    """What keraskit is told of the whole that a damaged part belongs to, which is put around it."""
    folder = os.path.dirname(copy)
    if ".saved" + os.sep in original:
        model = os.path.join(folder, "model.saved")
        root, inside = original.split(".saved" + os.sep)
        shutil.copytree(root + ".saved", model)
        shutil.copy(copy, os.path.join(model, inside))
        words = [model]
    else:
        stem, _ = original.split(".ckpt.")
        for name in os.listdir(os.path.dirname(original)):
            if name.startswith(os.path.basename(stem)) and name != os.path.basename(copy):
                shutil.copy(os.path.join(os.path.dirname(original), name), folder)
        stem = os.path.join(folder, os.path.basename(stem))
        words = [stem + ".json", "--weights", stem + ".ckpt"]
    return [["inspect", *words], ["bench", *words, "--seconds", "0.01"]]


def commands(damage, copy, original):
    """What keraskit is told, where it is more than a model; None for models."""
    stem = original.rsplit(".", 1)[0]
    if damage == "reference":
        model = next((stem + end for end in (".h5", ".keras") if os.path.exists(stem + end)), None)
        return model and [["verify", model, "--reference", copy],
                          ["predict", model, "--input", copy]]
    if damage == "loose_config":
        if original.endswith(".weights.json"):
            return [["inspect", original.replace(".weights", ""), "--weights", copy]]
        found = [stem + end for end in (".weights.h5", ".legacy.h5", ".weights.json")
                 if os.path.exists(stem + end)]
        return found and [["inspect", copy, "--weights", found[0]],
                          ["bench", copy, "--weights", found[0], "--seconds", "0.01"]]
    return whole(copy, original) if damage == "part" else None


DAMAGES = {
    "part": ((".pb", ".index", ".data-00000-of-00001"), part),
    "loose_config": ((".json",), loose_config), "reference": ((".npz",), reference),
}
