"""Parameters, output shapes and FLOPs of Keras models, counted by PyTorch's FlopCounterMode while Keras runs on PyTorch.

FlopCounterMode counts what products take, a multiply-add as two. Keras runs on PyTorch, so that both count the same layers.
Recurrent layers are unrolled: otherwise Keras computes the first step twice, to learn the shape of its output.
"""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import torch
from keras import layers
from torch.utils.flop_counter import FlopCounterMode

from golden import write_golden

BATCH = 2


def small_cnn():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, strides=2, use_bias=False),
            layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same"),
            layers.SeparableConv2D(12, 3, depth_multiplier=2),
            layers.Flatten(),
            layers.Dense(10, activation="softmax"),
        ]
    )


def transposed():
    return keras.Sequential(
        [keras.Input((5, 6, 3)), layers.Conv2DTranspose(4, 3, strides=2, padding="same"), layers.Conv2D(2, 1)]
    )


def sequence():
    return keras.Sequential(
        [
            keras.Input((12,)),
            layers.Embedding(50, 6),
            layers.Conv1D(5, 3, padding="same"),
            layers.LSTM(7, return_sequences=True, unroll=True),
            layers.Bidirectional(layers.GRU(4, return_sequences=True, unroll=True, reset_after=False)),
            layers.SimpleRNN(3, return_sequences=True, unroll=True),
            layers.Dense(9),
            layers.TimeDistributed(layers.Dense(2)),
        ]
    )


def shared():
    left, right = keras.Input((6,), name="left"), keras.Input((6,), name="right")
    encoder = layers.Dense(4, name="encoder")
    joined = layers.Concatenate()([encoder(left), encoder(right)])
    return keras.Model([left, right], layers.Dense(1, name="head")(joined))


def nested():
    inner = keras.Sequential([keras.Input((8, 8, 2)), layers.Conv2D(3, 3), layers.BatchNormalization()], name="inner")
    inner.trainable = False
    one, two = keras.Input((8, 8, 2), name="one"), keras.Input((8, 8, 2), name="two")
    joined = layers.Add()([inner(one), inner(two)])
    return keras.Model([one, two], layers.Dense(5, name="head")(layers.GlobalAveragePooling2D()(joined)))


def volumes():
    return keras.Sequential([keras.Input((6, 5, 4, 2)), layers.Conv3D(3, (3, 2, 2), padding="same"), layers.Conv3DTranspose(2, 2, strides=2)])


def convolutional_recurrent():
    return keras.Sequential([keras.Input((4, 6, 6, 2)), layers.ConvLSTM2D(3, 3, return_sequences=True, unroll=True), layers.ConvLSTM2D(2, 3, padding="same", unroll=True)])


def attention():
    queries, keys = keras.Input((5, 8), name="queries"), keras.Input((7, 8), name="keys")
    return keras.Model([queries, keys], layers.Dot(axes=(2, 2))([queries, keys]))


def case(make):
    keras.utils.clear_session()
    model = make()
    inputs = [np.ones((BATCH, *one.shape[1:]), "int32" if len(one.shape) == 2 and make is sequence else "float32") for one in model.inputs]
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        outputs = model(inputs if len(inputs) > 1 else inputs[0], training=False)
    return {
        "batchSize": BATCH,
        "parameters": model.count_params(),
        "trained": sum(int(np.prod(w.shape)) for w in model.trainable_weights),
        "flops": counter.get_total_flops(),
        "outputShape": list(outputs.shape),
    }


makers = [small_cnn, transposed, sequence, shared, nested, volumes, convolutional_recurrent, attention]
write_golden(
    "packages/inspect/test/golden/model-summary.json",
    source="torch.utils.flop_counter.FlopCounterMode over Keras on PyTorch; keras.Model.count_params and trainable_weights",
    packages=["torch", "keras"],
    tolerance={"relative": 0},
    cases={make.__name__: case(make) for make in makers},
)
