"""Batch normalisation layers of Keras in training: outputs, gradients and moving statistics over three steps."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy
import tensorflow as tf

from golden import write_golden

keras.config.set_floatx("float64")
generator = numpy.random.default_rng(11)
STEPS = 3


def draw(*shape):
    return numpy.round(generator.normal(size=shape), 3)


def case(shape, axis, **options):
    """The same three batches through one layer; the gradients are those of the last one."""
    layer = keras.layers.BatchNormalization(axis=axis, momentum=0.9, epsilon=1e-3, **options)
    layer.build((None, *shape[1:]))
    channels = shape[axis]
    before = {"moving_mean": draw(channels), "moving_variance": numpy.abs(draw(channels)) + 0.5}
    if layer.scale:
        before["gamma"] = draw(channels)
    if layer.center:
        before["beta"] = draw(channels)
    for weight in layer.weights:
        weight.assign(before[weight.name])
    batches = [draw(*shape) for _ in range(STEPS)]
    upstream = draw(*shape)
    for batch in batches:
        x = tf.constant(batch)
        with tf.GradientTape() as tape:
            tape.watch(x)
            outputs = layer(x, training=True)
            loss = tf.reduce_sum(outputs * upstream)
        trainable = [weight.value for weight in layer.trainable_weights]
        gradients = tape.gradient(loss, [x, *trainable])
    names = ["inputs", *[weight.name for weight in layer.trainable_weights]]
    return {
        "axis": axis,
        "options": options,
        "before": before,
        "batches": batches,
        "upstream": upstream,
        "outputs": outputs.numpy(),
        "gradients": {name: gradient.numpy() for name, gradient in zip(names, gradients)},
        "after": {weight.name: weight.numpy() for weight in layer.weights},
        "predicted": layer(batches[0], training=False).numpy(),
    }


if __name__ == "__main__":
    write_golden(
        "packages/trainer/test/golden/batch-norm-layers.json",
        source=f"keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-3), {STEPS} calls in training, float64",
        packages=["keras", "tensorflow-cpu", "numpy"],
        tolerance={"relative": 2e-5, "absolute": 1e-5},
        cases={
            "two axes": case((5, 3), -1),
            "three axes": case((3, 4, 2), -1),
            "four axes": case((2, 3, 2, 3), -1),
            "four axes, channels in axis 1": case((2, 3, 2, 3), 1),
            "five axes": case((2, 2, 2, 3, 2), -1),
            "five axes, channels in axis 2": case((2, 2, 3, 2, 2), 2),
            "without scale": case((3, 2, 2, 2), -1, scale=False),
            "without center": case((3, 2, 2, 2), -1, center=False),
            "without both": case((6, 2), -1, scale=False, center=False),
        },
    )
