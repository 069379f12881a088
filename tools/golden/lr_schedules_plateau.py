"""Learning rates that PyTorch, Keras, timm and optax reduce on a plateau, and timm's noise, for packages/lr-schedules.

Keras and optax reduce at the `patience`-th value without improvement, PyTorch and we after it; Keras counts again in the
last value of a cooldown. So their patience (and Keras's cooldown) is one more here.
"""

import os
import warnings

os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["KERAS_BACKEND"] = "torch"
warnings.filterwarnings("ignore")

import keras
import numpy
import optax.contrib
import torch
import timm.scheduler
import torch.optim.lr_scheduler as lr

from transformers.optimization import GreedyLR

from golden import write_golden
from rates import POINTS, optimizer

# Falls fast, then hardly, with noise.
random = numpy.random.RandomState(0)
LOSSES = [float(x) for x in 2 / (1 + numpy.arange(POINTS) / 8) + 0.05 * random.rand(POINTS) + 0.5]
ACCURACIES = [float(x) for x in 1 - numpy.array(LOSSES) / 3]


def from_torch(metrics, value=0.1, **options):
    group = optimizer(value)
    scheduler = lr.ReduceLROnPlateau(group, **options)
    rates = []
    for metric in metrics:
        scheduler.step(metric)
        rates.append(float(group.param_groups[0]["lr"]))
    return rates


def from_torch_groups(metrics, values, **options):
    """The rates of several groups."""
    group = torch.optim.SGD([{"params": [torch.nn.Parameter(torch.zeros(1))], "lr": value} for value in values])
    scheduler = lr.ReduceLROnPlateau(group, **options)
    rates = []
    for metric in metrics:
        scheduler.step(metric)
        rates.append([float(one["lr"]) for one in group.param_groups])
    return [list(each) for each in zip(*rates)]


def from_greedy(metrics, value=0.1, **options):
    group = optimizer(value)
    scheduler = GreedyLR(group, **options)
    rates = []
    for metric in metrics:
        scheduler.step(metric)
        rates.append(float(group.param_groups[0]["lr"]))
    return rates


def from_timm(metrics, **options):
    group = optimizer(0.1)
    scheduler = timm.scheduler.PlateauLRScheduler(group, **options)
    rates = []
    for epoch, metric in enumerate(metrics):
        scheduler.step(epoch + 1, metric)
        rates.append(float(group.param_groups[0]["lr"]))
    return rates


