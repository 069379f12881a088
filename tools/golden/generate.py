"""Makes the golden files again: all of them, or those of the subjects that are named.

    python tools/golden/generate.py [subject …]     e.g. optimizers

A subject is a script in this folder; each one runs in a process of its own.
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
NOT_SUBJECTS = {
    "generate",
    "golden",
    "layers_elsewhere",
    "layers_keras",
    "layers_rows",
    "rates",
    "safetensors_verdicts",
    "streams",
}


def main(wanted):
    subjects = sorted(script.stem for script in HERE.glob("*.py") if script.stem not in NOT_SUBJECTS)
    unknown = [name for name in wanted if name not in subjects]
    if unknown:
        sys.exit(f"[golden] there is no subject {', '.join(unknown)}. The subjects are {', '.join(subjects)}.")
    for subject in wanted or subjects:
        subprocess.run([sys.executable, HERE / f"{subject}.py"], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
