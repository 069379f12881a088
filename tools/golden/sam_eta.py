"""ASAM with its constant eta: the code of its authors, on a small network in float64.

Needs asam.py of https://github.com/SamsungLabs/ASAM at commit dc9b513 on PYTHONPATH. The authors change the step only for
parameters with "weight" in their name, so here all have it. One weight of 0 moves only because of eta.
"""

import json

import torch
from asam import ASAM

from golden import ROOT, write_golden

data = json.loads((ROOT / "packages/sam/test/golden/sam.json").read_text())["cases"]["data"]
x, y = torch.tensor(data["inputs"], dtype=torch.float64), torch.tensor(data["targets"], dtype=torch.float64)


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        for at, value in enumerate(data["start"]):
            tensor = torch.tensor(value, dtype=torch.float64)
            if at == 0:
                tensor[0, 0] = 0
            self.register_parameter(f"weight_{at}", torch.nn.Parameter(tensor))

    def forward(self, given):
        return torch.tanh(given @ self.weight_0 + self.weight_1) @ self.weight_2 + self.weight_3


def case(eta, rho=0.5):
    net = Network()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    minimizer = ASAM(optimizer, net, rho=rho, eta=eta)
    losses = []
    for at in range(0, len(x), data["batch"]):
        batch = slice(at, at + data["batch"])
        loss = torch.nn.functional.mse_loss(net(x[batch]), y[batch])
        loss.backward()
        minimizer.ascent_step()
        torch.nn.functional.mse_loss(net(x[batch]), y[batch]).backward()
        minimizer.descent_step()
        losses.append(loss.detach())
    return {"weights": [p.detach() for p in net.parameters()], "losses": losses}


write_golden(
    "packages/sam/test/golden/sam-eta.json",
    source="asam.py of SamsungLabs/ASAM, commit dc9b513; torch.optim.SGD(momentum=0.9), float64",
    packages=["torch", "numpy"],
    tolerance={"relative": 5e-5, "absolute": 5e-6},
    cases={
        "ASAM, eta 0.01": case(0.01),
        "ASAM, eta 0.5": case(0.5),
    },
)
