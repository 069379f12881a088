"""Learning rate schedules of PyTorch, timm and optax, for packages/lr-schedules.

All in float64: PyTorch and timm compute with Python's floats, jax is switched to x64. PyTorch's
CosineAnnealingLR is compared up to T_max only, because it climbs again after it.
"""

import os
import warnings

os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"
warnings.filterwarnings("ignore")

import optax
import timm.scheduler
import torch
import torch.optim.lr_scheduler as lr

from golden import write_golden

POINTS = 200


def optimizer(value):
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=value)


def from_torch(value, make, points=POINTS):
    """The rate before each scheduler.step(), as a training loop sees it."""
    group = optimizer(value)
    scheduler = make(group)
    rates = []
    for _ in range(points):
        rates.append(float(group.param_groups[0]["lr"]))
        group.step()
        scheduler.step()
    return rates


def from_timm(value, **options):
    group = optimizer(value)
    scheduler = timm.scheduler.CosineLRScheduler(group, t_in_epochs=False, **options)
    rates = []
    for step in range(POINTS):
        scheduler.step_update(step)
        rates.append(float(group.param_groups[0]["lr"]))
    return rates


def from_optax(schedule):
    values = [schedule(step) for step in range(POINTS)]
    return [float(value) for value in values]


def case(peer, build, values):
    """`build` is the same schedule in the words of packages/lr-schedules."""
    return {"peer": peer, "build": build, "values": values}


WARMUP = {"linear": {"endValue": 0.1, "steps": 20}}
COSINE = {"cosine": {"value": 0.1, "steps": 150}}

