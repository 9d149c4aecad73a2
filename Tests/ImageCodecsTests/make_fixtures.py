"""Draws the fixtures of these tests into Fixtures/. Needs Pillow with WebP and AVIF, NumPy, and jpegtran.

    python3 Tests/ImageCodecsTests/make_fixtures.py

Everything is drawn here; the same versions of the tools give the same bytes.
"""

import base64
import io
import json
import pathlib
import struct
import subprocess
import sys
import time
import zlib

import numpy as np
from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "Training"))
import preprocess  # noqa: E402

FIXTURES = HERE / "Fixtures"
WIDTH, HEIGHT = 40, 24


def save(name, data):
    (FIXTURES / name).write_bytes(data)


def encoded(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def picture(width=WIDTH, height=HEIGHT):
    """Smooth, colourful, and the same under no turn or mirroring."""
    x, y = np.meshgrid(np.linspace(0, 1, width), np.linspace(0, 1, height))
    red = 230 - 200 * x
    green = 40 + 180 * y
    blue = 60 + 150 * x * (1 - y)
    spot = np.exp(-((x - 0.2) ** 2 + (y - 0.25) ** 2) * 25)
    rgb = np.stack([red + 25 * spot, green + 30 * spot, blue - 50 * spot], axis=2)
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8)


# JPEG


def segment(marker, payload):
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def exif(orientation, big, kind=3):
    order = ">" if big else "<"
    value = struct.pack(order + "HH", orientation, 0) if kind == 3 else struct.pack(order + "I", orientation)
    entries = [
        struct.pack(order + "HHI", 0x0100, 3, 1) + struct.pack(order + "HH", 40, 0),
        struct.pack(order + "HHI", 0x0112, kind, 1) + value,
    ]
    body = struct.pack(order + "H", len(entries)) + b"".join(entries) + struct.pack(order + "I", 0)
    return (b"MM" if big else b"II") + struct.pack(order + "HI", 42, 8) + body


def with_exif(jpeg, tiff):
    return jpeg[:2] + segment(0xE1, b"Exif\0\0" + tiff) + jpeg[2:]


def segments(jpeg):
    """Offsets of (marker, start, end) up to the first scan."""
    offset = 2
    while True:
        marker, length = jpeg[offset + 1], struct.unpack(">H", jpeg[offset + 2 : offset + 4])[0]
        yield marker, offset, offset + 2 + length
        if marker == 0xDA:
            return
        offset += 2 + length


def find(jpeg, marker):
    return next((start, end) for kind, start, end in segments(jpeg) if kind == marker)


def jpegtran(data, *options):
    return subprocess.run(["jpegtran", *options], input=data, capture_output=True, check=True).stdout


