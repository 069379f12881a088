"""What fastai's learning rate finder suggests, for packages/lr-schedules.

The four functions are taken out of fastai's own source and run as they are: importing fastai wants some dozen packages
that they do not use. `pip install --no-deps fastai==2.8.12` is enough.
"""

import ast
from importlib.util import find_spec
from pathlib import Path

import numpy
import torch

from golden import write_golden

NAMES = ["valley", "slide", "minimum", "steep"]


def of_fastai():
    source = Path(find_spec("fastai").origin).parent / "callback" / "schedule.py"
    functions = [
        node
        for node in ast.parse(source.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name in NAMES
    ]
    names = {"np": numpy, "to_np": lambda tensor: tensor.numpy()}
    exec(compile(ast.Module(functions, []), str(source), "exec"), names)
    return [names[name] for name in NAMES]


def curve(seed, count=85, bottom=0.6, noise=0.004):
    """A loss that stays, falls and then bursts."""
    random = numpy.random.default_rng(seed)
    place = numpy.linspace(0, 1, count)
    fall = 2.3 - 1.6 / (1 + numpy.exp(-18 * (place - bottom)))
    return fall + 4 * numpy.maximum(0, place - 0.85) ** 1.5 * 10 + noise * random.normal(size=count)


def case(losses, low=1e-6, high=3.0):
    rates = torch.logspace(numpy.log10(low), numpy.log10(high), len(losses), dtype=torch.float64)
    losses = torch.tensor(losses, dtype=torch.float64)
    valley, slide, minimum, steep = [function(rates, losses, len(losses))[0] for function in of_fastai()]
    return {
        "rates": rates,
        "losses": losses,
        "suggestions": {"valley": valley, "slide": slide, "minimum": minimum, "steepest": steep},
    }


write_golden(
    "packages/lr-schedules/test/golden/finder.json",
    source="valley, slide, minimum and steep of fastai.callback.schedule 2.8.12, in float64",
    packages=["torch", "numpy"],
    tolerance={"relative": 1e-12},
    cases={
        "a smooth loss": case(curve(0, noise=0)),
        "a noisy loss": case(curve(1)),
        "a very noisy loss": case(curve(2, noise=0.05)),
        "an early fall": case(curve(3, bottom=0.3)),
        "a loss that only falls": case(curve(4)[:60]),
        "a loss that only grows": case(numpy.linspace(1, 5, 40) ** 2),
        "a short sweep": case(curve(5, count=20)),
    },
)
