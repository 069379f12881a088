"""Samples of TensorFlow's stateless multinomial, for tf.multinomial on the native device.

TensorFlow.js gives one number for a seed; TensorFlow wants two of 32 bits: the number's halves as a float64.
"""

import struct

from golden import write_golden
from streams import OPS, tf

LOGITS = [[0.0, 1.0, -1.0, 2.0], [3.0, 0.0, 0.0, -2.0]]


def case(seed, logits):
    halves = struct.unpack("<ii", struct.pack("<d", seed))
    samples = OPS.StatelessMultinomial(logits=logits, num_samples=12, seed=halves, output_dtype=tf.int32)
    return {"seed": seed, "logits": logits, "samples": samples.numpy()}


write_golden(
    "packages/core-tensor-gpu/test/golden/multinomial.json",
    source="tf.raw_ops.StatelessMultinomial",
    packages=["tensorflow-cpu"],
    tolerance={"absolute": 0},
    cases={"a whole seed": case(42.0, LOGITS), "a fraction": case(0.6742516447067088, LOGITS)},
)
