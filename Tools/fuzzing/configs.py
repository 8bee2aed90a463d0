"""Configurations that are sound JSON and make no sense: wrong types, missing keys, huge numbers,
names of other things, layers within themselves."""
import copy
import json
import os
import subprocess
import zipfile

import h5py

ODD = [None, True, False, -1, 0, 1, 2, 7, -(1 << 31), 1 << 31, 1 << 62, 1 << 63, 1 << 64, -1.5, 0.0,
       1e308, -1e308, 10 ** 40, float("nan"), float("inf"), "", "same", "full", "é" * 40,
       "x" * 5000, "/", "..", "a/b", [], {}, [[]], [None], [-1], [0, 0], [1 << 40, 1 << 40], [1] * 300,
       {"class_name": "Dense"}, {"class_name": "Dense", "config": None},
       {"class_name": "__tuple__", "items": [1, {"class_name": "__tuple__"}]},
       {"class_name": "__numpy__", "config": {"value": [1], "dtype": "object"}},
       {"class_name": "function", "config": "os.system"},
       ["_CONSTANT_VALUE", -1, 3], ["dense", 0, 0], [["dense", 0, 0, {}]]]


def archived_config(draw, path):
    """The configuration of a `.keras` archive."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["config.json"] = mutated(draw, members["config.json"]).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def config(draw, path):
    """The configuration of an `.h5` file."""
    with h5py.File(path, "r+") as file:
        if "model_config" not in file.attrs:
            return
        text = file.attrs["model_config"]
        file.attrs["model_config"] = mutated(draw, text if isinstance(text, str) else text.decode())


def bundle(draw, path, keraskit):
    """The model in the header of a bundle, whose data stay sound."""
    made = path + ".safetensors"
    subprocess.run([keraskit, "convert", path, "-o", made], capture_output=True, check=False)
    if not os.path.exists(made):
        return
    with open(made, "rb") as file:
        data = file.read()
    os.replace(made, path)
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    metadata = header["__metadata__"]
    metadata["keraskit.model"] = mutated(draw, metadata["keraskit.model"])
    header = json.dumps(header).encode()
    header += b" " * (-(len(header) + 8) % 64)
    with open(path, "wb") as file:
        file.write(len(header).to_bytes(8, "little") + header + data[8 + size:])


def mutated(draw, text):
    json_ = json.loads(text)
    for _ in range(draw.choice([1, 1, 1, 2, 3, 8])):
        json_ = mutate(draw, json_)
    text = json.dumps(json_)
    if draw.random() < 0.03:
        place = draw.randrange(len(text))
        text = text[:place] + draw.choice(["[" * 100_000, "{\"a\":" * 50_000, "\\ud800", "\0"]) + (
            text[place:])
    return text


def mutate(draw, json_):
    """One place of the configuration changed."""
    places = list(walk(json_))
    holder, key = draw.choice(places)
    # Most values are words and numbers deep inside: the upper ones have their turn too.
    if draw.random() < 0.3:
        holder, key = draw.choice(places[:20])
    way = draw.randrange(7)
    other = draw.choice(places)
    if way == 0:
        del holder[key]
    elif way == 1:
        holder[key] = copy.deepcopy(other[0][other[1]])
    elif way == 2 and isinstance(holder, list):
        holder.append(copy.deepcopy(holder[key]))
    elif way == 3:
        twice = copy.deepcopy(json_)
        holder[key] = twice
    elif way == 4 and isinstance(holder[key], (int, float)):
        holder[key] = draw.choice([-holder[key], holder[key] + 1, holder[key] * 1_000_003,
                                   holder[key] << 40 if isinstance(holder[key], int) else 0.5])
    elif way == 5 and isinstance(holder, dict):
        holder[draw.choice([*KEYS, *holder])] = holder.pop(key)
    else:
        holder[key] = copy.deepcopy(draw.choice(ODD))
    return json_


KEYS = ["name", "config", "class_name", "layers", "layer", "cell", "units", "axis", "inbound_nodes",
        "batch_shape", "mode", "dtype", "backward_layer", "kernel_size", "quantization_config"]


def walk(json_):
    """Every place in the JSON as what holds it and the key, the upper ones first."""
    found, pending = [], [json_]
    while pending:
        value = pending.pop(0)
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in list(items):
            found.append((value, key))
            if isinstance(inner, (dict, list)):
                pending.append(inner)
    return found


DAMAGES = {"archived_config": ((".keras",), archived_config), "bundle": ((".h5",), bundle),
           "config": ((".h5",), config)}
