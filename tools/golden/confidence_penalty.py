"""Confidence penalties beside class weights, of PyTorch in float64, for packages/label-smoothing.

Each row's entropy counts as what PyTorch divides a mean by for this row: the weight of its true class.
"""

import torch
from torch.distributions import Bernoulli, Categorical
from torch.nn import functional as F

from golden import write_golden

torch.manual_seed(13)


def case(logits, targets, loss_of, peer, **options):
    x = logits.double().requires_grad_()
    loss = loss_of(x)
    loss.backward()
    return {"peer": peer, "options": options, "logits": logits, "targets": targets, "loss": loss, "gradient": x.grad}


def indices(rows, classes, weights, penalty, ignored=None, threshold=None):
    logits = torch.randn(rows, classes) * 3
    targets = torch.randint(classes, (rows,))
    if ignored is not None:
        targets[::3] = ignored
    given = torch.tensor(weights, dtype=torch.float64)
    counted = targets != (-100 if ignored is None else ignored)

    def loss_of(x):
        kept, own = x[counted], targets[counted]
        entropy = Categorical(logits=kept).entropy()
        missing = -entropy if threshold is None else torch.relu(threshold - entropy)
        return F.cross_entropy(kept, own, weight=given) + penalty * (given[own] * missing).sum() / given[own].sum()

    options = {"classWeights": weights, "confidencePenalty": penalty}
    if ignored is not None:
        options["ignoreIndex"] = ignored
    if threshold is not None:
        options["entropyThreshold"] = threshold
    return case(logits, targets, loss_of, "torch F.cross_entropy(weight), distributions' entropy()", **options)


def elements(rows, classes, weights, penalty):
    logits = torch.randn(rows, classes) * 2
    targets = torch.rand(rows, classes)
    given = torch.tensor(weights, dtype=torch.float64)

    def loss_of(x):
        loss = F.binary_cross_entropy_with_logits(x, targets.double(), weight=given)
        return loss - penalty * Bernoulli(logits=x).entropy().mean()

    return case(
        logits,
        targets,
        loss_of,
        "torch F.binary_cross_entropy_with_logits(weight), distributions' entropy()",
        activation="sigmoid",
        classWeights=weights,
        confidencePenalty=penalty,
    )


write_golden(
    "packages/label-smoothing/test/golden/confidence-penalty.json",
    source="the functions that each case names as its peer, in float64",
    packages=["torch"],
    tolerance={"relative": 1e-5, "absolute": 1e-6},
    cases={
        "class indices": indices(6, 4, [1.0, 0.5, 2.0, 3.0], 0.3),
        "a class without weight": indices(7, 3, [0.0, 1.0, 2.0], 0.2),
        "ignored indices": indices(9, 3, [0.25, 4.0, 1.0], 0.5, ignored=-100),
        "only low entropies": indices(8, 3, [0.25, 4.0, 1.0], 0.5, threshold=0.7),
        "a sigmoid's elements": elements(5, 3, [0.5, 2.0, 1.0], 0.4),
    },
)
