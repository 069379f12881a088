"""The same model in PyTorch, on the same batches: python reference.py STEPS_OR_MINUTES SEEDS results/pytorch.json

`python reference.py 300 3 …` trains 300 steps with each of 3 seeds, `python reference.py 10min 3 …` at most 10 minutes of
the steps that main.ts plans with --steps 15000. Made with PyTorch 2.15.0.
"""

import json
import math
import sys
import time as clock
from pathlib import Path

import torch
from torch import nn

TIME, BATCH, WIDTH, HEADS, LAYERS, PEAK = 64, 32, 128, 4, 2, 0.002
length, seeds, file = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
minutes = float(length.removesuffix("min")) if length.endswith("min") else math.inf
steps = 15000 if length.endswith("min") else int(length)

lines = (Path(__file__).parent / "kjv.txt").read_text().rstrip("\n").split("\n")
text = "\n".join(line.split(" ", 1)[1] for line in lines)
alphabet = sorted(set(text))
codes = torch.tensor([alphabet.index(character) for character in text])
whole = (len(codes) - 1) // TIME
order = torch.arange(whole) * 7919 % whole


def pieces(is_test):
    chosen = order[(order % 20 == 0) == is_test]
    places = chosen[:, None] * TIME + torch.arange(TIME)
    return codes[places], codes[places + 1]


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm0, self.norm1 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.project = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.widen, self.narrow = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        query, key, value = self.qkv(self.norm0(x)).unflatten(-1, (3, HEADS, -1)).permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + self.project(mixed.transpose(1, 2).flatten(2))
        return x + self.narrow(self.widen(self.norm1(x)).relu())


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.characters, self.places = nn.Embedding(len(alphabet), WIDTH), nn.Parameter(torch.empty(TIME, WIDTH))
        self.blocks, self.norm = nn.Sequential(*[Block() for _ in range(LAYERS)]), nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, len(alphabet))
        for parameter in self.parameters():
            if parameter.ndim > 1:
                nn.init.normal_(parameter, 0, 0.02)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)

    def forward(self, x):
        return self.head(self.norm(self.blocks(self.characters(x) + self.places)))


def rate(step):
    warm = round(0.1 * steps)
    if step < warm:
        return PEAK / 100 + (PEAK - PEAK / 100) * step / warm
    return PEAK * (1 + math.cos(math.pi * (step - warm) / (steps - warm))) / 2


def loss_of(model, inputs, targets):
    return nn.functional.cross_entropy(model(inputs).flatten(0, 1), targets.flatten())


inputs, targets = pieces(False)
batches = len(inputs) // BATCH
tests = pieces(True)
runs = []
for seed in range(1, seeds + 1):
    torch.manual_seed(seed)
    model = Decoder()
    groups = [{"params": [p for p in model.parameters() if p.ndim > 1], "weight_decay": 0.1},
              {"params": [p for p in model.parameters() if p.ndim == 1], "weight_decay": 0}]  # fmt: skip
    optimizer = torch.optim.AdamW(groups)
    begin, step = clock.perf_counter(), 0
    while step < steps and clock.perf_counter() - begin < minutes * 60:
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        at = slice(step % batches * BATCH, (step % batches + 1) * BATCH)
        optimizer.zero_grad()
        loss_of(model, inputs[at], targets[at]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        step += 1
    seconds = round(clock.perf_counter() - begin)
    with torch.no_grad():
        bits = loss_of(model, *tests).item() / math.log(2)
    runs.append({"seed": seed, "steps": step, "seconds": seconds, "bitsPerCharacter": bits})
    print(f"seed {seed}, {step} steps: {bits:.3f} bits per character", flush=True)
result = {"pytorch": torch.__version__, "characters": len(codes), "steps": steps, "runs": runs}
file.write_text(json.dumps(result, indent=2) + "\n")
