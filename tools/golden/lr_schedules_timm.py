"""Learning rate schedules of timm, for packages/lr-schedules, in Python's float64.

timm's MultiStepLRScheduler applies a milestone one step early (a convention that it keeps on purpose), so its
milestones are one less here.
"""

import warnings

warnings.filterwarnings("ignore")

import timm.scheduler
from timm.scheduler.wsd_lr import WSDLRScheduler

from golden import write_golden
from rates import POINTS, case, optimizer


def from_timm(make, value, **options):
    group = optimizer(value)
    scheduler = make(group, t_in_epochs=False, **options)
    rates = []
    for step in range(POINTS):
        scheduler.step_update(step)
        rates.append(float(group.param_groups[0]["lr"]))
    return rates


def cosine(value=0.1, **options):
    return from_timm(timm.scheduler.CosineLRScheduler, value, **options)


def wsd(**options):
    return from_timm(WSDLRScheduler, 0.1, t_initial=160, decay_t=40, warmup_t=20, **options)


COSINE = {"cosine": {"value": 0.1, "steps": 150}}
FLOOR = {"cosine": {"value": 0.1, "endValue": 0.001, "steps": 20}}
WSD = {"peakValue": 0.1, "warmup": 20, "decay": 40, "steps": 180}

cases = {
    "a cosine past its end": case(
        "CosineLRScheduler(t_initial=150, lr_min=0.001)",
        {"cosine": {"value": 0.1, "endValue": 0.001, "steps": 150}},
        cosine(t_initial=150, lr_min=0.001),
    ),
    "a cosine with k-decay": case(
        "CosineLRScheduler(t_initial=180, lr_min=0.001, k_decay=1.5)",
        {"cosine": {"value": 0.1, "endValue": 0.001, "steps": 180, "kDecay": 1.5}},
        cosine(t_initial=180, lr_min=0.001, k_decay=1.5),
    ),
    "restarts that grow and fade, three of them": case(
        "CosineLRScheduler(t_initial=20, lr_min=0.001, cycle_mul=2, cycle_decay=0.5, cycle_limit=3)",
        {"restarts": [FLOOR, {"multiplier": 2, "decay": 0.5, "cycles": 3}]},
        cosine(t_initial=20, lr_min=0.001, cycle_mul=2, cycle_decay=0.5, cycle_limit=3),
    ),
    "equal restarts that fade": case(
        "CosineLRScheduler(t_initial=20, lr_min=0.001, cycle_decay=0.8, cycle_limit=5)",
        {"restarts": [FLOOR, {"decay": 0.8, "cycles": 5}]},
        cosine(t_initial=20, lr_min=0.001, cycle_decay=0.8, cycle_limit=5),
    ),
    "a polynomial with k-decay": case(
        "PolyLRScheduler(t_initial=150, power=0.5, lr_min=0.001, k_decay=2)",
        {"polynomial": {"value": 0.1, "endValue": 0.001, "steps": 150, "power": 0.5, "kDecay": 2}},
        from_timm(timm.scheduler.PolyLRScheduler, 0.1, t_initial=150, power=0.5, lr_min=0.001, k_decay=2),
    ),
    "polynomial restarts": case(
        "PolyLRScheduler(t_initial=40, power=2, cycle_mul=1.5, cycle_decay=0.7, cycle_limit=3)",
        {
            "restarts": [
                {"polynomial": {"value": 0.1, "steps": 40, "power": 2}},
                {"multiplier": 1.5, "decay": 0.7, "cycles": 3},
            ]
        },
        from_timm(
            timm.scheduler.PolyLRScheduler,
            0.1,
            t_initial=40,
            power=2,
            cycle_mul=1.5,
            cycle_decay=0.7,
            cycle_limit=3,
        ),
    ),
    "a hyperbolic tangent": case(
        "TanhLRScheduler(t_initial=150, lr_min=0.001)",
        {"tanh": {"value": 0.1, "endValue": 0.001, "steps": 150}},
        from_timm(timm.scheduler.TanhLRScheduler, 0.1, t_initial=150, lr_min=0.001),
    ),
    "hyperbolic tangents that restart": case(
        "TanhLRScheduler(t_initial=50, lb=-5, ub=4, cycle_decay=0.5, cycle_limit=3)",
        {
            "restarts": [
                {"tanh": {"value": 0.1, "steps": 50, "lower": -5, "upper": 4}},
                {"decay": 0.5, "decayOf": "value", "cycles": 3},
            ]
        },
        from_timm(
            timm.scheduler.TanhLRScheduler, 0.1, t_initial=50, lb=-5.0, ub=4.0, cycle_decay=0.5, cycle_limit=3
        ),
    ),
    "stairs after a warm-up": case(
        "StepLRScheduler(decay_t=40, decay_rate=0.3, warmup_t=15, warmup_lr_init=0.01, warmup_prefix=True)",
        {
            "warmup": [
                {"step": {"value": 0.1, "factor": 0.3, "every": 40}},
                {"steps": 15, "initialValue": 0.01, "convention": "before"},
            ]
        },
        from_timm(
            timm.scheduler.StepLRScheduler,
            0.1,
            decay_t=40,
            decay_rate=0.3,
            warmup_t=15,
            warmup_lr_init=0.01,
            warmup_prefix=True,
        ),
    ),
    "milestones": case(
        "MultiStepLRScheduler(decay_t=[50, 120], decay_rate=0.1)",
        {"multiStep": {"value": 0.1, "factor": 0.1, "at": [49, 119]}},
        from_timm(timm.scheduler.MultiStepLRScheduler, 0.1, decay_t=[50, 120], decay_rate=0.1),
    ),
    "a warm-up before the schedule": case(
        "CosineLRScheduler(t_initial=150, warmup_t=20, warmup_prefix=True)",
        {"warmup": [COSINE, {"steps": 20, "convention": "before"}]},
        cosine(t_initial=150, warmup_t=20, warmup_prefix=True),
    ),
    "a warm-up before the schedule, from above 0": case(
        "CosineLRScheduler(t_initial=150, warmup_t=20, warmup_lr_init=0.01, warmup_prefix=True)",
        {"warmup": [COSINE, {"steps": 20, "initialValue": 0.01, "convention": "before"}]},
        cosine(t_initial=150, warmup_t=20, warmup_lr_init=0.01, warmup_prefix=True),
    ),
    "a warm-up inside, entering mid-curve": case(
        "CosineLRScheduler(t_initial=150, warmup_t=20, warmup_prefix=False)",
        {"warmup": [COSINE, {"steps": 20, "convention": "mid-curve"}]},
        cosine(t_initial=150, warmup_t=20, warmup_prefix=False),
    ),
    "a warm-up that meets the curve": case(
        "TanhLRScheduler(t_initial=150, lb=-3, warmup_t=40, warmup_prefix=False)",
        {
            "warmup": [
                {"tanh": {"value": 0.1, "steps": 150, "lower": -3}},
                {"steps": 40, "convention": "onto-curve"},
            ]
        },
        from_timm(
            timm.scheduler.TanhLRScheduler, 0.1, t_initial=150, lb=-3.0, warmup_t=40, warmup_prefix=False
        ),
    ),
    "warm-up, plateau, decay as 1-sqrt": case(
        "WSDLRScheduler(t_initial=160, decay_t=40, warmup_t=20)",
        {"warmupStableDecay": {**WSD, "decayShape": "1-sqrt"}},
        wsd(),
    ),
    "warm-up, plateau, decay in a line to a floor": case(
        "WSDLRScheduler(t_initial=160, decay_t=40, warmup_t=20, decay_fn='linear', lr_min=0.002)",
        {"warmupStableDecay": {**WSD, "decayShape": "linear", "endValue": 0.002}},
        wsd(decay_fn="linear", lr_min=0.002),
    ),
    "warm-up, plateau, decay as a cosine": case(
        "WSDLRScheduler(t_initial=160, decay_t=40, warmup_t=20, decay_fn='cosine')",
        {"warmupStableDecay": {**WSD, "decayShape": "cosine"}},
        wsd(decay_fn="cosine"),
    ),
    "a plateau that falls": case(
        "WSDLRScheduler(stable_fn='rsqrt', stable_timescale=30, decay_fn='linear', lr_min=0.06)",
        {
            "warmupStableDecay": {
                **WSD,
                "decayShape": "linear",
                "endValue": 0.06,
                "stable": {"inverseSqrt": {"value": 1, "timescale": 30}},
            }
        },
        wsd(stable_fn="rsqrt", stable_timescale=30, decay_fn="linear", lr_min=0.06),
    ),
    "a plateau that falls by another power": case(
        "WSDLRScheduler(stable_fn='power', stable_timescale=30, stable_power=0.3, decay_fn='linear')",
        {
            "warmupStableDecay": {
                **WSD,
                "decayShape": "linear",
                "stable": {"inverseSqrt": {"value": 1, "timescale": 30, "power": 0.3}},
            }
        },
        wsd(stable_fn="power", stable_timescale=30, stable_power=0.3, decay_fn="linear"),
    ),
}

write_golden(
    "packages/lr-schedules/test/golden/timm.json",
    source="timm.scheduler in float64",
    packages=["timm", "torch"],
    tolerance={"relative": 1e-12, "absolute": 1e-15},
    cases=cases,
)
