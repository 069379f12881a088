"""Permutations, gamma and beta numbers of the streams of ops, and SciPy's quantiles of the distributions.

The words are TensorFlow's. A permutation is NumPy's lexsort of them. Gamma numbers are made of them as Marsaglia and
Tsang print it ("A simple method for generating gamma variables", 2000), in extended precision.
"""

import numpy
from scipy import stats

from golden import write_golden
from streams import OPS, derive, draw, tf

PROBABILITIES = numpy.arange(1, 200) / 200


def words(seed, stream, step, count):
    return draw(OPS.StatelessRandomUniformFullIntV2, derive(seed, stream), 0, step, count, tf.uint32)


def permutation(seed, stream, step, n):
    """Descending by two keys of 23 bits; each tensor of keys fills whole blocks of four."""
    padded = -(-n // 4) * 4
    keys = (words(seed, stream, step, 2 * padded) & 0x7FFFFF).astype(numpy.int64)
    order = numpy.lexsort((numpy.arange(n), -keys[:n], -keys[padded : padded + n]))
    return {"seed": seed, "stream": stream, "step": step, "order": order}


class Stream:
    """The float64 numbers of a stream, one after the other: two words each, normal numbers by Box and Muller."""

    def __init__(self, seed, stream, step):
        self.words = iter(words(seed, stream, step, 4000).tolist())
        self.spare = None

    def uniform(self):
        upper = next(self.words) & 0xFFFFF
        return numpy.longdouble(upper * 2**32 + next(self.words)) / 2**52

    def normal(self):
        if self.spare is not None:
            value, self.spare = self.spare, None
            return value
        radius = numpy.sqrt(-2 * numpy.log(max(self.uniform(), numpy.longdouble(1e-7))))
        angle = 2 * numpy.longdouble(numpy.pi) * self.uniform()
        self.spare = numpy.cos(angle) * radius
        return numpy.sin(angle) * radius

    def gamma(self, shape):
        d = numpy.longdouble(shape) + 1 - numpy.longdouble(1) / 3
        c = 1 / numpy.sqrt(9 * d)
        while True:
            x = self.normal()
            v = (1 + c * x) ** 3
            u = self.uniform()
            if v > 0 and numpy.log(u) < x * x / 2 + d - d * v + d * numpy.log(v):
                return d * v * (self.uniform() + numpy.longdouble(2) ** -53) ** (1 / numpy.longdouble(shape))

    def beta(self, a, b):
        x = self.gamma(a)
        return x / (x + self.gamma(b))


def row(step, make):
    stream = Stream(7, "numbers", step)
    return numpy.array([make(stream) for _ in range(12)], dtype=numpy.float64)


SHAPES = [0.2, 1.0, 3.5, 40.0]
PAIRS = [(0.2, 0.2), (1.0, 1.0), (0.4, 2.0), (5.0, 1.5), (1.0, 2.0)]

write_golden(
    "packages/ops/test/golden/distributions.json",
    source="tf.raw_ops.StatelessRandomUniformFullIntV2 (alg 1), numpy.lexsort, scipy.stats.gamma.ppf, beta.ppf",
    packages=["tensorflow-cpu", "numpy", "scipy"],
    tolerance={"relative": 1e-12},
    cases={
        "permutations": [
            permutation(42, "order", 0, 1),
            permutation(42, "order", 7, 5),
            permutation(42, "order", 7, 8),
            permutation(0, "", 2**31 - 1, 33),
        ],
        "gamma": [
            {
                "shape": shape,
                "step": step,
                "numbers": row(step, lambda stream: stream.gamma(shape)),
                "quantiles": stats.gamma.ppf(PROBABILITIES, shape),
            }
            for step, shape in enumerate(SHAPES)
        ],
        "beta": [
            {
                "a": a,
                "b": b,
                "step": step,
                "numbers": row(step, lambda stream: stream.beta(a, b)),
                "quantiles": stats.beta.ppf(PROBABILITIES, a, b),
            }
            for step, (a, b) in enumerate(PAIRS)
        ],
        "probabilities": PROBABILITIES,
    },
)
