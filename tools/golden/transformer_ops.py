"""Layer normalisation and GELU: outputs and gradients from PyTorch, in float64."""

import numpy
import torch
import torch.nn.functional as F

from golden import write_golden

generator = numpy.random.default_rng(41)


def draw(*shape, scale=1.0, shift=0.0):
    return torch.tensor(numpy.round(shift + generator.normal(scale=scale, size=shape), 3), requires_grad=True)


def layer_norm(x, epsilon, gamma=True, beta=True):
    channels = x.shape[-1]
    weights = {**({"gamma": draw(channels)} if gamma else {}), **({"beta": draw(channels)} if beta else {})}
    outputs = F.layer_norm(x, (channels,), weights.get("gamma"), weights.get("beta"), eps=epsilon)
    upstream = draw(*x.shape).detach()
    (outputs * upstream).sum().backward()
    return {
        "epsilon": epsilon,
        "x": x,
        **weights,
        "upstream": upstream,
        "outputs": outputs,
        "gradients": {"x": x.grad, **{name: weight.grad for name, weight in weights.items()}},
    }


def far_from_zero():
    """The mean of the squares and the square of the mean are equal in float32."""
    rows = [[40000.0, 40001, 40002, 40003], [-80000, -80001, -80004, -80002], [1234, 1234, 1234, 1234]]
    return torch.tensor(rows, dtype=torch.float64, requires_grad=True)


def layer_norm_cases():
    return {
        "one axis": layer_norm(draw(5), 1e-3),
        "two axes": layer_norm(draw(4, 6), 1e-5),
        "three axes": layer_norm(draw(2, 3, 4), 1e-5),
        "five axes": layer_norm(draw(2, 1, 2, 2, 3), 1e-3),
        "without gamma": layer_norm(draw(3, 4), 1e-5, gamma=False),
        "without beta": layer_norm(draw(3, 4), 1e-5, beta=False),
        "without gamma and beta": layer_norm(draw(3, 4), 1e-5, gamma=False, beta=False),
        "far from zero": layer_norm(far_from_zero(), 1e-5),
    }


def gelu(approximate, x):
    outputs = F.gelu(x, approximate=approximate)
    upstream = draw(*x.shape).detach()
    (outputs * upstream).sum().backward()
    return {
        "approximate": approximate == "tanh",
        "x": x,
        "upstream": upstream,
        "outputs": outputs,
        "gradients": {"x": x.grad},
    }


def wide():
    values = [-1e9, -30.0, -8, -3, -0.75, -1e-4, 0, 1e-4, 0.75, 3, 8, 30, 1e9]
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def gelu_cases():
    return {
        "exact": gelu("none", draw(3, 4, scale=2.0)),
        "exact, small and large": gelu("none", wide()),
        "with tanh": gelu("tanh", draw(2, 2, 3, scale=2.0)),
        "with tanh, small and large": gelu("tanh", wide()),
    }


if __name__ == "__main__":
    write_golden(
        "packages/ops/test/golden/transformer-ops.json",
        source="torch.nn.functional.layer_norm, gelu; float64",
        packages=["torch", "numpy"],
        tolerance={"relative": 2e-5, "absolute": 1e-5},
        cases={"layerNorm": layer_norm_cases(), "gelu": gelu_cases()},
    )
