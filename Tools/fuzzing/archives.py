"""`.keras` archives that are mad as archives: members twice, missing, elsewhere, enormous, of other
kinds; and their assets."""
import io
import struct
import warnings
import zipfile

from . import bytes_

NAMES = ["config.json", "metadata.json", "model.weights.h5", "model.weights.npz",
         "model.weights.json", "assets/", "assets/../config.json", "../config.json", "/config.json",
         "CONFIG.JSON", "config.json/", "model/config.json", "é.json", "a" * 60_000, "", "\\config.json"]


def archive(draw, path):
    """Some members changed, and the archive's own words about them."""
    with zipfile.ZipFile(path) as file:
        members = [(name, file.read(name)) for name in file.namelist()]
    for _ in range(draw.choice([1, 1, 2, 3])):
        members = changed(draw, members)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with zipfile.ZipFile(path, "w", draw.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED,
                                                     zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])) as file:
            for name, data in members:
                file.writestr(name, data)
    if draw.random() < 0.5:
        lie(draw, path)


def changed(draw, members):
    if not members:
        return members
    place = draw.randrange(len(members))
    name, data = members[place]
    way = draw.randrange(9)
    if way == 0:
        return members[:place] + members[place + 1:]
    if way == 1:
        return [*members, (name, draw.choice([b"", data, data[:len(data) // 2], b"{}", b"null"]))]
    if way == 2:
        return [*members, (draw.choice(NAMES), data)]
    if way == 3:
        members[place] = (draw.choice(NAMES), data)
    elif way == 4:
        members[place] = (name, bytes(draw.choice([1 << 20, 1 << 28])))
    elif way == 5:
        members[place] = (name, draw.choice(members)[1])
    elif way == 6:
        inner = io.BytesIO()
        with zipfile.ZipFile(inner, "w") as file:
            file.writestr(name, data)
        members[place] = (name, inner.getvalue())
    elif way == 7:
        members[place] = (name, data.replace(b"\n", b"\r\n\0").replace(b"a", b"\xff", 2))
    else:
        members += [(f"assets/{number}", b"") for number in range(draw.choice([10, 70_000]))]
    return members


def lie(draw, path):
    """A field of a member's header, or of the end of the archive, that is not true."""
    data = bytearray(bytes_.read(path))
    marks = [b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"]
    mark = draw.choice(marks)
    starts = [start for start in range(len(data)) if data[start:start + 4] == mark][:1000]
    if not starts:
        return
    start = draw.choice(starts)
    offset = 4 + 2 * draw.randrange(20 if mark == marks[0] else 12 if mark == marks[1] else 8)
    size, value = draw.choice([("<H", 0), ("<H", 1), ("<H", 0xFFFF), ("<I", 0xFFFFFFFF),
                               ("<I", 0x7FFFFFFF), ("<I", 0), ("<H", 9), ("<H", 99)])
    field = struct.pack(size, value)
    data[start + offset:start + offset + len(field)] = field
    bytes_.write(path, data)


DAMAGES = {"archive": ((".keras",), archive)}
