"""PyTorch, channels last; with the option `compile` through torch.compile."""

import torch
from torch import nn

from given import MOMENTUM, Given, read_given, shuffled_batches
from serve import Served, serve
from torch_networks import load_weights, networks


def start() -> Served:
    given = read_given()
    torch.set_num_threads(given.threads)
    model = networks[given.network]()
    load_weights(model, given.weights)
    model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), given.learning_rate, momentum=MOMENTUM)
    call = torch.compile(model) if given.options.get("compile") else model

    def step(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(call(x), y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    batches = [(images(torch.from_numpy(x)), torch.from_numpy(y).long()) for x, y in zip(given.inputs, given.targets)]
    data = (torch.from_numpy(given.images), torch.from_numpy(given.labels).long())
    a, b = torch.randn(512, 512), torch.randn(512, 512)
    epochs = 0

    def train(indices) -> float:
        for i in indices:
            loss = step(*batches[i])
        return loss.item()

    def epoch() -> None:
        nonlocal epochs
        epochs += 1
        total = torch.zeros(())
        for x, y in loader(given, data, epochs):
            total += step(x, y)
        total.item()

    return Served(
        versions={"torch": torch.__version__},
        train=train,
        epoch=epoch,
        product=lambda: torch.mm(a, b),
    )


def images(x: torch.Tensor) -> torch.Tensor:
    """NHWC in memory either way: PyTorch calls it NCHW, channels last."""
    return x.permute(0, 3, 1, 2) if x.ndim == 4 else x


def loader(given: Given, data, epoch: int):
    """Whole batches are picked at once; a DataLoader, which picks image by image, is slower."""
    for indices in shuffled_batches(given, epoch):
        order = torch.from_numpy(indices)
        x, y = (values[order] for values in data)
        yield images(x.float().div_(255)), y


serve(start)
