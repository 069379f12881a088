"""What Python's safetensors reads from the files of a checkpoint, and the sums that its manifest names, by hashlib."""

import hashlib
import json

from golden import ROOT, write_golden
from safetensors.numpy import load_file

FOLDER = ROOT / "packages/checkpoint/test/format/golden/version-1"
BEGIN, MIDDLE, END = len('{\n"sha256": "'), len('",\n"content": '), len("\n}\n")


def tensors(name):
    found = load_file(FOLDER / name)
    return [
        {"name": key, "type": str(value.dtype), "shape": list(value.shape), "bytes": value.tobytes().hex()}
        for key, value in sorted(found.items())
    ]


def manifest():
    text = (FOLDER / "manifest.json").read_bytes()
    parsed = json.loads(text)
    content = text[BEGIN + 64 + MIDDLE : -END]
    assert json.loads(content) == parsed["content"]
    assert hashlib.sha256(content).hexdigest() == parsed["sha256"]
    for name, file in parsed["content"]["files"].items():
        found = (FOLDER / name).read_bytes()
        assert len(found) == file["bytes"] and hashlib.sha256(found).hexdigest() == file["sha256"]
    return {"step": parsed["content"]["step"], "sha256": parsed["sha256"]}


if __name__ == "__main__":
    write_golden(
        "packages/checkpoint/test/format/golden/python.json",
        source="safetensors.numpy.load_file and hashlib on the folder beside this file",
        packages=["safetensors", "numpy"],
        tolerance={"relative": 0},
        cases={
            "manifest": manifest(),
            "weights.safetensors": {"tensors": tensors("weights.safetensors")},
            "state.safetensors": {"tensors": tensors("state.safetensors")},
        },
    )
