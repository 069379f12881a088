"""Six steps of SGD with momentum in which batch normalisations freeze and thaw.

Keras, whose moving variance is biased as TensorFlow.js' is: one optimizer for all variables, given those that train at
each step.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy
import tensorflow as tf

from golden import write_golden

keras.config.set_floatx("float64")
generator = numpy.random.default_rng(21)
STEPS, RATE, MOMENTUM = 6, 0.05, 0.9


def draw(*shape):
    return numpy.round(generator.normal(scale=0.7, size=shape), 3)


def freezing(first, end, affine="freeze"):
    """The batch normalisations are frozen in steps first to end - 1, their gamma and beta too or not."""
    layers = keras.layers
    norm = lambda name: layers.BatchNormalization(momentum=0.8, epsilon=1e-3, name=name)
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(4, name="stem"),
            norm("stem_bn"),
            layers.Activation("tanh"),
            layers.Dense(2, name="head"),
            norm("head_bn"),
        ]
    )
    for weight in model.weights:
        value = draw(*weight.shape)
        weight.assign(numpy.abs(value) + 0.5 if weight.name == "moving_variance" else value)
    read = lambda: {w.path.split("/", 1)[1]: w.numpy().copy() for w in model.weights}
    before = read()
    inputs, targets = draw(STEPS, 4, 3), draw(STEPS, 4, 2)
    optimizer = keras.optimizers.SGD(RATE, momentum=MOMENTUM)
    optimizer.build(model.trainable_variables)
    norms = [layer for layer in model.layers if layer.name.endswith("_bn")]
    losses = []
    for step in range(STEPS):
        frozen = first <= step < end
        for layer in norms:
            layer.trainable = affine == "train" or not frozen
        with tf.GradientTape() as tape:
            outputs = tf.constant(inputs[step])
            for layer in model.layers:
                outputs = layer(outputs, training=not frozen) if layer in norms else layer(outputs)
            loss = tf.reduce_mean((outputs - targets[step]) ** 2)
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, [v.value for v in variables]), variables)
        losses.append(loss.numpy())
    return {
        "first": first,
        "end": end,
        "inputs": inputs,
        "targets": targets,
        "before": before,
        "losses": numpy.array(losses),
        "after": read(),
    }


write_golden(
    "packages/freeze-bn/test/golden/schedule.json",
    source=f"keras.optimizers.SGD({RATE}, momentum={MOMENTUM}), {STEPS} steps, layers' trainable set between them, float64",
    packages=["keras", "tensorflow-cpu", "numpy"],
    tolerance={"relative": 2e-5, "absolute": 2e-5},
    cases={
        "frozen in the middle": freezing(2, 4),
        "frozen at last": freezing(3, STEPS),
        "frozen at first": freezing(0, 3),
        "statistics frozen in the middle": freezing(2, 4, affine="train"),
    },
)
