"""Learning rate schedules of PyTorch, for packages/lr-schedules, in Python's float64.

CosineAnnealingLR is compared up to T_max only, because it climbs again after it. OneCycleLR reaches each end one step
before the ends that its options name.
"""

import warnings

warnings.filterwarnings("ignore")

import math

import torch.optim.lr_scheduler as lr
from torch.optim.swa_utils import SWALR

from golden import write_golden
from rates import case, from_torch


def one_cycle(group, **options):
    return lr.OneCycleLR(group, max_lr=0.1, total_steps=200, **options)


def cyclic(group, **options):
    return lr.CyclicLR(group, base_lr=0.01, max_lr=0.11, **options)


def noam(step, size=512, factor=0.5, warmup=60):
    """`rate` of The Annotated Transformer, which is a LambdaLR there too."""
    step = max(step, 1)
    return factor * (size ** (-0.5) * min(step ** (-0.5), step * warmup ** (-1.5)))


def chained(group):
    return lr.ChainedScheduler(
        [lr.LinearLR(group, start_factor=0.1, total_iters=30), lr.ExponentialLR(group, gamma=0.98)]
    )


def sequential(group):
    parts = [lr.ConstantLR(group, factor=0.1, total_iters=20), lr.ExponentialLR(group, gamma=0.9)]
    return lr.SequentialLR(group, parts, milestones=[20])


def averaging(group, start, anneal, **options):
    """SWALR in a training loop that hands over to it after `start` steps, as its documentation does."""
    before = lr.CosineAnnealingLR(group, T_max=160)
    after = SWALR(group, swa_lr=0.04, anneal_epochs=anneal, **options)
    # SWALR sets its own first rate, which is the optimizer's, when it is made.
    return Handover(before, after, start)


class Handover:
    def __init__(self, before, after, start):
        self.before, self.after, self.left = before, after, start

    def step(self):
        self.left -= 1
        (self.before if self.left >= 0 else self.after).step()


# What the cosine before SWALR has come to when SWALR takes over.
HANDED_OVER = 0.1 * (1 + math.cos(math.pi * 120 / 160)) / 2

CYCLE = {"value": 0.01, "peakValue": 0.11}
ONE_CYCLE_MOMENTUM = {"momentum": 0.9}

