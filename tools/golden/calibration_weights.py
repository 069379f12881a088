"""Weighted calibration of NumPy and scikit-learn, for packages/label-smoothing.

Inputs are float32, as ours are; everything is computed in float64.
"""

import numpy as np
from sklearn.metrics import brier_score_loss, log_loss

from golden import write_golden

random = np.random.default_rng(13)


def gaps(confidence, right, weights, bins):
    """Share and gap of each bin that is not empty, by numpy.histogram."""
    inside = dict(bins=bins, range=(0, 1))
    mass = np.histogram(confidence, weights=weights, **inside)[0]
    sure = np.histogram(confidence, weights=weights * confidence, **inside)[0]
    hits = np.histogram(confidence, weights=weights * right, **inside)[0]
    filled = mass > 0
    return mass[filled] / mass.sum(), np.abs(hits[filled] - sure[filled]) / mass[filled]


def errors(confidence, right, weights, bins):
    share, gap = gaps(confidence, right, weights, bins)
    return {
        "expectedError": np.sum(share * gap),
        "rootMeanSquareError": np.sqrt(np.sum(share * gap**2)),
        "maximumError": gap.max(),
        "accuracy": np.average(right, weights=weights),
        "confidence": np.average(confidence, weights=weights),
        "weight": weights.sum(),
    }


def softmax_case(examples, classes, bins):
    labels = random.integers(classes, size=examples)
    logits = (random.normal(size=(examples, classes)) * 2.5).astype(np.float32)
    weights = (random.integers(0, 4, size=examples) * random.uniform(0.5, 2, size=examples)).astype(np.float32)
    shares = np.exp(logits.astype(np.float64))
    shares /= shares.sum(-1, keepdims=True)
    exact = weights.astype(np.float64)
    right = shares.argmax(-1) == labels
    per_class = [errors(shares[:, k], labels == k, exact, bins)["expectedError"] for k in range(classes)]
    return {
        "peer": "numpy.histogram(weights), numpy.average; sklearn log_loss, brier_score_loss(sample_weight)",
        "options": {"bins": bins, "classwise": True},
        "labels": labels,
        "outputs": logits,
        "weights": weights,
        "errors": {
            **errors(shares.max(-1), right, exact, bins),
            "classwiseError": np.mean(per_class),
            "negativeLogLikelihood": log_loss(labels, shares, labels=range(classes), sample_weight=exact),
            "brierScore": brier_score_loss(
                labels, shares, labels=range(classes), sample_weight=exact, scale_by_half=False
            ),
        },
    }


def sigmoid_case(examples, bins):
    labels = random.integers(2, size=examples)
    logits = (random.normal(size=examples) * 2 + labels).astype(np.float32)
    weights = random.uniform(0.1, 3, size=examples).astype(np.float32)
    exact = weights.astype(np.float64)
    shares = 1 / (1 + np.exp(-logits.astype(np.float64)))
    return {
        "peer": "numpy.histogram(weights), numpy.average; sklearn log_loss, brier_score_loss(sample_weight)",
        "options": {"bins": bins, "activation": "sigmoid"},
        "labels": labels.astype(np.float32).reshape(-1, 1),
        "outputs": logits.reshape(-1, 1),
        "weights": weights,
        "errors": {
            **errors(shares, labels, exact, bins),
            "negativeLogLikelihood": log_loss(labels, shares, sample_weight=exact),
            "brierScore": brier_score_loss(labels, shares, sample_weight=exact),
        },
    }


write_golden(
    "packages/label-smoothing/test/golden/calibration-weights.json",
    source="the functions that each case names as its peer, in float64 from float32 inputs",
    packages=["numpy", "scikit-learn"],
    tolerance={"relative": 1e-6, "absolute": 1e-6},
    cases={
        "5 classes, 10 bins": softmax_case(80, 5, 10),
        "3 classes, 15 bins": softmax_case(40, 3, 15),
        "a sigmoid": sigmoid_case(70, 10),
    },
)
