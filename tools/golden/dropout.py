"""What dropout and noise layers make of ones, by TensorFlow's stateless ops; for the trainer.

The stream of a layer is `model/` and its name; the layer is called twice in each step. The two values that alpha dropout
gives are PyTorch's.
"""

import numpy
import torch
from golden import write_golden
from streams import OPS, derive, draw

SEED = 7
COUNT = 12
CALLS = 2


def steps(stream, make, op=OPS.StatelessRandomUniformV2):
    """Each step's calls, one after the other; a call of 12 numbers takes three blocks of four."""
    key = derive(SEED, stream)
    return [
        numpy.concatenate([make(draw(op, key, call * COUNT // 4, step, COUNT)) for call in range(CALLS)])
        for step in range(3)
    ]


def dropout(rate):
    return lambda uniform: numpy.where(uniform < 1 - rate, numpy.float32(1 / (1 - rate)), numpy.float32(0))


def alpha_dropout(rate):
    """What ones become: dropped, kept."""
    return torch.nn.functional.alpha_dropout(torch.ones(1000, dtype=torch.float64), rate, training=True).unique()


write_golden(
    "packages/trainer/test/golden/dropout.json",
    source="tf.raw_ops.StatelessRandomUniformV2 and StatelessRandomNormalV2 (alg 1), numpy.where; torch alpha_dropout",
    packages=["tensorflow-cpu", "numpy", "torch"],
    tolerance={"absolute": 2e-6},
    cases={
        "dropout": {"layer": "drop", "rate": 0.25, "outputs": steps("model/drop", dropout(0.25))},
        "an automatic name": {"rate": 0.5, "outputs": steps("model/dropout_1", dropout(0.5))},
        "gaussianNoise": {
            "layer": "noise",
            "stddev": 0.5,
            "outputs": steps("model/noise", lambda normal: 1 + 0.5 * normal, OPS.StatelessRandomNormalV2),
        },
        "alphaDropout": {"rate": 0.25, "values": alpha_dropout(0.25)},
    },
)
