"""Padded crops and flips as PyTorch makes them, from given offsets."""

import torch

from golden import write_golden


def image(height, width, channels):
    return (torch.arange(1, height * width * channels + 1) % 251).reshape(height, width, channels)


def crop(shape, padding, fill, top, left):
    source = image(*shape)
    # From the last axis forwards: channels, width, height.
    padded = torch.nn.functional.pad(source, (0, 0, padding, padding, padding, padding), value=fill)
    cut = padded[top : top + shape[0], left : left + shape[1]]
    return {
        "shape": shape,
        "image": source.flatten(),
        "crop": {"top": top, "left": left, "padding": padding, "fill": fill},
        "expected": cut.flatten(),
    }


def flip(shape, axis):
    source = image(*shape)
    return {
        "shape": shape,
        "image": source.flatten(),
        "axis": axis,
        "expected": torch.flip(source, [1 if axis == "horizontal" else 0]).flatten(),
    }


def all_crops(shape, padding):
    """Every image that a random crop may give, by its offsets."""
    size = 2 * padding + 1
    return {
        "shape": shape,
        "padding": padding,
        "image": image(*shape).flatten(),
        "expected": [
            crop(shape, padding, 0, top, left)["expected"] for top in range(size) for left in range(size)
        ],
    }


write_golden(
    "packages/data/test/golden/augmentation.json",
    source="torch.nn.functional.pad with slices, torch.flip",
    packages=["torch"],
    tolerance={"relative": 0},
    cases={
        "crop at the top left": crop([4, 5, 1], 2, 0, 0, 0),
        "crop at the bottom right": crop([4, 5, 1], 2, 0, 4, 4),
        "crop in the middle": crop([4, 5, 3], 2, 0, 2, 2),
        "crop of unlike offsets in colour": crop([5, 4, 3], 1, 7, 2, 0),
        "crop that leaves the image": crop([3, 3, 2], 4, 9, 0, 8),
        "flip left and right": flip([3, 5, 1], "horizontal"),
        "flip left and right in colour": flip([3, 4, 3], "horizontal"),
        "flip top and bottom": flip([5, 3, 1], "vertical"),
        "flip top and bottom in colour": flip([4, 3, 3], "vertical"),
        "every crop": all_crops([4, 5, 1], 2),
    },
)