def make_jpegs():
    image = Image.fromarray(picture())
    best = dict(quality=95, subsampling=0)
    baseline = encoded(image, "JPEG", **best)
    save("baseline.jpg", baseline)
    save("baseline-420.jpg", encoded(image, "JPEG", quality=95, subsampling=2))
    progressive = encoded(image, "JPEG", progressive=True, **best)
    save("progressive.jpg", progressive)
    save("arithmetic.jpg", jpegtran(baseline, "-arithmetic"))
    save("restarts.jpg", jpegtran(baseline, "-restart", "1B"))
    save("grey.jpg", encoded(image.convert("L"), "JPEG", quality=95))
    save("grey-progressive.jpg", encoded(image.convert("L"), "JPEG", quality=95, progressive=True))

    # What the plain formula makes of RGB: all the common black, the rest in inks.
    rgb = picture().astype(float)
    key = rgb.max(axis=2, keepdims=True)
    inks = np.rint(np.concatenate([255 * rgb / np.maximum(key, 1), key], axis=2)).astype(np.uint8)  # inverted CMYK
    # Pillow stores the inverse of what it is given, and Adobe's marker with transform 0.
    adobe = encoded(Image.fromarray(255 - inks, "CMYK"), "JPEG", quality=95)
    save("cmyk-adobe.jpg", adobe)
    start, end = find(adobe, 0xEE)
    plain = encoded(Image.fromarray(inks, "CMYK"), "JPEG", quality=95)
    save("cmyk-plain.jpg", plain[:start] + plain[end:])
    c, m, y = (255.0 - inks[:, :, i] for i in range(3))
    luma = 0.299 * c + 0.587 * m + 0.114 * y
    ycc = np.stack([luma, 128 + (y - luma) / 1.772, 128 + (c - luma) / 1.402, inks[:, :, 3]], axis=2)
    ycc = np.clip(np.rint(ycc), 0, 255).astype(np.uint8)
    ycck = bytearray(encoded(Image.fromarray(255 - ycc, "CMYK"), "JPEG", quality=95))
    ycck[find(ycck, 0xEE)[1] - 1] = 2
    save("ycck-adobe.jpg", bytes(ycck))

    # How pixels have to be stored for each orientation to bring them back.
    stored = {
        1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1],
        5: lambda a: a.transpose(1, 0, 2), 6: lambda a: a.transpose(1, 0, 2)[::-1],
        7: lambda a: a.transpose(1, 0, 2)[::-1, ::-1], 8: lambda a: a.transpose(1, 0, 2)[:, ::-1],
    }
    for orientation, turn in stored.items():
        turned = Image.fromarray(np.ascontiguousarray(turn(picture())))
        jpeg = with_exif(encoded(turned, "JPEG", **best), exif(orientation, big=orientation % 2 == 0))
        upright = ImageOps.exif_transpose(Image.open(io.BytesIO(jpeg)))
        assert np.abs(np.asarray(upright).astype(int) - picture()).max() < 20, orientation
        save(f"orientation-{orientation}.jpg", jpeg)
    turned = Image.fromarray(np.ascontiguousarray(stored[6](picture())))
    save("orientation-6-long.jpg", with_exif(encoded(turned, "JPEG", **best), exif(6, big=False, kind=4)))
    png = bytearray(encoded(turned, "PNG"))
    save("orientation-6.png", bytes(png[:33]) + chunk(b"eXIf", exif(6, big=True)) + bytes(png[33:]))
    turned = Image.fromarray(np.ascontiguousarray(stored[8](picture())))
    save("orientation-8.webp", encoded(turned, "WEBP", lossless=True, exif=exif(8, big=False)))

    # Harmless oddities.
    assert baseline.endswith(b"\xff\xd9")
    save("no-end-marker.jpg", baseline[:-2])
    start, _ = find(baseline, 0xDB)
    save("padded.jpg", baseline[:start] + b"\0" * 7 + baseline[start:])
    save("trailer.jpg", baseline + bytes(range(256)))

    # Kinds of JPEG that are not decoded, and one that lies.
    twelve = bytearray(baseline)
    twelve[find(twelve, 0xC0)[0] + 4] = 12
    save("twelve-bit.jpg", bytes(twelve))
    lossless = bytearray(baseline)
    lossless[find(lossless, 0xC0)[0] + 1] = 0xC3
    save("lossless.jpg", bytes(lossless))
    small = encoded(Image.new("L", (8, 8), 90), "JPEG", quality=50, optimize=True)
    huge = bytearray(small)
    start, _ = find(huge, 0xC0)
    huge[start + 5 : start + 9] = struct.pack(">HH", 65500, 65500)
    save("huge-claim.jpg", bytes(huge))


# PNG


def chunk(name, payload):
    return struct.pack(">I", len(payload)) + name + payload + struct.pack(">I", zlib.crc32(name + payload))


def pack(samples, depth):
    """Rows of samples (height x width x channels) as PNG packs them, each with filter 0 before it."""
    rows = []
    for row in samples.reshape(samples.shape[0], -1):
        if depth == 16:
            rows.append(b"\0" + row.astype(">u2").tobytes())
        elif depth == 8:
            rows.append(b"\0" + row.astype(np.uint8).tobytes())
        else:
            bits = ((row[:, None] >> np.arange(depth - 1, -1, -1)) & 1).astype(np.uint8)
            rows.append(b"\0" + np.packbits(bits.reshape(-1)).tobytes())
    return b"".join(rows)


ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def png(samples, depth, colour, extra=b"", interlaced=False):
    height, width = samples.shape[:2]
    if interlaced:
        parts = [samples[y::dy, x::dx] for x, y, dx, dy in ADAM7]
        data = b"".join(pack(part, depth) for part in parts if part.size)
    else:
        data = pack(samples, depth)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(data, 9))
            + chunk(b"IEND", b""))


