"""Keras's layer for an export of `tf.layers` with the options that TensorFlow.js takes."""

import re

import keras

from layers_elsewhere import ELSEWHERE, gelu_new, hard_sigmoid

CLASSES = {
    "RNN": "RNN",
    "rnn": "RNN",
    "lstm": "LSTM",
    "lstmCell": "LSTMCell",
    "gru": "GRU",
    "gruCell": "GRUCell",
    "stackedRNNCells": "StackedRNNCells",
    "simpleRNN": "SimpleRNN",
    "simpleRNNCell": "SimpleRNNCell",
    "convLstm2d": "ConvLSTM2D",
    "leakyReLU": "LeakyReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "reLU": "ReLU",
}
NAMES = {"alpha_leakyReLU": "negative_slope", "momentum_batchNormalization": "momentum"}
WORDS = {"channelsLast": "channels_last", "channelsFirst": "channels_first", "oneHot": "one_hot", "multiHot": "multi_hot", "logSoftmax": "log_softmax"}
FUNCTIONS = {"hardSigmoid": hard_sigmoid, "gelu_new": gelu_new}


def build(spec):
    export, options = spec["export"], spec.get("options", {})
    if export in ELSEWHERE:
        return ELSEWHERE[export](options)
    kind = getattr(keras.layers, class_name(export))
    given = {option(export, key): value(item) for key, item in options.items()}
    if export in ("averagePooling3d", "maxPooling3d"):
        # TensorFlow has these kernels in float32 alone.
        given["dtype"] = "float32"
    if export in ("gru", "gruCell"):
        given["reset_after"] = False
    if export in ("rnn", "RNN") and isinstance(given["cell"], list):
        given["cell"] = keras.layers.StackedRNNCells(given["cell"])
    return kind(**given)


def class_name(export):
    if export in CLASSES:
        return CLASSES[export]
    return re.sub(r"([123])d", r"\1D", export[0].upper() + export[1:])


def option(export, key):
    return NAMES.get(f"{key}_{export}", re.sub(r"([A-Z])", lambda m: "_" + m.group(1).lower(), key))


def value(item):
    if isinstance(item, dict) and "export" in item:
        return build(item)
    if isinstance(item, dict) and "className" in item:
        return named(item)
    if isinstance(item, list):
        return [value(each) for each in item]
    if isinstance(item, str) and item in FUNCTIONS:
        return FUNCTIONS[item]
    return WORDS.get(item, item) if isinstance(item, str) else item


def named(item):
    """A regularizer or constraint, as TensorFlow.js writes it."""
    given = {option("", key): each for key, each in item["config"].items()}
    module = keras.regularizers if item["className"] in ("L1L2", "l1l2") else keras.constraints
    kind = {"L1L2": "L1L2", "MaxNorm": "MaxNorm", "NonNeg": "NonNeg", "UnitNorm": "UnitNorm", "MinMaxNorm": "MinMaxNorm"}
    return getattr(module, kind[item["className"]])(**given)
