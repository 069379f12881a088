"""Stochastic depth of torchvision, drop path of timm, and the rates of the blocks."""

import numpy
import torch
from timm.layers import calculate_drop_path_rates, drop_path
from torchvision.ops import stochastic_depth

from golden import write_golden

random = numpy.random.default_rng(5)


def dropped(call, x, weights):
    """What the function makes of x, the gradient of a weighted sum of it, and the mask: its output for ones."""
    given = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    torch.manual_seed(3)
    outputs = call(given)
    (outputs * torch.tensor(weights, dtype=torch.float64)).sum().backward()
    torch.manual_seed(3)
    mask = (call(torch.ones_like(given)) != 0).double().reshape(len(x), -1)[:, 0]
    return {"mask": mask, "outputs": outputs, "gradient": given.grad}


def case(call, mode, rate, shape=(6, 2, 3)):
    x = random.normal(0, 1, shape).astype(numpy.float32)
    weights = random.normal(0, 1, shape).astype(numpy.float32)
    return {"mode": mode, "rate": rate, "inputs": x, "weights": weights, **dropped(call, x, weights)}


cases = {}
for mode in ("row", "batch"):
    for rate in (0.0, 0.25, 0.5, 0.9, 1.0):
        cases[f"torchvision, {mode}, {rate}"] = case(lambda x: stochastic_depth(x, rate, mode, True), mode, rate)
for rate in (0.1, 0.5):
    cases[f"timm, {rate}"] = case(lambda x: drop_path(x, rate, True), "row", rate, (8, 4))

write_golden(
    "packages/stochastic-depth/test/golden.json",
    source="torchvision.ops.stochastic_depth, timm.layers.drop_path (float64); timm.layers.calculate_drop_path_rates",
    packages=["torch", "torchvision", "timm", "numpy"],
    tolerance={"relative": 1e-6, "absolute": 1e-6},
    cases={
        "dropped": cases,
        "from zero": {
            str(blocks): calculate_drop_path_rates(0.3, blocks, stagewise=False) for blocks in (1, 2, 5, 12)
        },
    },
)
