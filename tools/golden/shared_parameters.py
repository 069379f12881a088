"""What regularizers of shared, nested, wrapped and recurrent parameters add to the loss.

Keras; every kernel is of ones, so that a penalty of rate r on n weights is r * n.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy

from golden import write_golden

layers = keras.layers
ONES = {"kernel_initializer": "ones", "use_bias": False}
RECURRENT = {
    **ONES,
    "recurrent_initializer": "ones",
    "kernel_regularizer": keras.regularizers.L2(0.5),
    "recurrent_regularizer": keras.regularizers.L2(0.25),
}


def single():
    return layers.Dense(1, kernel_regularizer=keras.regularizers.L2(0.5), name="one", **ONES)


def nested():
    inputs = keras.Input([1])
    return keras.Model(inputs, single()(inputs), name="inner")


def called_twice():
    inputs, layer = keras.Input([1]), single()
    return keras.Model(inputs, layer(layer(inputs)))


def model_twice():
    inputs, inner = keras.Input([1]), nested()
    return keras.Model(inputs, inner(inner(inputs)))


def in_and_out():
    inputs, inner = keras.Input([1]), nested()
    return keras.Model(inputs, inner.get_layer("one")(inner(inputs)))


def wrapped():
    inputs = keras.Input([2, 1])
    return keras.Model(inputs, layers.Flatten()(layers.TimeDistributed(nested())(inputs)))


def recurrent(make):
    inputs = keras.Input([2, 3])
    return keras.Model(inputs, make()(inputs))


MODELS = {
    "a layer called twice": called_twice,
    "a model that is used twice": model_twice,
    "a layer of a model that is also used outside of it": in_and_out,
    "a model in a wrapper": wrapped,
    "a recurrent layer, the weights of its cell": lambda: recurrent(lambda: layers.SimpleRNN(2, **RECURRENT)),
    "both halves of a bidirectional layer": lambda: recurrent(
        lambda: layers.Bidirectional(layers.SimpleRNN(2, **RECURRENT))
    ),
    "each cell of a stack": lambda: recurrent(
        lambda: layers.RNN([layers.SimpleRNNCell(2, **RECURRENT), layers.SimpleRNNCell(1, **RECURRENT)])
    ),
}


def penalty(make):
    model = make()
    model(numpy.ones([1, *model.input_shape[1:]], "float32"))
    return float(sum(numpy.asarray(loss) for loss in model.losses))


write_golden(
    "packages/trainer/test/names/golden.json",
    source="keras.Model.losses",
    packages=["keras", "tensorflow-cpu"],
    tolerance={"relative": 1e-6},
    cases={name: penalty(make) for name, make in MODELS.items()},
)
