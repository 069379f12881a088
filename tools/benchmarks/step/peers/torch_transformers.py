"""The transformers of large-models.ts and decoder.ts in PyTorch, normalised before; flat names, as tf.layers has them."""

import torch
from torch import nn
from torch.nn import functional as F


class Blocks(nn.Module):
    """Layers of attention and GELU."""

    def __init__(self, layers, width, heads, parts):
        super().__init__()
        self.layers, self.heads = layers, heads
        for layer in range(layers):
            for name, outputs in parts.items():
                self.add_module(f"layer{layer}_{name}", nn.Linear(width, outputs))
            self.add_module(f"layer{layer}_project", nn.Linear(width, width))
            self.add_module(f"layer{layer}_norm0", nn.LayerNorm(width, eps=1e-5))
            self.add_module(f"layer{layer}_norm1", nn.LayerNorm(width, eps=1e-5))
            self.add_module(f"layer{layer}_widen", nn.Linear(width, 4 * width))
            self.add_module(f"layer{layer}_narrow", nn.Linear(4 * width, width))
        self.norm = nn.LayerNorm(width, eps=1e-5)

    def part(self, layer, name):
        return getattr(self, f"layer{layer}_{name}")

    def blocks(self, x, query_key_value, causal=False):
        split = lambda y: y.unflatten(-1, (self.heads, -1)).transpose(1, 2)
        for layer in range(self.layers):
            query, key, value = map(split, query_key_value(layer, self.part(layer, "norm0")(x)))
            y = F.scaled_dot_product_attention(query, key, value, is_causal=causal).transpose(1, 2).flatten(2)
            x = x + self.part(layer, "project")(y)
            y = self.part(layer, "norm1")(x)
            x = x + self.part(layer, "narrow")(F.gelu(self.part(layer, "widen")(y)))
        return self.norm(x)


class Transformer(Blocks):
    """Twelve layers, whose outputs' mean over time is classified."""

    PARTS = ("query", "key", "value")

    def __init__(self, width=512):
        super().__init__(12, width, 8, {name: width for name in self.PARTS})
        self.embed = nn.Linear(64, width)
        self.logits = nn.Linear(width, 10)

    def forward(self, x):
        of_parts = lambda layer, y: [self.part(layer, name)(y) for name in self.PARTS]
        return self.logits(self.blocks(self.embed(x), of_parts).mean(1))


class Decoder(Blocks):
    def __init__(self, width=128):
        super().__init__(2, width, 4, {"qkv": 3 * width})
        self.words = nn.Embedding(1000, width)
        self.places = nn.Embedding(64, width)
        self.logits = nn.Linear(width, 1000)

    def forward(self, x):
        of_joint = lambda layer, y: self.part(layer, "qkv")(y).chunk(3, -1)
        return self.logits(self.blocks(self.words(x) + self.places.weight, of_joint, causal=True))
