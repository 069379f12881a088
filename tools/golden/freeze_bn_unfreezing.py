"""Six steps of SGD with momentum in which the layers of a network are unfrozen from its output to its input.

PyTorch: parameter groups whose gradients and rates come in stages.
"""

import numpy
import torch
from golden import write_golden

generator = numpy.random.default_rng(21)
STEPS, RATE, MOMENTUM = 6, 0.05, 0.9


def draw(*shape):
    return numpy.round(generator.normal(scale=0.7, size=shape), 3)


def unfreezing(ramp, decay):
    """Three layers, the last from the beginning, one more every two steps; rates rise over `ramp` steps."""
    net = torch.nn.Sequential(
        torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)
    ).double()
    layers = {"stem": net[0], "block": net[2], "head": net[4]}
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(torch.tensor(draw(*parameter.shape)))
    read = lambda: {
        name: {"kernel": layer.weight.detach().numpy().T.copy(), "bias": layer.bias.detach().numpy().copy()}
        for name, layer in layers.items()
    }
    before = read()
    starts = {"stem": 4, "block": 2, "head": 0}
    shares = {"stem": decay**2, "block": decay, "head": 1}
    groups = [{"params": list(layer.parameters()), "name": name} for name, layer in layers.items()]
    optimizer = torch.optim.SGD(groups, RATE, momentum=MOMENTUM)
    inputs, targets = draw(STEPS, 4, 3), draw(STEPS, 4, 2)
    losses = []
    for step in range(STEPS):
        for group in optimizer.param_groups:
            start = starts[group["name"]]
            rise = 1 if start == 0 else min(1, (step - start + 1) / ramp)
            group["lr"] = RATE * shares[group["name"]] * rise
            for parameter in group["params"]:
                parameter.requires_grad_(step >= start)
        optimizer.zero_grad()
        loss = ((net(torch.tensor(inputs[step])) - torch.tensor(targets[step])) ** 2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return {
        "ramp": ramp,
        "decay": decay,
        "inputs": inputs,
        "targets": targets,
        "before": before,
        "losses": numpy.array(losses),
        "after": read(),
    }


write_golden(
    "packages/freeze-bn/test/golden/unfreezing.json",
    source=f"torch.optim.SGD(lr={RATE}, momentum={MOMENTUM}), {STEPS} steps, requires_grad and lr set between them, float64",
    packages=["torch", "numpy"],
    tolerance={"relative": 2e-5, "absolute": 2e-5},
    cases={"at once": unfreezing(1, 1), "with a ramp and smaller rates below": unfreezing(2, 1 / 2.6)},
)
