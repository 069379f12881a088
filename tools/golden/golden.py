"""The one writer of golden files: values made by another implementation, with where they come from.

A subject's script ends with

    write_golden(
        "packages/label-smoothing/test/golden.json",
        source="torch.nn.CrossEntropyLoss(label_smoothing), timm LabelSmoothingCrossEntropy",
        packages=["torch", "timm"],
        tolerance={"relative": 1e-6},
        cases={"two classes": {...}},
    )

Numbers may be Python numbers, or numpy arrays and torch tensors (written as nested lists). Give them in the
precision in which they were computed: a float32 array is written with its shortest float32 digits.
"""

import json
import math
import platform
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def write_golden(path, *, source, packages, tolerance, cases):
    """Writes `path` (relative to the repository) with `source`, `versions`, `command`, `tolerance`, `cases`.

    The output is the same for the same values, so that `git diff` shows what has changed.
    """
    golden = {
        "source": source,
        "versions": {"python": platform.python_version(), **{name: version(name) for name in packages}},
        "command": f"python tools/golden/generate.py {Path(sys.argv[0]).stem}",
        "tolerance": tolerance,
        "cases": plain(cases),
    }
    target = ROOT / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(render(golden) + "\n")
    print(f"{path}: {len(cases)} cases")


def plain(value):
    """Lists, dicts, numbers, strings, booleans and None of whatever was given."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float) and type(value) is float:
        return finite(value)
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if hasattr(value, "dtype") and not hasattr(value, "tolist"):
        import numpy

        value = numpy.asarray(value)
    if hasattr(value, "dtype") and value.dtype.kind == "f":
        return nested(value, lambda item: finite(float(str(item))))
    return plain(value.tolist())


def nested(array, convert):
    return convert(array[()]) if array.ndim == 0 else [nested(row, convert) for row in array]


def finite(number):
    if not math.isfinite(number):
        raise ValueError(f"a golden value must be finite, got {number}")
    return number


def render(value, indent=""):
    """JSON with one line for each list of numbers: readable, and small in a diff."""
    if isinstance(value, dict) and value:
        inner = indent + "  "
        rows = [f"{inner}{json.dumps(key)}: {render(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(rows) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        inner = indent + "  "
        return "[\n" + ",\n".join(inner + render(item, inner) for item in value) + f"\n{indent}]"
    return json.dumps(value)
