"""The same model in PyTorch on the same verses: python reference.py results/cantrip.json results/pytorch.json

The batches are of 32 verses of about the same length, in a random order. Made with PyTorch 2.15.0.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path

import torch
from torch import nn

given = json.loads(Path(sys.argv[1]).read_text())
verses = (Path(__file__).parent / "../char-transformer/kjv.txt").read_text().rstrip("\n").split("\n")
books = [re.match(r"\D+", verse)[0] for verse in verses]
names = list(dict.fromkeys(books))
words = [re.findall("[a-z]+", verse[verse.index(" ") :].lower()) for verse in verses]
train, test = given["split"]["train"], given["split"]["test"]
counts = Counter(word for at in train for word in words[at])
codes = {word: at + 2 for at, word in enumerate(word for word, count in counts.items() if count > 1)}


def batches(positions, generator=None):
    ordered = sorted(positions, key=lambda at: len(words[at]))
    groups = [ordered[at : at + 32] for at in range(0, len(ordered), 32)]
    order = torch.randperm(len(groups), generator=generator).tolist() if generator else range(len(groups))
    for group in (groups[at] for at in order):
        rows = [torch.tensor([codes.get(word, 1) for word in words[at]]) for at in group]
        yield nn.utils.rnn.pad_sequence(rows, batch_first=True), torch.tensor([names.index(books[at]) for at in group])


class MeanOfWords(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding, self.head = nn.Embedding(len(codes) + 2, 64), nn.Linear(64, len(names))
        nn.init.normal_(self.embedding.weight, 0, 0.1)
        nn.init.normal_(self.head.weight, 0, 0.1)
        nn.init.zeros_(self.head.bias)

    def forward(self, x):
        mask = (x != 0).float()[..., None]
        return self.head((self.embedding(x) * mask).sum(1) / mask.sum(1))


runs = []
for seed in sorted(run["seed"] for run in given["runs"]):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed)
    model = MeanOfWords()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.005, weight_decay=0.01)
    for _ in range(given["epochs"]):
        for inputs, targets in batches(train, generator):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(inputs), targets).backward()
            optimizer.step()
    right, losses = 0, 0
    with torch.no_grad():
        for inputs, targets in batches(test):
            logits = model(inputs)
            right += (logits.argmax(-1) == targets).sum().item()
            losses += nn.functional.cross_entropy(logits, targets, reduction="sum").item()
    runs.append({"seed": seed, "accuracy": right / len(test), "loss": losses / len(test)})
    print(runs[-1], flush=True)
Path(sys.argv[2]).write_text(json.dumps({"pytorch": torch.__version__, "runs": runs}, indent=2) + "\n")
