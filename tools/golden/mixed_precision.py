"""Small networks that torch.autocast trains on the CPU in bfloat16, and the same in float32: the losses of each step.

Weights and data are fractions of sines, which both sides compute, so that the file holds losses alone. The
networks are just large enough for their products to gain from bfloat16.
"""

import numpy
import torch
from torch import nn
from torch.nn import functional as F

from golden import write_golden

STEPS, RATE, MOMENTUM, EPSILON = 6, 0.05, 0.9, 1e-3


def scattered(number, *shape, scale=1.0):
    """Tensor `number`: the fractions of large sines, from -scale to scale."""
    positions = numpy.arange(numpy.prod(shape), dtype=numpy.float64)
    large = numpy.sin(positions * 12.9898 + number * 78.233) * 43758.5453
    values = (large - numpy.floor(large)) * 2 - 1
    return torch.tensor((values * scale).astype(numpy.float32).reshape(shape))


def parameter(number, *shape, scale):
    return nn.Parameter(scattered(number, *shape, scale=scale))


def labels(size):
    return torch.arange(size) * 7 % 10


def mlp():
    x = scattered(0, 128, 256)
    weights = [parameter(1, 256, 256, scale=0.1), parameter(2, 256, 256, scale=0.1), parameter(3, 256, 10, scale=0.1)]
    biases = [nn.Parameter(torch.zeros(n)) for n in (256, 256, 10)]

    def call():
        y = x
        for i, (weight, bias) in enumerate(zip(weights, biases)):
            y = F.linear(y, weight.T, bias)
            y = F.relu(y) if i < 2 else y
        return y

    return call, [*weights, *biases], labels(128)


def convnet():
    x = scattered(0, 16, 16, 16, 8)
    kernels = [parameter(1, 3, 3, 8, 32, scale=0.2), parameter(2, 3, 3, 32, 32, scale=0.1)]
    norms = [(nn.Parameter(torch.ones(32)), nn.Parameter(torch.zeros(32))) for _ in kernels]
    head, bias = parameter(3, 32, 10, scale=0.3), nn.Parameter(torch.zeros(10))

    def block(y, kernel, norm):
        y = F.conv2d(y, kernel.permute(3, 2, 0, 1), padding=1)
        y = F.batch_norm(y, None, None, *norm, training=True, eps=EPSILON)
        return F.relu(y)

    def call():
        first = block(x.permute(0, 3, 1, 2), kernels[0], norms[0])
        y = first + block(first, kernels[1], norms[1])
        return F.linear(y.mean([2, 3]), head.T, bias)

    return call, [*kernels, *(one for norm in norms for one in norm), head, bias], labels(16)


def lstm():
    x = scattered(0, 128, 6, 64)
    kernel, recurrent = parameter(1, 64, 512, scale=0.1), parameter(2, 128, 512, scale=0.1)
    bias = nn.Parameter(torch.zeros(512))
    head, head_bias = parameter(3, 128, 10, scale=0.2), nn.Parameter(torch.zeros(10))

    def call():
        h, c = torch.zeros(128, 128), torch.zeros(128, 128)
        for step in x.unbind(1):
            gates = F.linear(step, kernel.T, bias) + F.linear(h, recurrent.T)
            i, f, g, o = gates.float().chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        return F.linear(h, head.T, head_bias)

    return call, [kernel, recurrent, bias, head, head_bias], labels(128)


def attention():
    x = scattered(0, 16, 64, 64)
    names = ["query", "key", "value", "out"]
    kernels = {name: parameter(1 + i, 64, 64, scale=0.15) for i, name in enumerate(names)}
    wide, narrow = parameter(5, 64, 256, scale=0.1), parameter(6, 256, 64, scale=0.1)
    head = parameter(7, 64, 10, scale=0.2)

    def heads(y):
        return y.unflatten(-1, (4, 16)).transpose(1, 2)

    def call():
        q, k, v = (heads(F.linear(x, kernels[name].T)) for name in names[:3])
        scores = (q @ k.transpose(-1, -2)) * 0.25
        mixed = (torch.softmax(scores, -1) @ v).transpose(1, 2).flatten(2)
        y = x + F.linear(mixed, kernels["out"].T)
        y = y + F.linear(F.relu(F.linear(y, wide.T)), narrow.T)
        return F.linear(y.mean(1), head.T)

    return call, [*kernels.values(), wide, narrow, head], labels(16)


def losses(make, precise):
    call, parameters, targets = make()
    optimizer = torch.optim.SGD(parameters, RATE, momentum=MOMENTUM)
    found = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=not precise):
            loss = F.cross_entropy(call(), targets)
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    return found


write_golden(
    "packages/trainer/test/golden/mixed-precision.json",
    source='torch.autocast("cpu", dtype=torch.bfloat16) with torch.optim.SGD, and the same without autocast',
    packages=["torch", "numpy"],
    # An eighth of the distance between neighbouring bfloat16 numbers.
    tolerance={"relative": 2**-10},
    cases={
        make.__name__: {"bfloat16": losses(make, False), "float32": losses(make, True)}
        for make in (mlp, convnet, lstm, attention)
    },
)