cases = {
    "a linear warm-up": case(
        "torch LambdaLR of min(1, step / 40)",
        {"linear": {"endValue": 0.1, "steps": 40}},
        from_torch(0.1, lambda o: lr.LambdaLR(o, lambda step: min(1.0, step / 40))),
    ),
    "a line between two rates": case(
        "torch LinearLR(start_factor=0.25, end_factor=0.75, total_iters=120)",
        {"linear": {"initialValue": 0.05, "endValue": 0.15, "steps": 120}},
        from_torch(0.2, lambda o: lr.LinearLR(o, start_factor=0.25, end_factor=0.75, total_iters=120)),
    ),
    "a falling line": case(
        "optax linear_schedule(0.3, 0.1, 77)",
        {"linear": {"initialValue": 0.3, "endValue": 0.1, "steps": 77}},
        from_optax(optax.linear_schedule(0.3, 0.1, 77)),
    ),
    "a cosine to 0": case(
        "torch CosineAnnealingLR(T_max=199)",
        {"cosine": {"value": 0.1, "steps": 199}},
        from_torch(0.1, lambda o: lr.CosineAnnealingLR(o, T_max=199)),
    ),
    "a cosine to a floor": case(
        "torch CosineAnnealingLR(T_max=199, eta_min=0.01)",
        {"cosine": {"value": 0.4, "endValue": 0.01, "steps": 199}},
        from_torch(0.4, lambda o: lr.CosineAnnealingLR(o, T_max=199, eta_min=0.01)),
    ),
    "a cosine past its end": case(
        "timm CosineLRScheduler(t_initial=150, lr_min=0.001)",
        {"cosine": {"value": 0.1, "endValue": 0.001, "steps": 150}},
        from_timm(0.1, t_initial=150, lr_min=0.001),
    ),
    "a polynomial": case(
        "torch PolynomialLR(total_iters=150, power=2)",
        {"polynomial": {"value": 0.1, "power": 2, "steps": 150}},
        from_torch(0.1, lambda o: lr.PolynomialLR(o, total_iters=150, power=2)),
    ),
    "a polynomial to a floor": case(
        "optax polynomial_schedule(0.1, 0.002, 1.5, 130)",
        {"polynomial": {"value": 0.1, "endValue": 0.002, "power": 1.5, "steps": 130}},
        from_optax(optax.polynomial_schedule(0.1, 0.002, 1.5, 130)),
    ),
    "an exponential": case(
        "torch ExponentialLR(gamma=0.97)",
        {"exponential": {"value": 0.1, "factor": 0.97}},
        from_torch(0.1, lambda o: lr.ExponentialLR(o, gamma=0.97)),
    ),
    "an exponential by periods": case(
        "optax exponential_decay(0.1, 25, 0.5)",
        {"exponential": {"value": 0.1, "factor": 0.5, "every": 25}},
        from_optax(optax.exponential_decay(0.1, 25, 0.5)),
    ),
    "stairs": case(
        "torch StepLR(step_size=30, gamma=0.1)",
        {"step": {"value": 0.1, "factor": 0.1, "every": 30}},
        from_torch(0.1, lambda o: lr.StepLR(o, step_size=30, gamma=0.1)),
    ),
    "milestones": case(
        "torch MultiStepLR(milestones=[40, 90, 91], gamma=0.2)",
        {"multiStep": {"value": 0.1, "factor": 0.2, "at": [40, 90, 91]}},
        from_torch(0.1, lambda o: lr.MultiStepLR(o, milestones=[40, 90, 91], gamma=0.2)),
    ),
    "a constant": case(
        "torch ConstantLR(factor=1)",
        {"constant": {"value": 0.1}},
        from_torch(0.1, lambda o: lr.ConstantLR(o, factor=1.0)),
    ),
    "three schedules joined": case(
        "optax join_schedules at [20, 60]",
        {
            "join": [
                WARMUP,
                {"constant": {"value": 0.1, "steps": 40}},
                {"cosine": {"value": 0.1, "endValue": 0.001, "steps": 100}},
            ]
        },
        from_optax(
            optax.join_schedules(
                [
                    optax.linear_schedule(0.0, 0.1, 20),
                    optax.constant_schedule(0.1),
                    optax.cosine_decay_schedule(0.1, 100, alpha=0.01),
                ],
                [20, 60],
            )
        ),
    ),
    "a warm-up before the schedule": case(
        "timm CosineLRScheduler(t_initial=150, warmup_t=20, warmup_prefix=True)",
        {"warmup": [COSINE, {"steps": 20, "convention": "before"}]},
        from_timm(0.1, t_initial=150, warmup_t=20, warmup_prefix=True),
    ),
    "a warm-up before the schedule, from above 0": case(
        "timm CosineLRScheduler(t_initial=150, warmup_t=20, warmup_lr_init=0.01, warmup_prefix=True)",
        {"warmup": [COSINE, {"steps": 20, "initialValue": 0.01, "convention": "before"}]},
        from_timm(0.1, t_initial=150, warmup_t=20, warmup_lr_init=0.01, warmup_prefix=True),
    ),
    "a warm-up inside, entering mid-curve": case(
        "timm CosineLRScheduler(t_initial=150, warmup_t=20, warmup_prefix=False)",
        {"warmup": [COSINE, {"steps": 20, "convention": "mid-curve"}]},
        from_timm(0.1, t_initial=150, warmup_t=20, warmup_prefix=False),
    ),
    "a warm-up inside, shortening the schedule": case(
        "optax warmup_cosine_decay_schedule(0, 0.1, 20, 150)",
        {"warmup": [COSINE, {"steps": 20, "convention": "inside"}]},
        from_optax(optax.warmup_cosine_decay_schedule(0.0, 0.1, 20, 150)),
    ),
    "a warm-up inside, from above 0 to a floor": case(
        "optax warmup_cosine_decay_schedule(0.01, 0.1, 20, 150, end_value=0.002)",
        {
            "warmup": [
                {"cosine": {"value": 0.1, "endValue": 0.002, "steps": 150}},
                {"steps": 20, "initialValue": 0.01, "convention": "inside"},
            ]
        },
        from_optax(optax.warmup_cosine_decay_schedule(0.01, 0.1, 20, 150, end_value=0.002)),
    ),
}

write_golden(
    "packages/lr-schedules/test/golden.json",
    source="torch.optim.lr_scheduler, timm.scheduler.CosineLRScheduler, optax schedules, all in float64",
    packages=["torch", "timm", "optax", "jax"],
    tolerance={"relative": 1e-12, "absolute": 1e-15},
    cases=cases,
)
