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


# A turn, a shift and a slant; and one with a vanishing point. No place lies half way between two pixels.
TURN = [0.9, 0.23, -0.37, -0.31, 1.07, 0.61, 0, 0]
VANISHING = [1.13, -0.27, 0.21, 0.17, 0.83, -0.43, 0.031, -0.022]


def seen(matrix, mode, padding_mode):
    """TensorFlow's projective transform by grid_sample, which counts from -1 to 1."""

    def of(x):
        _, height, width, _ = x.shape
        row, column = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        a0, a1, a2, b0, b1, b2, c0, c1 = matrix
        k = c0 * column + c1 * row + 1
        u, v = (a0 * column + a1 * row + a2) / k, (b0 * column + b1 * row + b2) / k
        grid = torch.stack([(2 * u + 1) / width - 1, (2 * v + 1) / height - 1], -1).double()
        sampled = F.grid_sample(
            x.permute(0, 3, 1, 2),
            grid.expand(x.shape[0], -1, -1, -1),
            mode=mode,
            padding_mode=padding_mode,
            align_corners=False,
        )
        return sampled.permute(0, 2, 3, 1)

    return of


def rotated(radians, center_x, center_y):
    sine, cosine = numpy.sin(radians), numpy.cos(radians)
    return [
        cosine, -sine, center_x - cosine * center_x + sine * center_y,
        sine, cosine, center_y - sine * center_x - cosine * center_y,
        0, 0,
    ]  # fmt: skip


def transforms():
    shape = (2, 4, 5, 2)
    return {
        "image.transform, bilinear, constant": case(seen(VANISHING, "bilinear", "zeros"), draw(*shape)),
        "image.transform, bilinear, nearest": case(seen(TURN, "bilinear", "border"), draw(*shape)),
        "image.transform, bilinear, reflect": case(seen(TURN, "bilinear", "reflection"), draw(*shape)),
        "image.transform, nearest, constant": case(seen(TURN, "nearest", "zeros"), draw(*shape)),
        "image.rotateWithOffset": case(seen(rotated(0.7, 2, 1), "nearest", "zeros"), draw(*shape)),
    }


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
        **transforms(),
    }


if __name__ == "__main__":
    write_golden(
        "packages/core-tensor-gpu/test/golden/gradients.json",
        source="torch einsum, topk, indexing, cumprod, prod, amax, cumsum, pow; torch.nn.functional pixel_shuffle, pad, interpolate, grid_sample; float64",
        packages=["torch", "numpy"],
        tolerance={"relative": 2e-5, "absolute": 1e-5},
        cases=cases(),
    )
