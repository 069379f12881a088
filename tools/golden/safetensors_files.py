"""Files that Python's safetensors wrote: of numpy, of torch, with names of every kind. Tests read them, write them again to the
byte, and the fuzz mutates them.
"""

import numpy
import torch
from golden import ROOT, write_golden
from safetensors.numpy import save as save_numpy
from safetensors.torch import save as save_torch

FOLDER = "packages/safetensors/test/golden"


def arrays():
    """Every type that numpy has, in an order that is not that of the file."""
    types = ["bool", "uint8", "int8", "int16", "uint16", "float16", "int32", "uint32", "float32", "float64", "int64", "uint64"]
    return {name: (numpy.arange(6) % 2 if name == "bool" else numpy.arange(6)).reshape(2, 3).astype(name) for name in types}


def tensors():
    """The types that numpy lacks, a scalar, and views that are not contiguous in memory."""
    values = torch.arange(-4, 4, dtype=torch.float32)
    return {
        "layer.bfloat16": values.to(torch.bfloat16),
        "layer.e4m3": values.to(torch.float8_e4m3fn),
        "layer.e5m2": values.to(torch.float8_e5m2),
        "layer.scalar": torch.tensor(0.1),
        "layer.kernel": values.reshape(2, 4).T.contiguous(),
    }


def names():
    """Names that sort differently by code points and by UTF-16, names that JSON escapes, and names that objects treat apart."""
    texts = ["b", "a", "B", "10", "9", "", "\U0001f600", "\ufffd", "\ufeffmark", 'quote " and \\', "tab\t\x01\x7f", "\u2028",
             "__proto__", "constructor", "toString", "dense/kernel:0", "é", "e\u0301"]
    return {text: numpy.full((1,), index, "uint8") for index, text in enumerate(texts)}


FILES = {
    "nothing": (save_numpy, {}, None),
    "numpy": (save_numpy, arrays(), None),
    "torch": (save_torch, tensors(), {"format": "pt"}),
    "names": (save_numpy, names(), {"é \" \\ \n": "\U0001f600 text"}),
    "empty": (save_numpy, {"none": numpy.zeros((0, 3), "float32"), "more": numpy.zeros((2, 0), "float64"),
                           "one": numpy.ones((), "int64")}, None),
    "metadata-alone": (save_numpy, {}, {"key": "value"}),
}


def described(tensor):
    array = tensor.contiguous().view(torch.uint8).numpy() if isinstance(tensor, torch.Tensor) and tensor.dim() else tensor
    data = (array.numpy() if isinstance(array, torch.Tensor) else array).tobytes()
    return {"type": str(tensor.dtype), "shape": list(tensor.shape), "bytes": data.hex()}


def main():
    cases = {}
    for name, (save, given, metadata) in FILES.items():
        (ROOT / FOLDER).mkdir(parents=True, exist_ok=True)
        (ROOT / FOLDER / f"{name}.safetensors").write_bytes(save(given, metadata))
        tensors_of = [{"name": key, **described(tensor)} for key, tensor in given.items()]
        cases[name] = {"tensors": tensors_of, "metadata": list((metadata or {}).items())}
    write_golden(
        f"{FOLDER}/files.json",
        source="the tensors that safetensors.numpy.save and safetensors.torch.save wrote into the files beside this one",
        packages=["safetensors", "numpy", "torch"],
        tolerance={"relative": 0},
        cases=cases,
    )


main()
