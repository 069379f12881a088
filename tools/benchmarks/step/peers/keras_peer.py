"""Keras on TensorFlow: a training step in tf.function, which is no slower than train_on_batch and waits less.

How many threads there are is said by TF_NUM_INTRAOP_THREADS and TF_NUM_INTEROP_THREADS, as for Cantrip.
"""

import keras
import tensorflow as tf

from given import read_given
from keras_networks import load_weights, networks
from serve import Served, serve


def start() -> Served:
    given = read_given()
    model = networks[given.network]()
    load_weights(model, given.weights | given.frozen)
    for layer in given.frozen:
        model.get_layer(layer).trainable = False
    optimizer = keras.optimizers.SGD(given.learning_rate, momentum=given.momentum)
    optimizer.build(model.trainable_variables)
    loss_function = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function(jit_compile=given.options.get("jit_compile", False))
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_function(y, model(x, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    def prepared(x):
        return tf.cast(x, tf.float32) / 255 if x.dtype == tf.uint8 else x

    batches = [(tf.constant(x), tf.constant(y)) for x, y in zip(given.inputs, given.targets)]
    dataset = (
        tf.data.Dataset.from_tensor_slices((given.images, given.labels))
        .shuffle(len(given.images))
        .batch(given.batch)
        .map(lambda x, y: (prepared(x), y), num_parallel_calls=tf.data.AUTOTUNE)
        .prefetch(tf.data.AUTOTUNE)
    )
    a, b = tf.random.normal((512, 512)), tf.random.normal((512, 512))

    def train(indices) -> float:
        for i in indices:
            loss = step(*batches[i])
        return float(loss)

    def epoch() -> None:
        total = tf.zeros(())
        for x, y in dataset:
            total += step(tf.ensure_shape(x, batches[0][0].shape), y)
        float(total)

    return Served(
        versions={"keras": keras.__version__, "tensorflow": tf.__version__},
        train=train,
        epoch=epoch,
        product=lambda: tf.matmul(a, b).numpy()[0, 0],
    )


serve(start)
