"""Weight decay without biases, norms and own patterns: timm's param_groups_weight_decay with torch.optim, in float64.

The gradients are given, so a difference is that of the groups alone. Names are those of a LayersModel.
"""

import numpy as np
import torch
from timm.optim import param_groups_weight_decay

from golden import write_golden

generator = np.random.default_rng(16)
draw = lambda *shape: np.round(generator.normal(size=shape), 3)
STEPS = 5

SHAPES = {  # name here: name there, shape
    "conv2d_1/kernel": ("conv.weight", (3, 2, 1, 2)),
    "conv2d_1/bias": ("conv.bias", (3,)),
    "batch_normalization_1/gamma": ("norm.weight", (3,)),
    "batch_normalization_1/beta": ("norm.bias", (3,)),
    "layer_normalization_1/gamma": ("ln.weight", (4,)),
    "layer_normalization_1/beta": ("ln.bias", (4,)),
    "p_re_lu_1/alpha": ("act.weight", (3,)),
    "layer_scale_1/scale": ("ls1.gamma", (3,)),
    "temperature": ("temperature", ()),
    "stretch_1/kernel": ("stretch.weight", (3, 1)),
    "head_1/bias": ("heads.bias", (2, 3)),
    "bidirectional_1/kernel": ("rnn.weight_ih_l0", (2, 4)),
    "bidirectional_1/bias": ("rnn.bias_l0", (4,)),
    "bidirectional_1/kernel_2": ("rnn.weight_ih_l0_reverse", (2, 4)),
    "bidirectional_1/bias_2": ("rnn.bias_l0_reverse", (4,)),
    "pos_embed/embeddings": ("pos_embed", (3, 4)),
    "head/kernel": ("head.weight", (4, 2)),
    "head/bias": ("head.bias", (2,)),
}
start = {name: draw(*shape) + 2 for name, (_, shape) in SHAPES.items()}
gradients = [{name: draw(*shape) for name, (_, shape) in SHAPES.items()} for _ in range(STEPS)]


def network():
    net = torch.nn.Module()
    for name, (there, _) in SHAPES.items():
        *holders, leaf = there.split(".")
        module = net
        for holder in holders:
            if not hasattr(module, holder):
                module.add_module(holder, torch.nn.Module())
            module = getattr(module, holder)
        module.register_parameter(leaf, torch.nn.Parameter(torch.tensor(start[name])))
    return net


def case(make, own):
    net = network()
    optimizer = make(param_groups_weight_decay(net, 0.1, no_weight_decay_list=own))
    parameters = dict(net.named_parameters())
    for step in range(STEPS):
        for name, (there, _) in SHAPES.items():
            parameters[there].grad = torch.tensor(gradients[step][name])
        optimizer.step()
    return {name: parameters[there].detach() for name, (there, _) in SHAPES.items()}


adamw = lambda groups: torch.optim.AdamW(groups, lr=0.05)
sgd = lambda groups: torch.optim.SGD(groups, lr=0.05, momentum=0.9)

write_golden(
    "packages/optimizers/test/golden/no-weight-decay.json",
    source="timm param_groups_weight_decay with torch.optim.AdamW and SGD, float64",
    packages=["timm", "torch", "numpy"],
    tolerance={"relative": 2e-6, "absolute": 1e-6},
    cases={
        "data": {"start": start, "gradients": gradients},
        "adamw": case(adamw, ()),
        "adamw, own pattern": case(adamw, ("pos_embed",)),
        "sgd, own pattern": case(sgd, ("pos_embed",)),
    },
)
