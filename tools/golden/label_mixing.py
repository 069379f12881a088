"""A classifier trained on batches that timm mixes, with the labels smoothed as it mixes them."""

import numpy
import torch
from timm.data.mixup import mixup_target
from timm.loss import SoftTargetCrossEntropy

from golden import write_golden

STEPS, EXAMPLES, CLASSES, SMOOTHING, RATE = 10, 6, 3, 0.2, 0.5
random = numpy.random.default_rng(11)
INPUTS = random.normal(0, 1, (STEPS, EXAMPLES, 4)).astype(numpy.float32)
LABELS = random.integers(0, CLASSES, (STEPS, EXAMPLES))
LAMBDAS = random.beta(0.8, 0.8, STEPS).astype(numpy.float32)
KERNEL = random.normal(0, 0.5, (4, CLASSES)).astype(numpy.float32)


def trained(smoothing):
    """The loss of each step, the kernel after the last, and how often the output was the larger of two labels."""
    kernel = torch.tensor(KERNEL, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([kernel], lr=RATE)
    losses, hits = [], []
    for inputs, labels, lam in zip(INPUTS, LABELS, LAMBDAS):
        x = torch.tensor(inputs, dtype=torch.float64)
        mixed = x * float(lam) + x.flip(0) * (1 - float(lam))  # as timm's Mixup of a batch
        targets = mixup_target(torch.tensor(labels), CLASSES, float(lam), smoothing)
        outputs = mixed @ kernel
        hits.append((outputs.argmax(-1) == targets.argmax(-1)).double().mean().item())
        loss = SoftTargetCrossEntropy()(outputs, targets.double())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {"losses": losses, "kernel": kernel, "accuracy": sum(hits) / len(hits)}


write_golden(
    "packages/label-smoothing/test/golden/mixing.json",
    source="timm mixup_target and SoftTargetCrossEntropy, torch.optim.SGD (float64; targets in float32)",
    packages=["torch", "timm", "numpy"],
    tolerance={"relative": 1e-5, "absolute": 1e-6},
    cases={
        "inputs": {
            "examples": INPUTS.reshape(STEPS, -1),
            "labels": LABELS,
            "lambdas": LAMBDAS,
            "kernel": KERNEL.flatten(),
            "learningRate": RATE,
            "smoothing": SMOOTHING,
        },
        "smoothed": trained(SMOOTHING),
        "sharp": trained(0.0),
    },
)
