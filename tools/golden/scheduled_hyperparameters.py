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

# Two groups of a small network: weights and biases, each with hyperparameters of its own that change at every step.
EXAMPLES = random.normal(0, 1, (STEPS, 5, 3)).astype(numpy.float32)
LABELS = random.integers(0, 2, (STEPS, 5))
WEIGHTS = [random.normal(0, 0.7, shape).astype(numpy.float32) for shape in [(4, 3), (2, 4)]]
BIASES = [random.normal(0, 0.2, size).astype(numpy.float32) for size in [4, 2]]


def rising(start, end):
    return [float(numpy.float32(start + (end - start) * step / STEPS)) for step in range(STEPS)]


# By torch's name: the values of the weights' group and of the biases'.
GROUPED = {
    "lr": (rising(0.05, 0.02), rising(0.02, 0.06)),
    "momentum": (rising(0.95, 0.85), rising(0.2, 0.6)),
    "dampening": (rising(0.3, 0.1), rising(0.0, 0.5)),
    "weight_decay": (rising(0.01, 0.1), rising(0.0, 0.02)),
    "beta1": (rising(0.95, 0.85), rising(0.5, 0.8)),
    "beta2": (rising(0.99, 0.999), rising(0.9, 0.95)),
    "eps": (rising(1e-3, 1e-2), rising(0.1, 0.3)),
    "alpha": (rising(0.9, 0.99), rising(0.8, 0.7)),
}


def grouped(make, names):
    """The parameters after each step of a network whose groups are set anew before it."""
    first, second = torch.nn.Linear(3, 4, dtype=torch.float64), torch.nn.Linear(4, 2, dtype=torch.float64)
    layers = [first, second]
    with torch.no_grad():
        for layer, weight, bias in zip(layers, WEIGHTS, BIASES):
            layer.weight.copy_(torch.tensor(weight))
            layer.bias.copy_(torch.tensor(bias))
    optimizer = make([{"params": [layer.weight for layer in layers]}, {"params": [layer.bias for layer in layers]}])
    trajectory = []
    for step in range(STEPS):
        for index, group in enumerate(optimizer.param_groups):
            values = {name: GROUPED[name][index][step] for name in names}
            if "beta1" in names:
                group["betas"] = (values.pop("beta1"), values.pop("beta2"))
            group.update(values)
        outputs = second(torch.tanh(first(torch.tensor(EXAMPLES[step], dtype=torch.float64))))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(outputs, torch.tensor(LABELS[step])).backward()
        optimizer.step()
        trajectory.append(
            {
                "kernels": [layer.weight.detach().numpy().T.flatten().copy() for layer in layers],
                "biases": [layer.bias.detach().numpy().copy() for layer in layers],
            }
        )
    return trajectory


ADAM = ["lr", "beta1", "beta2", "eps", "weight_decay"]

write_golden(
    "packages/lr-schedules/test/golden/groups.json",
    source="torch.optim.SGD, Adam, AdamW, RMSprop (float64) over two parameter groups of a network of two linear layers, "
    "every hyperparameter of either set before each step",
    packages=["torch", "numpy"],
    tolerance={"relative": 1e-6, "absolute": 1e-6},
    cases={
        "inputs": {
            "examples": EXAMPLES.reshape(STEPS, -1),
            "labels": LABELS,
            "kernels": [weight.T.flatten() for weight in WEIGHTS],
            "biases": BIASES,
            "schedules": {name: {"kernels": values[0], "biases": values[1]} for name, values in GROUPED.items()},
        },
        "trajectories": {
            "sgd": grouped(lambda p: SGD(p, momentum=0.9), ["lr", "momentum", "dampening", "weight_decay"]),
            "sgd nesterov": grouped(
                lambda p: SGD(p, momentum=0.9, nesterov=True), ["lr", "momentum", "weight_decay"]
            ),
            "adam": grouped(torch.optim.Adam, ADAM),
            "adamw": grouped(torch.optim.AdamW, ADAM),
            "rmsprop": grouped(
                lambda p: torch.optim.RMSprop(p, momentum=0.9), ["lr", "alpha", "eps", "momentum", "weight_decay"]
            ),
        },
    },
)

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
