"""Gradients that TensorFlow.js lacks or has wrong: values and gradients from PyTorch in float64."""

import numpy
import torch
import torch.nn.functional as F

from golden import write_golden

generator = numpy.random.default_rng(11)


def draw(*shape):
    return torch.tensor(numpy.round(generator.normal(size=shape), 3), requires_grad=True)


def given(values):
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def case(function, *inputs, **options):
    outputs = function(*inputs)
    upstream = draw(*outputs.shape).detach()
    (outputs * upstream).sum().backward()
    return {
        **options,
        "inputs": list(inputs),
        "upstream": upstream,
        "outputs": outputs,
        "gradients": [x.grad for x in inputs],
    }


def einsum(equation, *shapes):
    return case(lambda *x: torch.einsum(equation, *x), *(draw(*shape) for shape in shapes), equation=equation)


def div_no_nan(a, b):
    safe = torch.where(b == 0, torch.ones_like(b), b)
    return torch.where(b == 0, torch.zeros_like(a), a / safe)


def resized(**options):
    return lambda x: F.interpolate(x.permute(0, 3, 1, 2), size=(5, 7), **options).permute(0, 2, 3, 1)


def mirrored(x):
    return F.pad(x[None, None], (2, 1, 1, 2), mode="reflect")[0, 0]


def cases():
    index = torch.tensor([[2, 1], [0, 0], [2, 1]])
    return {
        "einsum, a product": einsum("ij,jk->ik", (2, 3), (3, 4)),
        "einsum, a letter summed out": einsum("ij,k->jk", (2, 3), (2,)),
        "einsum, attention": einsum("bqhd,bkhd->bhqk", (2, 2, 3, 2), (2, 3, 3, 2)),
        "topk": case(lambda x: torch.topk(x, 2).values, draw(3, 5)),
        "gatherND": case(lambda x: x[index[:, 0], index[:, 1]], draw(3, 2)),
        "stridedSlice": case(lambda x: x.flip(0)[::2, 1:5:3], draw(4, 5)),
        "depthToSpace": case(
            lambda x: F.pixel_shuffle(x.permute(0, 3, 1, 2), 2).permute(0, 2, 3, 1), draw(2, 2, 3, 4)
        ),
        "divNoNan": case(div_no_nan, given([1.0, -2.0, 3.0]), given([0.0, 2.0, 0.5])),
        "mirrorPad": case(mirrored, draw(4, 5)),
        "cumprod of zeros": case(lambda x: torch.cumprod(x, 1), given([[2.0, 0.0, 3.0, 0.0], [1.5, 2.0, 0.0, -1.0]])),
        "prod of zeros": case(lambda x: torch.prod(x, 1), given([[2.0, 0.0, 3.0], [0.0, 0.0, 1.0]])),
        "max at ties": case(lambda x: torch.amax(x, 1), given([[2.0, 1.0, 2.0], [0.0, 0.0, 0.0]])),
        "cumsum over the first axis": case(lambda x: torch.cumsum(x, 0), draw(3, 3)),
        "pow at 0": case(lambda x: torch.pow(x, torch.tensor([0.0, 1, 2, 3])), given([0.0, 0, 0, 0])),
        "resizeBilinear, corners aligned": case(resized(mode="bilinear", align_corners=True), draw(2, 3, 4, 2)),
        "resizeBilinear, half pixels": case(resized(mode="bilinear", align_corners=False), draw(2, 3, 4, 2)),
        "resizeNearestNeighbor, half pixels": case(resized(mode="nearest-exact"), draw(2, 3, 4, 2)),
        "resizeNearestNeighbor": case(resized(mode="nearest"), draw(2, 3, 4, 2)),
    }


if __name__ == "__main__":
    write_golden(
        "packages/core-tensor-gpu/test/golden/gradients.json",
        source="torch einsum, topk, indexing, cumprod, prod, amax, cumsum, pow; torch.nn.functional pixel_shuffle, pad, interpolate; float64",
        packages=["torch", "numpy"],
        tolerance={"relative": 2e-5, "absolute": 1e-5},
        cases=cases(),
    )
