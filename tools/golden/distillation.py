"""Losses of distillation and their gradients, of PyTorch in float64, for packages/distillation."""

import torch
from torch.nn import functional as F

from golden import write_golden

torch.manual_seed(13)


def case(student, teacher, loss_of, peer, options, weights=None):
    x = student.double().requires_grad_()
    loss = loss_of(x, teacher.double())
    loss.backward()
    given = {} if weights is None else {"weights": weights}
    return {"peer": peer, "options": options, "student": student, "teacher": teacher, **given, "loss": loss, "gradient": x.grad}


def divergence(student, teacher, temperature, reduction):
    return F.kl_div(
        F.log_softmax(student / temperature, -1),
        F.log_softmax(teacher / temperature, -1),
        reduction=reduction,
        log_target=True,
    ) * temperature**2


def soft(shape, temperature, scale=2.0):
    student, teacher = torch.randn(shape) * scale, torch.randn(shape) * scale
    classes = shape[-1]

    def loss_of(x, t):
        return divergence(x.reshape(-1, classes), t.reshape(-1, classes), temperature, "batchmean")

    return case(student, teacher, loss_of, "torch F.kl_div(log_target, batchmean) * T^2", {"temperature": temperature})


def weighted(rows, classes, temperature, weights):
    student, teacher = torch.randn(rows, classes), torch.randn(rows, classes)
    given = torch.tensor(weights)

    def loss_of(x, t):
        rows_of = divergence(x, t, temperature, "none").sum(-1)
        return (rows_of * given.double()).sum() / given.double().sum()

    peer = "torch F.kl_div(log_target, none) * T^2, weighted"
    return case(student, teacher, loss_of, peer, {"temperature": temperature}, given)


def hard(rows, classes):
    student, teacher = torch.randn(rows, classes) * 2, torch.randn(rows, classes) * 2
    peer = "torch F.cross_entropy(argmax of the teacher), as DeiT's DistillationLoss"
    return case(student, teacher, lambda x, t: F.cross_entropy(x, t.argmax(-1)), peer, {"kind": "hard"})


write_golden(
    "packages/distillation/test/golden/distillation-loss.json",
    source="torch.nn.functional kl_div, cross_entropy",
    packages=["torch"],
    tolerance={"relative": 2e-6, "absolute": 1e-6},
    cases={
        "two classes": soft((3, 2), 1.0),
        "ten classes at temperature 4": soft((5, 10), 4.0),
        "large logits": soft((4, 6), 2.0, scale=30.0),
        "a temperature below 1": soft((4, 3), 0.5),
        "places of a sequence": soft((2, 3, 5), 3.0),
        "weights, one of them 0": weighted(4, 3, 2.0, [1.0, 0.0, 2.5, 0.5]),
        "hard": hard(6, 4),
    },
)