def over_white(rgb, alpha):
    return rgb * alpha + 255.0 * (1 - alpha)


def make_pngs():
    rng = np.random.default_rng(7)
    width, height = 19, 13
    expected = {}

    def add(name, data, rgb):
        save(name, data)
        rgb = np.broadcast_to(rgb, (height, width, 3))
        expected[name] = {
            "width": width, "height": height,
            "rgb": base64.b64encode(np.clip(np.rint(rgb), 0, 255).astype(np.uint8).tobytes()).decode(),
        }

    def random(depth, channels):
        return rng.integers(0, 2**depth, (height, width, channels))

    for depth in (1, 2, 4, 8, 16):
        grey = random(depth, 1)
        top = 2**depth - 1
        add(f"grey-{depth}.png", png(grey, depth, 0), grey * 255.0 / top)
        key = int(grey[0, 0, 0])
        add(f"grey-{depth}-key.png", png(grey, depth, 0, chunk(b"tRNS", struct.pack(">H", key))),
            np.where(grey == key, 255.0, grey * 255.0 / top))
    for depth in (8, 16):
        top = 2**depth - 1
        rgb, alpha = random(depth, 3), random(depth, 1)
        alpha[0, :5, 0], alpha[1, :5, 0] = 0, top
        add(f"rgb-{depth}.png", png(rgb, depth, 2), rgb * 255.0 / top)
        key = rgb[2, 3]
        add(f"rgb-{depth}-key.png", png(rgb, depth, 2, chunk(b"tRNS", struct.pack(">HHH", *map(int, key)))),
            np.where((rgb == key).all(axis=2, keepdims=True), 255.0, rgb * 255.0 / top))
        both = np.concatenate([rgb, alpha], axis=2)
        add(f"rgba-{depth}.png", png(both, depth, 6), over_white(rgb * 255.0 / top, alpha / top))
        add(f"rgba-{depth}-interlaced.png", png(both, depth, 6, interlaced=True),
            over_white(rgb * 255.0 / top, alpha / top))
        grey = np.concatenate([random(depth, 1), alpha], axis=2)
        add(f"grey-alpha-{depth}.png", png(grey, depth, 4), over_white(grey[:, :, :1] * 255.0 / top, alpha / top))
    for depth in (1, 2, 4, 8):
        colours = 2**depth
        palette = rng.integers(0, 256, (colours, 3))
        index = random(depth, 1)
        table = chunk(b"PLTE", palette.astype(np.uint8).tobytes())
        add(f"palette-{depth}.png", png(index, depth, 3, table), palette[index[:, :, 0]].astype(float))
        opacity = rng.integers(0, 256, colours)
        opacity[0] = 0
        opacity[colours * 3 // 4 :] = 255
        seen = over_white(palette.astype(float), opacity[:, None] / 255.0)
        table += chunk(b"tRNS", opacity[: colours * 3 // 4].astype(np.uint8).tobytes())
        add(f"palette-{depth}-alpha.png", png(index, depth, 3, table), seen[index[:, :, 0]])
        add(f"palette-{depth}-alpha-interlaced.png", png(index, depth, 3, table, interlaced=True), seen[index[:, :, 0]])
    rgb = random(8, 3)
    gamma = chunk(b"gAMA", struct.pack(">I", 100000)) + chunk(b"sRGB", b"\0")
    add("rgb-8-gamma-interlaced.png", png(rgb, 8, 2, gamma, interlaced=True), rgb * 1.0)
    # A text of 24 MB of zeros, and a profile of as much, in a few kilobytes.
    bomb = zlib.compress(bytes(24_000_000), 9)
    bombs = chunk(b"zTXt", b"Comment\0\0" + bomb) + chunk(b"iCCP", b"P\0\0" + bomb)
    add("text-bomb.png", png(rgb, 8, 2, bombs), rgb * 1.0)
    save("expected.json", json.dumps(expected, indent=0).encode())
    save("reference.png", encoded(Image.fromarray(picture()), "PNG", optimize=True))


# WebP and what is refused


def make_others():
    image = Image.fromarray(picture())
    save("lossy.webp", encoded(image, "WEBP", quality=95))
    save("lossless.webp", encoded(image, "WEBP", lossless=True))
    alpha = Image.fromarray(np.linspace(0, 255, WIDTH).astype(np.uint8)[None, :].repeat(HEIGHT, axis=0))
    clear = image.copy()
    clear.putalpha(alpha)
    # Lossless keeps colours under full transparency, so that the formula can be checked exactly.
    save("alpha-lossless.webp", encoded(clear, "WEBP", lossless=True, exact=True))
    save("alpha-lossy.webp", encoded(clear, "WEBP", quality=95))
    second = Image.fromarray(255 - picture())
    save("animated.webp", encoded(image, "WEBP", save_all=True, append_images=[second], duration=100))

    tiny = Image.fromarray(picture(16, 16))
    save("refused.gif", encoded(tiny.quantize(8), "GIF"))
    save("refused.pdf", encoded(tiny, "PDF", creationDate=time.gmtime(0), modDate=time.gmtime(0)))
    save("refused.tiff", encoded(tiny, "TIFF"))
    save("refused-big-endian.tiff", b"MM\0*\0\0\0\x08\0\0\0\0\0\0")
    save("refused.bmp", encoded(tiny, "BMP"))
    save("refused.ico", encoded(tiny, "ICO", sizes=[(16, 16)]))
    save("refused.jp2", encoded(tiny, "JPEG2000"))
    save("refused.avif", encoded(tiny, "AVIF"))


# The resize


def make_resamplings():
    rng = np.random.default_rng(3)
    image = rng.integers(0, 256, (17, 23, 3)).astype(np.uint8)
    cases = []
    for box, size in [
        (None, (23, 17)), (None, (7, 5)), (None, (1, 1)), (None, (31, 20)), (None, (23, 4)), (None, (50, 3)),
        ((3, 2, 12, 9), (5, 5)), ((3, 2, 12, 9), (12, 9)), ((0, 0, 1, 1), (4, 3)), ((22, 16, 1, 1), (2, 2)),
        ((2.25, 1.5, 13.6, 10.3), (6, 5)), ((0.4, 0.7, 0.3, 0.2), (3, 2)), ((9.5, 0, 4, 17), (8, 6)),
        ((1.999, 3.001, 20.5, 13.25), (9, 11)),
    ]:
        result = preprocess.resample(image, box, size)
        cases.append({"box": box, "width": size[0], "height": size[1], "values": flat(result)})
    fits = []
    for size in [(12, 16), (16, 12), (9, 9), (6, 30), (30, 2)]:
        for mode in preprocess.MODES:
            result = preprocess.fit(image, size, mode)
            fits.append({"mode": mode, "width": size[0], "height": size[1], "values": flat(result)})
    places = []
    for source in [(1, 1), (640, 480), (480, 640), (3, 1000), (1000, 3), (333, 777), (60, 80), (4031, 3023)]:
        for size in [(96, 128), (224, 224), (1, 7), (360, 480)]:
            for mode in preprocess.MODES:
                taken, put = preprocess.placement(source, size, mode)
                places.append({"source": source, "size": size, "mode": mode, "taken": taken, "put": put})
    save("resample.json", json.dumps({
        "width": 23, "height": 17, "rgb": base64.b64encode(image.tobytes()).decode(),
        "cases": cases, "fits": fits, "placements": places,
    }).encode())


def flat(result):
    """Interleaved values, row by row, as little-endian 32-bit floats."""
    return base64.b64encode(result.astype("<f4").tobytes()).decode()


FIXTURES.mkdir(exist_ok=True)
make_jpegs()
make_pngs()
make_others()
make_resamplings()
print(sum(path.stat().st_size for path in FIXTURES.iterdir()), "bytes in", len(list(FIXTURES.iterdir())), "files")
