"""The pixels of image files of many kinds, by Pillow: what ImageOps.exif_transpose and convert make of them."""

import base64
import io

import numpy as np
from PIL import Image, ImageOps

from golden import write_golden

rng = np.random.default_rng(23)


def smooth(height, width, channels):
    """A picture of slow waves, of which JPEG loses little."""
    y, x = np.mgrid[0:height, 0:width]
    waves = [127 + 100 * np.sin(x / (3 + c) + c) * np.cos(y / (4 - c) + 2 * c) for c in range(channels)]
    return np.stack(waves, axis=-1).round().astype(np.uint8)


def noise(height, width, channels):
    return rng.integers(0, 256, size=(height, width, channels), dtype=np.uint8)


def case(image, kind, tolerance=0, grey=None, resize=None, **options):
    """`tolerance` is the largest difference of a byte that two decoders may have."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    opened = ImageOps.exif_transpose(Image.open(io.BytesIO(buffer.getvalue())))
    upright = opened.point(lambda value: value / 256).convert("L") if grey == "16 bit" else opened
    rgb = upright.convert("RGB")
    if resize:
        rgb = rgb.resize((resize[1], resize[0]), Image.Resampling.BILINEAR)
    return {
        "ending": {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}[kind],
        "file": base64.b64encode(buffer.getvalue()).decode(),
        "shape": [rgb.height, rgb.width],
        "pixels": np.asarray(rgb).reshape(-1),
        "luma": np.asarray(rgb.convert("L")).reshape(-1),
        "tolerance": tolerance,
        "resize": bool(resize),
    }


def oriented(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    return case(Image.fromarray(smooth(8, 16, 3)), "JPEG", tolerance=3, quality=95, subsampling=0, exif=exif)


wide = rng.integers(0, 65536, size=(5, 7), dtype=np.uint16)
cases = {
    "PNG of three channels": case(Image.fromarray(noise(5, 7, 3)), "PNG"),
    "grey PNG": case(Image.fromarray(noise(5, 7, 1)[..., 0]), "PNG"),
    "PNG of two colors": case(Image.fromarray(noise(5, 9, 1)[..., 0] > 127), "PNG"),
    "PNG with a palette": case(Image.fromarray(noise(5, 7, 3)).quantize(8), "PNG"),
    "PNG of 16 bits": case(Image.fromarray(wide), "PNG", grey="16 bit"),
    "PNG with transparency": case(Image.fromarray(noise(5, 7, 4)), "PNG"),
    "grey PNG with transparency": case(Image.fromarray(noise(5, 7, 2), "LA"), "PNG"),
    "lossless WebP": case(Image.fromarray(noise(5, 7, 3)), "WEBP", lossless=True),
    "JPEG": case(Image.fromarray(smooth(16, 24, 3)), "JPEG", tolerance=3, quality=95, subsampling=0),
    "grey JPEG": case(Image.fromarray(smooth(16, 24, 1)[..., 0]), "JPEG", tolerance=2, quality=95),
    **{f"JPEG of orientation {n}": oriented(n) for n in range(1, 9)},
    # sharp shrinks by whole blocks first, and enlarges on a grid that is shifted by a part of a pixel.
    "PNG made smaller": case(Image.fromarray(smooth(40, 60, 3)), "PNG", tolerance=8, resize=[10, 15]),
    "PNG made larger": case(Image.fromarray(smooth(12, 18, 3)), "PNG", tolerance=13, resize=[24, 36]),
}
write_golden(
    "packages/data/test/golden/images.json",
    source="PIL.Image.open, PIL.ImageOps.exif_transpose, Image.convert('RGB' and 'L'), Image.resize(BILINEAR); of 16 bits the upper byte",
    packages=["pillow", "numpy"],
    tolerance={"relative": 0},
    cases=cases,
)
