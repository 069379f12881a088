"""The learning rate of each step of published recipes: torchvision's schedulers as its train.py sets them up, timm's
scheduler of an epoch, and Keras' cosine decay with warm-up for the bag of tricks. Also the rate of each layer of a network
that timm fine-tunes.
"""

import os
import warnings

os.environ.setdefault("KERAS_BACKEND", "torch")
warnings.filterwarnings("ignore")

import keras
import torch
import torch.optim.lr_scheduler as lr
from timm import create_model
from timm.optim import param_groups_layer_decay
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


def fine_tuning():
    """The rate of each layer in each step: timm's groups of a small vision transformer under timm's scheduler."""
    net = create_model("vit_tiny_patch16_224", img_size=16, depth=2, embed_dim=8, num_heads=1, num_classes=3)
    names = {id(parameter): name for name, parameter in net.named_parameters()}
    groups = param_groups_layer_decay(net, layer_decay=0.75)
    group = torch.optim.SGD(groups, lr=RATE)
    steps, warmup = EPOCHS * STEPS, EPOCHS * STEPS // 8
    scheduler = CosineLRScheduler(
        group, t_initial=steps - warmup, warmup_t=warmup, warmup_lr_init=0, warmup_prefix=True, t_in_epochs=False
    )
    layers = ["patch_embed.proj.weight", "blocks.0.mlp.fc1.weight", "blocks.1.mlp.fc1.weight", "head.weight"]
    rates = {layer: [] for layer in layers}
    for step in range(steps):
        scheduler.step_update(step)
        for one in group.param_groups:
            for parameter in one["params"]:
                if names[id(parameter)] in rates:
                    rates[names[id(parameter)]].append(one["lr"])
    return [rates[layer] for layer in layers]


write_golden(
    "packages/recipes/test/golden/rates.json",
    source="torch SequentialLR of LinearLR and CosineAnnealingLR; timm CosineLRScheduler and param_groups_layer_decay; keras CosineDecay",
    packages=["torch", "timm", "keras"],
    tolerance={"relative": 1e-5, "absolute": 1e-7},
    cases={"torchvision-2021": torchvision(), "timm-a2": timm(), "he-2019": bag_of_tricks(), "fineTuning": fine_tuning()},
)