def from_keras(metrics, **options):
    keras.config.set_floatx("float64")
    callback = keras.callbacks.ReduceLROnPlateau(**options)
    model = keras.Sequential([keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss="mse")
    callback.set_model(model)
    callback.on_train_begin()
    rates = []
    for epoch, metric in enumerate(metrics):
        callback.on_epoch_end(epoch, {options["monitor"]: metric})
        rates.append(float(keras.ops.convert_to_numpy(model.optimizer.learning_rate)))
    return rates


def from_optax(metrics, **options):
    transform = optax.contrib.reduce_on_plateau(**options)
    state = transform.init(numpy.zeros(1))
    rates = []
    for metric in metrics:
        _, state = transform.update(numpy.zeros(1), state, value=metric)
        rates.append(0.1 * float(state.scale))
    return rates


def noise(kind, points=20000, **options):
    """The noise as a share of the value."""
    scheduler = timm.scheduler.StepLRScheduler(optimizer(1.0), decay_t=10**9, noise_range_t=0, **options)
    scheduler.noise_type = kind
    draws = numpy.array([scheduler._calculate_noise(step) for step in range(points)])
    quantiles = numpy.quantile(draws, [0.05, 0.25, 0.5, 0.75, 0.95])
    return {"kind": kind, "standardDeviationOfNoise": float(draws.std()), "quantiles": quantiles.tolist()}


def case(peer, options, metrics, rates):
    return {"peer": peer, "options": options, "metrics": metrics, "rates": rates}


common, head = from_torch_groups(LOSSES, [0.1, 0.3], factor=0.5, patience=2, min_lr=[0.01, 0.0004], eps=1e-3)

plateaus = {
    "a share, less is better": case(
        "torch ReduceLROnPlateau(patience=5)",
        {"patience": 5},
        LOSSES,
        from_torch(LOSSES, patience=5),
    ),
    "a difference, less is better, a rest and a floor": case(
        "torch ReduceLROnPlateau(factor=0.5, patience=3, threshold=0.01, threshold_mode='abs', cooldown=4, min_lr=0.004)",
        {
            "factor": 0.5,
            "patience": 3,
            "threshold": 0.01,
            "thresholdMode": "absolute",
            "cooldown": 4,
            "minimum": 0.004,
        },
        LOSSES,
        from_torch(
            LOSSES, factor=0.5, patience=3, threshold=0.01, threshold_mode="abs", cooldown=4, min_lr=0.004
        ),
    ),
    "a share, more is better": case(
        "torch ReduceLROnPlateau(mode='max', factor=0.3, patience=4, threshold=0.002)",
        {"mode": "max", "factor": 0.3, "patience": 4, "threshold": 0.002},
        ACCURACIES,
        from_torch(ACCURACIES, mode="max", factor=0.3, patience=4, threshold=0.002),
    ),
    "a difference, more is better": case(
        "torch ReduceLROnPlateau(mode='max', patience=0, threshold=0, threshold_mode='abs', eps=1e-4)",
        {
            "mode": "max",
            "patience": 0,
            "threshold": 0,
            "thresholdMode": "absolute",
            "smallestChange": 1e-4,
        },
        ACCURACIES,
        from_torch(ACCURACIES, mode="max", patience=0, threshold=0.0, threshold_mode="abs", eps=1e-4),
    ),
    "two groups, each with its floor": {
        **case(
            "torch ReduceLROnPlateau(factor=0.5, patience=2, min_lr=[0.01, 0.0004], eps=1e-3)",
            {
                "factor": 0.5,
                "patience": 2,
                "minimum": {"learningRate": 0.01, "head": 0.0004},
                "smallestChange": 1e-3,
            },
            LOSSES,
            common,
        ),
        "head": {"value": 0.3, "rates": head},
    },
    "timm": case(
        "timm PlateauLRScheduler(decay_rate=0.5, patience_t=6, cooldown_t=2, lr_min=0.001, mode='min')",
        {"factor": 0.5, "patience": 6, "cooldown": 2, "minimum": 0.001},
        LOSSES,
        from_timm(LOSSES, decay_rate=0.5, patience_t=6, cooldown_t=2, lr_min=0.001, mode="min"),
    ),
    "Keras": case(
        "keras ReduceLROnPlateau(factor=0.5, patience=5, min_delta=0.001, cooldown=3, min_lr=0.002)",
        {
            "factor": 0.5,
            "patience": 4,
            "threshold": 0.001,
            "thresholdMode": "absolute",
            "cooldown": 2,
            "minimum": 0.002,
            "smallestChange": 0,
        },
        LOSSES,
        from_keras(
            LOSSES, monitor="val_loss", factor=0.5, patience=5, min_delta=0.001, cooldown=3, min_lr=0.002
        ),
    ),
    "optax": case(
        "optax.contrib.reduce_on_plateau(factor=0.5, patience=5, rtol=1e-3, cooldown=3)",
        {"factor": 0.5, "patience": 4, "threshold": 1e-3, "cooldown": 3, "smallestChange": 0},
        LOSSES,
        from_optax(LOSSES, factor=0.5, patience=5, rtol=1e-3, cooldown=3),
    ),
}

write_golden(
    "packages/lr-schedules/test/golden/plateau.json",
    source="torch and keras ReduceLROnPlateau (float64 but for Keras's rate, which is float32), timm "
    "PlateauLRScheduler, optax.contrib.reduce_on_plateau",
    packages=["torch", "timm", "keras", "optax", "jax"],
    tolerance={"relative": 1e-12, "absolute": 1e-15, "keras": 1e-6},
    cases=plateaus,
)

# Falls, stays, rises and falls again: the rate goes up and down.
WAVES = [
    float(x)
    for x in 2 - numpy.arange(POINTS) / 150 + 0.4 * numpy.sin(numpy.arange(POINTS) / 9) + 0.01 * random.rand(POINTS)
]

greedy = {
    "the defaults": case("transformers GreedyLR()", {}, WAVES, from_greedy(WAVES)),
    "a share, rests and limits": case(
        "transformers GreedyLR(factor=0.8, patience=2, threshold=0.01, threshold_mode='rel', cooldown=3, warmup=2, "
        "min_lr=0.02, max_lr=0.15)",
        {
            "factor": 0.8,
            "patience": 2,
            "threshold": 0.01,
            "thresholdMode": "relative",
            "cooldown": 3,
            "warmup": 2,
            "minimum": 0.02,
            "maximum": 0.15,
        },
        WAVES,
        from_greedy(
            WAVES,
            factor=0.8,
            patience=2,
            threshold=0.01,
            threshold_mode="rel",
            cooldown=3,
            warmup=2,
            min_lr=0.02,
            max_lr=0.15,
        ),
    ),
    "more is better, of a mean of the last": case(
        "transformers GreedyLR(mode='max', factor=0.9, patience=1, smooth=True, window_size=7)",
        {"mode": "max", "factor": 0.9, "patience": 1, "window": 7},
        WAVES,
        from_greedy(WAVES, mode="max", factor=0.9, patience=1, smooth=True, window_size=7),
    ),
    "begins anew after a while at the minimum": case(
        "transformers GreedyLR(factor=0.5, patience=1, cooldown=1, min_lr=0.01, smooth=True, window_size=3, reset_start=4)",
        {"factor": 0.5, "patience": 1, "cooldown": 1, "minimum": 0.01, "window": 3, "resetAfter": 4},
        WAVES,
        from_greedy(
            WAVES, factor=0.5, patience=1, cooldown=1, min_lr=0.01, smooth=True, window_size=3, reset_start=4
        ),
    ),
}

write_golden(
    "packages/lr-schedules/test/golden/greedy.json",
    source="transformers.optimization.GreedyLR, in float64",
    packages=["transformers", "torch"],
    tolerance={"relative": 1e-12, "absolute": 1e-15},
    cases=greedy,
)

write_golden(
    "packages/lr-schedules/test/golden/noise.json",
    source="timm.scheduler.Scheduler._calculate_noise at 20000 steps; its numbers are not ours, their distribution is",
    packages=["timm", "torch"],
    tolerance={"absolute": 0.015},
    cases={
        "normal": {"limit": 0.67, "standardDeviation": 1, **noise("normal")},
        "narrow normal": {
            "limit": 0.8,
            "standardDeviation": 0.25,
            **noise("normal", noise_pct=0.8, noise_std=0.25),
        },
        "uniform": {"limit": 0.5, "standardDeviation": 1, **noise("uniform", noise_pct=0.5)},
    },
)
