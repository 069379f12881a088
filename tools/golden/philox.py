"""Random numbers of TensorFlow's stateless ops (Philox 4x32-10), for src/random of ops.

64-bit integers are written as text, because a JSON number in JavaScript does not hold them.
"""

from golden import write_golden
from streams import OPS, derive, draw, tf


def case(seed, stream, step, block, count=10):
    key = derive(seed, stream)
    return {
        "seed": str(seed),
        "stream": stream,
        "step": step,
        "block": block,
        "key": str(key),
        "derivedSeed": derive(seed, stream, 1) % 2**53,
        "uniform": draw(OPS.StatelessRandomUniformV2, key, block, step, count),
        "normal": draw(OPS.StatelessRandomNormalV2, key, block, step, count),
        "uniform64": draw(OPS.StatelessRandomUniformV2, key, block, step, count, tf.float64),
        "normal64": draw(OPS.StatelessRandomNormalV2, key, block, step, count, tf.float64),
    }


write_golden(
    "packages/ops/test/golden/philox.json",
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
