"""The models in C++, compiled when asked for with -O3 for this very processor: the limit."""

import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from bench.peers.models import Done, Model, Queue

SOURCE = Path(__file__).with_name("limit.cpp")
COMPILER = "g++"
FLAGS = ("-O3", "-march=native", "-std=c++17")


def compiler() -> str | None:
    """Return the path of the compiler, or None where there is none."""
    return shutil.which(COMPILER)


@cache
def program() -> Path:
    """Compile the program and return its path; the folder lasts until the machine clears its temporary files."""
    found = compiler()
    if found is None:
        raise FileNotFoundError(f"no {COMPILER} on the PATH; install it, or leave the C++ rows out")
    path = Path(tempfile.mkdtemp(prefix="headrace-bench-")) / "limit"
    subprocess.run([found, *FLAGS, "-o", path, SOURCE], check=True)
    return path


def simulate(model: Model, seed: int, future: str = "heap") -> Done:
    """Simulate a model once; ``future`` is ``heap``, ``lanes`` or ``std``, see ``limit.cpp``."""
    return replicate(model, seed, 1, future)[0][0]


def replicate(model: Model, seed: int, runs: int, future: str = "heap", warm: float = 0.0) -> list[tuple[Done, float]]:
    """Simulate several times with different luck; beside each run, the share that gave up in the first stage.

    That share and the mean wait are those of the leads that came after ``warm``.
    """
    command = [future, seed, runs, model.until, warm, model.rate, *_stages(model)]
    done = subprocess.run([program(), *map(_told, command)], check=True, capture_output=True, text=True)
    found = []
    for line in done.stdout.splitlines():
        *counts, wait, gave_up, seconds = line.split()
        arrivals, starts, ends, renegings = map(int, counts)
        found.append((Done(arrivals, starts, ends, renegings, float(wait), float(seconds)), float(gave_up)))
    return found


def _told(word: str | float) -> str:
    return word if isinstance(word, str) else repr(word)


def _stages(model: Model) -> list[float]:
    if isinstance(model, Queue):
        return [float("inf"), model.servers, model.service, 0.0]
    stages = zip(model.pools, model.services, model.onward, strict=True)
    return [model.patience, *(number for stage in stages for number in stage)]
