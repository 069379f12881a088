"""Learning rate schedules of optax, for packages/lr-schedules, with jax in float64."""

import os

os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"

import optax

from golden import write_golden
from rates import POINTS, case


def from_optax(schedule):
    return [float(schedule(step)) for step in range(POINTS)]


WARMUP = {"linear": {"endValue": 0.1, "steps": 20}}
COSINE = {"cosine": {"value": 0.1, "steps": 150}}
SGDR = [
    {"init_value": 0.0, "peak_value": 0.1, "warmup_steps": 10, "decay_steps": 60, "end_value": 0.01},
    {"init_value": 0.01, "peak_value": 0.05, "warmup_steps": 20, "decay_steps": 120, "end_value": 0.001},
]

cases = {
    "a constant": case("constant_schedule(0.1)", {"constant": {"value": 0.1}}, from_optax(optax.constant_schedule(0.1))),
    "a falling line": case(
        "linear_schedule(0.3, 0.1, 77)",
        {"linear": {"initialValue": 0.3, "endValue": 0.1, "steps": 77}},
        from_optax(optax.linear_schedule(0.3, 0.1, 77)),
    ),
    "a line that begins later": case(
        "linear_schedule(0.3, 0.1, 77, transition_begin=50)",
        {
            "join": [
                {"constant": {"value": 0.3, "steps": 50}},
                {"linear": {"initialValue": 0.3, "endValue": 0.1, "steps": 77}},
            ]
        },
        from_optax(optax.linear_schedule(0.3, 0.1, 77, transition_begin=50)),
    ),
    "a polynomial to a floor": case(
        "polynomial_schedule(0.1, 0.002, 1.5, 130)",
        {"polynomial": {"value": 0.1, "endValue": 0.002, "power": 1.5, "steps": 130}},
        from_optax(optax.polynomial_schedule(0.1, 0.002, 1.5, 130)),
    ),
    "an exponential by periods": case(
        "exponential_decay(0.1, 25, 0.5)",
        {"exponential": {"value": 0.1, "factor": 0.5, "every": 25}},
        from_optax(optax.exponential_decay(0.1, 25, 0.5)),
    ),
    "an exponential with a floor": case(
        "exponential_decay(0.1, 25, 0.5, end_value=0.004)",
        {"exponential": {"value": 0.1, "factor": 0.5, "every": 25, "endValue": 0.004}},
        from_optax(optax.exponential_decay(0.1, 25, 0.5, end_value=0.004)),
    ),
    "stairs with a ceiling": case(
        "exponential_decay(0.1, 25, 1.5, staircase=True, end_value=0.9)",
        {"step": {"value": 0.1, "factor": 1.5, "every": 25, "endValue": 0.9}},
        from_optax(optax.exponential_decay(0.1, 25, 1.5, staircase=True, end_value=0.9)),
    ),
    "a cosine with an exponent": case(
        "cosine_decay_schedule(0.1, 150, alpha=0.02, exponent=1.7)",
        {"cosine": {"value": 0.1, "endValue": 0.002, "steps": 150, "exponent": 1.7}},
        from_optax(optax.cosine_decay_schedule(0.1, 150, alpha=0.02, exponent=1.7)),
    ),
    "values at places": case(
        "piecewise_constant_schedule(0.1, {61: 0.5, 121: 0.2})",
        {"piecewise": {"values": [0.1, 0.05, 0.01], "at": [61, 121]}},
        from_optax(optax.piecewise_constant_schedule(0.1, {61: 0.5, 121: 0.2})),
    ),
    "lines between places": case(
        "piecewise_interpolate_schedule('linear', 0.1, {60: 0.5, 120: 3, 170: 0.01})",
        {"piecewise": {"values": [0.1, 0.05, 0.15, 0.0015], "at": [60, 120, 170], "shape": "linear"}},
        from_optax(optax.piecewise_interpolate_schedule("linear", 0.1, {60: 0.5, 120: 3.0, 170: 0.01})),
    ),
    "half cosines between places": case(
        "piecewise_interpolate_schedule('cosine', 0.1, {60: 0.5, 120: 3, 170: 0.01})",
        {"piecewise": {"values": [0.1, 0.05, 0.15, 0.0015], "at": [60, 120, 170], "shape": "cosine"}},
        from_optax(optax.piecewise_interpolate_schedule("cosine", 0.1, {60: 0.5, 120: 3.0, 170: 0.01})),
    ),
    "one cycle": case(
        "cosine_onecycle_schedule(180, 0.1)",
        {"oneCycle": {"peakValue": 0.1, "steps": 180, "rise": 54}},
        from_optax(optax.cosine_onecycle_schedule(180, 0.1)),
    ),
    "one cycle by default a third up": case(
        "cosine_onecycle_schedule(180, 0.1)",
        {"oneCycle": {"peakValue": 0.1, "steps": 180}},
        from_optax(optax.cosine_onecycle_schedule(180, 0.1)),
    ),
    "one cycle in three lines": case(
        "linear_onecycle_schedule(180, 0.1)",
        {"oneCycle": {"peakValue": 0.1, "steps": 180, "rise": 54, "fall": 99, "shape": "linear"}},
        from_optax(optax.linear_onecycle_schedule(180, 0.1)),
    ),
    "restarts, each with its own warm-up": case(
        "sgdr_schedule of two cycles",
        {
            "join": [
                {
                    "warmup": [
                        {"cosine": {"value": 0.1, "endValue": 0.01, "steps": 60}},
                        {"steps": 10, "convention": "inside"},
                    ]
                },
                {
                    "warmup": [
                        {"cosine": {"value": 0.05, "endValue": 0.001, "steps": 120}},
                        {"steps": 20, "initialValue": 0.01, "convention": "inside"},
                    ]
                },
            ]
        },
        from_optax(optax.sgdr_schedule(SGDR)),
    ),
    "three schedules joined": case(
        "join_schedules at [20, 60]",
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
    "flat, then a cosine": case(
        "join_schedules of constant and cosine_decay at [135]",
        {"flatCosine": {"value": 0.1, "endValue": 0.001, "steps": 180}},
        from_optax(
            optax.join_schedules(
                [optax.constant_schedule(0.1), optax.cosine_decay_schedule(0.1, 45, alpha=0.01)], [135]
            )
        ),
    ),
    "a warm-up to a constant": case(
        "warmup_constant_schedule(0.01, 0.1, 30)",
        {"warmup": [{"constant": {"value": 0.1}}, {"steps": 30, "initialValue": 0.01}]},
        from_optax(optax.warmup_constant_schedule(0.01, 0.1, 30)),
    ),
    "a warm-up inside, shortening the schedule": case(
        "warmup_cosine_decay_schedule(0, 0.1, 20, 150)",
        {"warmup": [COSINE, {"steps": 20, "convention": "inside"}]},
        from_optax(optax.warmup_cosine_decay_schedule(0.0, 0.1, 20, 150)),
    ),
    "a warm-up inside, from above 0 to a floor": case(
        "warmup_cosine_decay_schedule(0.01, 0.1, 20, 150, end_value=0.002)",
        {
            "warmup": [
                {"cosine": {"value": 0.1, "endValue": 0.002, "steps": 150}},
                {"steps": 20, "initialValue": 0.01, "convention": "inside"},
            ]
        },
        from_optax(optax.warmup_cosine_decay_schedule(0.01, 0.1, 20, 150, end_value=0.002)),
    ),
    "a warm-up to an exponential": case(
        "warmup_exponential_decay_schedule(0, 0.1, 20, 40, 0.5, end_value=0.01)",
        {
            "warmup": [
                {"exponential": {"value": 0.1, "factor": 0.5, "every": 40, "endValue": 0.01}},
                {"steps": 20},
            ]
        },
        from_optax(optax.warmup_exponential_decay_schedule(0.0, 0.1, 20, 40, 0.5, end_value=0.01)),
    ),
}

write_golden(
    "packages/lr-schedules/test/golden/optax.json",
    source="optax.schedules in float64",
    packages=["optax", "jax"],
    tolerance={"relative": 1e-12, "absolute": 1e-15},
    cases=cases,
)
