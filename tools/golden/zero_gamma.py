"""Which normalisations torchvision and timm begin at 0: the names of modules whose weight is 0 everywhere."""

import timm
import torch
import torchvision

from golden import write_golden


def zeros(net):
    norms = [(name, one) for name, one in net.named_modules() if isinstance(one, torch.nn.BatchNorm2d)]
    return {
        "norms": [name for name, _ in norms],
        "zeros": [name for name, one in norms if bool((one.weight == 0).all())],
    }


write_golden(
    "packages/zero-gamma/test/golden.json",
    source="torchvision resnet18, resnet50 with zero_init_residual=True; timm seresnet50 with zero_init_last=True",
    packages=["torchvision", "timm", "torch"],
    tolerance={},
    cases={
        "resnet18": zeros(torchvision.models.resnet18(zero_init_residual=True)),
        "resnet50": zeros(torchvision.models.resnet50(zero_init_residual=True)),
        "seresnet50": zeros(timm.create_model("seresnet50", zero_init_last=True)),
    },
)
