"""Damage that knows nothing of the file: bits, bytes and ends."""


def flip(draw, path):
    """A few bits anywhere."""
    data = bytearray(read(path))
    for _ in range(draw.choice([1, 1, 2, 8, 64])):
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    write(path, data)


def flip_header(draw, path):
    """A few bytes at the front, where sizes and places stand."""
    data = bytearray(read(path))
    for _ in range(draw.choice([1, 2, 4])):
        data[draw.randrange(min(len(data), 2048))] = draw.choice([0, 1, 0x7F, 0x80, 0xFF])
    write(path, data)


def cut(draw, path):
    data = read(path)
    write(path, data[:draw.randrange(len(data))])


def splice(draw, path):
    """A run of bytes written over another one, or put in, or taken out."""
    data = bytearray(read(path))
    start, place = draw.randrange(len(data)), draw.randrange(len(data))
    run = data[start:start + draw.choice([1, 8, 100, 4000])]
    way = draw.randrange(3)
    data[place:place + (len(run) if way != 1 else 0)] = run if way != 2 else b""
    write(path, data)


def fill(draw, path):
    """A run of one value."""
    data = bytearray(read(path))
    start, length = draw.randrange(len(data)), draw.choice([4, 8, 64, 1000])
    data[start:start + length] = bytes([draw.choice([0, 0xFF, 0x7F])]) * min(
        length, len(data) - start)
    write(path, data)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


ANY = (".h5", ".keras")
DAMAGES = {damage.__name__: (ANY, damage) for damage in (flip, flip_header, cut, splice, fill)}
