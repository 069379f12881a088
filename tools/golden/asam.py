"""ASAM: SAM of pytorch_optimizer with adaptive=True, on the small network of sam.json in float64."""

import json

import torch
from pytorch_optimizer import SAM

from golden import ROOT, write_golden

data = json.loads((ROOT / "packages/sam/test/golden/sam.json").read_text())["cases"]["data"]
x, y = torch.tensor(data["inputs"], dtype=torch.float64), torch.tensor(data["targets"], dtype=torch.float64)


def network():
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)).double()
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), data["start"]):
            value = torch.tensor(value, dtype=torch.float64)
            parameter.copy_(value.T if value.ndim == 2 else value)
    return net


def case(rho, weight_decay=0.0):
    net = network()
    optimizer = SAM(
        net.parameters(), torch.optim.SGD, rho=rho, adaptive=True, lr=0.1, momentum=0.9, weight_decay=weight_decay
    )
    losses = []
    for at in range(0, len(x), data["batch"]):
        batch = slice(at, at + data["batch"])

        def closure():
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(net(x[batch]), y[batch])
            loss.backward()
            return loss

        losses.append(closure().detach())
        optimizer.step(closure)
    weights = [p.detach().T if p.ndim == 2 else p.detach() for p in net.parameters()]
    return {"weights": weights, "losses": losses}


write_golden(
    "packages/sam/test/golden/asam.json",
    source="pytorch_optimizer SAM(adaptive=True) around torch.optim.SGD(momentum=0.9), float64",
    packages=["pytorch_optimizer", "torch", "numpy"],
    tolerance={"relative": 5e-5, "absolute": 5e-6},
    cases={
        "ASAM": case(0.5),
        "ASAM, rho 2": case(2.0),
        "ASAM, weight decay": case(0.5, weight_decay=0.1),
    },
)
