"""Random numbers of TensorFlow's stateless ops (Philox 4x32-10), for src/random of core-tensor-gpu.

64-bit integers are written as text, because a JSON number in JavaScript does not hold them.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"

import tensorflow as tf
from golden import write_golden

OPS = tf.raw_ops
PHILOX = tf.constant(1)


def draw(op, key, block, step, count, dtype):
    counter = tf.constant([block, step], tf.uint64)
    return op(shape=[count], key=tf.constant([key], tf.uint64), counter=counter, alg=PHILOX, dtype=dtype).numpy()


def fnv1a64(text):
    """64-bit FNV-1a, as draft-eastlake-fnv defines it."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


def derive(seed, name, purpose):
    """The key of a stream (purpose 0), a seed of a name (purpose 1)."""
    return int(draw(OPS.StatelessRandomUniformFullIntV2, seed, fnv1a64(name), purpose, 1, tf.uint64)[0])


def case(seed, stream, step, block, count=10):
    key = derive(seed, stream, 0)
    return {
        "seed": str(seed),
        "stream": stream,
        "step": step,
        "block": block,
        "key": str(key),
        "derivedSeed": derive(seed, stream, 1) % 2**53,
        "uniform": draw(OPS.StatelessRandomUniformV2, key, block, step, count, tf.float32),
        "normal": draw(OPS.StatelessRandomNormalV2, key, block, step, count, tf.float32),
        "uniform64": draw(OPS.StatelessRandomUniformV2, key, block, step, count, tf.float64),
        "normal64": draw(OPS.StatelessRandomNormalV2, key, block, step, count, tf.float64),
    }


write_golden(
    "packages/core-tensor-gpu/test/golden/philox.json",
    source="tf.raw_ops.StatelessRandomUniformFullIntV2, StatelessRandomUniformV2, StatelessRandomNormalV2 (alg 1)",
    packages=["tensorflow-cpu"],
    tolerance={"relative": 1e-6, "absolute": 1e-6},
    cases={
        "a stream at step 7": case(42, "dropout", 7, 0),
        "its second tensor": case(42, "dropout", 7, 3),
        "seed 0 at step 0": case(0, "mixup", 0, 0),
        "a seed above 32 bits": case(2**53 - 1, "", 1, 0),
        "the largest seed and step": case(2**64 - 1, "größe", 2**53 - 1, 2**32 - 1),
    },
)
