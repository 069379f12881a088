"""SAM: Composer's SAMOptimizer on a small network in float64."""

import numpy as np
import torch
from composer.algorithms.sam.sam import SAMOptimizer

from golden import write_golden

generator = np.random.default_rng(21)
draw = lambda *shape: np.round(generator.normal(size=shape), 3)
UPDATES, BATCH = 6, 4
start = [draw(2, 3), draw(3), draw(3, 1), draw(1)]
inputs, targets = draw(UPDATES * BATCH, 2), draw(UPDATES * BATCH, 1)
x, y = torch.tensor(inputs), torch.tensor(targets)


def network():
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh(), torch.nn.Linear(3, 1)).double()
    with torch.no_grad():
        for parameter, value in zip(net.parameters(), start):
            value = torch.tensor(value)
            parameter.copy_(value.T if value.ndim == 2 else value)
    return net


def case(rho, interval=1, weight_decay=0.0, max_norm=None):
    net = network()
    base = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=weight_decay)
    if max_norm is not None:
        plain = base.step
        # Clips what the update receives: the gradient at the perturbed weights.
        base.step = lambda: (torch.nn.utils.clip_grad_norm_(net.parameters(), max_norm), plain())
    optimizer = SAMOptimizer(base, rho=rho, interval=interval)
    losses = []
    for at in range(0, len(x), BATCH):

        def closure(ddp_sync=True, loss_dict=None):
            for parameter in net.parameters():
                parameter.grad = None
            loss = torch.nn.functional.mse_loss(net(x[at : at + BATCH]), y[at : at + BATCH])
            loss.backward()
            return loss

        losses.append(optimizer.step(closure).detach())
    weights = [p.detach().T if p.ndim == 2 else p.detach() for p in net.parameters()]
    return {"weights": weights, "losses": losses}


write_golden(
    "packages/sam/test/golden/sam.json",
    source="composer SAMOptimizer; torch.optim.SGD(momentum=0.9), float64",
    packages=["mosaicml", "torch", "numpy"],
    tolerance={"relative": 5e-5, "absolute": 5e-6},
    cases={
        "data": {"start": start, "inputs": inputs, "targets": targets, "batch": BATCH},
        "SAM": case(0.05),
        "SAM, rho 0.5": case(0.5),
        "SAM, every third step": case(0.3, interval=3),
        "SAM, weight decay": case(0.3, weight_decay=0.1),
        "SAM, clipped": case(0.3, max_norm=0.2),
    },
)
