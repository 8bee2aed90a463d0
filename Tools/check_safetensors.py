#!/usr/bin/env python3
"""Reads a bundle with Python's safetensors package, as any other program would.

    check_safetensors.py BUNDLE [--against MODEL.h5] [--list]

Checks that the file opens, that its data begin on a 64-byte boundary and lie without gaps, and,
given the Keras file, that every weight of it is in the bundle with the same values: float32
exactly, float16 and bfloat16 after rounding. Exits 1 when anything is wrong.
"""
import argparse
import json
import struct
import sys

import h5py
import ml_dtypes
import numpy as np
from safetensors import safe_open

BOUNDARY = 64


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("--against", metavar="MODEL.h5")
    parser.add_argument("--list", action="store_true", help="print every tensor")
    options = parser.parse_args()
    tensors, metadata = read_bundle(options.bundle)
    problems = layout_problems(options.bundle)
    if options.list:
        for name, tensor in tensors.items():
            print(f"{name}  {tensor.dtype}  {list(tensor.shape)}")
    if options.against:
        problems += weight_problems(tensors, options.against)
    for problem in problems:
        print(problem, file=sys.stderr)
    keys = ", ".join(sorted(metadata))
    print(f"{options.bundle}: {len(tensors)} tensors, "
          f"{sum(tensor.nbytes for tensor in tensors.values())} bytes; metadata: {keys}")
    sys.exit(1 if problems else 0)


def read_bundle(path):
    """All tensors of the bundle, and its metadata."""
    with safe_open(path, framework="numpy") as file:
        return {name: file.get_tensor(name) for name in file.keys()}, file.metadata() or {}


def layout_problems(path):
    """What is wrong with where the data lie."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        size = file.seek(0, 2) - 8 - length
    problems = []
    if (8 + length) % BOUNDARY:
        problems.append(
            f"{path}: data begin at byte {8 + length}, expected a multiple of {BOUNDARY}")
    header.pop("__metadata__", None)
    end = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, finish = entry["data_offsets"]
        if begin != end:
            problems.append(f"{path}: '{name}' begins at {begin}, expected {end}")
        end = finish
    if end != size:
        problems.append(f"{path}: tensors end at {end}, expected {size}")
    return problems


def weight_problems(tensors, path):
    """The weights of the Keras file that no tensor of the bundle holds.

    The bundle's names are its own, so a weight is looked for among the tensors of its shape; each
    tensor stands for one weight, and those whose names share most with the weight's come first.
    """
    free = dict(tensors)
    problems = []
    for layer, name, value in keras_weights(path):
        if value.dtype.kind in "iu" and name.split("/")[-1].startswith("count"):
            continue
        match = next((key for key in candidates(free, f"{layer}/{name}", value)
                      if equal(free[key], value)), None)
        if match is None:
            problems.append(f"{path}: weight '{name}' of layer '{layer}', "
                            f"{list(value.shape)}, is not in the bundle")
        else:
            del free[match]
    return problems


def keras_weights(path):
    """Layer, weight name and value of everything in the file, in Keras's order."""
    with h5py.File(path) as file:
        root = file["model_weights"] if "model_weights" in file else file
        for layer in names(root, "layer_names"):
            group = root[layer]
            for name in names(group, "weight_names"):
                yield layer, name, np.asarray(group[name])


def names(group, attribute):
    """A list of names, which Keras splits over numbered attributes when it is long."""
    parts = [attribute] if attribute in group.attrs else []
    if not parts:
        while f"{attribute}{len(parts)}" in group.attrs:
            parts.append(f"{attribute}{len(parts)}")
    found = [name for part in parts for name in group.attrs[part]]
    return [name.decode() if isinstance(name, bytes) else str(name) for name in found]


def candidates(tensors, path, value):
    """Names of tensors of a weight's shape, likeliest first."""
    words = set(path.replace(":0", "").split("/"))
    same = [key for key, tensor in tensors.items() if tensor.shape == value.shape]
    return sorted(same, key=lambda key: -len(words & set(key.replace(".", "/").split("/"))))


def equal(tensor, value):
    """Whether the tensor holds the value, rounded to the tensor's type."""
    tensor, value = numbers(tensor), numbers(value)
    return np.array_equal(tensor.astype("f8"), value.astype(tensor.dtype).astype("f8"), True)


def numbers(array):
    """bfloat16 stands in Keras's files as two opaque bytes."""
    opaque = array.dtype.kind == "V" and array.dtype.itemsize == 2
    return array.view(ml_dtypes.bfloat16) if opaque else array


if __name__ == "__main__":
    main()
