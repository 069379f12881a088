"""Softmax cross-entropy over as many classes as a small vocabulary: losses and gradients from PyTorch, in float64.

The rows are few, because a test repeats them: a device may choose other ops where there are many numbers.
"""

import numpy
import torch
import torch.nn.functional as F

from golden import write_golden

generator = numpy.random.default_rng(31)
CLASSES = 66


def draw(*shape, scale=1.0):
    return torch.tensor(numpy.round(generator.normal(scale=scale, size=shape), 2))


def cross_entropy(logits, targets, smoothing=0.0):
    logits.requires_grad_()
    losses = F.cross_entropy(logits, targets, reduction="none", label_smoothing=smoothing)
    upstream = draw(len(losses))
    (losses * upstream).sum().backward()
    return {
        "smoothing": smoothing,
        "logits": logits,
        "targets": targets,
        "upstream": upstream,
        "losses": losses,
        "gradient": logits.grad,
    }


def classes(rows):
    return torch.tensor(generator.integers(0, CLASSES, rows))


def saturated(rows):
    """A logit that no other comes near, first of the true class and then of another."""
    logits, targets = draw(rows, CLASSES), classes(rows)
    for row in range(rows):
        logits[row, (targets[row] + row) % CLASSES] = 1000.0 if row % 2 else 90.0
    return logits, targets


def nearly_equal(rows):
    """Far from zero: sums of these logits and of numbers near 1 lose most digits in float32."""
    return 20000 + torch.tensor(generator.integers(0, 3, (rows, CLASSES)).astype(float)), classes(rows)


if __name__ == "__main__":
    write_golden(
        "packages/core-tensor-gpu/test/golden/many-classes.json",
        source="torch.nn.functional.cross_entropy, float64",
        packages=["torch", "numpy"],
        tolerance={"relative": 2e-5, "absolute": 1e-5},
        cases={
            "classes": cross_entropy(draw(3, CLASSES, scale=3.0), classes(3)),
            "classes, smoothed": cross_entropy(draw(3, CLASSES, scale=3.0), classes(3), 0.1),
            "classes, saturated": cross_entropy(*saturated(3)),
            "classes, saturated and smoothed": cross_entropy(*saturated(3), 0.1),
            "classes, far from zero": cross_entropy(*nearly_equal(2)),
            "probabilities": cross_entropy(draw(2, CLASSES), torch.softmax(draw(2, CLASSES), 1).round(decimals=3)),
            "weights that do not sum to 1": cross_entropy(draw(2, CLASSES), draw(2, CLASSES).abs()),
        },
    )
