"""Weights that are not what the configuration says: renamed, reshaped, of other types, objects."""
import io
import pickle
import zipfile

import h5py
import numpy as np

TYPES = ["float16", "float64", "int8", "int32", "uint64", "bool", "complex64", "S7", "f2", ">f4"]
SHAPES = [(), (0,), (1,), (3, 0), (1, 1, 1, 1, 1, 1, 1), (2, 3), (17,)]


def groups(draw, path):
    """The datasets and the lists of names in an `.h5` file."""
    with h5py.File(path, "r+") as file:
        for _ in range(draw.choice([1, 1, 2, 4])):
            places = []
            file.visititems(lambda name, item: places.append(name))
            if not places:
                return
            change(draw, file, draw.choice(places))


def change(draw, file, name):
    item = file[name]
    if isinstance(item, h5py.Group):
        way = draw.randrange(5)
        if way == 0:
            del file[name]
        elif way == 1 and item.attrs:
            del item.attrs[draw.choice(list(item.attrs))]
        elif way == 2:
            item.attrs["weight_names"] = draw.choice([
                np.array([b"a", b"a"]), np.zeros((0,)), 3, "text", np.array([["x"]], dtype="S"),
                np.array([name.encode() + b"/.."]), np.array([b"/", b""])])
        elif way == 3:
            file.move(name, name + "_moved")
        elif "loop" not in item:
            item["loop"] = h5py.SoftLink("/") if draw.random() < 0.5 else item
        return
    del file[name]
    way = draw.randrange(4)
    if way == 0:
        return
    shape = draw.choice([*SHAPES, item_shape(draw, item)])
    if way == 1:
        file.create_dataset(name, shape, draw.choice(TYPES))
    elif way == 2:
        file.create_dataset(name, (1 << 20, 1 << 20), "f4", chunks=(64, 64))
    else:
        file.create_group(name)


def item_shape(draw, item):
    return (3, 4) if not item else tuple(item.shape[::-1]) if draw.random() < 0.5 else item.shape


def arrays(draw, path):
    """The weights of an archive as NumPy's: arrays of objects that are pickles, and odd headers."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    weights = next((name for name in members if name.endswith(".npz")), None)
    if weights is None:
        members["model.weights.npz"] = empty_archive(draw)
    else:
        members[weights] = damaged_archive(draw, members[weights])
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def empty_archive(draw):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("__root__.npy", object_array(draw, hostile_pickle(draw)))
    return file.getvalue()


def damaged_archive(draw, data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = draw.choice(sorted(members))
    way = draw.randrange(3)
    if way == 0:
        members[name] = object_array(draw, hostile_pickle(draw))
    else:
        array = bytearray(members[name])
        for _ in range(draw.choice([1, 2, 8])):
            place = draw.randrange(len(array) if way == 1 else min(len(array), 400))
            array[place] = draw.randrange(256)
        members[name] = bytes(array)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return file.getvalue()


def object_array(draw, pickled):
    shape = draw.choice(["()", "(1,)", "(0,)", "(-1,)", "(99999999999,)", "(1, 1)"])
    header = f"{{'descr': '|O', 'fortran_order': False, 'shape': {shape}, }}"
    header = header.ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + pickled


class Runs:
    """What a reader that trusts pickles would run."""

    def __reduce__(self):
        return (print, ("this must never be printed",))


def hostile_pickle(draw):
    own = []
    own.append(own)
    return draw.choice([
        pickle.dumps(Runs(), protocol=draw.randrange(6)), pickle.dumps(own),
        pickle.dumps({"a": {"b": object}}),
        b"\x80\x04" + b"]" * 300_000 + b"a" * 299_999 + b".", b"\x80\x04" + b"(" * 100_000 + b".",
        b"\x80\x04]" + b"2a" * 100_000 + b".", b"\x80\x04\x8e" + (1 << 62).to_bytes(8, "little"),
        b"\x80\x04N" + b"\x85" * 300_000 + b".", b"\x80\x04r\xff\xff\xff\xff.",
        b"\x80\x04G" + bytes(8) + b"p99999999999999999999\n.", b"."])


DAMAGES = {"arrays": ((".keras",), arrays), "groups": ((".h5",), groups)}
