"""Metrics of scikit-learn for packages/metrics, in float64 from float32 inputs. NaN is written as text."""

import math
import warnings

import numpy as np
from sklearn import metrics as sk

from golden import write_golden

warnings.filterwarnings("ignore")
random = np.random.RandomState(0)


def number(value):
    return "NaN" if math.isnan(value) else float(value)


def ratios(wanted, predicted, weights, average, positive=1, zero=0, labels=None):
    options = dict(sample_weight=weights, average=average, pos_label=positive, zero_division=zero, labels=labels)
    values = [score(wanted, predicted, **options) for score in (sk.precision_score, sk.recall_score, sk.f1_score)]
    return [value.tolist() if average is None else number(value) for value in values]


def classes(outputs, targets, weights=None):
    """Outputs [n, K], targets [n]."""
    outputs = outputs.astype(np.float32)
    predicted = outputs.argmax(-1)
    count = outputs.shape[1]
    return {
        "outputs": outputs,
        "targets": targets,
        "weights": weights,
        "macro": ratios(targets, predicted, weights, "macro"),
        "weighted": ratios(targets, predicted, weights, "weighted"),
        "micro": ratios(targets, predicted, weights, "micro"),
        "each": ratios(targets, predicted, weights, None, labels=list(range(count))),
        "ones": ratios(targets, predicted, weights, "macro", zero=1),
        "matrix": sk.confusion_matrix(targets, predicted, labels=list(range(count)), sample_weight=weights).astype(float),
    }


def binary(logits, targets, weights=None, threshold=0.5):
    """Logits [n], targets [n] of 0 and 1."""
    logits = logits.astype(np.float32)
    predicted = (1 / (1 + np.exp(-logits.astype(float))) > threshold).astype(int)
    auc = sk.roc_auc_score(targets, logits, sample_weight=weights) if len(set(targets)) > 1 else math.nan
    return {
        "outputs": logits.reshape(-1, 1),
        "targets": targets.reshape(-1, 1),
        "weights": weights,
        "threshold": threshold,
        "yes": ratios(targets, predicted, weights, "binary"),
        "macro": ratios(targets, predicted, weights, "macro"),
        "ones": ratios(targets, predicted, weights, "binary", zero=1),
        "matrix": sk.confusion_matrix(targets, predicted, labels=[0, 1], sample_weight=weights).astype(float),
        "rocAuc": number(auc),
        "averagePrecision": number(sk.average_precision_score(targets, logits, sample_weight=weights)),
    }


def labels(logits, targets, weights=None):
    """Several yes-or-no questions: logits and targets [n, K]."""
    logits = logits.astype(np.float32)
    predicted = (logits > 0).astype(int)
    return {
        "outputs": logits,
        "targets": targets,
        "weights": weights,
        "macro": ratios(targets, predicted, weights, "macro"),
        "weighted": ratios(targets, predicted, weights, "weighted"),
        "micro": ratios(targets, predicted, weights, "micro"),
        "each": ratios(targets, predicted, weights, None),
        "rocAuc": [number(sk.roc_auc_score(targets, logits, average=a, sample_weight=weights)) for a in ("macro", "weighted")],
        "averagePrecision": [
            number(sk.average_precision_score(targets, logits, average=a, sample_weight=weights)) for a in ("macro", "weighted")
        ],
    }


def one_against_all(outputs, targets, weights=None):
    outputs = outputs.astype(np.float32)
    shares = np.exp(outputs.astype(float))
    shares /= shares.sum(-1, keepdims=True)
    return {
        "outputs": outputs,
        "targets": targets,
        "weights": weights,
        "rocAuc": [
            number(sk.roc_auc_score(targets, shares, multi_class="ovr", average=a, sample_weight=weights))
            for a in ("macro", "weighted")
        ],
        "averagePrecision": [
            number(sk.average_precision_score(targets, shares, average=a, sample_weight=weights)) for a in ("macro", "weighted")
        ],
    }


