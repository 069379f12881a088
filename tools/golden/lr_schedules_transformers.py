"""Learning rate schedules of transformers, for packages/lr-schedules, in Python's float64.

The cosine with a warm-up rate climbs again past its end, so it is given exactly 200 steps.
"""

import transformers.optimization as hf

from golden import write_golden
from rates import case, from_torch

COSINE = {"cosine": {"value": 0.1, "steps": 150}}
INSIDE = {"steps": 20, "convention": "inside"}
WSD = {"peakValue": 0.1, "warmup": 30, "decay": 50, "steps": 180}


def wsd(**options):
    return from_torch(0.1, lambda o: hf.get_wsd_schedule(o, 30, 50, num_training_steps=180, **options))


cases = {
    "a constant": case(
        "get_constant_schedule",
        {"constant": {"value": 0.1}},
        from_torch(0.1, hf.get_constant_schedule),
    ),
    "a warm-up to a constant": case(
        "get_constant_schedule_with_warmup(20)",
        {"warmup": [{"constant": {"value": 0.1}}, {"steps": 20}]},
        from_torch(0.1, lambda o: hf.get_constant_schedule_with_warmup(o, 20)),
    ),
    "a warm-up and a line": case(
        "get_linear_schedule_with_warmup(20, 150)",
        {"warmup": [{"linear": {"initialValue": 0.1, "endValue": 0, "steps": 150}}, INSIDE]},
        from_torch(0.1, lambda o: hf.get_linear_schedule_with_warmup(o, 20, 150)),
    ),
    "a warm-up and a cosine": case(
        "get_cosine_schedule_with_warmup(20, 200)",
        {"warmup": [{"cosine": {"value": 0.1, "steps": 200}}, INSIDE]},
        from_torch(0.1, lambda o: hf.get_cosine_schedule_with_warmup(o, 20, 200)),
    ),
    "a warm-up and waves": case(
        "get_cosine_schedule_with_warmup(20, 200, num_cycles=1.5)",
        {"warmup": [{"cosine": {"value": 0.1, "steps": 200, "waves": 1.5}}, INSIDE]},
        from_torch(0.1, lambda o: hf.get_cosine_schedule_with_warmup(o, 20, 200, num_cycles=1.5)),
    ),
    "a warm-up and hard restarts": case(
        "get_cosine_with_hard_restarts_schedule_with_warmup(20, 180, num_cycles=5)",
        {
            "warmup": [
                {"restarts": [{"cosine": {"value": 0.1, "steps": 1}}, {"cycles": 5, "steps": 180}]},
                INSIDE,
            ]
        },
        from_torch(
            0.1, lambda o: hf.get_cosine_with_hard_restarts_schedule_with_warmup(o, 20, 180, num_cycles=5)
        ),
    ),
    "a warm-up and a polynomial": case(
        "get_polynomial_decay_schedule_with_warmup(20, 150, lr_end=0.001, power=2)",
        {
            "warmup": [
                {"polynomial": {"value": 0.1, "endValue": 0.001, "steps": 150, "power": 2}},
                INSIDE,
            ]
        },
        from_torch(
            0.1, lambda o: hf.get_polynomial_decay_schedule_with_warmup(o, 20, 150, lr_end=0.001, power=2)
        ),
    ),
    "a warm-up and an inverse square root": case(
        "get_inverse_sqrt_schedule(20)",
        {"warmup": [{"inverseSqrt": {"value": 0.1, "timescale": 20}}, {"steps": 20}]},
        from_torch(0.1, lambda o: hf.get_inverse_sqrt_schedule(o, 20)),
    ),
    "an inverse square root of another timescale": case(
        "get_inverse_sqrt_schedule(20, timescale=70)",
        {"warmup": [{"inverseSqrt": {"value": 0.1, "timescale": 70}}, {"steps": 20}]},
        from_torch(0.1, lambda o: hf.get_inverse_sqrt_schedule(o, 20, timescale=70)),
    ),
    "a warm-up and a cosine to a floor": case(
        "get_cosine_with_min_lr_schedule_with_warmup(20, 200, min_lr_rate=0.1)",
        {"warmup": [{"cosine": {"value": 0.1, "endValue": 0.01, "steps": 200}}, INSIDE]},
        from_torch(
            0.1, lambda o: hf.get_cosine_with_min_lr_schedule_with_warmup(o, 20, 200, min_lr_rate=0.1)
        ),
    ),
    "a warm-up that counts from 1": case(
        "get_cosine_with_min_lr_schedule_with_warmup_lr_rate(20, 200, min_lr_rate=0.1)",
        {
            "warmup": [
                {"cosine": {"value": 0.1, "endValue": 0.01, "steps": 180}},
                {"steps": 19, "initialValue": 0.005},
            ]
        },
        from_torch(
            0.1,
            lambda o: hf.get_cosine_with_min_lr_schedule_with_warmup_lr_rate(o, 20, 200, min_lr_rate=0.1),
        ),
    ),
    "warm-up, plateau, decay as a cosine": case(
        "get_wsd_schedule(30, 50, 180)",
        {"warmupStableDecay": {**WSD, "decayShape": "cosine"}},
        wsd(),
    ),
    "warm-up, plateau, decay in a line to a floor": case(
        "get_wsd_schedule(30, 50, 180, decay_type='linear', min_lr_ratio=0.2)",
        {"warmupStableDecay": {**WSD, "initialValue": 0.02, "endValue": 0.02, "decayShape": "linear"}},
        wsd(decay_type="linear", min_lr_ratio=0.2),
    ),
    "warm-up as a cosine, plateau, decay as 1-sqrt": case(
        "get_wsd_schedule(30, 50, 180, warmup_type='cosine', decay_type='1-sqrt')",
        {"warmupStableDecay": {**WSD, "warmupShape": "cosine", "decayShape": "1-sqrt"}},
        wsd(warmup_type="cosine", decay_type="1-sqrt"),
    ),
    "warm-up as 1-sqrt": case(
        "get_wsd_schedule(30, 50, 180, warmup_type='1-sqrt', decay_type='cosine')",
        {"warmupStableDecay": {**WSD, "warmupShape": "1-sqrt", "decayShape": "cosine"}},
        wsd(warmup_type="1-sqrt", decay_type="cosine"),
    ),
    "a flat part and a cosine": case(
        "get_wsd_schedule(0, 60, 200)",
        {"flatCosine": {"value": 0.1, "flat": 140, "steps": 200}},
        from_torch(0.1, lambda o: hf.get_wsd_schedule(o, 0, 60, num_training_steps=200)),
    ),
}

write_golden(
    "packages/lr-schedules/test/golden/transformers.json",
    source="transformers.optimization in float64",
    packages=["transformers", "torch"],
    tolerance={"relative": 1e-12, "absolute": 1e-15},
    cases=cases,
)
