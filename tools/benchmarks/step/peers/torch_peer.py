"""PyTorch, channels last unless the option says otherwise; with the option `compile` through torch.compile."""

import os

import torch
from torch import nn

from given import Given, read_given, shuffled_batches
from serve import Served, serve
from torch_large_networks import networks
from torch_networks import freeze_batch_norms, load_weights

DEVICE = "cuda" if os.environ.get("CANTRIP_BENCH_DEVICE") == "cuda" else "cpu"
if DEVICE == "cuda":
    # As Cantrip does: float32 products in TF32, and cuDNN's fastest algorithm.
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.benchmark = True


def start() -> Served:
    given = read_given()
    torch.set_num_threads(given.threads)
    model = networks[given.network]()
    load_weights(model, given.weights | given.frozen)
    freeze_batch_norms(model, given.frozen)
    layout = torch.channels_last if given.options.get("channels_last", True) else torch.contiguous_format
    model = model.to(device=DEVICE, memory_format=layout)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], given.learning_rate, momentum=given.momentum)
    call = torch.compile(model) if given.options.get("compile") else model

    def step(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        optimizer.zero_grad()
        # One class a row, also where there is one for each step of a sequence.
        with torch.autocast(DEVICE, dtype=torch.bfloat16, enabled=bool(given.options.get("bfloat16"))):
            loss = nn.functional.cross_entropy(call(x).flatten(0, -2), y.flatten())
        loss.backward()
        optimizer.step()
        return loss.detach()

    batches = [
        (images(torch.from_numpy(x).to(DEVICE)).contiguous(memory_format=layout_of(x, layout)), torch.from_numpy(y).long().to(DEVICE))
        for x, y in zip(given.inputs, given.targets)
    ]
    data = (torch.from_numpy(given.images), torch.from_numpy(given.labels).long())
    a, b = torch.randn(512, 512, device=DEVICE), torch.randn(512, 512, device=DEVICE)
    epochs = 0

    def train(indices) -> float:
        for i in indices:
            loss = step(*batches[i])
        return loss.item()

    def epoch() -> None:
        nonlocal epochs
        epochs += 1
        total = torch.zeros((), device=DEVICE)
        for x, y in loader(given, data, epochs):
            total += step(x, y)
        total.item()

    def product() -> None:
        torch.mm(a, b)
        if DEVICE == "cuda":
            torch.cuda.synchronize()

    return Served(
        versions={"torch": torch.__version__},
        train=train,
        epoch=epoch,
        product=product,
    )


def layout_of(x, layout):
    """Only images have a layout."""
    return layout if x.ndim == 4 else torch.contiguous_format


def images(x: torch.Tensor) -> torch.Tensor:
    """NHWC in memory either way: PyTorch calls it NCHW, channels last."""
    return x.permute(0, 3, 1, 2) if x.ndim == 4 else x


def loader(given: Given, data, epoch: int):
    """Whole batches are picked at once; a DataLoader, which picks image by image, is slower."""
    for indices in shuffled_batches(given, epoch):
        order = torch.from_numpy(indices)
        x, y = (values[order].to(DEVICE) for values in data)
        yield (images(x.float().div_(255)) if x.dtype == torch.uint8 else x), y


serve(start)
