"""Reads a folder of JPEG files with PyTorch's DataLoader: one line on standard input is one epoch, whose time is answered.

The transforms are those of torchvision for pictures of Pillow, written here with the same calls, because each torchvision needs a
PyTorch of its own: Resize, RandomCrop(padding), RandomHorizontalFlip, ToTensor, Normalize.
"""

import json
import os
import random
import sys
import time

import numpy
import torch
from PIL import Image, ImageOps
from PIL import __version__ as pillow
from torch.utils.data import DataLoader, Dataset


class Folder(Dataset):
    """folder/class/*.jpg, as torchvision's ImageFolder."""

    def __init__(self, folder: str, size: int, padding: int, mean: float, deviation: float):
        classes = sorted(entry.name for entry in os.scandir(folder) if entry.is_dir())
        self.files = [
            (os.path.join(folder, name, file), label)
            for label, name in enumerate(classes)
            for file in sorted(os.listdir(os.path.join(folder, name)))
        ]
        self.size, self.padding, self.mean, self.deviation = size, padding, mean, deviation

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int):
        path, label = self.files[index]
        with open(path, "rb") as file:
            image = Image.open(file).convert("RGB")
        size, padding = self.size, self.padding
        image = ImageOps.expand(image.resize((size, size), Image.Resampling.BILINEAR), border=padding)
        left, top = random.randint(0, 2 * padding), random.randint(0, 2 * padding)
        image = image.crop((left, top, left + size, top + size))
        if random.random() < 0.5:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        values = torch.from_numpy(numpy.array(image)).permute(2, 0, 1).contiguous().float().div(255)
        return values.sub_(self.mean).div_(self.deviation), label


def main() -> None:
    given = json.loads(sys.argv[1])
    data = Folder(given["folder"], given["size"], given["padding"], given["mean"], given["deviation"])
    loader = DataLoader(
        data, batch_size=given["batchSize"], shuffle=True, num_workers=given["workers"], persistent_workers=True
    )
    answer({"versions": {"torch": torch.__version__, "pillow": pillow, "python": sys.version.split()[0]}})
    for _ in sys.stdin:
        begin = time.perf_counter()
        examples = sum(len(labels) for _, labels in loader)
        answer({"milliseconds": (time.perf_counter() - begin) * 1000, "examples": examples})


def answer(message: dict) -> None:
    print(json.dumps(message), flush=True)


main()
