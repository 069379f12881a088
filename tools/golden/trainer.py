"""Losses with their gradients, and metrics, from PyTorch and torchmetrics."""

import numpy
import torch
import torch.nn.functional as F
from torchmetrics.functional.classification import multiclass_accuracy

from golden import write_golden

generator = torch.Generator().manual_seed(20)


def case(loss, targets, outputs):
    """The loss and its gradient with respect to the outputs (and to float targets)."""
    outputs = outputs.clone().requires_grad_()
    targets = targets.clone()
    if targets.is_floating_point():
        targets.requires_grad_()
    value = loss(outputs, targets)
    value.backward()
    return {
        "targets": targets.detach(),
        "outputs": outputs.detach(),
        "loss": value.detach(),
        "outputs_gradient": outputs.grad,
        **({"targets_gradient": targets.grad} if targets.is_floating_point() else {}),
    }


def last_axis_cross_entropy(outputs, targets):
    """PyTorch wants classes in axis 1."""
    classes = outputs.shape[-1]
    if targets.is_floating_point():
        return F.cross_entropy(outputs.reshape(-1, classes), targets.reshape(-1, classes))
    return F.cross_entropy(outputs.reshape(-1, classes), targets.reshape(-1))


def randn(*shape):
    return torch.randn(*shape, generator=generator)


def metric_cases():
    outputs = randn(40, 7)
    targets = torch.randint(0, 7, (40,), generator=generator)
    ranked = outputs.topk(7).indices
    padded = targets.clone()
    padded[::3] = -100

    def counted(k):
        return multiclass_accuracy(
            outputs.double(), padded, num_classes=7, average="micro", top_k=k, ignore_index=-100
        )

    return {
        "outputs": outputs,
        "targets": targets,
        "accuracy": (outputs.argmax(1) == targets).double().mean(),
        "top": {str(k): (ranked[:, :k] == targets[:, None]).any(1).double().mean() for k in (1, 2, 3, 5, 7)},
        "padded": {"targets": padded, "accuracy": counted(1), "top3": counted(3)},
    }


if __name__ == "__main__":
    indices = torch.randint(0, 4, (6,), generator=generator)
    soft = torch.softmax(randn(6, 4), -1)
    saturated = torch.tensor([[60.0, 0.0, -60.0], [-90.0, 90.0, 0.0]])
    write_golden(
        "packages/trainer/test/objective/golden.json",
        source="torch.nn.functional cross_entropy, binary_cross_entropy_with_logits, mse_loss; torch.topk; "
        "torchmetrics.functional.classification.multiclass_accuracy",
        packages=["torch", "torchmetrics", "numpy"],
        tolerance={"relative": 1e-6, "absolute": 1e-7},
        cases={
            "softmax cross-entropy of indices": case(last_axis_cross_entropy, indices, randn(6, 4)),
            "softmax cross-entropy of soft targets": case(last_axis_cross_entropy, soft, randn(6, 4)),
            "softmax cross-entropy of rank 3": case(
                last_axis_cross_entropy, torch.randint(0, 5, (2, 3), generator=generator), randn(2, 3, 5)
            ),
            "softmax cross-entropy, saturated": case(last_axis_cross_entropy, torch.tensor([2, 0]), saturated),
            "sigmoid cross-entropy": case(
                F.binary_cross_entropy_with_logits, torch.rand(3, 4, generator=generator), 3 * randn(3, 4)
            ),
            "mean squared error": case(F.mse_loss, randn(3, 4), randn(3, 4)),
            "metrics": metric_cases(),
        },
    )
