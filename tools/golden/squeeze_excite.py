"""Squeeze-and-excitation of Composer: the block alone, and in a small network changed by apply_squeeze_excite."""

import numpy
import torch
from composer.algorithms.squeeze_excite.squeeze_excite import SqueezeExcite2d, apply_squeeze_excite

from golden import write_golden

random = numpy.random.default_rng(11)
torch.set_default_dtype(torch.float64)


def numbers(*shape):
    return random.normal(0, 1, shape).astype(numpy.float32).astype(numpy.float64)


def last(x):
    """Channels last, as TensorFlow.js has them."""
    return x.detach().permute(0, 2, 3, 1)


def matrix(x):
    return x.detach().T


def block(shape, latent):
    module = SqueezeExcite2d(shape[1], latent)
    squeeze, excite = module.pool_and_mlp[2], module.pool_and_mlp[4]
    for linear in (squeeze, excite):
        linear.weight.data = torch.tensor(numbers(*linear.weight.shape))
    x = torch.tensor(numbers(*shape), requires_grad=True)
    weights = torch.tensor(numbers(*shape))
    outputs = module(x)
    (outputs * weights).sum().backward()
    return {
        "latent": module.latent_channels,
        "x": last(x),
        "weights": last(weights),
        "squeeze": matrix(squeeze.weight),
        "excite": matrix(excite.weight),
        "outputs": last(outputs),
        "gradients": {
            "x": last(x.grad),
            "squeeze": matrix(squeeze.weight.grad),
            "excite": matrix(excite.weight.grad),
        },
    }


def network(latent, minimum):
    """Convolutions of 2, 6, 8 channels and a depthwise one; which get a block is Composer's choice."""
    model = torch.nn.Sequential(
        torch.nn.Conv2d(2, 6, 3),
        torch.nn.ReLU(),
        torch.nn.Conv2d(6, 8, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.Conv2d(8, 8, 3, groups=8),
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
        torch.nn.Linear(8, 3),
    )
    apply_squeeze_excite(model, latent_channels=latent, min_channels=minimum)
    parameters = {}
    for at, name in ((0, "conv2d_1"), (2, "conv2d_2"), (4, "depthwise_conv2d_1"), (7, "dense_1")):
        module = model[at]
        if hasattr(module, "se"):
            parameters[f"{name}_squeeze/kernel"] = (module.se.pool_and_mlp[2].weight, matrix)
            parameters[f"{name}_excite/kernel"] = (module.se.pool_and_mlp[4].weight, matrix)
            module = module.conv
        depthwise = name.startswith("depthwise")
        # out, in, height, width to height, width, in, out; depthwise: channel, 1, height, width.
        order = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
        kernel = matrix if name == "dense_1" else lambda x, order=order: x.detach().permute(*order)
        parameters[f"{name}/{'depthwise_kernel' if depthwise else 'kernel'}"] = (module.weight, kernel)
        parameters[f"{name}/bias"] = (module.bias, lambda x: x.detach())
    for parameter, _ in parameters.values():
        parameter.data = torch.tensor(numbers(*parameter.shape)) * 0.5
    x = torch.tensor(numbers(3, 2, 7, 7))
    weights = torch.tensor(numbers(3, 3))
    outputs = model(x)
    (outputs * weights).sum().backward()
    return {
        "latent": latent,
        "minimum": minimum,
        "x": last(x),
        "weights": weights,
        "outputs": outputs,
        "parameters": {name: show(one) for name, (one, show) in parameters.items()},
        "gradients": {name: show(one.grad) for name, (one, show) in parameters.items()},
    }


write_golden(
    "packages/squeeze-excite/test/golden.json",
    source="composer.algorithms.squeeze_excite: SqueezeExcite2d and apply_squeeze_excite (float64)",
    packages=["mosaicml", "torch", "numpy"],
    tolerance={"relative": 1e-5, "absolute": 1e-5},
    cases={
        "blocks": {
            "4 channels, 2 latent": block((2, 4, 3, 5), 2),
            "6 channels, a third": block((3, 6, 4, 4), 1 / 3),
            "1 pixel": block((2, 3, 1, 1), 5),
        },
        "networks": {
            "each convolution": network(3, 1),
            "from 6 channels": network(0.5, 6),
            "from 8 channels": network(4, 8),
        },
    },
)
