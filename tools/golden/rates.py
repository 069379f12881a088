"""The learning rates that a scheduler of PyTorch's kind gives its optimizer; shared by the lr_schedules_… subjects."""

import torch

POINTS = 200


def optimizer(value, **options):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=value, **options)


def from_torch(value, make, points=POINTS, field="lr", **options):
    """The rate (or another field) before each scheduler.step(), as a training loop sees it."""
    group = optimizer(value, **options)
    scheduler = make(group)
    rates = []
    for index in range(points):
        rates.append(float(group.param_groups[0][field]))
        group.step()
        if index + 1 < points:
            scheduler.step()
    return rates


def case(peer, build, values):
    """`build` is the same schedule in the words of packages/lr-schedules."""
    if len(values) != POINTS:
        raise ValueError(f"{peer}: {len(values)} values")
    return {"peer": peer, "build": build, "values": values}
