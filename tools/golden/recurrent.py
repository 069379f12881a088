"""LSTM and GRU over sequences: outputs, states and gradients from PyTorch and Keras in float64."""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy
import torch

from golden import write_golden

keras.config.set_floatx("float64")
generator = numpy.random.default_rng(11)
BATCH, STEPS, FEATURES, UNITS = 3, 5, 4, 2
# Padding on the right, in the middle, and an example that is nothing but padding.
# Keras masks the outputs of a given state with 0, TensorFlow.js with the state; so masks start from no state.
MASK = numpy.array([[1, 1, 1, 0, 0], [1, 0, 1, 1, 0], [0, 0, 0, 0, 0]])


def draw(*shape):
    return torch.tensor(numpy.round(generator.normal(scale=0.7, size=shape), 3), requires_grad=True)


def hard_sigmoid(x):
    """As in TensorFlow.js and Keras 2; that of Keras 3 has another slope."""
    return torch.clamp(0.2 * x + 0.5, 0, 1)


def tensors(gates, bias, states):
    given = {"inputs": draw(BATCH, STEPS, FEATURES), "kernel": draw(FEATURES, gates * UNITS), "recurrentKernel": draw(UNITS, gates * UNITS)}
    if bias:
        given["bias"] = draw(gates * UNITS)
    for name in states:
        given[name] = draw(BATCH, UNITS)
    return given


def finished(options, given, outputs, last):
    upstream = {name: draw(*value.shape).detach() for name, value in {"outputs": outputs, **last}.items()}
    sum((value * upstream[name]).sum() for name, value in {"outputs": outputs, **last}.items()).backward()
    gradients = {name: value.grad for name, value in given.items()}
    return {"options": options, "given": given, "upstream": upstream, "outputs": outputs, "last": last, "gradients": gradients}


def torch_lstm(backwards=False, bias=True, initial=False):
    given = tensors(4, bias, ["initialHidden", "initialCell"] if initial else [])
    layer = torch.nn.LSTM(FEATURES, UNITS, batch_first=True, bias=bias, dtype=torch.float64)
    names = {"weight_ih_l0": given["kernel"].T, "weight_hh_l0": given["recurrentKernel"].T}
    if bias:
        names |= {"bias_ih_l0": given["bias"], "bias_hh_l0": torch.zeros(4 * UNITS, dtype=torch.float64)}
    inputs = given["inputs"].flip(1) if backwards else given["inputs"]
    states = (given["initialHidden"][None], given["initialCell"][None]) if initial else None
    outputs, (hidden, cell) = torch.func.functional_call(layer, names, (inputs, states))
    options = {"goBackwards": True} if backwards else {}
    return finished(options, given, outputs, {"hidden": hidden[0], "cell": cell[0]})


def keras_layer(kind, activation="sigmoid", backwards=False, bias=True, mask=None, initial=False):
    names = ["initialHidden", "initialCell"] if kind == "LSTM" else ["initialHidden"]
    given = tensors(4 if kind == "LSTM" else 3, bias, names if initial else [])
    options = {"units": UNITS, "use_bias": bias, "go_backwards": backwards, "return_sequences": True, "return_state": True}
    options["recurrent_activation"] = hard_sigmoid if activation == "hardSigmoid" else activation
    layer = getattr(keras.layers, kind)(**options, **({"reset_after": False} if kind == "GRU" else {}))
    layer.build((BATCH, STEPS, FEATURES))
    weights = [given[name] for name in ("kernel", "recurrentKernel", "bias") if name in given]
    pairs = list(zip(layer.trainable_variables, weights, strict=True))
    call = {"mask": None if mask is None else torch.tensor(mask, dtype=torch.bool)}
    if initial:
        call["initial_state"] = [given[name] for name in names]
    with keras.StatelessScope(state_mapping=pairs):
        outputs, *last = layer(given["inputs"], **call)
    chosen = {"recurrentActivation": activation} | ({"goBackwards": True} if backwards else {}) | ({} if mask is None else {"mask": mask})
    return finished(chosen, given, outputs, dict(zip(["hidden", "cell"], last)))


write_golden(
    "packages/ops/test/golden/recurrent.json",
    source="torch.nn.LSTM; keras.layers.LSTM and GRU(reset_after=False); float64",
    packages=["torch", "keras", "numpy"],
    tolerance={"relative": 1e-5, "absolute": 1e-6},
    cases={
        "lstm": {
            "PyTorch's": torch_lstm(),
            "PyTorch's, backwards": torch_lstm(backwards=True),
            "PyTorch's, without bias": torch_lstm(bias=False),
            "PyTorch's, from given states": torch_lstm(initial=True),
            "Keras's, masked": keras_layer("LSTM", mask=MASK),
            "Keras's, masked, backwards": keras_layer("LSTM", mask=MASK, backwards=True),
            "Keras's, hard sigmoid": keras_layer("LSTM", activation="hardSigmoid"),
        },
        "gru": {
            "Keras's": keras_layer("GRU"),
            "Keras's, backwards": keras_layer("GRU", backwards=True),
            "Keras's, without bias": keras_layer("GRU", bias=False),
            "Keras's, from a given state": keras_layer("GRU", initial=True),
            "Keras's, masked": keras_layer("GRU", mask=MASK),
            "Keras's, hard sigmoid": keras_layer("GRU", activation="hardSigmoid"),
        },
    },
)
