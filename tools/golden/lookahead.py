"""Lookahead: pytorch_optimizer's wrapper around SGD and AdamW, and optax.lookahead. Float64.

A small network trains for 11 steps. After each step its own weights and the slow ones are written. timm's wrapper is no
reference for the first interval: its slow weights begin as a copy of the weights after that interval.
"""

import jax
import numpy as np
import optax
import torch
from pytorch_optimizer import Lookahead

from golden import write_golden

jax.config.update("jax_enable_x64", True)
generator = np.random.default_rng(19)
draw = lambda *shape: np.round(generator.normal(size=shape), 3)
STEPS, BATCH = 11, 4
start = {"first/kernel": draw(2, 3), "first/bias": draw(3), "last/kernel": draw(3, 1), "last/bias": draw(1)}
inputs, targets = draw(STEPS * BATCH, 2), draw(STEPS * BATCH, 1)
rows = [slice(at, at + BATCH) for at in range(0, len(inputs), BATCH)]


def torch_case(base, **options):
    names = list(start)
    own = {name: torch.nn.Parameter(torch.tensor(start[name])) for name in names}
    optimizer = Lookahead(base(own.values()), **options)
    x, y = torch.tensor(inputs), torch.tensor(targets)
    weights, slow = [], []
    for at in rows:
        optimizer.zero_grad()
        hidden = torch.tanh(x[at] @ own["first/kernel"] + own["first/bias"])
        outputs = hidden @ own["last/kernel"] + own["last/bias"]
        torch.nn.functional.mse_loss(outputs, y[at]).backward()
        optimizer.step()
        weights.append({name: one.detach().clone() for name, one in own.items()})
        slow.append({name: optimizer.state[one]["slow_params"].clone() for name, one in own.items()})
    return {"weights": weights, "slow": slow}


def optax_case(base, interval, rate):
    def loss(weights, x, y):
        hidden = jax.numpy.tanh(x @ weights["first/kernel"] + weights["first/bias"])
        outputs = hidden @ weights["last/kernel"] + weights["last/bias"]
        return jax.numpy.mean((outputs - y) ** 2)

    optimizer = optax.lookahead(base, sync_period=interval, slow_step_size=rate)
    params = optax.LookaheadParams.init_synced({name: jax.numpy.asarray(one) for name, one in start.items()})
    state = optimizer.init(params)
    weights, slow = [], []
    for at in rows:
        gradients = jax.grad(loss)(params.fast, inputs[at], targets[at])
        updates, state = optimizer.update(gradients, state, params)
        params = optax.apply_updates(params, updates)
        weights.append({name: np.asarray(one) for name, one in params.fast.items()})
        slow.append({name: np.asarray(one) for name, one in params.slow.items()})
    return {"weights": weights, "slow": slow}


write_golden(
    "packages/lookahead/test/golden.json",
    source="pytorch_optimizer.Lookahead around torch.optim.SGD and AdamW; optax.lookahead around sgd; float64",
    packages=["pytorch_optimizer", "torch", "optax", "jax", "numpy"],
    tolerance={"relative": 2e-5, "absolute": 2e-6},
    cases={
        "data": {"start": start, "inputs": inputs, "targets": targets, "batch": BATCH},
        "pytorch_optimizer, SGD": torch_case(lambda own: torch.optim.SGD(own, lr=0.1, momentum=0.9), k=5, alpha=0.5),
        "pytorch_optimizer, AdamW": torch_case(
            lambda own: torch.optim.AdamW(own, lr=0.05, weight_decay=0.1), k=3, alpha=0.8
        ),
        "optax, SGD": optax_case(optax.sgd(0.1, momentum=0.9), 4, 0.3),
    },
)
