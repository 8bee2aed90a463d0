"""Bundles whose header says what is not so: of their tensors' types, shapes and places, of the
metadata, of its own length."""
import json
import os
import subprocess

from . import bytes_

TYPES = ["F32", "F16", "BF16", "I8", "U8", "I64", "BOOL", "F64", "U16", "F8_E4M3", "", "f32", None, 7]
SIZES = [-1, 0, 1, 3, 1 << 31, 1 << 62, (1 << 63) - 1, 1 << 64, 1.5, "4", None, [], True]


def header(draw, path, keraskit):
    """A bundle made of a model, with a few changes of its header."""
    made = path + ".safetensors"
    subprocess.run([keraskit, "convert", path, "-o", made], capture_output=True, check=False)
    if not os.path.exists(made):
        return
    data = bytes_.read(made)
    size = int.from_bytes(data[:8], "little")
    header, data = json.loads(data[8:8 + size]), data[8 + size:]
    for _ in range(draw.choice([1, 1, 2, 5])):
        data = changed(draw, header, data)
    text = json.dumps(header).encode()
    if draw.random() < 0.05:
        text = text.replace(b'"', b"'", 1) if draw.random() < 0.5 else text + b"}"
    text += b" " * (-(len(text) + 8) % 64)
    length = len(text) if draw.random() < 0.9 else draw.choice(
        [0, 1, len(text) - 1, len(text) + 64, 1 << 31, (1 << 64) - 1])
    bytes_.write(made, length.to_bytes(8, "little") + text + data)
    os.replace(made, path)


def changed(draw, header, data):
    """The data after one change of the header, or of them."""
    metadata, names = header.get("__metadata__", {}), [key for key in header if key[0] != "_"]
    way = draw.randrange(9)
    tensor = header[draw.choice(names)] if names else {}
    if not isinstance(tensor, dict):
        return data
    if way == 0:
        tensor["dtype"] = draw.choice(TYPES)
    elif way == 1 and tensor.get("shape"):
        tensor["shape"][draw.randrange(len(tensor["shape"]))] = draw.choice(SIZES)
    elif way == 2:
        tensor["shape"] = draw.choice([None, [], [1] * 40, [0], "4", [[1]], tensor.get("shape", [])[::-1]])
    elif way == 3 and isinstance(tensor.get("data_offsets"), list):
        tensor["data_offsets"][draw.randrange(2)] = draw.choice([*SIZES, len(data), len(data) + 1, 5])
    elif way == 4:
        tensor.pop(draw.choice(sorted(tensor)), None)
    elif way == 5 and names:
        header[draw.choice(["x", "reference/inputs/x", "é", "", names[0] + "/"])] = header.pop(names[0])
    elif way == 6 and metadata:
        key = draw.choice(sorted(metadata))
        metadata[key] = draw.choice(["", "{}", "null", "[" * 5000, "9" * 400, 4, metadata[key][:-1]])
    elif way == 7 and metadata:
        del metadata[draw.choice(sorted(metadata))]
    else:
        return draw.choice([data[:len(data) // 2], data + bytes(64), b"", data[:-1]])
    return data


DAMAGES = {"header": ((".h5",), header)}
