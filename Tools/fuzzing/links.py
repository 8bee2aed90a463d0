"""`.h5` files whose structure is mad: links out of the file and in circles, attributes of other
types, data that stand elsewhere or behind filters, dimensions that no file holds."""
import io
import zipfile

import h5py
import numpy as np

from . import weights

HUGE = [(1 << 40,), (1 << 31, 1 << 31), (1 << 62, 4), (1,) * 32, (0, 1 << 40), (3, 1 << 33)]


def structure(draw, path):
    """The structure of an `.h5` file, or of the weights in an archive."""
    if not zipfile.is_zipfile(path):
        with h5py.File(path, "r+") as file:
            spoil(draw, file)
        return
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    name = next((name for name in members if name.endswith(".h5")), None)
    if name is None:
        return
    memory = io.BytesIO(members[name])
    with h5py.File(memory, "r+") as file:
        if draw.random() < 0.3:
            places = list(names(file))
            for _ in range(draw.choice([1, 2, 4])):
                place = draw.choice(places) if places else None
                if place in file:
                    weights.change(draw, file, place)
        else:
            spoil(draw, file)
    members[name] = memory.getvalue()
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in members.items():
            archive.writestr(member, data)


def names(file):
    found = []
    file.visititems(lambda name, item: found.append(name))
    return found


def spoil(draw, file):
    for _ in range(draw.choice([1, 1, 2, 4])):
        places = ["/", *names(file)]
        place = draw.choice(places)
        item = file.get(place)
        if item is None:
            continue
        if item.attrs and draw.random() < 0.5:
            attribute(draw, item)
        elif isinstance(item, h5py.Dataset):
            dataset(draw, file, place, item)
        else:
            link(draw, file, item, places)


def attribute(draw, item):
    """An attribute of another type, or another size, or with a name it should not have."""
    name = draw.choice(sorted(item.attrs))
    value = item.attrs[name]
    odd = draw.choice([
        lambda: 7, lambda: 1.5, lambda: np.zeros((2, 2)), lambda: np.array([1, 2], "i8"),
        lambda: b"\xff\xfe\x00", lambda: "é" * 100, lambda: np.zeros((0,), "S1"),
        lambda: h5py.Empty("f4"), lambda: h5py.Empty("S1"), lambda: item.ref,
        lambda: np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f4")]),
        lambda: np.array([b"a" * 60_000]), lambda: value[::-1], lambda: [value, value],
        lambda: value[:len(value) // 2], lambda: value.upper(), lambda: np.array(["a", "ß"], object),
        lambda: np.str_(value)[:3], lambda: True])
    try:
        item.attrs[name] = odd()
    except (TypeError, AttributeError, IndexError, ValueError):
        del item.attrs[name]


def dataset(draw, file, name, item):
    """A dataset's data elsewhere, behind filters, of another type, or not finite."""
    is_small = item.shape is not None and item.size < 1 << 22 and item.dtype.kind in "fiu"
    values = item[()] if is_small else np.zeros(3, "f4")
    shape, kind = np.shape(values), values.dtype
    del file[name]
    way = draw.randrange(9)
    if way == 0:
        file.create_dataset(name, shape or (1,), kind, external=[("/etc/passwd", 0, 1 << 20)])
    elif way == 1:
        layout = h5py.VirtualLayout(shape or (1,), kind)
        layout[...] = h5py.VirtualSource(draw.choice([".", "other.h5", "/etc/passwd"]), name, shape or (1,))
        file.create_virtual_dataset(name, layout)
    elif way == 2:
        options = draw.choice([{"compression": "gzip"}, {"compression": "lzf"}, {"fletcher32": True},
                               {"shuffle": True, "compression": 9}, {"scaleoffset": 2}])
        file.create_dataset(name, data=np.atleast_1d(values), chunks=True, **options)
    elif way == 3:
        file.create_dataset(name, draw.choice(HUGE), kind)
    elif way == 4:
        rank = draw.choice(HUGE)
        file.create_dataset(name, rank, kind, chunks=tuple(min(side or 1, 16) for side in rank)
                            if len(rank) < 4 else True, compression="gzip", fillvalue=1)
    elif way == 5:
        odd = np.array(values, "f4")
        odd[...] = draw.choice([np.nan, np.inf, -np.inf, 3e38, 1e-45])
        file[name] = odd
    elif way == 6:
        file[name] = draw.choice([
            lambda: np.array(values, ">f8"), lambda: np.array(values, "f2"),
            lambda: np.zeros(shape, [("r", "f4"), ("i", "f4")]), lambda: np.zeros(shape, "V4"),
            lambda: h5py.Empty("f4"), lambda: np.zeros(shape, "S4"), lambda: np.zeros(shape, "?")])()
    elif way == 7:
        file.create_dataset(name, shape, h5py.vlen_dtype(np.float32))
    else:
        file.create_dataset(name, data=np.swapaxes(values, 0, -1) if np.ndim(values) > 1 else 3)


def link(draw, file, group, places):
    """A link in a group: dangling, out of the file, to itself, in a circle, or very many."""
    name = draw.choice([*group, "new", "..", "é", "a" * 5000]) if len(group) else "new"
    way = draw.randrange(6)
    if way < 5 and name in group:
        del group[name]
    if way == 0:
        group[name] = h5py.SoftLink(draw.choice(["/nowhere", "/" + name, ".", group.name, ""]) or ".")
    elif way == 1:
        group[name] = h5py.ExternalLink(draw.choice(["/etc/passwd", "other.h5", "/dev/zero", ""]), "/")
    elif way == 2:
        group[name] = h5py.SoftLink(group.name.rstrip("/") + "/" + name + "2")
        group[name + "2"] = h5py.SoftLink(group.name.rstrip("/") + "/" + name)
    elif way == 3:
        group[name] = file[draw.choice([place for place in places if place in file])]
    elif way == 4:
        group[name] = np.dtype("f4")
    else:
        below = group
        for depth in range(draw.choice([3, 40, 300])):
            below = below.require_group("deep")
            below.attrs["weight_names"] = [b"x"]


DAMAGES = {"structure": ((".h5", ".keras"), structure)}
