"""Trajectories of torch.optim whose momentum, betas, decay and weight decay change from step to step, and timm's layer-wise decay."""

import numpy
import timm.optim
import torch

from golden import write_golden

STEPS = 12
random = numpy.random.default_rng(5)
START = random.uniform(1, 3, 4).astype(numpy.float32)
GRADIENTS = [random.normal(0.3, 1, 4).astype(numpy.float32) for _ in range(STEPS)]
# Values that float32 holds exactly, so that both sides are given the same.
RATES = [float(numpy.float32(0.05 - 0.003 * step)) for step in range(STEPS)]
MOMENTA = [float(numpy.float32(0.95 - 0.1 * (step / STEPS))) for step in range(STEPS)]
DECAYS = [float(numpy.float32(0.01 + 0.01 * step)) for step in range(STEPS)]


def trajectory(make, change):
    parameter = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = make([parameter])
    values = []
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = RATES[step]
        change(optimizer.param_groups[0], step)
        parameter.grad = torch.tensor(GRADIENTS[step], dtype=torch.float64)
        optimizer.step()
        values.append(parameter.detach().numpy().copy())
    return values


def momentum(group, step):
    group["momentum"] = MOMENTA[step]


def weight_decay(group, step):
    group["weight_decay"] = DECAYS[step]


def both(group, step):
    momentum(group, step)
    weight_decay(group, step)


def betas(group, step):
    group["betas"] = (MOMENTA[step], float(numpy.float32(0.99)) - DECAYS[step])
    weight_decay(group, step)


def alpha(group, step):
    group["alpha"] = MOMENTA[step]
    momentum(group, step)


def layerwise():
    """timm's lr_scale of every parameter of a small vision transformer."""
    model = timm.create_model("vit_tiny_patch16_224", depth=3, num_classes=4)
    groups = timm.optim.param_groups_layer_decay(model, weight_decay=0.05, layer_decay=0.6, min_scale=0.2)
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    return {
        names[id(parameter)]: {"factor": group["lr_scale"], "weightDecay": group["weight_decay"]}
        for group in groups
        for parameter in group["params"]
    }


SGD = torch.optim.SGD

write_golden(
    "packages/optimizers/test/golden/scheduled.json",
    source="torch.optim.SGD, Adam, AdamW, RMSprop (float64) with hyperparameters set before each step; "
    "timm.optim.param_groups_layer_decay",
    packages=["torch", "timm", "numpy"],
    tolerance={"relative": 2e-6},
    cases={
        "inputs": {
            "start": START,
            "gradients": GRADIENTS,
            "rates": RATES,
            "momenta": MOMENTA,
            "decays": DECAYS,
            "beta2": [float(numpy.float32(0.99)) - decay for decay in DECAYS],
        },
        "trajectories": {
            "sgd momentum": trajectory(lambda p: SGD(p, momentum=0.9), momentum),
            "sgd nesterov and weight decay": trajectory(lambda p: SGD(p, momentum=0.9, nesterov=True), both),
            "sgd weight decay": trajectory(SGD, weight_decay),
            "adam betas and weight decay": trajectory(torch.optim.Adam, betas),
            "adamw betas and weight decay": trajectory(torch.optim.AdamW, betas),
            "rmsprop decay and momentum": trajectory(lambda p: torch.optim.RMSprop(p, momentum=0.9), alpha),
        },
        "layer-wise decay 0.6, at least 0.2": layerwise(),
    },
)
