"""The sizes of Composer's ProgressiveResizing, and images that PyTorch resizes, for packages/progressive-resizing.

Composer's mode `resize` interpolates with PyTorch's `nearest`, though its documentation says bilinear. Both are here.
Widths of which a scale is no exact binary number are left out where Composer's height is one too small for that reason.
"""

from types import SimpleNamespace

import torch
import torch.nn.functional as F
from composer.algorithms.progressive_resizing import ProgressiveResizing, resize_batch
from composer.core import Event

from golden import write_golden

STEPS = 20


class State:
    def __init__(self, shape, elapsed):
        self.batch = [torch.zeros(1, 1, *shape), torch.zeros(1)]
        self.elapsed = elapsed

    def batch_get_item(self, key):
        return self.batch[key]

    def batch_set_item(self, key, value):
        self.batch[key] = value

    def get_elapsed_duration(self):
        return SimpleNamespace(value=self.elapsed)


def sizes(shape, **options):
    algorithm = ProgressiveResizing(mode="resize", **options)
    found = []
    for step in range(STEPS):
        state = State(shape, step / STEPS)
        algorithm.apply(Event.AFTER_DATALOADER, state)
        found.append(list(state.batch[0].shape[2:]))
    return {"shape": list(shape), "options": options, "sizes": found}


def resized(shape, size):
    torch.manual_seed(sum(shape))
    images = torch.rand(2, 2, *shape, dtype=torch.float64)
    nearest = F.interpolate(images, size=size, mode="nearest")
    if shape[0] == shape[1] and size[0] == size[1]:
        composer, _ = resize_batch(images, torch.zeros(1), size[1] / shape[1], mode="resize")
        assert torch.equal(composer, nearest)
    bilinear = F.interpolate(images, size=size, mode="bilinear", align_corners=False)
    last = lambda x: x.permute(0, 2, 3, 1)
    return {"images": last(images), "size": list(size), "nearest": last(nearest), "bilinear": last(bilinear)}


def segmented(shape, scale, channels):
    """Images and targets of every pixel, which resize_batch makes smaller together."""
    torch.manual_seed(sum(shape) + channels)
    images = torch.rand(2, 1, *shape, dtype=torch.float64)
    classes = torch.randint(0, 5, (2, *shape))
    targets = torch.nn.functional.one_hot(classes, channels).permute(0, 3, 1, 2).float() if channels else classes
    x, y = resize_batch(images, targets, scale, mode="resize", resize_targets=True)
    last = lambda x: x.permute(0, 2, 3, 1) if x.dim() == 4 else x
    return {"images": last(images), "targets": last(targets), "scale": scale, "resized images": last(x), "resized targets": last(y)}


write_golden(
    "packages/progressive-resizing/test/golden.json",
    source="composer ProgressiveResizing and resize_batch; torch.nn.functional.interpolate in float64",
    packages=["mosaicml", "torch"],
    tolerance={"relative": 1e-5, "absolute": 1e-6},
    cases={
        "sizes": {
            "the defaults": sizes((32, 32)),
            "28 pixels": sizes((28, 28), initial_scale=0.5, delay_fraction=0.25, finetune_fraction=0.25, size_increment=4),
            "every pixel": sizes((32, 32), initial_scale=0.25, delay_fraction=0.0, finetune_fraction=0.3, size_increment=1),
            "higher than wide": sizes((48, 32), initial_scale=0.5, delay_fraction=0.1, finetune_fraction=0.4, size_increment=8),
            "wider than high": sizes((16, 64), initial_scale=0.375, delay_fraction=0.3, finetune_fraction=0.1, size_increment=4),
            "halves": sizes((20, 20), initial_scale=0.5, delay_fraction=0.5, finetune_fraction=0.0, size_increment=4),
            "at once": sizes((32, 32), initial_scale=0.5, delay_fraction=0.0, finetune_fraction=0.0, size_increment=16),
        },
        "resized": {
            "half": resized((8, 8), (4, 4)),
            "three quarters": resized((8, 8), (6, 6)),
            "odd": resized((7, 7), (5, 5)),
            "higher than wide": resized((6, 3), (4, 2)),
            "larger": resized((3, 4), (5, 6)),
        },
        "segmented": {
            "classes, half": segmented((8, 8), 0.5, 0),
            "classes, three quarters": segmented((12, 8), 0.75, 0),
            "one-hot, half": segmented((6, 8), 0.5, 5),
        },
    },
)
