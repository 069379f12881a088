"""Batch normalisation, softmax cross-entropy, activations, roots, biases and reductions: values and gradients from PyTorch."""

import numpy
import torch
import torch.nn.functional as F

from golden import write_golden

generator = numpy.random.default_rng(7)


def draw(*shape, scale=1.0):
    return torch.tensor(numpy.round(generator.normal(scale=scale, size=shape), 3), requires_grad=True)


def batch_norm(shape, axis, epsilon, gamma=True, beta=True, shift=0.0):
    """PyTorch wants the channels in axis 1."""
    channels = shape[axis]
    with torch.no_grad():
        x = (draw(*shape) + shift).round(decimals=3)
    x.requires_grad_()
    weights = {
        **({"gamma": draw(channels)} if gamma else {}),
        **({"beta": draw(channels)} if beta else {}),
    }
    swapped = x.movedim(axis, 1)
    outputs = F.batch_norm(
        swapped, None, None, weights.get("gamma"), weights.get("beta"), training=True, eps=epsilon
    ).movedim(1, axis)
    upstream = draw(*shape).detach()
    (outputs * upstream).sum().backward()
    flat = swapped.detach().transpose(0, 1).reshape(channels, -1)
    return {
        "axis": axis,
        "epsilon": epsilon,
        "x": x,
        **weights,
        "upstream": upstream,
        "outputs": outputs,
        "mean": flat.mean(1),
        "variance": flat.var(1, unbiased=False),
        "gradients": {"x": x.grad, **{name: weight.grad for name, weight in weights.items()}},
    }


def batch_norm_cases():
    return {
        "two axes": batch_norm((6, 3), -1, 1e-3),
        "three axes": batch_norm((3, 4, 2), -1, 1e-5),
        "three axes, channels in axis 1": batch_norm((3, 2, 4), 1, 1e-5),
        "four axes": batch_norm((2, 3, 3, 4), -1, 1e-3),
        "four axes, channels in axis 1": batch_norm((2, 4, 3, 3), 1, 1e-3),
        "four axes, channels in axis 2": batch_norm((2, 3, 4, 3), 2, 1e-3),
        "five axes": batch_norm((2, 2, 3, 2, 3), -1, 1e-3),
        "five axes, channels in axis 1": batch_norm((2, 3, 2, 3, 2), 1, 1e-3),
        "without gamma": batch_norm((2, 3, 3, 2), -1, 1e-3, gamma=False),
        "without beta": batch_norm((2, 3, 3, 2), -1, 1e-3, beta=False),
        "without gamma and beta": batch_norm((4, 3), -1, 1e-3, gamma=False, beta=False),
        "far from zero": batch_norm((8, 2, 2, 2), -1, 1e-3, shift=20.0),
    }


def cross_entropy(logits, targets, smoothing=0.0):
    """PyTorch wants the classes in axis 1."""
    classes = logits.shape[-1]
    rows = targets.reshape(-1, classes) if targets.is_floating_point() else targets.reshape(-1)
    losses = F.cross_entropy(logits.reshape(-1, classes), rows, reduction="none", label_smoothing=smoothing)
    losses = losses.reshape(logits.shape[:-1])
    upstream = draw(*losses.shape).detach()
    (losses * upstream).sum().backward()
    return {
        "smoothing": smoothing,
        "logits": logits,
        "targets": targets,
        "upstream": upstream,
        "losses": losses,
        "gradients": {
            "logits": logits.grad,
            **({"targets": targets.grad} if targets.is_floating_point() else {}),
        },
    }


def classes(count, *shape):
    return torch.tensor(generator.integers(0, count, shape))


def soft(*shape):
    with torch.no_grad():
        probabilities = torch.softmax(draw(*shape), -1).round(decimals=3)
    return probabilities.requires_grad_()


def saturated():
    return torch.tensor([[60.0, 0, -60], [-90, 90, 0]], dtype=torch.float64, requires_grad=True)


def cross_entropy_cases():
    return {
        "indices": cross_entropy(draw(6, 4), classes(4, 6)),
        "indices, smoothed": cross_entropy(draw(6, 4), classes(4, 6), 0.1),
        "indices of three axes, smoothed": cross_entropy(draw(2, 3, 5), classes(5, 2, 3), 0.2),
        "one example": cross_entropy(draw(3), classes(3)),
        "indices, saturated": cross_entropy(saturated(), torch.tensor([2, 0])),
        "indices, saturated and smoothed": cross_entropy(saturated(), torch.tensor([2, 0]), 0.1),
        "probabilities": cross_entropy(draw(5, 3), soft(5, 3)),
        "probabilities, smoothed": cross_entropy(draw(5, 3), soft(5, 3), 0.3),
        "weights that do not sum to 1": cross_entropy(draw(5, 3), draw(5, 3)),
        "weights of four axes, smoothed": cross_entropy(draw(2, 1, 2, 3), draw(2, 1, 2, 3), 0.1),
    }


def activation(function, x):
    upstream = draw(*x.shape).detach()
    outputs = function(x)
    (outputs * upstream).sum().backward()
    return {"x": x, "upstream": upstream, "outputs": outputs, "gradient": x.grad}


