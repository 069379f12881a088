"""What the driver gives a contender: a network's name, a problem file, options and the number of threads."""

import json
import os
import sys
from typing import NamedTuple

import numpy as np

DTYPES = {"F32": np.float32, "I32": np.int32, "U8": np.uint8}


def load_file(path: str) -> dict[str, np.ndarray]:
    """The tensors of a safetensors file; a machine with a card may lack the library of that name."""
    content = np.fromfile(path, np.uint8)
    end = 8 + int.from_bytes(content[:8].tobytes(), "little")
    entries = json.loads(content[8:end].tobytes())
    entries.pop("__metadata__", None)
    return {
        name: content[end + first : end + last].copy().view(DTYPES[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in entries.items()
        for first, last in [entry["data_offsets"]]
    }


MOMENTUM = 0.9
CLASSES = 10


class Given(NamedTuple):
    network: str
    learning_rate: float
    # Layer to weight to values, in TensorFlow's layouts.
    weights: dict[str, dict[str, np.ndarray]]
    # The same of layers that are not trained: batch normalisations with moving statistics, by which they normalise.
    frozen: dict[str, dict[str, np.ndarray]]
    inputs: np.ndarray
    targets: np.ndarray
    images: np.ndarray
    labels: np.ndarray
    options: dict
    threads: int

    @property
    def momentum(self) -> float:
        return float(self.options.get("momentum", MOMENTUM))

    @property
    def batch(self) -> int:
        return self.inputs.shape[1]


def read_given() -> Given:
    """Reads the command line `NETWORK LEARNING-RATE PROBLEM-FILE OPTIONS`."""
    network, learning_rate, path, options = sys.argv[1:5]
    tensors = load_file(path)
    layers: dict[str, dict[str, dict[str, np.ndarray]]] = {"weights": {}, "frozen": {}}
    for name, values in tensors.items():
        if "/" in name:
            kind, layer, weight = name.split("/")
            layers[kind].setdefault(layer, {})[weight] = values
    rest = {name: tensors[name] for name in ("inputs", "targets", "images", "labels")}
    return Given(
        network=network,
        learning_rate=float(learning_rate),
        weights=layers["weights"],
        frozen=layers["frozen"],
        options=json.loads(options),
        threads=int(os.environ["CANTRIP_BENCH_THREADS"]),
        **rest,
    )


def shuffled_batches(given: Given, epoch: int):
    """Index arrays of an epoch's batches."""
    order = np.random.default_rng(epoch).permutation(len(given.images))
    return order.reshape(-1, given.batch)
