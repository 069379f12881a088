"""The learning rate of each step of published recipes: torchvision's schedulers as its train.py sets them up, timm's
scheduler of an epoch, and Keras' cosine decay with warm-up for the bag of tricks. Also the decay of torchvision's average.
"""

import os
import warnings

os.environ.setdefault("KERAS_BACKEND", "torch")
warnings.filterwarnings("ignore")

import keras
import torch
import torch.optim.lr_scheduler as lr
from timm.scheduler import CosineLRScheduler

from golden import write_golden

RATE, EPOCHS, STEPS = 0.4, 8, 3


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)


def torchvision():
    group = optimizer()
    warmup = lr.LinearLR(group, start_factor=0.01, total_iters=5)
    main = lr.CosineAnnealingLR(group, T_max=EPOCHS - 5)
    scheduler = lr.SequentialLR(group, schedulers=[warmup, main], milestones=[5])
    rates = []
    for _ in range(EPOCHS):
        rates += [group.param_groups[0]["lr"]] * STEPS
        group.step()
        scheduler.step()
    return rates


def timm():
    group = optimizer()
    scheduler = CosineLRScheduler(group, t_initial=EPOCHS, warmup_t=5, warmup_lr_init=0)
    rates = []
    for epoch in range(EPOCHS):
        scheduler.step(epoch)
        rates += [group.param_groups[0]["lr"]] * STEPS
    return rates


def bag_of_tricks():
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, (EPOCHS - 5) * STEPS, warmup_target=RATE, warmup_steps=5 * STEPS
    )
    return [float(schedule(step)) for step in range(EPOCHS * STEPS)]


write_golden(
    "packages/recipes/test/golden/rates.json",
    source="torch SequentialLR of LinearLR and CosineAnnealingLR; timm CosineLRScheduler; keras CosineDecay",
    packages=["torch", "timm", "keras"],
    tolerance={"relative": 1e-5, "absolute": 1e-7},
    cases={"torchvision-2021": torchvision(), "timm-a2": timm(), "he-2019": bag_of_tricks()},
)
