"""Tables of embeddings trained by torch.optim over 6 steps: each step takes some rows, some of them twice."""

import numpy
import torch

from golden import write_golden

ROWS, WIDTH = 40, 3
BATCHES = [
    [[7, 2, 7], [39, 0, 7]],
    [[5, 5, 1], [2, 30, 7]],
    # Rows that a mask makes count nothing have a gradient of zero.
    [[0, 0, 0], [0, 0, 0]],
] * 2

random = numpy.random.default_rng(19)
TABLE = random.normal(0, 1, [ROWS, WIDTH]).astype(numpy.float32)
KERNEL = random.normal(0, 1, [3 * WIDTH, 1]).astype(numpy.float32)
TARGETS = [[0.5], [-1.0]]


def trained(make, clip=None):
    table = torch.tensor(TABLE, dtype=torch.float64, requires_grad=True)
    kernel = torch.tensor(KERNEL, dtype=torch.float64, requires_grad=True)
    optimizer = make([table, kernel])
    targets = torch.tensor(TARGETS, dtype=torch.float64)
    losses = []
    for batch in BATCHES:
        optimizer.zero_grad()
        rows = torch.nn.functional.embedding(torch.tensor(batch), table)
        loss = torch.nn.functional.mse_loss(rows.flatten(1) @ kernel, targets)
        loss.backward()
        if clip is not None:
            torch.nn.utils.clip_grad_norm_([table, kernel], clip)
        optimizer.step()
        losses.append(loss.item())
    return {"losses": losses, "table": table, "kernel": kernel}


RATE = 0.02
write_golden(
    "packages/trainer/test/golden/row-updates.json",
    source="torch.nn.functional.embedding with torch.optim.SGD, Adam, AdamW; torch.nn.utils.clip_grad_norm_ (float64)",
    packages=["torch", "numpy"],
    tolerance={"relative": 1e-5, "absolute": 1e-6},
    cases={
        "inputs": {
            "table": TABLE,
            "kernel": KERNEL,
            "batches": BATCHES,
            "targets": TARGETS,
            "learningRate": RATE,
        },
        "trained": {
            "sgd": trained(lambda p: torch.optim.SGD(p, RATE)),
            "sgd, clipped": trained(lambda p: torch.optim.SGD(p, RATE), clip=0.5),
            "sgd, weight decay": trained(lambda p: torch.optim.SGD(p, RATE, weight_decay=0.1)),
            "sgd, momentum": trained(lambda p: torch.optim.SGD(p, RATE, momentum=0.9)),
            "adam": trained(lambda p: torch.optim.Adam(p, RATE)),
            "adamw": trained(lambda p: torch.optim.AdamW(p, RATE, weight_decay=0.1)),
        },
    },
)
