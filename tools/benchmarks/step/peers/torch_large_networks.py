"""The networks of large-models.ts in PyTorch, and those of torch_networks.py and torch_transformers.py."""

import torch
from torch import nn
from torch.nn import functional as F

from torch_networks import BagOfWords, ConvBn, GruLanguageModel, Lstm, Mlp, Mobilenet, Resnet20, SmallCnn, TextCnn
from torch_transformers import Decoder, Transformer


class Bottleneck(nn.Module):
    def __init__(self, inputs, filters, stride, projects):
        super().__init__()
        self.reduce = ConvBn(inputs, filters, kernel=1)
        self.inner = ConvBn(filters, filters, stride=stride)
        self.expand = ConvBn(filters, 4 * filters, kernel=1)
        self.shortcut = ConvBn(inputs, 4 * filters, kernel=1, stride=stride) if projects else None

    def forward(self, x):
        y = self.expand(torch.relu(self.inner(torch.relu(self.reduce(x)))))
        return torch.relu(y + (x if self.shortcut is None else self.shortcut(x)))


class Stem(nn.Module):
    """Seven by seven at stride 2, and a pooling, which pad as TensorFlow does."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 7, 2, bias=False)
        self.bn = nn.BatchNorm2d(64, eps=1e-5, momentum=0.1)

    def forward(self, x):
        x = torch.relu(self.bn(self.conv(F.pad(x, (2, 3, 2, 3)))))
        # What is padded to a maximum of positive numbers is never the largest.
        return F.max_pool2d(F.pad(x, (0, 1, 0, 1)), 3, 2)


class Resnet50(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = Stem()
        inputs = 64
        for stage, (filters, blocks) in enumerate(((64, 3), (128, 4), (256, 6), (512, 3))):
            for block in range(blocks):
                stride = 2 if stage > 0 and block == 0 else 1
                self.add_module(f"stage{stage}_block{block}", Bottleneck(inputs, filters, stride, block == 0))
                inputs = 4 * filters
        self.logits = nn.Linear(inputs, 10)

    def forward(self, x):
        for name, module in self.named_children():
            if name != "logits":
                x = module(x)
        return self.logits(x.mean((2, 3)))


# Repeats, depthwise kernel, stride, expansion and channels of each stage.
LITE0 = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320))


class Inverted(nn.Module):
    def __init__(self, inputs, filters, kernel, stride, expansion):
        super().__init__()
        wide = expansion * inputs
        self.expand = ConvBn(inputs, wide, kernel=1) if expansion > 1 else None
        self.depthwise = ConvBn(wide, wide, kernel, stride, groups=wide)
        self.project = ConvBn(wide, filters, kernel=1)
        self.adds = stride == 1 and inputs == filters

    def forward(self, x):
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.adds else y


class EfficientNetLite0(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = ConvBn(3, 32, stride=2)
        inputs = 32
        for stage, (repeats, kernel, first, expansion, filters) in enumerate(LITE0):
            for block in range(repeats):
                stride = first if block == 0 else 1
                self.add_module(f"stage{stage}_block{block}", Inverted(inputs, filters, kernel, stride, expansion))
                inputs = filters
        self.head = ConvBn(inputs, 1280, kernel=1)
        self.logits = nn.Linear(1280, 10)

    def forward(self, x):
        x = F.relu6(self.stem(x))
        for name, module in self.named_children():
            if name.startswith("stage"):
                x = module(x)
        return self.logits(F.relu6(self.head(x)).mean((2, 3)))


networks = {
    "resnet20": Resnet20,
    "small_cnn": SmallCnn,
    "mlp": Mlp,
    "mobilenet": Mobilenet,
    "resnet50": Resnet50,
    "efficientnet_lite0": EfficientNetLite0,
    "transformer": Transformer,
    "decoder": Decoder,
    "lstm": Lstm,
    "text_cnn": TextCnn,
    "bag_of_words": BagOfWords,
    "gru_language_model": GruLanguageModel,
}
