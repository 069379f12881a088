"""Trajectories of torch.optim over 20 steps, with the same gradients given to every optimizer.

The gradients are a fixed list, not those of a loss, so that a difference is the rule's own and is not fed back.
Each case lists the parameters after steps 1, 2, 10 and 20, and the optimizer's state after step 20 under our
names of the slots. Parameters and gradients are float32 numbers; torch computes with them in float64.
"""

import numpy
import torch

from golden import write_golden

STEPS = 20
RECORDED = [1, 2, 10, 20]
SHAPES = {"conv/kernel": [2, 3], "conv/bias": [3], "norm/gamma": [3]}
SLOTS = {
    "momentum_buffer": "momentum",
    "exp_avg": "firstMoment",
    "exp_avg_sq": "secondMoment",
    "square_avg": "meanSquare",
    "grad_avg": "meanGradient",
    "step": "step",
}

random = numpy.random.default_rng(20)
# Away from zero, where a relative tolerance means nothing.
PARAMETERS = {name: random.uniform(1, 3, shape).astype(numpy.float32) for name, shape in SHAPES.items()}
GRADIENTS = [
    {name: random.normal(0.3, 1, shape).astype(numpy.float32) for name, shape in SHAPES.items()}
    for _ in range(STEPS)
]


def constant(rate):
    return lambda step: rate


def one_group(parameters, rate):
    return [{"params": list(parameters.values())}]


def own_groups(parameters, rate):
    """Biases and norms without weight decay, then convolutions at a tenth of the rate."""
    return [
        {"params": [parameters["conv/bias"], parameters["norm/gamma"]], "weight_decay": 0.0},
        {"params": [parameters["conv/kernel"]], "lr": rate * 0.1},
    ]


def trajectory(make, rate, groups=one_group, clip=None, accumulate=1, frozen=lambda step: [], start=1.0):
    """`make(groups, lr)` builds the optimizer; `rate(step)` is its learning rate, and each group keeps its ratio.
    `start` multiplies the initial values."""
    parameters = {
        name: torch.tensor(value * start, dtype=torch.float64, requires_grad=True)
        for name, value in PARAMETERS.items()
    }
    optimizer = make(groups(parameters, rate(0)), rate(0))
    ratios = [group["lr"] / rate(0) for group in optimizer.param_groups]
    recorded = {}
    for step in range(STEPS):
        for group, ratio in zip(optimizer.param_groups, ratios):
            group["lr"] = rate(step) * ratio
        for name, parameter in parameters.items():
            gradient = torch.tensor(GRADIENTS[step][name], dtype=torch.float64)
            if name in frozen(step):
                parameter.grad = None
            elif parameter.grad is None:
                parameter.grad = gradient / accumulate
            else:
                parameter.grad += gradient / accumulate
        if (step + 1) % accumulate == 0:
            if clip:
                clip(parameters.values())
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        if step + 1 in RECORDED:
            recorded[step + 1] = {name: value.detach().numpy().copy() for name, value in parameters.items()}
    # RMSprop counts its steps and never uses the count.
    unused = ["step"] if isinstance(optimizer, torch.optim.RMSprop) else []
    slots = {
        f"{name}/{SLOTS[key]}": value
        for name, parameter in parameters.items()
        for key, value in optimizer.state[parameter].items()
        if key in SLOTS and value is not None and key not in unused
    }
    return {"rates": [rate(step) for step in range(STEPS)], "parameters": recorded, "slots": slots}


def sgd(**options):
    return lambda groups, lr: torch.optim.SGD(groups, lr=lr, **options)


def adam(**options):
    return lambda groups, lr: torch.optim.Adam(groups, lr=lr, **options)


def adamw(**options):
    return lambda groups, lr: torch.optim.AdamW(groups, lr=lr, **options)


def rmsprop(**options):
    return lambda groups, lr: torch.optim.RMSprop(groups, lr=lr, **options)


def falling(rate):
    """Another learning rate at every step."""
    return lambda step: rate / (1 + step)


def kernel_in_the_middle(step):
    return ["conv/kernel"] if 4 <= step < 12 else []


def clip_norm(most):
    return lambda parameters: torch.nn.utils.clip_grad_norm_(parameters, most)


def clip_value(most):
    return lambda parameters: torch.nn.utils.clip_grad_value_(parameters, most)