def activation_cases():
    around_bounds = lambda: torch.tensor(
        [[-2.0, -0.5, 0, 0.5], [5.5, 6, 6.5, 40]], dtype=torch.float64, requires_grad=True
    )
    return {
        "relu": activation(F.relu, around_bounds()),
        "relu6": activation(F.relu6, around_bounds()),
        "elu": activation(F.elu, draw(2, 5)),
        "leakyRelu": activation(lambda x: F.leaky_relu(x, 0.2), draw(2, 5)),
        "sigmoid": activation(torch.sigmoid, draw(2, 5, scale=3.0)),
        "softplus": activation(F.softplus, draw(2, 5, scale=3.0)),
        "tanh": activation(torch.tanh, draw(2, 5, scale=2.0)),
    }


def positive(*shape):
    with torch.no_grad():
        x = (draw(*shape).abs() + 0.1).round(decimals=3)
    return x.requires_grad_()


def root_cases():
    return {"sqrt": activation(torch.sqrt, positive(2, 5)), "rsqrt": activation(torch.rsqrt, positive(2, 5))}


def reduction_cases():
    def reduction(function, shape, axis, keep):
        x = draw(*shape)
        outputs = function(x, dim=axis, keepdim=keep)
        upstream = draw(*outputs.shape).detach()
        (outputs * upstream).sum().backward()
        return {
            "axis": list(axis),
            "keep": keep,
            "x": x,
            "upstream": upstream,
            "outputs": outputs,
            "gradient": x.grad,
        }

    return {
        f"{name} over {axes}": reduction(function, (2, 3, 4), axis, keep)
        for name, function in {"sum": torch.sum, "mean": torch.mean}.items()
        for axes, axis, keep in [
            ("all axes", (0, 1, 2), False),
            ("the first axis", (0,), False),
            ("the last axis, kept", (2,), True),
            ("all but the last axis", (0, 1), False),
            ("the middle axis, kept", (1,), True),
        ]
    }


def biased(layer, x, kernel, bias, to_torch, from_torch):
    """PyTorch has other layouts: of dense kernels, and of images, whose channels it wants in axis 1."""
    outputs = from_torch(layer(to_torch["x"](x), to_torch["kernel"](kernel), bias))
    upstream = draw(*outputs.shape).detach()
    (outputs * upstream).sum().backward()
    return {
        "x": x,
        "kernel": kernel,
        "bias": bias,
        "upstream": upstream,
        "outputs": outputs,
        "gradients": {"x": x.grad, "kernel": kernel.grad, "bias": bias.grad},
    }


def bias_cases():
    def dense(rows):
        layouts = {"x": lambda x: x, "kernel": lambda kernel: kernel.T}
        return biased(F.linear, draw(rows, 3), draw(3, 4), draw(4), layouts, lambda y: y)

    def convolution(kernel):
        layouts = {"x": lambda x: x.movedim(-1, 1), "kernel": lambda k: k.permute(3, 2, 0, 1)}
        return biased(
            F.conv2d, draw(2, 4, 4, 2), draw(kernel, kernel, 2, 3), draw(3), layouts, lambda y: y.movedim(1, -1)
        )

    return {
        "dense": dense(5),
        "dense, one example": dense(1),
        "convolution": convolution(3),
        "convolution, one place": convolution(1),
    }


def frozen_batch_norm(shape, axis, epsilon=1e-3):
    """With given statistics, as a frozen layer has it; TensorFlow.js has no gradient without gamma or beta."""
    channels = shape[axis]
    x, mean, variance = draw(*shape), draw(channels).detach(), positive(channels).detach()
    gamma, beta = draw(channels), draw(channels)
    outputs = F.batch_norm(
        x.movedim(axis, 1), mean, variance, gamma, beta, eps=epsilon
    ).movedim(1, axis)
    upstream = draw(*shape).detach()
    (outputs * upstream).sum().backward()
    return {
        "axis": axis,
        "epsilon": epsilon,
        "x": x,
        "mean": mean,
        "variance": variance,
        "gamma": gamma,
        "beta": beta,
        "upstream": upstream,
        "outputs": outputs,
        "gradients": {"x": x.grad, "gamma": gamma.grad, "beta": beta.grad},
    }


def frozen_batch_norm_cases():
    return {
        "two axes": frozen_batch_norm((5, 3), -1),
        "four axes": frozen_batch_norm((2, 2, 3, 4), -1),
        "four axes, channels in axis 1": frozen_batch_norm((2, 3, 2, 2), 1),
    }


def norm_case():
    tensors = [draw(2, 3), draw(4), draw()]
    norm = torch.linalg.vector_norm(torch.cat([tensor.flatten() for tensor in tensors]))
    norm.backward()
    return {"tensors": tensors, "norm": norm, "gradients": [tensor.grad for tensor in tensors]}


if __name__ == "__main__":
    write_golden(
        "packages/ops/test/golden/fused.json",
        source="torch.nn.functional batch_norm, cross_entropy, activations, linear, conv2d; torch.sqrt, rsqrt, sum, mean, linalg.vector_norm; float64",
        packages=["torch", "numpy"],
        tolerance={"relative": 2e-5, "absolute": 1e-5},
        cases={
            "batchNorm": batch_norm_cases(),
            "crossEntropy": cross_entropy_cases(),
            "activations": activation_cases(),
            "globalNorm": norm_case(),
            "roots": root_cases(),
            "reductions": reduction_cases(),
            "biases": bias_cases(),
            "frozenBatchNorm": frozen_batch_norm_cases(),
        },
    )
