"""Moments and quantiles of what random layers make of ones, by Keras; for the trainer."""

import numpy
import keras
from golden import write_golden

COUNT = 4_000_000
QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95]

LAYERS = {
    "dropout": (keras.layers.Dropout, {"rate": 0.3}, {"rate": 0.3}),
    "spatialDropout1d": (keras.layers.SpatialDropout1D, {"rate": 0.3}, {"rate": 0.3}),
    "gaussianNoise": (keras.layers.GaussianNoise, {"stddev": 0.4}, {"stddev": 0.4}),
    "gaussianDropout": (keras.layers.GaussianDropout, {"rate": 0.3}, {"rate": 0.3}),
    "alphaDropout": (keras.layers.AlphaDropout, {"rate": 0.3}, {"rate": 0.3}),
}


def case(make, given, options):
    layer = make(**given, seed=5)
    values = numpy.asarray(layer(numpy.ones((COUNT // 4, 1, 4), "float32"), training=True), "float64").ravel()
    kinds, counts = numpy.unique(values, return_counts=True)
    shared = {"options": options, "mean": values.mean(), "variance": values.var()}
    if len(kinds) == 2:
        return {**shared, "values": kinds, "lower": counts[0] / COUNT}
    return {**shared, "quantiles": numpy.quantile(values, QUANTILES), "fourth": ((values - values.mean()) ** 4).mean()}


write_golden(
    "packages/trainer/test/golden/random-layers.json",
    source="keras Dropout, SpatialDropout1D, GaussianNoise, GaussianDropout, AlphaDropout in training, of 4 million ones",
    packages=["keras", "numpy"],
    tolerance={"absolute": 1e-5},
    cases={"at": QUANTILES, "layers": {name: case(*row) for name, row in LAYERS.items()}},
)
