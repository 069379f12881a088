"""Composer's layer freezing: its schedule in exact fractions, and a training with its freeze_layers in float64.

In floats, Composer freezes one layer less where the share of layers is a whole number and the rounding error is negative.
"""

from fractions import Fraction

import numpy as np
import torch
from composer.algorithms.layer_freezing.layer_freezing import _freeze_schedule, freeze_layers

from golden import write_golden

generator = np.random.default_rng(4)
draw = lambda *shape: np.round(generator.normal(size=shape), 3)


def schedule(epochs, layers, start, level):
    start, level = Fraction(start), Fraction(level)
    shares = [_freeze_schedule(Fraction(epoch, epochs), start, level) if start < 1 else 0 for epoch in range(epochs + 1)]
    return {
        "epochs": epochs,
        "layers": layers,
        "start": float(start),
        "level": float(level),
        "shares": [float(share) for share in shares],
        "counts": [int(share * layers) for share in shares],
    }


EPOCHS, BATCHES, BATCH = 6, 2, 4
SIZES = [2, 3, 3, 3, 1]
start = [draw(*shape) for i, o in zip(SIZES, SIZES[1:]) for shape in ((i, o), (o,))]
inputs, targets = draw(BATCHES * BATCH, 2), draw(BATCHES * BATCH, 1)
x, y = torch.tensor(inputs), torch.tensor(targets)


def trained(freeze_start, freeze_level):
    """Momentum and weight decay of a frozen layer stop, as in Composer, which takes it from the optimizer."""
    linear = [torch.nn.Linear(i, o) for i, o in zip(SIZES, SIZES[1:])]
    net = torch.nn.Sequential(*[m for one in linear for m in (one, torch.nn.Tanh())][:-1]).double()
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), start):
            value = torch.tensor(value)
            parameter.copy_(value.T if value.ndim == 2 else value)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=0.05)
    depths, weights = [], []
    for epoch in range(EPOCHS):
        for at in range(0, len(x), BATCH):
            optimizer.zero_grad(set_to_none=True)
            torch.nn.functional.mse_loss(net(x[at : at + BATCH]), y[at : at + BATCH]).backward()
            optimizer.step()
        weights.append([(p.detach().T if p.ndim == 2 else p.detach()).clone() for p in net.parameters()])
        # Exact in floats for these numbers.
        depth, _ = freeze_layers(net, optimizer, (epoch + 1) / EPOCHS, freeze_start, freeze_level)
        depths.append(depth)
    return {"start": freeze_start, "level": freeze_level, "depths": depths, "weights": weights}


write_golden(
    "packages/layer-freezing/test/golden.json",
    source="Composer _freeze_schedule in fractions, and freeze_layers with torch.optim.SGD in float64",
    packages=["mosaicml", "torch", "numpy"],
    tolerance={"relative": 5e-5, "absolute": 5e-6},
    cases={
        "schedules": [
            schedule(epochs, layers, begin, level)
            for epochs in (1, 7, 10)
            for layers in (1, 2, 5, 53)
            for begin, level in (("1/2", "1"), ("0", "1"), ("3/10", "4/5"), ("9/10", "1/3"), ("1", "1"))
        ],
        "data": {"start": start, "inputs": inputs, "targets": targets, "batch": BATCH},
        "trainings": [trained(0.0, 1.0), trained(0.5, 0.75), trained(0.25, 0.0)],
    },
)