def regression(outputs, targets, weights=None):
    outputs, targets = outputs.astype(np.float32), targets.astype(np.float32)
    r2 = lambda how: sk.r2_score(targets.astype(float), outputs.astype(float), sample_weight=weights, multioutput=how)
    several = targets.ndim > 1
    flat = [x.reshape(-1).astype(float) for x in (targets, outputs)]
    weigh = None if weights is None else np.repeat(weights, targets.size // len(weights))
    return {
        "outputs": outputs,
        "targets": targets,
        "weights": weights,
        "uniform": number(r2("uniform_average")),
        "variance": number(r2("variance_weighted")),
        "each": [number(x) for x in np.atleast_1d(r2("raw_values"))],
        "meanAbsoluteError": number(sk.mean_absolute_error(*flat, sample_weight=weigh)),
        "rootMeanSquaredError": number(sk.root_mean_squared_error(*flat, sample_weight=weigh)),
    }


outputs5, targets5 = random.randn(60, 5), random.randint(0, 5, 60)
weights60 = random.randint(0, 4, 60) / 2.0
weights60[0] = 1.0
absent = np.where(targets5 == 3, 1, targets5)
lost = outputs5.copy()
lost[:, 3] = -9
never = outputs5.copy()
never[:, 2] = -9
logits, answers = np.round(random.randn(50), 1), random.randint(0, 2, 50)
# torchmetrics 2819: a sigmoid in float32 makes these equal.
large = np.array([98.0950, 98.4612, 98.1145, 98.1506, 97.6037, 98.9425, 99.2644, 99.5014, 99.7280, 99.6595])
far = 1e6 + random.randn(64)

write_golden(
    "packages/metrics/test/golden.json",
    source="sklearn.metrics: precision_score, recall_score, f1_score, confusion_matrix, roc_auc_score, average_precision_score, r2_score, mean_absolute_error, root_mean_squared_error",
    packages=["scikit-learn", "numpy"],
    tolerance={"relative": 2e-6, "absolute": 2e-6},
    cases={
        "classes": {
            "five classes": classes(outputs5, targets5),
            "five classes with weights": classes(outputs5, targets5, weights60),
            "a class that occurs nowhere": classes(lost, absent),
            "a class without targets": classes(outputs5, absent),
            "a class that is never predicted": classes(never, targets5),
            "all right": classes(np.eye(4)[[0, 1, 1, 2]], np.array([0, 1, 1, 2])),
            "one example": classes(np.array([[0.0, 1.0, 0.5]]), np.array([2])),
            "keras-team/keras #4592": classes(np.array([[1.0, 0], [0, 1], [1, 0], [0, 1]]), np.array([0, 0, 1, 1])),
            "torchmetrics #1664": classes(np.eye(8)[[2, 1, 0, 1]], np.array([2, 1, 0, 0])),
        },
        "binary": {
            "scores with ties": binary(logits, answers),
            "scores with ties and weights": binary(logits, answers, weights60[:50]),
            "a threshold of 0.8": binary(logits, answers, threshold=0.8),
            "no positive prediction": binary(-np.abs(logits) - 1, answers),
            "no positive target": binary(logits, np.zeros(50, int)),
            "no negative target": binary(logits, np.ones(50, int)),
            "one example": binary(np.array([2.0]), np.array([1])),
            "all scores equal": binary(np.zeros(20), answers[:20]),
            "large scores, torchmetrics #2819": binary(large, np.array([0, 1, 1, 1, 1, 1, 0, 1, 1, 1])),
        },
        "labels": {
            "three labels": labels(random.randn(40, 3), random.randint(0, 2, (40, 3))),
            "three labels with weights": labels(random.randn(40, 3), random.randint(0, 2, (40, 3)), weights60[:40]),
        },
        "oneAgainstAll": {
            "four classes": one_against_all(random.randn(50, 4), np.arange(50) % 4),
            "four classes with weights": one_against_all(random.randn(50, 4), np.arange(50) % 4, weights60[:50] + 0.5),
        },
        "regression": {
            "one unit": regression(random.randn(50), random.randn(50)),
            "three units": regression(random.randn(50, 3), random.randn(50, 3) * [1, 2, 5]),
            "three units with weights": regression(random.randn(50, 3), random.randn(50, 3), weights60[:50]),
            "equal targets": regression(random.randn(20), np.full(20, 3.0)),
            "equal targets without an error": regression(np.full(20, 3.0), np.full(20, 3.0)),
            "one unit of equal targets": regression(random.randn(20, 2), np.stack([np.arange(20.0), np.full(20, 2.0)], -1)),
            "one example": regression(np.array([1.0]), np.array([2.0])),
            "a large mean, pytorch/ignite #3836": regression(far + 0.1 * random.randn(64), far),
            "torchmetrics #1573": regression(
                np.array([-3.9865, -5.4648, -5.0238, -4.3899, -5.6672, -4.7336]),
                np.array([-5.1608, -5.1609, -5.1608, -5.1608, -5.1608, -5.1608]),
            ),
        },
    },
)
