"""The networks of models.ts and sequence-models.ts in PyTorch, images channels last."""

import torch
from torch import nn
from torch.nn import functional as F


class ConvBn(nn.Module):
    """A convolution that pads as TensorFlow does, for the losses to be the same: at stride 2 less above and left."""

    def __init__(self, inputs, filters, kernel=3, stride=1, groups=1):
        super().__init__()
        before, after = (kernel - 2) // 2, (kernel - 1) // 2
        self.padding = (before, after) * 2 if stride == 2 and kernel > 1 else None
        padding = kernel // 2 if self.padding is None else 0
        self.conv = nn.Conv2d(inputs, filters, kernel, stride, padding, groups=groups, bias=False)
        # PyTorch's momentum is the share of the new, TensorFlow's that of the old.
        self.bn = nn.BatchNorm2d(filters, eps=1e-5, momentum=0.1)

    def forward(self, x):
        return self.bn(self.conv(x if self.padding is None else F.pad(x, self.padding)))


class Block(nn.Module):
    def __init__(self, inputs, filters, stride):
        super().__init__()
        self.inner = ConvBn(inputs, filters, stride=stride)
        self.outer = ConvBn(filters, filters)
        self.shortcut = ConvBn(inputs, filters, kernel=1, stride=stride) if stride != 1 else None

    def forward(self, x):
        y = self.outer(torch.relu(self.inner(x)))
        return torch.relu(y + (x if self.shortcut is None else self.shortcut(x)))


class Resnet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = ConvBn(1, 16)
        inputs = 16
        for stage, filters in enumerate((16, 32, 64)):
            for block in range(3):
                stride = 2 if stage > 0 and block == 0 else 1
                self.add_module(f"stage{stage}_block{block}", Block(inputs, filters, stride))
                inputs = filters
        self.logits = nn.Linear(64, 10)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        for name, module in self.named_children():
            if name.startswith("stage"):
                x = module(x)
        return self.logits(x.mean((2, 3)))


class SmallCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv0 = nn.Conv2d(1, 32, 3)
        self.conv1 = nn.Conv2d(32, 64, 3)
        self.logits = nn.Linear(1600, 10)

    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.conv0(x)), 2)
        x = F.max_pool2d(torch.relu(self.conv1(x)), 2)
        # Flattened in the order in which it lies in memory, which costs no copy.
        return self.logits(x.permute(0, 2, 3, 1).flatten(1))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(784, 256)
        self.logits = nn.Linear(256, 10)

    def forward(self, x):
        return self.logits(torch.relu(self.hidden(x)))


class Mobilenet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = ConvBn(3, 32)
        inputs = 32
        for i, (filters, stride) in enumerate(((64, 1), (128, 2), (128, 1), (256, 2), (256, 1))):
            self.add_module(f"block{i}_depthwise", ConvBn(inputs, inputs, stride=stride, groups=inputs))
            self.add_module(f"block{i}_pointwise", ConvBn(inputs, filters, kernel=1))
            inputs = filters
        self.logits = nn.Linear(256, 10)

    def forward(self, x):
        for name, module in self.named_children():
            if name != "logits":
                x = torch.relu(module(x))
        return self.logits(x.mean((2, 3)))


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(32, 64, batch_first=True)
        # PyTorch adds two biases. TensorFlow has one, so the second one stays 0.
        nn.init.zeros_(self.lstm.bias_hh_l0)
        self.lstm.bias_hh_l0.requires_grad_(False)
        self.logits = nn.Linear(64, 10)

    def forward(self, x):
        states, _ = self.lstm(x)
        return self.logits(states[:, -1])


class TextCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(10_000, 64)
        self.conv = nn.Conv1d(64, 128, 5)
        self.logits = nn.Linear(128, 10)

    def forward(self, x):
        return self.logits(torch.relu(self.conv(self.words(x).transpose(1, 2))).amax(2))


class BagOfWords(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(50_000, 256)
        self.logits = nn.Linear(256, 10)

    def forward(self, x):
        return self.logits(self.words(x).mean(1))


class GruBefore(nn.Module):
    """A GRU with the reset gate before the recurrent product, as TensorFlow.js has it; nn.GRU has it behind.

    One product over all steps for the inputs, then two a step.
    """

    def __init__(self, inputs, units):
        super().__init__()
        self.units = units
        self.kernel = nn.Parameter(torch.empty(inputs, 3 * units))
        self.recurrent_kernel = nn.Parameter(torch.empty(units, 3 * units))
        self.bias = nn.Parameter(torch.empty(3 * units))

    def forward(self, x):
        sizes = [2 * self.units, self.units]
        of_gates, of_candidate = self.recurrent_kernel.split(sizes, 1)
        time_first = torch.addmm(self.bias, x.transpose(0, 1).flatten(0, 1), self.kernel)
        h = x.new_zeros(len(x), self.units)
        states = []
        for of_input in time_first.view(x.shape[1], len(x), -1).unbind():
            gates, candidate = of_input.split(sizes, 1)
            z, r = torch.sigmoid(torch.addmm(gates, h, of_gates)).chunk(2, 1)
            h = torch.lerp(torch.tanh(torch.addmm(candidate, r * h, of_candidate)), h, z)
            states.append(h)
        return torch.stack(states, 1)


class GruLanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(10_000, 128)
        self.gru = GruBefore(128, 128)
        self.logits = nn.Linear(128, 10_000)

    def forward(self, x):
        return self.logits(self.gru(self.words(x)))


def modules_by_layer(model: nn.Module) -> dict[str, nn.Module]:
    return {name.replace(".", "_"): module for name, module in model.named_modules()}


def load_weights(model: nn.Module, weights) -> None:
    """TensorFlow's layouts into PyTorch's: HWIO to OIHW, [in, out] to [out, in]."""
    modules = modules_by_layer(model)
    for layer, values in weights.items():
        module = modules[layer]
        tensors = {name: torch.from_numpy(value.copy()) for name, value in values.items()}
        with torch.no_grad():
            for name, tensor in tensors.items():
                if isinstance(module, GruBefore):
                    getattr(module, name).copy_(tensor)
                elif isinstance(module, nn.LSTM):  # gates in the same order
                    own = {"kernel": "weight_ih_l0", "recurrent_kernel": "weight_hh_l0", "bias": "bias_ih_l0"}[name]
                    getattr(module, own).copy_(tensor.T if tensor.ndim == 2 else tensor)
                elif name == "kernel" and tensor.ndim == 4:
                    module.weight.copy_(tensor.permute(3, 2, 0, 1))
                elif name == "kernel" and tensor.ndim == 3:
                    module.weight.copy_(tensor.permute(2, 1, 0))
                elif name == "kernel":
                    module.weight.copy_(tensor.T)
                elif name == "depthwise_kernel":
                    module.weight.copy_(tensor.permute(2, 3, 0, 1))
                elif name == "moving_mean":
                    module.running_mean.copy_(tensor)
                elif name == "moving_variance":
                    module.running_var.copy_(tensor)
                elif name in ("gamma", "embeddings"):
                    module.weight.copy_(tensor)
                else:  # bias and beta
                    module.bias.copy_(tensor)


def freeze_batch_norms(model: nn.Module, layers) -> None:
    modules = modules_by_layer(model)
    for layer in layers:
        modules[layer].eval().requires_grad_(False)
