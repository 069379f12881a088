"""Layers of PyTorch with their weights and what they compute, channels last outside as in TensorFlow.js."""

import numpy
import torch
from golden import write_golden

torch.manual_seed(16)


def case(network, inputs):
    """Inputs and outputs have the channels last; the network has them first."""
    network = network.double().eval()
    for name, tensor in network.state_dict().items():
        if name.endswith("running_var"):
            tensor.uniform_(0.5, 2)
        elif tensor.is_floating_point():
            tensor.normal_(0, 0.5)
    first = torch.movedim(inputs, -1, 1) if inputs.ndim > 2 else inputs
    with torch.no_grad():
        outputs = network(first)
    last = torch.movedim(outputs, 1, -1) if outputs.ndim > 2 else outputs
    return {
        "inputs": inputs,
        "weights": {name: tensor for name, tensor in network.state_dict().items()},
        "outputs": numpy.ascontiguousarray(last.numpy()),
    }


def draw(*shape):
    return torch.randn(*shape, dtype=torch.float64)


class Modules(torch.nn.Sequential):
    """A sequence of named modules."""

    def __init__(self, **modules):
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)


class Sum(torch.nn.Module):
    """Two convolutions of one image, flattened and added."""

    def __init__(self):
        super().__init__()
        self.left = torch.nn.Conv2d(1, 3, 2)
        self.right = torch.nn.Conv2d(1, 3, 2)
        self.two = torch.nn.Linear(18, 2)

    def forward(self, inputs):
        return self.two(torch.flatten(self.left(inputs), 1) + torch.flatten(self.right(inputs), 1))


write_golden(
    "packages/weights/test/golden/layouts.json",
    source="torch.nn modules, float64",
    packages=["torch", "numpy"],
    tolerance={"relative": 1e-5, "absolute": 2e-5},
    cases={
        "dense": case(Modules(one=torch.nn.Linear(3, 2)), draw(2, 3)),
        "conv1d": case(Modules(one=torch.nn.Conv1d(3, 4, 3)), draw(2, 6, 3)),
        "conv2d": case(Modules(one=torch.nn.Conv2d(2, 3, (3, 2))), draw(1, 5, 4, 2)),
        "conv3d": case(Modules(one=torch.nn.Conv3d(2, 3, 2)), draw(1, 3, 3, 4, 2)),
        "conv2dTranspose": case(Modules(one=torch.nn.ConvTranspose2d(2, 3, 3, stride=2)), draw(1, 3, 2, 2)),
        "depthwiseConv2d": case(Modules(one=torch.nn.Conv2d(3, 6, (3, 2), groups=3)), draw(1, 4, 4, 3)),
        "separableConv2d": case(
            Modules(one=torch.nn.Conv2d(3, 6, 2, groups=3, bias=False), two=torch.nn.Conv2d(6, 4, 1)), draw(1, 3, 4, 3)
        ),
        "batchNormalization": case(Modules(one=torch.nn.BatchNorm2d(3, eps=1e-3)), draw(2, 2, 2, 3)),
        "layerNormalization": case(Modules(one=torch.nn.LayerNorm(4, eps=1e-3)), draw(2, 4)),
        "prelu": case(Modules(one=torch.nn.PReLU(4)), draw(3, 4)),
        "flatten": case(
            Modules(one=torch.nn.Conv2d(1, 3, 2), relu=torch.nn.ReLU(), flat=torch.nn.Flatten(), two=torch.nn.Linear(18, 2)),
            draw(2, 4, 3, 1),
        ),
        "flattenNormalised": case(
            Modules(
                one=torch.nn.Conv2d(1, 3, 2),
                flat=torch.nn.Flatten(),
                norm=torch.nn.BatchNorm1d(18, eps=1e-3),
                slopes=torch.nn.PReLU(18),
                layerNorm=torch.nn.LayerNorm(18, eps=1e-3),
                two=torch.nn.Linear(18, 2),
            ),
            draw(2, 4, 3, 1),
        ),
        "flattenSum": case(Sum(), draw(2, 4, 3, 1)),
        "flattenEmbedding": case(
            Modules(one=torch.nn.Embedding(5, 3), flat=torch.nn.Flatten(), two=torch.nn.Linear(12, 2)),
            torch.tensor([[0, 4, 2, 1], [3, 3, 0, 2]]),
        ),
        "batchNormalizationDefault": case(Modules(one=torch.nn.BatchNorm2d(3), two=torch.nn.BatchNorm2d(3)), draw(2, 2, 2, 3)),
    },
)
