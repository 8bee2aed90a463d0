"""Pictures to post: digits as canvases and files, and PNGs made to do harm."""
import base64
import io
import struct
import zlib

from PIL import Image

from .bundles import FIXTURES

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def digit(value):
    """A digit of the fixtures, 28x28, white on black."""
    return Image.open(FIXTURES / "digits" / "png" / f"{value}.png").convert("L")


def encode(picture, form="PNG", **options):
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    return buffer.getvalue()


def canvas(value, ink=(255, 255, 255)):
    """A digit as the page's canvas has it: 400x400, ink on nothing."""
    alpha = digit(value).resize((400, 400), Image.Resampling.BICUBIC)
    picture = Image.new("RGBA", (400, 400), ink + (0,))
    picture.putalpha(alpha)
    return encode(picture)


def data_url(file, kind="png"):
    return f"data:image/{kind};base64," + base64.b64encode(file).decode()


def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data
            + struct.pack(">I", zlib.crc32(kind + data)))


def header(width, height, depth=8, color=0, interlace=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace))


def png(*chunks):
    return SIGNATURE + b"".join(chunks) + chunk(b"IEND", b"")


def bomb(width, height, depth=8, color=0):
    """A picture of nothing, as large as can be, in a few kilobytes."""
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[color]
    row = bytes(1 + (width * bits + 7) // 8)
    packer = zlib.compressobj(9)
    rows = min(height, 20_000_000 // len(row) + 1)
    data = b"".join(packer.compress(row) for _ in range(rows)) + packer.flush()
    return png(header(width, height, depth, color), chunk(b"IDAT", data))


def text_bomb(kind=b"zTXt", size=200_000_000):
    """A small picture with a chunk that unpacks to `size` bytes."""
    packer = zlib.compressobj(9)
    piece = bytes(1_000_000)
    packed = b"".join(packer.compress(piece) for _ in range(size // len(piece))) + packer.flush()
    heads = {b"zTXt": b"Comment\0\0", b"iCCP": b"profile\0\0", b"iTXt": b"Comment\0\1\0\0\0"}
    pixels = zlib.compress(b"".join(b"\0" + bytes(28) for _ in range(28)))
    return png(header(28, 28), chunk(kind, heads[kind] + packed), chunk(b"IDAT", pixels))
