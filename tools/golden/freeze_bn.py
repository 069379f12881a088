"""A network with frozen batch normalisation, in training: values and gradients.

torch.nn.BatchNorm2d in eval() mode inside a network that trains, with and without trained gamma and beta. Weights and
images are written with their channels last, as TensorFlow.js keeps them. And torchvision's FrozenBatchNorm2d, with its
channels first.
"""

import numpy as np
import torch
from golden import write_golden
from torchvision.ops import FrozenBatchNorm2d

STEPS = 3
LEARNING_RATE = 0.1


class Net(torch.nn.Module):
    def __init__(self, affine):
        super().__init__()
        self.conv = torch.nn.Conv2d(2, 3, 3, dtype=torch.float64)
        self.bn = torch.nn.BatchNorm2d(3, eps=1e-3, affine=affine, dtype=torch.float64)
        self.head = torch.nn.Linear(3 * 2 * 2, 2, dtype=torch.float64)

    def forward(self, x):
        y = torch.relu(self.bn(self.conv(x)))
        return self.head(y.permute(0, 2, 3, 1).flatten(1))


def last(tensor):
    """Channels last: images NHWC, kernels HWIO, dense kernels [in, out]; vectors as they are."""
    array = tensor.detach().numpy().copy()  # the optimizer updates in place
    if array.ndim == 4:
        return np.transpose(array, (2, 3, 1, 0))
    return array.T if array.ndim == 2 else array


def weights(net):
    bn = net.bn
    named = {"kernel": net.conv.weight, "bias": net.conv.bias, "gamma": bn.weight, "beta": bn.bias}
    named |= {"movingMean": bn.running_mean, "movingVariance": bn.running_var}
    named |= {"headKernel": net.head.weight, "headBias": net.head.bias}
    return {name: last(value) for name, value in named.items() if value is not None}


def case(seed, affine, trained):
    generator = np.random.default_rng(seed)
    draw = lambda *shape: torch.tensor(np.round(generator.normal(scale=0.5, size=shape), 3))
    net = Net(affine)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(draw(*parameter.shape))
        net.bn.running_mean.copy_(draw(3))
        net.bn.running_var.copy_(draw(3).abs() + 0.5)
    x, y = draw(4, 2, 4, 4), draw(4, 2)
    before = weights(net)

    net.train()
    net.bn.eval()
    if affine and not trained:
        net.bn.weight.requires_grad_(False)
        net.bn.bias.requires_grad_(False)
    trainable = [parameter for parameter in net.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(trainable, LEARNING_RATE)
    losses, first = [], None
    for _ in range(STEPS):
        optimizer.zero_grad()
        outputs = net(x)
        loss = ((outputs - y) ** 2).mean()
        loss.backward()
        if first is None:
            gradient = {"kernel": net.conv.weight.grad, "gamma": net.bn.weight.grad if affine and trained else None}
            first = {"outputs": outputs, "gradients": {k: last(v) for k, v in gradient.items() if v is not None}}
        losses.append(loss.item())
        optimizer.step()
    return {
        "learningRate": LEARNING_RATE,
        "inputs": np.transpose(x.numpy(), (0, 2, 3, 1)),
        "targets": y,
        "before": before,
        "outputs": first["outputs"],
        "gradients": first["gradients"],
        "losses": losses,
        "after": weights(net),
    }


def function_case():
    generator = np.random.default_rng(3)
    draw = lambda *shape: torch.tensor(np.round(generator.normal(size=shape), 3), requires_grad=True)
    x, gamma, beta = draw(2, 3, 2, 2), draw(3), draw(3)
    mean, variance = draw(3).detach(), draw(3).detach().abs() + 0.1
    y = torch.nn.functional.batch_norm(x, mean, variance, gamma, beta, training=False, eps=1e-5)
    (y**2).sum().backward()
    image = lambda tensor: np.transpose(tensor.detach().numpy(), (0, 2, 3, 1))
    return {
        "x": image(x),
        "mean": mean,
        "variance": variance,
        "gamma": gamma,
        "beta": beta,
        "epsilon": 1e-5,
        "y": image(y),
        "gradients": {"x": image(x.grad), "gamma": gamma.grad, "beta": beta.grad},
    }


def frozen_layer_case():
    generator = np.random.default_rng(5)
    draw = lambda *size: np.round(generator.normal(size=size), 3)
    shape, channels = (2, 3, 2, 2), 3
    layer = FrozenBatchNorm2d(channels, eps=1e-5).double()
    before = {
        "gamma": draw(channels),
        "beta": draw(channels),
        "moving_mean": draw(channels),
        "moving_variance": np.abs(draw(channels)) + 0.1,
    }
    names = ("weight", "bias", "running_mean", "running_var")
    layer.load_state_dict({name: torch.tensor(value) for name, value in zip(names, before.values())})
    inputs = torch.tensor(draw(*shape), requires_grad=True)
    upstream = torch.tensor(draw(*shape))
    outputs = layer(inputs)
    (outputs * upstream).sum().backward()
    return {
        "before": before,
        "epsilon": 1e-5,
        "inputs": inputs,
        "upstream": upstream,
        "outputs": outputs,
        "gradient": inputs.grad,
    }


write_golden(
    "packages/freeze-bn/test/golden/network.json",
    source=f"torch.nn.BatchNorm2d(eps=1e-3).eval() in a network in training, {STEPS} steps of torch.optim.SGD, float64",
    packages=["torch", "numpy"],
    tolerance={"relative": 1e-6, "absolute": 1e-6},
    cases={
        "gamma and beta frozen": case(1, affine=True, trained=False),
        "gamma and beta trained": case(1, affine=True, trained=True),
        "neither gamma nor beta": case(2, affine=False, trained=False),
    },
)
write_golden(
    "packages/freeze-bn/test/golden/function.json",
    source="torch.nn.functional.batch_norm(training=False), loss sum(y ** 2), float64",
    packages=["torch", "numpy"],
    tolerance={"relative": 1e-6, "absolute": 1e-6},
    cases={"four axes": function_case()},
)
write_golden(
    "packages/freeze-bn/test/golden/frozen-layer.json",
    source="torchvision.ops.FrozenBatchNorm2d(eps=1e-5), loss sum(outputs * upstream), float64",
    packages=["torch", "torchvision", "numpy"],
    tolerance={"relative": 1e-5, "absolute": 2e-6},
    cases={"channels first": frozen_layer_case()},
)
