"""Label smoothing of PyTorch and timm, for packages/label-smoothing.

Both smooth inside the loss, so the loss and its gradient are compared. In float64: what is left is the rounding of
our float32.
"""

import torch
import torch.nn.functional as F
from timm.loss import LabelSmoothingCrossEntropy

from golden import write_golden

torch.manual_seed(0)


def logits_of(shape):
    return torch.randn(*shape, dtype=torch.float64) * 3


def case(peer, smoothing, logits, targets, loss_of, **shapes):
    logits = logits.clone().requires_grad_()
    loss = loss_of(logits)
    loss.backward()
    return {
        "peer": peer,
        "smoothing": smoothing,
        "logits": logits.detach(),
        "targets": targets,
        "loss": loss.detach(),
        "gradient": logits.grad,
        **shapes,
    }


def torch_case(smoothing, shape, soft):
    """torch wants the class axis second; ours is the last."""
    logits = logits_of(shape)
    if soft:
        targets = torch.softmax(torch.randn(*shape, dtype=torch.float64), dim=-1)
        given = targets.movedim(-1, 1) if len(shape) > 1 else targets
    else:
        targets = torch.randint(shape[-1], shape[:-1])
        given = targets
    return case(
        f"F.cross_entropy(label_smoothing={smoothing})",
        smoothing,
        logits,
        targets,
        lambda x: F.cross_entropy(x.movedim(-1, 1), given, label_smoothing=smoothing),
    )


def timm_case(smoothing, shape):
    targets = torch.randint(shape[-1], shape[:-1])
    return case(
        f"LabelSmoothingCrossEntropy(smoothing={smoothing})",
        smoothing,
        logits_of(shape),
        targets,
        lambda x: LabelSmoothingCrossEntropy(smoothing=smoothing)(x, targets),
    )


write_golden(
    "packages/label-smoothing/test/golden.json",
    source="torch.nn.functional.cross_entropy(label_smoothing), timm.loss.LabelSmoothingCrossEntropy, in float64",
    packages=["torch", "timm"],
    tolerance={"relative": 1e-6, "absolute": 1e-6},
    cases={
        "class indices, 2 axes": torch_case(0.1, (4, 5), soft=False),
        "class indices, 3 axes": torch_case(0.2, (2, 3, 4), soft=False),
        "class indices, 4 axes": torch_case(0.1, (2, 2, 3, 5), soft=False),
        "soft targets, 2 axes": torch_case(0.1, (4, 5), soft=True),
        "soft targets, 3 axes": torch_case(0.3, (2, 3, 4), soft=True),
        "soft targets, 4 axes": torch_case(0.05, (2, 2, 3, 5), soft=True),
        "two classes, much smoothing": torch_case(0.9, (3, 2), soft=False),
        "no smoothing": torch_case(0.0, (3, 4), soft=False),
        "timm's, class indices": timm_case(0.1, (6, 10)),
    },
)
