"""Kill studies at random moments until they are done, and hold every end against an undisturbed run.

    python tools/kill_studies.py docs/kills.csv [KILLS]

A comparison of a small company is started, killed without warning at a random moment, and gone on with; after five
kills it may end, and the next one begins, until there were so many kills (100 by default). A third of the moments lie
before the first chunk of work is finished, a third between two chunks, a third after the last one, when results are
written. After each kill every chunk that was finished must be there and readable, and each comparison must end with the
very bytes of an undisturbed one. A line a kill is kept.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from studies.parquet_file import read_parquet
from studies.store import MANIFEST, is_run
from studies.whole_file import write_whole
from tests.studies.small_company import write_company

ROOT = Path(__file__).parents[1]
RUNS, CHUNKS = 120, 30
ASKED = ("compare", "funnel.yaml", "-p", "least-open,random", "--as-of", "2026-01-05", "--days", "20", "-r", str(RUNS))
OUTPUT = "mine"
KILLS_EACH = 5
STARTING, WORKING, WRITING = "starting", "at work", "writing"
POLL = 0.002
"""Seconds between two looks at what is finished."""


@dataclass(frozen=True)
class Pace:
    """Seconds of a study until its first chunk, from one chunk to the next, and from the last one to its end."""

    start: float
    chunk: float
    write: float

    def shortest(self, other: "Pace") -> "Pace":
        """Return the shorter of each, so that moments chosen by it seldom come too late."""
        return Pace(min(self.start, other.start), min(self.chunk, other.chunk), min(self.write, other.write))


@dataclass(frozen=True)
class Kill:
    """What a study was doing when it was killed, and its chunks: finished when it was begun, and after the kill."""

    study: int
    phase: str
    before: int
    after: int


def study(folder: Path) -> subprocess.Popen[bytes]:
    """Begin the comparison, or go on with it, in a process group of its own."""
    more = ("--resume", OUTPUT) if (folder / f"{OUTPUT}.unfinished").exists() else ()
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", "from studies.cli import main; main()", *ASKED, "--output", OUTPUT, *more],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def chunks(folder: Path) -> frozenset[Path]:
    """Return the folders of the chunks that are finished."""
    return frozenset((folder / f"{OUTPUT}.unfinished" / "chunks").glob("[0-9]*"))


def wait_until(child: subprocess.Popen[bytes], true: Callable[[], bool]) -> float:
    """Wait until something is true or the study has ended; return how many seconds that took."""
    began = time.monotonic()
    while child.poll() is None and not true():
        time.sleep(POLL)
    return time.monotonic() - began


def to_the_end(folder: Path) -> Pace:
    """Let a study run to its end; stop if it fails. What was done before tells nothing of the pace."""
    have = len(chunks(folder))
    child = study(folder)
    start = wait_until(child, lambda: len(chunks(folder)) > have or have == CHUNKS)
    work = wait_until(child, lambda: len(chunks(folder)) == CHUNKS)
    write = wait_until(child, lambda: False)
    if child.returncode != 0:
        sys.exit(f"{folder.name} failed")
    told = CHUNKS - have > 1
    return Pace(start, work / (CHUNKS - have - 1), write) if told else Pace(inf, inf, inf)


def kill(folder: Path, number: int, luck: random.Random, pace: Pace) -> Kill | None:
    """Go on with a study and kill it at a random moment; None if it has ended before."""
    before = chunks(folder)
    phases = {
        STARTING: (0, pace.start),
        WORKING: (luck.randint(min(len(before) + 1, CHUNKS), CHUNKS), pace.chunk),
        WRITING: (CHUNKS, pace.write),
    }
    count, longest = phases[luck.choice(list(phases))]
    child = study(folder)
    wait_until(child, lambda: len(chunks(folder)) >= count)
    time.sleep(luck.uniform(0.0, longest))
    seen = chunks(folder)
    if child.poll() is not None:
        return None
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    after = check_chunks(folder, before | seen)
    if len(after) == CHUNKS or is_run(folder / OUTPUT):
        return Kill(number, WRITING, len(before), CHUNKS)
    return Kill(number, WORKING if after - before else STARTING, len(before), len(after))


def check_chunks(folder: Path, seen: frozenset[Path]) -> frozenset[Path]:
    """Return the finished chunks; stop if one that was seen is gone. A damaged one raises `DataError`."""
    found = chunks(folder)
    if not seen <= found and not is_run(folder / OUTPUT):
        sys.exit(f"{len(seen - found)} finished chunks are gone")
    for table in (table for place in found for table in place.glob("*.parquet")):
        read_parquet(table)
    return found


def check_end(folder: Path, expected: dict[str, bytes]) -> None:
    """Stop if a study ended with other bytes than an undisturbed one."""
    if bytes_of(folder / OUTPUT) != expected:
        sys.exit(f"{folder.name} ended with other bytes")


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return the results of a run, file by file."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != MANIFEST}


def company(scratch: Path, name: str) -> Path:
    """Return a folder with the small company."""
    folder = scratch / name
    folder.mkdir()
    write_company(folder)
    return folder


def kill_some(folder: Path, number: int, most: int, luck: random.Random, pace: Pace) -> list[Kill]:
    """Kill a study some times, unless it ends before."""
    kills: list[Kill] = []
    while len(kills) < most and not is_run(folder / OUTPUT):
        found = kill(folder, number, luck, pace)
        kills += [found] if found else []
    return kills


def main(path: Path, wanted: int) -> None:
    """Kill so often, keep what happened, and say it."""
    luck, kills, number = random.Random(1), list[Kill](), 0  # noqa: S311 - moments, no secrets
    with TemporaryDirectory() as name:
        first = company(Path(name), "undisturbed")
        pace = to_the_end(first)
        while len(kills) < wanted:
            folder = company(Path(name), f"study {number}")
            kills += kill_some(folder, number, min(KILLS_EACH, wanted - len(kills)), luck, pace)
            if not is_run(folder / OUTPUT):
                pace = pace.shortest(to_the_end(folder))
            check_end(folder, bytes_of(first / OUTPUT))
            number += 1
            write_whole(path, pd.DataFrame([asdict(each) for each in kills]).to_csv(index=False))
            print(f"{len(kills)} kills, {number} studies, all whole and the same to the last byte", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100)
