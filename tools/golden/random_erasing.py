"""What timm's RandomErasing makes of images, for packages/random-erasing. Its random numbers are given, and written here.

timm draws one number after the other; a try of a box takes two. Here each image has as many tries as timm may need.
"""

import random
from unittest import mock

import numpy as np
import torch
from timm.data import random_erasing

from golden import write_golden

TRIES = 10


def case(seed, shape, mode, boxes=1, **options):
    generator = np.random.default_rng(seed)
    batch, height, width, channels = shape
    images = np.round(generator.normal(size=shape), 3)
    draws = {
        "area": np.round(generator.random((batch, boxes, TRIES)), 4),
        "ratio": np.round(generator.random((batch, boxes, TRIES)), 4),
        "y": np.round(generator.random((batch, boxes)), 4),
        "x": np.round(generator.random((batch, boxes)), 4),
    }
    colors = np.round(generator.normal(size=(batch, boxes, height, width, channels)), 3)
    if mode == "rand":
        colors = colors[:, :, :1, :1]
    erasing = random_erasing.RandomErasing(
        probability=1, mode=mode, min_count=boxes, max_count=boxes, device="cpu", **options
    )
    found = torch.tensor(images).permute(0, 3, 1, 2).contiguous()
    chosen = np.zeros((batch, boxes, 4))
    for image in range(batch):
        place = {"box": -1, "tries": 0, "uniforms": 0, "integers": []}

        def uniform(least, most):
            # An odd call begins a try. The first try of a box follows the place of the last.
            if place["uniforms"] == 0 and (place["integers"] or place["box"] < 0 or place["tries"] == TRIES):
                place.update(box=place["box"] + 1, tries=0, integers=[])
            name = ["area", "ratio"][place["uniforms"]]
            drawn = draws[name][image, place["box"], place["tries"]]
            place["uniforms"] += 1
            if place["uniforms"] == 2:
                place["uniforms"] = 0
                place["tries"] += 1
            return least + (most - least) * drawn

        def randint(least, most):
            drawn = draws["yx"[len(place["integers"])]][image, place["box"]]
            place["integers"].append(least + int(drawn * (most - least + 1)))
            return place["integers"][-1]

        def get_pixels(per_pixel, rand_color, patch_size, **_):
            top, left = place["integers"]
            _, rows, columns = patch_size if per_pixel else (0, 0, 0)
            color = colors[image, place["box"]]
            if per_pixel:
                color = color[top : top + rows, left : left + columns]
            color = color if mode != "const" else np.zeros((1, 1, channels))
            return torch.tensor(color).permute(2, 0, 1)

        with (
            mock.patch.object(random, "uniform", uniform),
            mock.patch.object(random, "randint", randint),
            mock.patch.object(random, "random", lambda: 0.5),
            mock.patch.object(random_erasing, "_get_pixels", get_pixels),
        ):
            erasing(found[image])
    return {
        "mode": mode,
        "area": [erasing.min_area, erasing.max_area],
        "ratio": [float(np.exp(one)) for one in erasing.log_aspect_ratio],
        "images": images,
        "draws": draws,
        "fill": colors if mode != "const" else np.zeros((1, 1, 1, 1, 1)),
        "erased": found.permute(0, 2, 3, 1),
    }


write_golden(
    "packages/random-erasing/test/golden.json",
    source="timm.data.random_erasing.RandomErasing with given random numbers; float64",
    packages=["timm", "torch", "numpy"],
    tolerance={"relative": 1e-6, "absolute": 1e-6},
    cases={
        "const": case(1, (4, 7, 9, 2), "const"),
        "rand": case(2, (4, 8, 6, 3), "rand"),
        "pixel": case(3, (3, 6, 6, 2), "pixel"),
        "two boxes": case(4, (3, 8, 8, 2), "rand", boxes=2, max_area=0.8),
        "large boxes, which may not fit": case(5, (6, 6, 6, 1), "const", min_area=0.6, max_area=1.0),
        "flat boxes": case(6, (3, 9, 9, 1), "rand", min_aspect=0.2, max_aspect=0.4),
    },
)
