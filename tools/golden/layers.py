"""Layers of TensorFlow.js beside Keras: 20 steps of SGD from the same weights, with the same explicit options.

A row names an export of `tf.layers` and gives its options as TensorFlow.js takes them; `layers_keras.py` turns them into
Keras's. Where Keras 3 has no such layer, or defines it otherwise, `layers_elsewhere.py` says with what ops of
TensorFlow's it is computed instead, and `differs` says how Keras differs.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy
import tensorflow as tf

from golden import write_golden
from layers_keras import build
from layers_rows import ROWS

keras.config.set_floatx("float64")
STEPS = 20
RATE = 0.02
BATCH = 6
UNITS = 2


def draw(generator, *shape):
    return numpy.round(generator.uniform(-1, 1, size=shape), 2)


def inputs_of(shape, kind):
    """The same numbers for every row of one shape, so that the file holds them once."""
    generator = numpy.random.default_rng(5)
    if kind == "int":
        return generator.integers(0, 7, size=(BATCH, *shape))
    if kind == "padded":
        values = draw(generator, BATCH, *shape)
        values[::2, -2:] = 0
        return values
    return draw(generator, BATCH, *shape)


def model_of(row):
    """input, a dense layer so that gradients flow through the row's layer, that layer, a dense layer."""
    inputs = keras.Input(tuple(row["shape"]), dtype="int64" if row["kind"] == "int" else "float64")
    x = inputs
    before = []
    for _ in range(row["inputs"]):
        before.append(keras.layers.Dense(row["shape"][-1]) if row["front"] else None)
    branches = [layer(x) if layer else x for layer in before]
    chain = [build(spec) for spec in row["layers"]]
    x = chain[0](branches if row["inputs"] > 1 else branches[0])
    for layer in chain[1:]:
        x = layer(x)
    if len(x.shape) > 2:
        x = keras.layers.Reshape((-1,))(x)
    outputs = keras.layers.Dense(UNITS)(x)
    return keras.Model(inputs, outputs)


def weights_of(layer, generator):
    """Small numbers; variances and scales around one."""
    drawn = []
    for weight in layer.weights:
        values = numpy.round(draw(generator, *weight.shape) * 0.4, 3)
        if "variance" in weight.name or "gamma" in weight.name:
            values = numpy.abs(values) + 0.5
        # TensorFlow.js constrains what is set, Keras what has been trained.
        constraint = getattr(weight, "constraint", None)
        drawn.append(significant(constraint(tf.constant(values))) if constraint else values)
    return drawn


def case(row):
    keras.utils.clear_session()
    generator = numpy.random.default_rng(3)
    model = model_of(row)
    layers = [layer for layer in model.layers if layer.weights]
    before = [weights_of(layer, generator) for layer in layers]
    for layer, values in zip(layers, before):
        layer.set_weights(values)
    x = inputs_of(row["shape"], row["kind"])
    y = draw(numpy.random.default_rng(9), BATCH, UNITS)
    optimizer = keras.optimizers.SGD(RATE)
    optimizer.build(model.trainable_variables)
    losses = []
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x, training=True) - y)) + sum(model.losses)
        gradients = tape.gradient(loss, model.trainable_variables)
        pairs = zip(gradients, model.trainable_variables)
        optimizer.apply_gradients([(gradient, variable) for gradient, variable in pairs if gradient is not None])
        losses.append(float(loss))
    return {
        **{key: row[key] for key in ("layers", "shape", "kind", "front", "inputs", "differs") if key in row},
        "before": before,
        "losses": [significant(loss) for loss in losses],
        "after": [[significant(values) for values in layer.get_weights()] for layer in layers],
        "predicted": significant(model(x, training=False).numpy()),
    }


def significant(values):
    """Seven digits, which is what float32 holds."""
    rounded = numpy.vectorize(lambda value: float(f"{value:.7g}"))(numpy.asarray(values, "float64"))
    return float(rounded) if rounded.ndim == 0 else rounded


def key_of(row):
    return "x".join(str(side) for side in row["shape"]) + " " + row["kind"]


if __name__ == "__main__":
    write_golden(
        "packages/trainer/test/golden/layers.json",
        source=f"Keras layers, {STEPS} steps of SGD at {RATE} in float64; TensorFlow's ops where a row says that Keras differs",
        packages=["keras", "tensorflow-cpu", "numpy"],
        tolerance={"relative": 1e-4, "absolute": 1e-4},
        cases={
            "rate": RATE,
            "targets": draw(numpy.random.default_rng(9), BATCH, UNITS),
            "inputs": {key_of(row): inputs_of(row["shape"], row["kind"]) for row in ROWS.values()},
            "rows": {name: case(row) for name, row in ROWS.items()},
        },
    )
