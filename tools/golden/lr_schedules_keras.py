"""Learning rate schedules of Keras, for packages/lr-schedules, in float64 on its PyTorch backend.

Keras's PiecewiseConstantDecay changes one step after each boundary, so its boundaries are one less here.
"""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy

from golden import write_golden
from rates import POINTS, case

keras.config.set_floatx("float64")
schedules = keras.optimizers.schedules
# Keras computes in the type of the first rate, and takes a Python number for float32.
RATE = numpy.float64(0.1)


def from_keras(schedule):
    return [float(schedule(step)) for step in range(POINTS)]


FLOOR = {"cosine": {"value": 0.1, "endValue": 0.005, "steps": 20}}

cases = {
    "an exponential": case(
        "ExponentialDecay(0.1, 25, 0.6)",
        {"exponential": {"value": 0.1, "factor": 0.6, "every": 25}},
        from_keras(schedules.ExponentialDecay(RATE, 25, 0.6)),
    ),
    "stairs": case(
        "ExponentialDecay(0.1, 25, 0.6, staircase=True)",
        {"step": {"value": 0.1, "factor": 0.6, "every": 25}},
        from_keras(schedules.ExponentialDecay(RATE, 25, 0.6, staircase=True)),
    ),
    "an inverse time": case(
        "InverseTimeDecay(0.1, 20, 0.5)",
        {"inverseTime": {"value": 0.1, "rate": 0.5, "every": 20}},
        from_keras(schedules.InverseTimeDecay(RATE, 20, 0.5)),
    ),
    "an inverse time in stairs": case(
        "InverseTimeDecay(0.1, 20, 0.5, staircase=True)",
        {"inverseTime": {"value": 0.1, "rate": 0.5, "every": 20, "stairs": True}},
        from_keras(schedules.InverseTimeDecay(RATE, 20, 0.5, staircase=True)),
    ),
    "values at places": case(
        "PiecewiseConstantDecay([49, 99, 149], [0.1, 0.03, 0.04, 0.002])",
        {"piecewise": {"values": [0.1, 0.03, 0.04, 0.002], "at": [50, 100, 150]}},
        from_keras(schedules.PiecewiseConstantDecay([49, 99, 149], list(numpy.float64([0.1, 0.03, 0.04, 0.002])))),
    ),
    "a polynomial": case(
        "PolynomialDecay(0.1, 150, end_learning_rate=0.003, power=0.5)",
        {"polynomial": {"value": 0.1, "endValue": 0.003, "steps": 150, "power": 0.5}},
        from_keras(schedules.PolynomialDecay(RATE, 150, end_learning_rate=0.003, power=0.5)),
    ),
    "a polynomial that goes on": case(
        "PolynomialDecay(0.1, 40, end_learning_rate=0.003, power=2, cycle=True)",
        {"polynomial": {"value": 0.1, "endValue": 0.003, "steps": 40, "power": 2, "cycle": True}},
        from_keras(schedules.PolynomialDecay(RATE, 40, end_learning_rate=0.003, power=2.0, cycle=True)),
    ),
    "a cosine": case(
        "CosineDecay(0.1, 160, alpha=0.05)",
        {"cosine": {"value": 0.1, "endValue": 0.005, "steps": 160}},
        from_keras(schedules.CosineDecay(RATE, 160, alpha=0.05)),
    ),
    "a cosine after a warm-up": case(
        "CosineDecay(0.01, 150, alpha=0.05, warmup_target=0.1, warmup_steps=30)",
        {
            "warmup": [
                {"cosine": {"value": 0.1, "endValue": 0.005, "steps": 150}},
                {"steps": 30, "initialValue": 0.01, "convention": "before"},
            ]
        },
        from_keras(schedules.CosineDecay(RATE / 10, 150, alpha=0.05, warmup_target=0.1, warmup_steps=30)),
    ),
    "equal restarts that fade": case(
        "CosineDecayRestarts(0.1, 20, t_mul=1, m_mul=0.7, alpha=0.05)",
        {"restarts": [FLOOR, {"decay": 0.7, "decayOf": "height"}]},
        from_keras(schedules.CosineDecayRestarts(RATE, 20, t_mul=1.0, m_mul=0.7, alpha=0.05)),
    ),
    "restarts that grow and fade": case(
        "CosineDecayRestarts(0.1, 20, t_mul=1.5, m_mul=0.9, alpha=0.05)",
        {"restarts": [FLOOR, {"multiplier": 1.5, "decay": 0.9, "decayOf": "height"}]},
        from_keras(schedules.CosineDecayRestarts(RATE, 20, t_mul=1.5, m_mul=0.9, alpha=0.05)),
    ),
}

write_golden(
    "packages/lr-schedules/test/golden/keras.json",
    source="keras.optimizers.schedules in float64",
    packages=["keras", "torch"],
    tolerance={"relative": 1e-12, "absolute": 1e-15},
    cases=cases,
)
