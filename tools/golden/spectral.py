"""Gradients through complex numbers: values and gradients from PyTorch in float64."""

import numpy
import torch

from golden import write_golden

generator = numpy.random.default_rng(23)


def draw(*shape):
    return torch.tensor(numpy.round(generator.normal(size=shape), 3), requires_grad=True)


def parts(z):
    return torch.stack([z.real, z.imag])


def case(function, *inputs):
    outputs = function(*inputs)
    upstream = draw(*outputs.shape).detach()
    (outputs * upstream).sum().backward()
    return {
        "inputs": list(inputs),
        "upstream": upstream,
        "outputs": outputs,
        "gradients": [x.grad for x in inputs],
    }


def given(values):
    return torch.tensor(values, dtype=torch.float64, requires_grad=True)


def of_complex(function):
    return lambda re, im: function(torch.complex(re, im))


def frames(x):
    window = torch.hann_window(4, periodic=True, dtype=torch.float64)
    return torch.stft(
        x, n_fft=4, hop_length=2, win_length=4, window=window, center=False, return_complex=True
    ).transpose(0, 1)


def cases():
    filtered = lambda re, im, ure, uim: parts(torch.fft.fft(torch.complex(re, im)) * torch.complex(ure, uim))
    return {
        "fft": case(of_complex(lambda z: parts(torch.fft.fft(z))), draw(2, 5), draw(2, 5)),
        "ifft": case(of_complex(lambda z: parts(torch.fft.ifft(z))), draw(2, 5), draw(2, 5)),
        "rfft, an even length": case(lambda x: parts(torch.fft.rfft(x)), draw(2, 6)),
        "rfft, an odd length": case(lambda x: parts(torch.fft.rfft(x)), draw(2, 5)),
        "rfft, cut off": case(lambda x: parts(torch.fft.rfft(x, 4)), draw(2, 6)),
        "rfft, filled with zeros": case(lambda x: parts(torch.fft.rfft(x, 8)), draw(2, 6)),
        "irfft": case(of_complex(torch.fft.irfft), draw(2, 4), draw(2, 4)),
        "abs": case(of_complex(torch.abs), given([3.0, -1.0, 0.0, 2.0]), given([4.0, 0.5, 0.0, 0.0])),
        "signal.stft": case(lambda x: torch.abs(frames(x)), draw(10)),
        "a filter": case(filtered, draw(2, 4), draw(2, 4), draw(1, 4), draw(1, 4)),
    }


if __name__ == "__main__":
    write_golden(
        "packages/core-tensor-gpu/test/golden/spectral.json",
        source="torch.fft, torch.stft, torch.abs of complex128",
        packages=["torch", "numpy"],
        tolerance={"relative": 2e-5, "absolute": 1e-5},
        cases=cases(),
    )