CASES = {
    "sgd": trajectory(sgd(), constant(0.01)),
    "sgd momentum": trajectory(sgd(momentum=0.9), constant(0.01)),
    "sgd nesterov": trajectory(sgd(momentum=0.9, nesterov=True), constant(0.01)),
    "sgd dampening": trajectory(sgd(momentum=0.9, dampening=0.3), constant(0.01)),
    "sgd weight decay": trajectory(sgd(weight_decay=0.05), constant(0.01)),
    "sgd nesterov, weight decay": trajectory(
        sgd(momentum=0.9, nesterov=True, weight_decay=0.05), constant(0.01)
    ),
    "adam": trajectory(adam(), constant(0.001)),
    "adam weight decay": trajectory(adam(weight_decay=0.05), constant(0.01)),
    "adam other betas": trajectory(adam(betas=(0.5, 0.9), eps=1e-3), constant(0.01)),
    "adam without first moment": trajectory(adam(betas=(0.0, 0.99)), constant(0.01)),
    "adamw": trajectory(adamw(weight_decay=0.05), constant(0.01)),
    "adamw defaults": trajectory(adamw(), constant(0.001)),
    "rmsprop": trajectory(rmsprop(), constant(0.001)),
    "rmsprop weight decay": trajectory(rmsprop(alpha=0.9, weight_decay=0.05), constant(0.001)),
    "rmsprop momentum": trajectory(rmsprop(alpha=0.9, momentum=0.5), constant(0.001)),
    "rmsprop centered": trajectory(rmsprop(centered=True), constant(0.001)),
    "rmsprop centered momentum": trajectory(
        rmsprop(alpha=0.9, centered=True, momentum=0.5), constant(0.001)
    ),
    "sgd, learning rate falls": trajectory(sgd(momentum=0.9), falling(0.05)),
    "adam, learning rate falls": trajectory(adam(), falling(0.05)),
    "adamw, learning rate falls": trajectory(adamw(weight_decay=0.05), falling(0.05)),
    "rmsprop, learning rate falls": trajectory(rmsprop(momentum=0.5), falling(0.01)),
    "sgd groups": trajectory(sgd(momentum=0.9, weight_decay=0.05), falling(0.05), groups=own_groups),
    "adam groups": trajectory(adam(weight_decay=0.05), falling(0.05), groups=own_groups),
    "adamw groups": trajectory(adamw(weight_decay=0.05), falling(0.05), groups=own_groups),
    "rmsprop groups": trajectory(rmsprop(weight_decay=0.05), falling(0.01), groups=own_groups),
    "sgd clipped by norm": trajectory(sgd(momentum=0.9), constant(0.01), clip=clip_norm(2.5)),
    "adam clipped by value": trajectory(adam(), constant(0.01), clip=clip_value(0.5)),
    "sgd accumulated": trajectory(sgd(momentum=0.9), constant(0.01), accumulate=4),
    "adamw accumulated, clipped by norm": trajectory(
        adamw(weight_decay=0.05), falling(0.05), accumulate=5, clip=clip_norm(1.0)
    ),
    # The updates by themselves, not lost in the digits of the parameter.
    "sgd from zero": trajectory(sgd(momentum=0.9, nesterov=True), falling(0.05), start=0.0),
    "adam from zero": trajectory(adam(), falling(0.05), start=0.0),
    "adamw from zero": trajectory(adamw(weight_decay=0.05), falling(0.05), start=0.0),
    "rmsprop from zero": trajectory(rmsprop(momentum=0.5), falling(0.05), start=0.0),
    "rmsprop centered from zero": trajectory(rmsprop(centered=True), falling(0.05), start=0.0),
    "sgd, kernel frozen": trajectory(sgd(momentum=0.9), constant(0.01), frozen=kernel_in_the_middle),
    "sgd dampening, kernel frozen": trajectory(
        sgd(momentum=0.9, dampening=0.3), constant(0.01), frozen=kernel_in_the_middle
    ),
    "adam, kernel frozen": trajectory(adam(), constant(0.001), frozen=kernel_in_the_middle),
    "adam, kernel frozen at first": trajectory(
        adam(), constant(0.001), frozen=lambda step: ["conv/kernel"] if step < 7 else []
    ),
}


def clipping(clip):
    """Gradients alone: one list below the limit and one above it."""
    rows = []
    for scale in [0.01, 1.0]:
        parameters = {name: torch.zeros(shape, dtype=torch.float64) for name, shape in SHAPES.items()}
        for name, parameter in parameters.items():
            parameter.grad = torch.tensor(GRADIENTS[0][name] * numpy.float32(scale), dtype=torch.float64)
        before = {name: parameter.grad.numpy().astype(numpy.float32) for name, parameter in parameters.items()}
        clip(parameters.values())
        rows.append({"before": before, "after": {name: value.grad for name, value in parameters.items()}})
    return rows


write_golden(
    "packages/optimizers/test/golden/optimizers.json",
    source="torch.optim.SGD, Adam, AdamW, RMSprop; torch.nn.utils.clip_grad_norm_, clip_grad_value_ (float64)",
    packages=["torch", "numpy"],
    # Relative to each parameter; relative to the largest element for slots and for parameters that begin at zero.
    tolerance={"relative": 1e-6},
    cases={
        "inputs": {"parameters": PARAMETERS, "gradients": GRADIENTS},
        "trajectories": CASES,
        "clipByGlobalNorm 2.5": clipping(clip_norm(2.5)),
        "clipByValue 0.5": clipping(clip_value(0.5)),
    },
)
