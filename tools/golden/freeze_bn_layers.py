"""One batch normalisation layer of Keras for each answer to two questions: whose statistics normalise, and do they move.

Normalised with its own statistics is Keras' call at inference, with the batch's that in training, which also moves the
statistics. Inputs of two to five axes, channels last and not.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy
import tensorflow as tf

from golden import write_golden

keras.config.set_floatx("float64")
generator = numpy.random.default_rng(5)


def draw(*shape):
    return numpy.round(generator.normal(size=shape), 3)


def called(layer, x, upstream, training):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        outputs = layer(x, training=training)
        loss = tf.reduce_sum(outputs * upstream)
    variables = [weight.value for weight in layer.trainable_weights]
    gradients = tape.gradient(loss, [x, *variables])
    names = ["inputs", *[weight.name for weight in layer.trainable_weights]]
    return {"outputs": outputs.numpy(), "gradients": {n: g.numpy() for n, g in zip(names, gradients)}}


def case(shape, axis, **options):
    layer = keras.layers.BatchNormalization(axis=axis, momentum=0.9, epsilon=1e-3, **options)
    layer.build((None, *shape[1:]))
    channels = shape[axis]
    before = {"moving_mean": draw(channels), "moving_variance": numpy.abs(draw(channels)) + 0.5}
    before |= {"gamma": draw(channels)} if layer.scale else {}
    before |= {"beta": draw(channels)} if layer.center else {}
    for weight in layer.weights:
        weight.assign(before[weight.name])
    inputs, upstream = draw(*shape) + 1, draw(*shape)
    moving = called(layer, inputs, upstream, training=False)
    batch = called(layer, inputs, upstream, training=True)
    after = {weight.name: weight.numpy() for weight in layer.weights if weight.name.startswith("moving")}
    return {
        "axis": axis,
        "options": options,
        "before": before,
        "inputs": inputs,
        "upstream": upstream,
        "moving": moving,
        "batch": batch,
        "updated": after,
    }


write_golden(
    "packages/freeze-bn/test/golden/layers.json",
    source="keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-3), loss sum(outputs * upstream), float64",
    packages=["keras", "tensorflow-cpu", "numpy"],
    tolerance={"relative": 1e-5, "absolute": 2e-6},
    cases={
        "two axes": case((5, 3), -1),
        "three axes": case((3, 4, 2), -1),
        "four axes": case((2, 3, 2, 3), -1),
        "five axes": case((2, 2, 3, 2, 2), -1),
        "channels first": case((2, 3, 2, 2), 1),
        "without gamma": case((5, 3), -1, scale=False),
        "without beta": case((2, 3, 2, 3), -1, center=False),
        "with neither": case((3, 3, 2), 1, scale=False, center=False),
    },
)