cases = {
    "a linear warm-up": case(
        "LambdaLR of min(1, step / 40)",
        {"linear": {"endValue": 0.1, "steps": 40}},
        from_torch(0.1, lambda o: lr.LambdaLR(o, lambda step: min(1.0, step / 40))),
    ),
    "a line between two rates": case(
        "LinearLR(start_factor=0.25, end_factor=0.75, total_iters=120)",
        {"linear": {"initialValue": 0.05, "endValue": 0.15, "steps": 120}},
        from_torch(0.2, lambda o: lr.LinearLR(o, start_factor=0.25, end_factor=0.75, total_iters=120)),
    ),
    "a cosine to 0": case(
        "CosineAnnealingLR(T_max=199)",
        {"cosine": {"value": 0.1, "steps": 199}},
        from_torch(0.1, lambda o: lr.CosineAnnealingLR(o, T_max=199)),
    ),
    "a cosine to a floor": case(
        "CosineAnnealingLR(T_max=199, eta_min=0.01)",
        {"cosine": {"value": 0.4, "endValue": 0.01, "steps": 199}},
        from_torch(0.4, lambda o: lr.CosineAnnealingLR(o, T_max=199, eta_min=0.01)),
    ),
    "equal restarts": case(
        "CosineAnnealingWarmRestarts(T_0=30, eta_min=0.001)",
        {"restarts": [{"cosine": {"value": 0.1, "endValue": 0.001, "steps": 30}}, {}]},
        from_torch(0.1, lambda o: lr.CosineAnnealingWarmRestarts(o, T_0=30, eta_min=0.001)),
    ),
    "restarts that grow": case(
        "CosineAnnealingWarmRestarts(T_0=15, T_mult=2, eta_min=0.001)",
        {"restarts": [{"cosine": {"value": 0.1, "endValue": 0.001, "steps": 15}}, {"multiplier": 2}]},
        from_torch(0.1, lambda o: lr.CosineAnnealingWarmRestarts(o, T_0=15, T_mult=2, eta_min=0.001)),
    ),
    "a polynomial": case(
        "PolynomialLR(total_iters=150, power=2)",
        {"polynomial": {"value": 0.1, "power": 2, "steps": 150}},
        from_torch(0.1, lambda o: lr.PolynomialLR(o, total_iters=150, power=2)),
    ),
    "an exponential": case(
        "ExponentialLR(gamma=0.97)",
        {"exponential": {"value": 0.1, "factor": 0.97}},
        from_torch(0.1, lambda o: lr.ExponentialLR(o, gamma=0.97)),
    ),
    "an inverse time": case(
        "LambdaLR of 1 / (1 + 0.05 * step)",
        {"inverseTime": {"value": 0.1, "rate": 0.05}},
        from_torch(0.1, lambda o: lr.LambdaLR(o, lambda step: 1 / (1 + 0.05 * step))),
    ),
    "stairs": case(
        "StepLR(step_size=30, gamma=0.1)",
        {"step": {"value": 0.1, "factor": 0.1, "every": 30}},
        from_torch(0.1, lambda o: lr.StepLR(o, step_size=30, gamma=0.1)),
    ),
    "milestones": case(
        "MultiStepLR(milestones=[40, 90, 91], gamma=0.2)",
        {"multiStep": {"value": 0.1, "factor": 0.2, "at": [40, 90, 91]}},
        from_torch(0.1, lambda o: lr.MultiStepLR(o, milestones=[40, 90, 91], gamma=0.2)),
    ),
    "a factor for each step": case(
        "MultiplicativeLR of 0.999 - step / 10000",
        {
            "multiplicative": {
                "value": 0.1,
                "factor": {"linear": {"initialValue": 0.999, "endValue": 0.979, "steps": 200}},
            }
        },
        from_torch(0.1, lambda o: lr.MultiplicativeLR(o, lambda step: 0.999 - step / 10000)),
    ),
    "a factor for some steps": case(
        "MultiplicativeLR of 0.3 at step 50, 2 at step 120",
        {
            "multiplicative": {
                "value": 0.1,
                "factor": {"piecewise": {"values": [1, 0.3, 1, 2, 1], "at": [50, 51, 120, 121]}},
            }
        },
        from_torch(0.1, lambda o: lr.MultiplicativeLR(o, lambda step: {50: 0.3, 120: 2.0}.get(step, 1.0))),
    ),
    "towards the rate of weight averaging": case(
        "SWALR(swa_lr=0.05, anneal_epochs=60)",
        {"cosine": {"value": 0.1, "endValue": 0.05, "steps": 60}},
        from_torch(0.1, lambda o: SWALR(o, swa_lr=0.05, anneal_epochs=60)),
    ),
    "up to the rate of weight averaging, in a line": case(
        "SWALR(swa_lr=0.2, anneal_epochs=60, anneal_strategy='linear')",
        {"linear": {"initialValue": 0.1, "endValue": 0.2, "steps": 60}},
        from_torch(0.1, lambda o: SWALR(o, swa_lr=0.2, anneal_epochs=60, anneal_strategy="linear")),
    ),
    "weight averaging after a cosine": case(
        "CosineAnnealingLR(T_max=160) for 120 steps, then SWALR(swa_lr=0.04, anneal_epochs=30)",
        {
            "join": [
                {"schedule": {"cosine": {"value": 0.1, "steps": 160}}, "steps": 120},
                {"cosine": {"value": HANDED_OVER, "endValue": 0.04, "steps": 30}},
            ]
        },
        from_torch(0.1, lambda o: averaging(o, 120, 30)),
    ),
    "a constant": case(
        "ConstantLR(factor=1)",
        {"constant": {"value": 0.1}},
        from_torch(0.1, lambda o: lr.ConstantLR(o, factor=1.0)),
    ),
    "a constant factor at first": case(
        "ConstantLR(factor=0.25, total_iters=50)",
        {"piecewise": {"values": [0.025, 0.1], "at": [50]}},
        from_torch(0.1, lambda o: lr.ConstantLR(o, factor=0.25, total_iters=50)),
    ),
    "one schedule after the other": case(
        "SequentialLR of ConstantLR(0.1) and ExponentialLR(0.9) at [20]",
        {"join": [{"constant": {"value": 0.01, "steps": 20}}, {"exponential": {"value": 0.1, "factor": 0.9}}]},
        from_torch(0.1, sequential),
    ),
    "a product": case(
        "ChainedScheduler of LinearLR and ExponentialLR",
        {
            "multiply": [
                {"linear": {"initialValue": 0.1, "endValue": 1, "steps": 30}},
                {"exponential": {"value": 0.1, "factor": 0.98}},
            ]
        },
        from_torch(0.1, chained),
    ),
    "one cycle": case(
        "OneCycleLR(max_lr=0.1, total_steps=200)",
        {"oneCycle": {"peakValue": 0.1, "steps": 199, "rise": 59}},
        from_torch(0.1, one_cycle, **ONE_CYCLE_MOMENTUM),
    ),
    "the momentum of one cycle": case(
        "OneCycleLR(max_lr=0.1, total_steps=200), momentum",
        {"oneCycle": {"initialValue": 0.95, "peakValue": 0.85, "endValue": 0.95, "steps": 199, "rise": 59}},
        from_torch(0.1, one_cycle, field="momentum", **ONE_CYCLE_MOMENTUM),
    ),
    "one cycle in lines": case(
        "OneCycleLR(pct_start=0.4, anneal_strategy='linear', div_factor=10, final_div_factor=100)",
        {
            "oneCycle": {
                "initialValue": 0.01,
                "peakValue": 0.1,
                "endValue": 0.0001,
                "steps": 199,
                "rise": 79,
                "shape": "linear",
            }
        },
        from_torch(
            0.1,
            lambda o: one_cycle(o, pct_start=0.4, anneal_strategy="linear", div_factor=10, final_div_factor=100),
            **ONE_CYCLE_MOMENTUM,
        ),
    ),
    "one cycle in three parts": case(
        "OneCycleLR(pct_start=0.35, three_phase=True)",
        {"oneCycle": {"peakValue": 0.1, "steps": 199, "rise": 69, "fall": 69}},
        from_torch(0.1, lambda o: one_cycle(o, pct_start=0.35, three_phase=True), **ONE_CYCLE_MOMENTUM),
    ),
    "the momentum of one cycle in three parts": case(
        "OneCycleLR(pct_start=0.35, three_phase=True), momentum",
        {
            "oneCycle": {
                "initialValue": 0.95,
                "peakValue": 0.85,
                "endValue": 0.95,
                "steps": 199,
                "rise": 69,
                "fall": 69,
            }
        },
        from_torch(
            0.1,
            lambda o: one_cycle(o, pct_start=0.35, three_phase=True),
            field="momentum",
            **ONE_CYCLE_MOMENTUM,
        ),
    ),
    "triangles": case(
        "CyclicLR(mode='triangular', step_size_up=25, step_size_down=15)",
        {"cyclic": {**CYCLE, "rise": 25, "fall": 15}},
        from_torch(0.1, lambda o: cyclic(o, step_size_up=25, step_size_down=15, cycle_momentum=False)),
    ),
    "triangles that halve": case(
        "CyclicLR(mode='triangular2', step_size_up=20)",
        {"cyclic": {**CYCLE, "rise": 20, "cycleFactor": 0.5}},
        from_torch(0.1, lambda o: cyclic(o, step_size_up=20, mode="triangular2", cycle_momentum=False)),
    ),
    "triangles that fade": case(
        "CyclicLR(mode='exp_range', gamma=0.99, step_size_up=20)",
        {"cyclic": {**CYCLE, "rise": 20, "stepFactor": 0.99}},
        from_torch(0.1, lambda o: cyclic(o, step_size_up=20, mode="exp_range", gamma=0.99, cycle_momentum=False)),
    ),
    "the momentum of triangles": case(
        "CyclicLR(base_momentum=0.8, max_momentum=0.9, step_size_up=20), momentum",
        {"cyclic": {"value": 0.9, "peakValue": 0.8, "rise": 20}},
        from_torch(0.1, lambda o: cyclic(o, step_size_up=20), field="momentum", momentum=0.9),
    ),
    "noam": case(
        "LambdaLR of rate(512, 0.5, 60) of The Annotated Transformer",
        {"noam": {"modelSize": 512, "factor": 0.5, "warmup": 60}},
        from_torch(1.0, lambda o: lr.LambdaLR(o, lambda step: noam(step + 1))),
    ),
}

write_golden(
    "packages/lr-schedules/test/golden/torch.json",
    source="torch.optim.lr_scheduler in float64",
    packages=["torch"],
    tolerance={"relative": 1e-12, "absolute": 1e-15},
    cases=cases,
)
