"""Batches that timm's Mixup mixes, with shares and boxes given, and a classifier trained on them."""

import numpy
import torch
from timm.data import mixup as timm_mixup
from timm.loss import SoftTargetCrossEntropy

from golden import write_golden

EXAMPLES, SIDE, CLASSES, STEPS, RATE, SMOOTHING = 6, 5, 3, 8, 0.5, 0.2
random = numpy.random.default_rng(23)


def mixed(images, labels, *, lam, cuts=False, draws=(), smoothing=0.0, **options):
    """timm's own code, with the share, and the uniform draws of its box, given."""
    uniform = iter(draws)

    def randint(low, high, size=None):
        return int(low + numpy.floor(next(uniform) * (high - low)))

    mix = timm_mixup.Mixup(label_smoothing=smoothing, num_classes=CLASSES, **options)
    mix._params_per_batch = lambda: (lam, cuts)
    original, numpy.random.randint = numpy.random.randint, randint
    try:
        nchw = torch.tensor(images, dtype=torch.float64).permute(0, 3, 1, 2).clone()
        x, target = mix(nchw, torch.tensor(labels))
    finally:
        numpy.random.randint = original
    return x.permute(0, 2, 3, 1), target


def float32(number):
    return float(numpy.float32(number))


def case(name):
    images = random.normal(0, 1, (EXAMPLES, 5, 8, 2)).astype(numpy.float32)
    labels = random.integers(0, CLASSES, EXAMPLES)
    lam = float32(random.uniform())
    given = {"lam": lam, **name}
    y, x, rows, columns = (float32(draw) for draw in random.uniform(0, 1, 4))
    minmax = given.get("cutmix_minmax")
    draws = (rows, columns, y, x) if minmax else (y, x)
    inputs, targets = mixed(images, labels, draws=draws, **given)
    return {
        **{key: value for key, value in given.items()},
        "images": images.flatten(),
        "shape": images.shape,
        "labels": labels,
        "y": y,
        "x": x,
        "rows": rows,
        "columns": columns,
        "mixed": inputs.flatten(),
        "targets": targets,
    }


def by_row(mode, *, cuts, **options):
    """timm's modes `elem` and `pair`, with a share, and the place of a box, of each row or pair."""
    draws = numpy.random.default_rng(29)
    images = draws.normal(0, 1, (EXAMPLES, 5, 8, 2)).astype(numpy.float32)
    labels = draws.integers(0, CLASSES, EXAMPLES)
    count = EXAMPLES // 2 if mode == "pair" else EXAMPLES
    lam, y, x, rows, columns = draws.uniform(0, 1, (5, count)).astype(numpy.float32).astype(float)
    lam[1] = 1.0
    drawn = [i for i in range(count) if lam[i] != 1]
    minmax = options.get("cutmix_minmax")
    order = [numbers[i] for i in drawn for numbers in ((rows, columns, y, x) if minmax else (y, x))]
    uniform = iter(order)
    original = numpy.random.randint
    numpy.random.randint = lambda low, high, size=None: int(low + numpy.floor(next(uniform) * (high - low)))
    mix = timm_mixup.Mixup(label_smoothing=0.1, num_classes=CLASSES, mode=mode, **options)
    mix._params_per_elem = lambda size: (lam.copy(), numpy.full(size, cuts))
    try:
        inputs, target = mix(torch.tensor(images, dtype=torch.float64).permute(0, 3, 1, 2), torch.tensor(labels))
    finally:
        numpy.random.randint = original
    return {
        "mode": mode, "cuts": cuts, "smoothing": 0.1, **options, "shape": images.shape, "images": images.flatten(),
        "labels": labels, "lam": lam, "y": y, "x": x, "rows": rows, "columns": columns,
        "mixed": inputs.permute(0, 2, 3, 1).flatten(), "targets": target,
    }


def trained(steps, smoothing):
    kernel = torch.tensor(KERNEL, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([kernel], lr=RATE)
    losses = []
    for step in steps:
        x, target = mixed(
            step["images"], step["labels"], lam=step["lam"], cuts=step["cuts"], draws=(step["y"], step["x"]),
            smoothing=smoothing,
        )
        loss = SoftTargetCrossEntropy()(x.flatten(1) @ kernel, target.double())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"losses": losses, "kernel": kernel.flatten()}


KERNEL = random.normal(0, 0.3, (SIDE * SIDE, CLASSES)).astype(numpy.float32)
STEPS_GIVEN = [
    {
        "images": random.normal(0, 1, (EXAMPLES, SIDE, SIDE, 1)).astype(numpy.float32),
        "labels": random.integers(0, CLASSES, EXAMPLES),
        "lam": float32(random.beta(0.8, 0.8)),
        "cuts": bool(step % 2),
        "y": float32(random.uniform()),
        "x": float32(random.uniform()),
    }
    for step in range(STEPS)
]

write_golden(
    "packages/mixup/test/golden/timm.json",
    source="timm.data.mixup.Mixup (shares and boxes given), SoftTargetCrossEntropy, torch.optim.SGD (float64)",
    packages=["torch", "timm", "numpy"],
    tolerance={"relative": 1e-5, "absolute": 1e-6},
    cases={
        "batches": {
            "mixup": case({}),
            "mixup with smoothing": case({"smoothing": 0.1}),
            "CutMix": case({"cuts": True}),
            "CutMix of a small box": case({"cuts": True, "lam": 0.9375}),
            "CutMix of everything": case({"cuts": True, "lam": 0.0}),
            "CutMix without a corrected share": case({"cuts": True, "correct_lam": False}),
            "CutMix between limits": case({"cuts": True, "cutmix_minmax": [0.2, 0.8]}),
        },
        "rows": {
            "each example by its own share": by_row("elem", cuts=False),
            "each example by a box of its own": by_row("elem", cuts=True),
            "each pair by its own share": by_row("pair", cuts=False),
            "each pair by a box of its own": by_row("pair", cuts=True),
            "each pair by the drawn share, although the box is smaller": by_row("pair", cuts=True, correct_lam=False),
        },
        "training": {
            "steps": [{**step, "images": step["images"].flatten()} for step in STEPS_GIVEN],
            "kernel": KERNEL.flatten(),
            "learningRate": RATE,
            "smoothing": SMOOTHING,
        },
        "sharp": trained(STEPS_GIVEN, 0.0),
        "smoothed": trained(STEPS_GIVEN, SMOOTHING),
    },
)
