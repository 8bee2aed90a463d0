"""Pictures made to do harm, and all kinds of PNG that are to be read."""
import json
import struct
import time
import zlib

from harness.checks import answers, check, equal, holds
from harness.pictures import (
    SIGNATURE, bomb, canvas, chunk, data_url, digit, encode, header, png, text_bomb)
from harness.load import Crowd
from PIL import Image

MODELS = ["mlp", "cnn"]
ARGUMENTS = []


def post(server, file):
    return server.post("/", json.dumps(data_url(file)))


def reads(server, file, value):
    answer = post(server, file)
    answers(answer, 200)
    row = answer.json()[0]
    equal(max(range(10), key=row.__getitem__), value, "digit")


def harmless(server, file, status=400):
    """Whether a file is refused, in little memory."""
    before = server.resident_bytes()
    answers(post(server, file), status)
    grown = server.resident_bytes() - before
    holds(grown < 100 << 20, "less than 100 MB more in memory", f"{grown >> 20} MB")


@check("every colour type and depth of PNG, interlaced or not")
def kinds(server):
    seven = digit(7).resize((140, 140))
    palette = seven.quantize(16)
    wide = Image.merge("RGB", [seven] * 3)
    for file in (encode(seven), encode(wide), encode(palette), encode(palette, bits=4),
                 encode(seven.convert("1")), encode(Image.merge("LA", [seven, seven])),
                 encode(seven.convert("I;16").point(lambda level: level * 257)), canvas(7)):
        reads(server, file, 7)
    reads(server, interlaced(digit(7)), 7)


@check("JPEG of grey, of colour and of print's inks, baseline and progressive")
def jpeg_kinds(server):
    seven = digit(7).resize((140, 140))
    for kind in ("L", "RGB", "CMYK"):
        picture = seven if kind == "L" else Image.merge("RGB", [seven] * 3).convert(kind)
        for options in ({}, {"progressive": True}, {"quality": 100}):
            reads(server, encode(picture, "JPEG", **options), 7)


def interlaced(picture):
    """A grey picture as an interlaced PNG (Adam7)."""
    width, height = picture.size
    pixels = picture.tobytes()
    data = b""
    for x0, y0, dx, dy in ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4),
                           (1, 0, 2, 2), (0, 1, 1, 2)):
        for y in range(y0, height, dy):
            data += b"\0" + bytes(pixels[y * width + x] for x in range(x0, width, dx))
    return png(header(width, height, interlace=1), chunk(b"IDAT", zlib.compress(data)))


@check("pictures that say they are huge")
def huge(server):
    for width, height in ((50_000, 50_000), (2**31 - 1, 2**31 - 1), (2**31 - 1, 1), (1, 2**31 - 1),
                          (100_000, 10)):
        harmless(server, png(header(width, height), chunk(b"IDAT", zlib.compress(b"\0"))))
    harmless(server, bomb(50_000, 50_000, depth=1))
    harmless(server, bomb(30_000, 30_000, depth=16, color=6))


@check("a picture of no width, or of an impossible kind")
def impossible(server):
    data = chunk(b"IDAT", zlib.compress(bytes(29 * 28)))
    for head in (header(0, 28), header(28, 0), header(2**32 - 1, 28), header(28, 28, depth=3),
                 header(28, 28, color=5), header(28, 28, depth=16, color=3),
                 header(28, 28, color=3)):
        harmless(server, png(head, data))
    harmless(server, SIGNATURE + data)
    harmless(server, SIGNATURE)
    harmless(server, SIGNATURE + struct.pack(">I", 2**31 - 1) + b"IHDR")


@check("texts and profiles that unpack to 200 MB do no harm")
def packed(server):
    for kind in (b"zTXt", b"iTXt", b"iCCP"):
        before = server.resident_bytes()
        answer = post(server, text_bomb(kind))
        answers(answer, (200, 400))
        grown = server.resident_bytes() - before
        holds(grown < 100 << 20, "less than 100 MB more in memory", f"{grown >> 20} MB")


@check("what follows a picture's rows is not inflated without end")
def surplus(server):
    endless = chunk(b"IDAT", zlib.compress(bytes(300_000_000), 9))
    for interlace in (0, 1):
        start = server.processor_seconds()
        harmless(server, png(header(28, 28, interlace=interlace), endless))
        taken = server.processor_seconds() - start
        holds(taken < 0.3, "less than 0.3 s of a processor", f"{taken:.2f} s")


@check("health does not wait behind small files of many pixels")
def pixels(server):
    row = b"\4" + b"\1" * (4 * 2048)
    file = png(header(2048, 2048, color=6), chunk(b"IDAT", zlib.compress(row * 2048, 9)))
    holds(len(file) < 32 << 10, "a small file", len(file))
    path, kind = "/v1/models/cnn:predict", {"Content-Type": "image/png"}
    with Crowd(16, lambda: server.post(path, file, headers=kind).status):
        time.sleep(0.5)
        for _ in range(10):
            start = time.monotonic()
            equal(server.get("/v2/health/live").status, 200)
            taken = time.monotonic() - start
            holds(taken < 0.5, "an answer within 0.5 s", f"{taken:.2f} s")


@check("files cut off anywhere, and with a byte changed, end in an answer")
def damaged(server):
    file = canvas(4)
    for length in range(0, len(file), max(1, len(file) // 60)):
        answers(post(server, file[:length]), 400)
    for place in range(0, len(file), max(1, len(file) // 60)):
        changed = file[:place] + bytes([file[place] ^ 0xff]) + file[place + 1:]
        answers(post(server, changed), (200, 400))
    jpeg = encode(digit(4).resize((280, 280)), "JPEG")
    for length in range(0, len(jpeg), max(1, len(jpeg) // 30)):
        answers(post(server, jpeg[:length]), (200, 400))


@check("a picture beyond the limit of its size is refused before it is read")
def large(server):
    answers(server.post("/", b'"data:image/png;base64,' + b"A" * (9 << 20) + b'"'), 413)
