"""Calibration errors of torchmetrics, netcal and scikit-learn, for packages/label-smoothing.

Inputs are float32, as ours are; the errors are computed in float64 where the peer does.
"""

import numpy as np
import torch
from netcal.metrics import ECE, MCE
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, log_loss
from torchmetrics.functional.classification import binary_calibration_error, multiclass_calibration_error

from golden import write_golden

torch.manual_seed(0)


def classifier(examples, classes, scale=2.5):
    """Logits that are right more often than chance, and too sure."""
    labels = torch.randint(classes, (examples,))
    logits = torch.randn(examples, classes)
    logits[range(examples), labels] += 1.0
    return logits * scale, labels


def errors(norm, logits, labels, bins):
    shares = torch.softmax(logits.double(), dim=-1)
    return multiclass_calibration_error(shares, labels, logits.shape[1], n_bins=bins, norm=norm)


def softmax_case(examples, classes, bins):
    logits, labels = classifier(examples, classes)
    shares = torch.softmax(logits.double(), dim=-1)
    per_class = [
        binary_calibration_error(shares[:, k], (labels == k).int(), n_bins=bins) for k in range(classes)
    ]
    return {
        "peer": "torchmetrics multiclass_calibration_error; binary_calibration_error of each class; sklearn",
        "options": {"bins": bins, "classwise": True},
        "labels": labels,
        "outputs": logits,
        "errors": {
            "expectedError": errors("l1", logits, labels, bins),
            "rootMeanSquareError": errors("l2", logits, labels, bins),
            "maximumError": errors("max", logits, labels, bins),
            "classwiseError": sum(per_class) / classes,
            "negativeLogLikelihood": log_loss(labels.numpy(), shares.numpy(), labels=range(classes)),
            "brierScore": brier_score_loss(
                labels.numpy(), shares.numpy(), labels=range(classes), scale_by_half=False
            ),
        },
    }


def sigmoid_case(examples, bins):
    labels = torch.randint(2, (examples,))
    logits = torch.randn(examples) * 2 + labels
    shares = torch.sigmoid(logits.double())
    return {
        "peer": "torchmetrics binary_calibration_error; sklearn",
        "options": {"bins": bins, "activation": "sigmoid"},
        "labels": labels.float().reshape(-1, 1),
        "outputs": logits.reshape(-1, 1),
        "errors": {
            "expectedError": binary_calibration_error(shares, labels, n_bins=bins),
            "rootMeanSquareError": binary_calibration_error(shares, labels, n_bins=bins, norm="l2"),
            "maximumError": binary_calibration_error(shares, labels, n_bins=bins, norm="max"),
            "negativeLogLikelihood": log_loss(labels.numpy(), shares.numpy()),
            "brierScore": brier_score_loss(labels.numpy(), shares.numpy()),
        },
    }


def equal_mass_case(examples, classes, bins):
    logits, labels = classifier(examples, classes)
    shares = torch.softmax(logits.double(), dim=-1).numpy()
    return {
        "peer": "netcal ECE and MCE (equal_intervals=False)",
        "options": {"bins": bins, "binning": "equal-mass"},
        "labels": labels,
        "outputs": logits,
        "errors": {
            "expectedError": ECE(bins, equal_intervals=False).measure(shares, labels.numpy()),
            "maximumError": MCE(bins, equal_intervals=False).measure(shares, labels.numpy()),
        },
    }


def curve_case(examples, bins, binning, strategy):
    """The points of the diagram, without empty bins."""
    labels = torch.randint(2, (examples,))
    logits = torch.randn(examples) * 1.5 + labels
    shares = torch.sigmoid(logits.double()).numpy()
    right, confidence = calibration_curve(labels.numpy(), shares, n_bins=bins, strategy=strategy)
    return {
        "peer": f"sklearn calibration_curve(strategy={strategy})",
        "options": {"bins": bins, "binning": binning, "activation": "sigmoid"},
        "labels": labels.float().reshape(-1, 1),
        "outputs": logits.reshape(-1, 1),
        "curve": {"accuracy": right, "confidence": confidence},
    }


def from_probabilities():
    logits, labels = classifier(50, 4)
    shares = torch.softmax(logits, dim=-1)
    error = multiclass_calibration_error(shares.double(), labels, 4, n_bins=10, norm="l1")
    return {
        "peer": "torchmetrics multiclass_calibration_error",
        "options": {"bins": 10, "from": "probabilities"},
        "labels": labels,
        "outputs": shares,
        "errors": {"expectedError": error},
    }


def ignored():
    logits, labels = classifier(40, 3)
    labels[::4] = -1
    error = multiclass_calibration_error(
        torch.softmax(logits.double(), dim=-1), labels, 3, n_bins=10, norm="l1", ignore_index=-1
    )
    return {
        "peer": "torchmetrics multiclass_calibration_error(ignore_index=-1)",
        "options": {"bins": 10, "ignoreIndex": -1},
        "labels": labels,
        "outputs": logits,
        "errors": {"expectedError": error},
    }


write_golden(
    "packages/label-smoothing/test/golden/calibration.json",
    source="the functions that each case names as its peer, in float64 from float32 inputs",
    packages=["torch", "torchmetrics", "netcal", "scikit-learn", "numpy"],
    tolerance={"relative": 1e-6, "absolute": 1e-6},
    cases={
        "10 classes, 15 bins": softmax_case(150, 10, 15),
        "3 classes, 5 bins": softmax_case(60, 3, 5),
        "a sigmoid": sigmoid_case(120, 10),
        # 118 - 1 is no multiple of 7, so that no confidence lies on a border: there netcal and scikit-learn differ.
        "equal mass": equal_mass_case(118, 5, 7),
        "probabilities": from_probabilities(),
        "an ignored index": ignored(),
        "the curve, equal width": curve_case(120, 10, "equal-width", "uniform"),
        "the curve, equal mass": curve_case(120, 7, "equal-mass", "quantile"),
    },
)
