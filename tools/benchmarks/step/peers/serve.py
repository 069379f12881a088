"""Answers the driver's requests, one JSON line for each; contenders/serve.ts is the same for JavaScript."""

import json
import os
import resource
import sys
import time
from typing import Callable, NamedTuple, Sequence

BATCHES = 10


class Served(NamedTuple):
    """What a contender must be able to do."""

    versions: dict[str, str]
    # Trains on these of the prepared batches, one after the other, waits for the last loss and gives it.
    train: Callable[[Sequence[int]], float]
    # Trains for one epoch of the dataset: shuffled bytes on the host, divided by 255.
    epoch: Callable[[], None]
    # One product of two 512 x 512 matrices, waited for.
    product: Callable[[], None]


def serve(start: Callable[[], Served]) -> None:
    # The answers alone may stand on standard output: what frameworks print goes to standard error.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(message: dict) -> None:
        answers.write(json.dumps(message) + "\n")
        answers.flush()

    served = start()
    losses: list[float] = []
    step = 0

    def train(count: int) -> float:
        nonlocal step
        batches = [(step + i) % BATCHES for i in range(count)]
        step += count
        return served.train(batches)

    answer({"ready": True, "versions": {**served.versions, "python": sys.version.split()[0]}})
    for line in sys.stdin:
        request = json.loads(line)
        command, count = request["cmd"], request.get("count", 1)
        if command == "exit":
            break
        elif command == "first_step":
            answer({"milliseconds": timed(lambda: losses.append(train(1)))})
        elif command == "losses":
            while len(losses) < BATCHES:
                losses.append(train(1))
            answer({"losses": losses})
        elif command == "steps":
            answer({"milliseconds": timed(lambda: train(count))})
        elif command == "epoch":
            answer({"milliseconds": timed(served.epoch)})
        elif command == "product":
            answer({"milliseconds": timed(lambda: [served.product() for _ in range(count)])})
        elif command == "memory":
            unit = 1 if sys.platform == "darwin" else 1024
            answer({"bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit})
        else:
            raise ValueError(f"unknown request {command}")
    # Frameworks' threads must not hold the process up.
    os._exit(0)


def timed(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000
