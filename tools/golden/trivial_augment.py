"""TrivialAugment's operations and their strengths, as torchvision computes them for images of bytes."""

import numpy
import torch
from torchvision.transforms import InterpolationMode, TrivialAugmentWide
from torchvision.transforms.autoaugment import _apply_op

from golden import write_golden

BINS = 31
random = numpy.random.default_rng(5)
space = TrivialAugmentWide()._augmentation_space(BINS)


def image(channels, height, width, kind):
    if kind == "flat":
        return torch.full((channels, height, width), 77, dtype=torch.uint8)
    low, high = (60, 190) if kind == "narrow" else (0, 256)
    return torch.tensor(random.integers(low, high, (channels, height, width)), dtype=torch.uint8)


def rows_of(given):
    return given.permute(1, 2, 0).flatten()


def strengths(name):
    magnitudes, signed = space[name]
    if magnitudes.ndim == 0:
        return [0.0]
    chosen = [float(magnitudes[at].item()) for at in (0, 7, 18, BINS - 1)]
    return chosen + [-one for one in chosen[1:]] if signed else chosen


def case(name, given):
    results = []
    for strength in strengths(name):
        out = _apply_op(given, name, strength, InterpolationMode.NEAREST, None)
        results.append({"magnitude": strength, "expected": rows_of(out)})
    channels, height, width = given.shape
    return {"name": name, "shape": [height, width, channels], "image": rows_of(given), "results": results}


images = [image(3, 7, 9, "full"), image(1, 8, 6, "narrow"), image(3, 5, 4, "flat")]
large = image(3, 24, 20, "narrow")
cases = {
    f"{name} {index}": case(name, given) for name in space for index, given in enumerate(images)
}
# So many pixels that equalize has steps above 0.
cases |= {f"{name} of a larger image": case(name, large) for name in ("Equalize", "AutoContrast")}

write_golden(
    "packages/data/test/golden/trivial-augment.json",
    source="torchvision.transforms.autoaugment._apply_op, TrivialAugmentWide._augmentation_space",
    packages=["torch", "torchvision"],
    tolerance={"absolute": 0},
    cases={
        "space": [
            {"name": name, "magnitudes": magnitudes.double().flatten(), "signed": signed}
            for name, (magnitudes, signed) in space.items()
        ],
        "operations": cases,
    },
)
