"""Blurs, blurred pools and blurred convolutions of Composer, and a small network changed by apply_blurpool."""

import numpy
import torch
from composer.algorithms.blurpool import apply_blurpool
from composer.algorithms.blurpool.blurpool_layers import BlurConv2d, BlurMaxPool2d, blur_2d

from golden import write_golden

random = numpy.random.default_rng(13)
torch.set_default_dtype(torch.float64)


def numbers(*shape):
    return random.normal(0, 1, shape).astype(numpy.float32).astype(numpy.float64)


def last(x):
    """Channels last, as TensorFlow.js has them."""
    return x.detach().permute(0, 2, 3, 1)


def kernel(x):
    return x.detach().permute(2, 3, 1, 0)


def case(call, shape):
    x = torch.tensor(numbers(*shape), requires_grad=True)
    outputs = call(x)
    weights = torch.tensor(numbers(*outputs.shape))
    (outputs * weights).sum().backward()
    return {"x": last(x), "weights": last(weights), "outputs": last(outputs), "gradient": last(x.grad)}


def blurred(stride, shape):
    return {"strides": list(stride), **case(lambda x: blur_2d(x, channels=shape[1], stride=stride,
            filter=(torch.tensor([[[[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]]]) / 16).repeat(shape[1], 1, 1, 1)), shape)}


def pooled(size, stride, shape, padding=0):
    same = "same" if padding else "valid"
    return {"poolSize": size, "strides": stride, "padding": same, **case(BlurMaxPool2d(size, stride, padding), shape)}


def convolved(stride, shape, filters, first=True, padding=0):
    conv = torch.nn.Conv2d(shape[1], filters, 3, stride=stride, padding=padding)
    conv.weight.data = torch.tensor(numbers(*conv.weight.shape))
    conv.bias.data = torch.tensor(numbers(filters))
    module = BlurConv2d.from_conv2d(conv, blur_first=first)
    one = case(module, shape)
    return {
        "strides": stride,
        "filters": filters,
        "blurFirst": first,
        "padding": "same" if padding else "valid",
        "kernel": kernel(module.conv.weight),
        "bias": module.conv.bias.detach(),
        "kernelGradient": kernel(module.conv.weight.grad),
        **one,
    }


def network(minimum, convs, pools, first=True):
    """Strided convolutions of 2 and 4 channels and a pool; which are changed is Composer's choice."""
    model = torch.nn.Sequential(
        torch.nn.Conv2d(2, 4, 3, stride=2),
        torch.nn.ReLU(),
        torch.nn.Conv2d(4, 4, 3, stride=2),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.AdaptiveAvgPool2d(1),
        torch.nn.Flatten(),
    )
    apply_blurpool(model, min_channels=minimum, replace_convs=convs, replace_maxpools=pools, blur_first=first)
    parameters = {}
    for at, name in ((0, "conv2d_1"), (2, "conv2d_2")):
        module = getattr(model[at], "conv", model[at])
        parameters[f"{name}/kernel"] = (module.weight, kernel)
        parameters[f"{name}/bias"] = (module.bias, lambda x: x.detach())
    for parameter, _ in parameters.values():
        parameter.data = torch.tensor(numbers(*parameter.shape)) * 0.5
    x = torch.tensor(numbers(2, 2, 15, 15))
    weights = torch.tensor(numbers(2, 4))
    outputs = model(x)
    (outputs * weights).sum().backward()
    return {
        "minChannels": minimum,
        "convolutions": convs,
        "pools": pools,
        "blurFirst": first,
        "x": last(x),
        "weights": weights,
        "outputs": outputs,
        "parameters": {name: show(one) for name, (one, show) in parameters.items()},
        "gradients": {name: show(one.grad) for name, (one, show) in parameters.items()},
    }


write_golden(
    "packages/blurpool/test/golden.json",
    source="composer.algorithms.blurpool: blur_2d, BlurMaxPool2d, BlurConv2d, apply_blurpool (float64)",
    packages=["mosaicml", "torch", "numpy"],
    tolerance={"relative": 1e-5, "absolute": 1e-5},
    cases={
        "blurs": {
            "stride 1": blurred((1, 1), (2, 3, 4, 5)),
            "stride 2, even and odd sizes": blurred((2, 2), (2, 2, 6, 5)),
            "strides 3 and 1": blurred((3, 1), (1, 2, 7, 4)),
            "1 pixel": blurred((2, 2), (1, 2, 1, 1)),
        },
        "pools": {
            "of 2, even size": pooled(2, 2, (2, 2, 6, 6)),
            "of 2, odd size": pooled(2, 2, (1, 2, 5, 7)),
            "of 3 by 2": pooled(3, 2, (1, 2, 7, 8)),
            "of 3 by 2, same": pooled(3, 2, (1, 2, 7, 8), padding=1),
        },
        "convolutions": {
            "stride 2": convolved(2, (2, 3, 7, 6), 2),
            "stride 3": convolved(3, (1, 2, 8, 8), 3),
            # Odd sizes: there TensorFlow pads both sides of a strided convolution alike, as torch does.
            "stride 2, same": convolved(2, (2, 2, 7, 5), 2, padding=1),
            "stride 2, blurred after": convolved(2, (2, 3, 7, 6), 2, first=False),
            "stride 3, blurred after": convolved(3, (1, 2, 8, 8), 3, first=False),
            "stride 2, same, blurred after": convolved(2, (2, 2, 6, 7), 2, first=False, padding=1),
        },
        "networks": {
            "all": network(1, True, True),
            "from 4 channels": network(4, True, True),
            "pools alone": network(1, False, True),
            "convolutions alone": network(1, True, False),
            "blurred after": network(1, True, True, first=False),
        },
    },
)
