"""When Keras's EarlyStopping stops, and which weights it puts back, for packages/early-stopping.

NaN is written as text, because JSON has no NaN. Keras takes a NaN for the best value if it is the first one; this case
is left out, because there NaN never improves here.
"""

import math
import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np

from golden import write_golden

NAN = math.nan
falls = [0.9, 0.7, 0.6, 0.65, 0.61, 0.55, 0.56, 0.57, 0.58, 0.5, 0.4]
noisy = [float(x) for x in np.round(2 / (1 + np.arange(30) / 4) + np.random.RandomState(0).randn(30) * 0.2, 3)]
rises = [0.1, 0.3, 0.29, 0.5, 0.5, 0.5, 0.51, 0.2, 0.9]


class Weights:
    """A model whose weights are the number of the epoch."""

    def __init__(self):
        self.stop_training = False
        self.epoch = 0

    def get_weights(self):
        return self.epoch

    def set_weights(self, epoch):
        self.epoch = epoch


def judged(values, mode, **options):
    callback = keras.callbacks.EarlyStopping(monitor="figure", mode=mode, restore_best_weights=True, **options)
    model = Weights()
    callback.set_model(model)
    callback.on_train_begin()
    waits, bests = [], []
    for epoch, value in enumerate(values):
        model.epoch = epoch + 1
        callback.on_epoch_end(epoch, {"figure": value})
        waits.append(callback.wait)
        bests.append(callback.best)
        if model.stop_training:
            break
    callback.on_train_end()
    return {
        "mode": mode,
        "options": options,
        "values": ["NaN" if math.isnan(value) else value for value in values],
        "waits": waits,
        "bests": bests,
        "epochs": len(waits),
        "stopped": model.stop_training,
        "restored": model.epoch,
    }


sequences = {
    "patience 1": judged(falls, "min", patience=1),
    "patience 2": judged(falls, "min", patience=2),
    "patience 3": judged(falls, "min", patience=3),
    "patience 4, not stopped": judged(falls, "min", patience=4),
    "a least difference": judged(falls, "min", patience=2, min_delta=0.08),
    "more is better": judged(rises, "max", patience=3),
    "more is better, a least difference": judged(rises, "max", patience=3, min_delta=0.05),
    "noise": judged(noisy, "min", patience=4),
    "noise, a least difference": judged(noisy, "min", patience=6, min_delta=0.02),
    "a baseline that is reached": judged(falls, "min", patience=3, baseline=0.62),
    "a baseline that is never reached": judged(falls, "min", patience=4, baseline=0.3),
    "a baseline that more must reach": judged(rises, "max", patience=4, baseline=0.4, min_delta=0.01),
    "NaN between": judged([0.9, NAN, 0.8, NAN, NAN, NAN, 0.1], "min", patience=3),
    "equal figures": judged([0.5, 0.5, 0.5, 0.5], "min", patience=2),
}


def trained(epochs, patience, momentum):
    """A line fitted with a rate so high that it overshoots."""
    x = np.array([[-1.0], [0.5], [1.0], [2.0]], "float32")
    y = 2 * x + 1
    tests = np.array([[0.0], [3.0], [-2.0]], "float32")
    layer = keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer="zeros")
    model = keras.Sequential([keras.Input((1,)), layer])
    model.compile(keras.optimizers.SGD(0.05, momentum=momentum), "mse")
    stopping = keras.callbacks.EarlyStopping(monitor="val_loss", patience=patience, restore_best_weights=True)
    history = model.fit(
        x, y, batch_size=4, epochs=epochs, shuffle=False, verbose=0, callbacks=[stopping], validation_data=(tests, 2 * tests + 1)
    )
    kernel, bias = model.get_weights()
    return {
        "epochs": epochs,
        "patience": patience,
        "momentum": momentum,
        "inputs": x,
        "tests": tests,
        "losses": history.history["val_loss"],
        "kernel": kernel.flatten(),
        "bias": bias,
    }


write_golden(
    "packages/early-stopping/test/golden.json",
    source="keras.callbacks.EarlyStopping; its trainings in float32 on PyTorch",
    packages=["keras", "torch", "numpy"],
    tolerance={"relative": 1e-4, "absolute": 1e-5},
    cases={
        "sequences": sequences,
        "trainings": {
            "stopped by the figure": trained(40, 3, 0.9),
            "ended by the number of epochs": trained(8, 20, 0.9),
        },
    },
)
