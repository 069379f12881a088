"""Averages of weights: timm's ModelEmaV3, Composer's compute_ema, and torch.optim.swa_utils. Float64.

A small network trains in PyTorch, and each of them averages it after every update. The network has one linear layer,
one batch normalisation and one linear layer. TensorFlow.js keeps the biased variance of a batch, so the running
variance is set to that average after each backward pass.
"""

import copy

import numpy as np
import torch
from composer.algorithms.ema import compute_ema
from timm.utils.model_ema import ModelEmaV3
from torch.optim.swa_utils import SWALR, AveragedModel, update_bn

from golden import write_golden

generator = np.random.default_rng(15)
draw = lambda *shape: np.round(generator.normal(size=shape), 3)
UPDATES, BATCH = 6, 4


class Net(torch.nn.Module):
    def __init__(self, weights):
        super().__init__()
        self.first = torch.nn.Linear(2, 3)
        self.norm = torch.nn.BatchNorm1d(3, eps=1e-3, momentum=0.1)
        self.last = torch.nn.Linear(3, 1)
        self.double()
        with torch.no_grad():
            self.first.weight.copy_(torch.tensor(weights[0]).T)
            self.first.bias.copy_(torch.tensor(weights[1]))
            self.last.weight.copy_(torch.tensor(weights[2]).T)
            self.last.bias.copy_(torch.tensor(weights[3]))

    def forward(self, x):
        before = self.norm.running_var.clone()
        x = self.first(x)
        y = self.norm(x)
        with torch.no_grad():
            self.biased = 0.9 * before + 0.1 * x.var(dim=0, unbiased=False)
        return self.last(torch.relu(y))


start = [draw(2, 3), draw(3), draw(3, 1), draw(1)]
inputs, targets = draw(UPDATES * BATCH, 2), draw(UPDATES * BATCH, 1)
x, y = torch.tensor(inputs), torch.tensor(targets)


def written(net):
    """The values by the names of the layers, as TensorFlow.js lays them out."""
    return {
        "first/kernel": net.first.weight.detach().T,
        "first/bias": net.first.bias.detach(),
        "norm/gamma": net.norm.weight.detach(),
        "norm/beta": net.norm.bias.detach(),
        "norm/moving_mean": net.norm.running_mean.clone(),
        "norm/moving_variance": net.norm.running_var.clone(),
        "last/kernel": net.last.weight.detach().T,
        "last/bias": net.last.bias.detach(),
    }


def train(after_update, epochs=1):
    """Trains a new network with SGD at 0.1, and calls `after_update(net, updates)` after each update."""
    net = Net(start)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    updates = 0
    for _ in range(epochs):
        for at in range(0, len(x), BATCH):
            net.train()
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(net(x[at : at + BATCH]), y[at : at + BATCH]).backward()
            net.norm.running_var.copy_(net.biased)
            optimizer.step()
            updates += 1
            after_update(net, updates)
    return net


def loss_of(net):
    net.eval()
    with torch.no_grad():
        return torch.nn.functional.mse_loss(net(x), y)


def timm_case(**options):
    found = {}

    def update(net, updates):
        if updates == 1:
            found["ema"] = ModelEmaV3(net, foreach=False, **options)
        found["ema"].update(net, step=updates)

    train(update)
    return {"averages": written(found["ema"].module), "loss": loss_of(found["ema"].module)}


def composer_case(half_life, interval, begin):
    """EMA.match and EMA.apply of Composer at the end of each batch: a copy at the begin, then compute_ema."""
    found = {}

    def update(net, updates):
        if "ema" not in found and updates >= begin:
            found["ema"] = copy.deepcopy(net)
        if "ema" in found and updates % interval == 0:
            compute_ema(net, found["ema"], smoothing=2 ** (-(interval / half_life)))

    train(update)
    return {"averages": written(found["ema"]), "loss": loss_of(found["ema"])}


def swa_case(begin, interval, use_buffers):
    found = {}

    def update(net, updates):
        if updates == 1:
            found["swa"] = AveragedModel(net, use_buffers=use_buffers)
        if updates >= begin and updates % interval == 0:
            found["swa"].update_parameters(net)

    train(update)
    averaged = found["swa"].module
    # torch copies the buffers of the network at each call, where it does not average them.
    result = {"averages": written(averaged), "count": found["swa"].n_averaged, "loss": loss_of(averaged)}
    averaged.norm.momentum = 0.1
    update_bn([x[at : at + BATCH] for at in range(0, len(x), BATCH)], averaged)
    # Its variances are the means of the unbiased variances of the batches. Cantrip takes that of all values.
    return {**result, "updated mean": averaged.norm.running_mean}


def rates(swa_lr, epochs, strategy):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.4)
    scheduler = SWALR(optimizer, swa_lr=swa_lr, anneal_epochs=epochs, anneal_strategy=strategy)
    found = []
    for _ in range(8):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return found


ema = ModelEmaV3(torch.nn.Linear(1, 1), decay=0.999, use_warmup=True)
slow = ModelEmaV3(torch.nn.Linear(1, 1), decay=0.95, use_warmup=True, warmup_gamma=5, warmup_power=0.75, min_decay=0.2)
plain = ModelEmaV3(torch.nn.Linear(1, 1), decay=0.999)
ages = [0, 1, 2, 10, 100, 10_000, 1_000_000]
# timm counts updates from 1, and its average is a copy after the first one.
decays = lambda model: [model.get_decay(age + 1) for age in ages]
plain_net = train(lambda net, updates: None)
write_golden(
    "packages/weight-averaging/test/golden/averages.json",
    source="timm ModelEmaV3, composer compute_ema, torch.optim.swa_utils AveragedModel, SWALR, update_bn; float64",
    packages=["timm", "mosaicml", "torch", "numpy"],
    tolerance={"relative": 2e-5, "absolute": 2e-6},
    cases={
        "decays": {
            "ages": ages,
            "warmed up": decays(ema),
            "slow": decays(slow),
            "without": decays(plain),
        },
        "data": {
            "kernel": start[0],
            "bias": start[1],
            "last kernel": start[2],
            "last bias": start[3],
            "inputs": inputs,
            "targets": targets,
            "batch": BATCH,
            "weights": written(plain_net),
        },
        "timm": timm_case(decay=0.7),
        "timm, warmed up": timm_case(decay=0.6, use_warmup=True),
        "timm, from update 3 on": timm_case(decay=0.7, update_after_step=2),
        "timm, buffers copied": timm_case(decay=0.7, exclude_buffers=True),
        "composer, half-life 3": composer_case(3, 1, 0),
        "composer, every 2, from 3 on": composer_case(4, 2, 3),
        "swa": swa_case(3, 1, False),
        "swa, every 2, with buffers": swa_case(2, 2, True),
        "cosine": rates(0.1, 5, "cos"),
        "linear": rates(0.1, 4, "linear"),
        "at once": rates(0.05, 0, "cos"),
    },
)
