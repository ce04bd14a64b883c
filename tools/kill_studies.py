"""Kill a study at random moments until it is done, again and again, and hold every end against an undisturbed run.

    python tools/kill_studies.py [KILLS]

A comparison of a small company is started, killed without warning after a random time, and gone on with, until it is
done; then the next one begins, until there were so many kills (100 by default). After each kill every finished chunk
must be readable, and each comparison must end with the very bytes of an undisturbed one.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from studies.parquet_file import read_parquet
from studies.store import MANIFEST
from tests.studies.small_company import write_company

ROOT = Path(__file__).parents[1]
ASKED = ("compare", "funnel.yaml", "-p", "least-open,random", "--as-of", "2026-01-05", "--days", "20", "-r", "200")
OUTPUT = "mine"


def study(folder: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start the comparison in a process group of its own."""
    return subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", "from studies.cli import main; main()", *ASKED, "--output", OUTPUT, *more],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return the results of a run, file by file."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != MANIFEST}


def check_chunks(folder: Path) -> int:
    """Read every finished chunk; a damaged one raises `DataError`. Return how many there are."""
    tables = list((folder / f"{OUTPUT}.unfinished" / "chunks").glob("[0-9]*/*.parquet"))
    for table in tables:
        read_parquet(table)
    return len({table.parent for table in tables})


def kill_until_done(folder: Path, luck: random.Random, longest: float) -> int:
    """Kill and go on until the study is done; return the number of kills."""
    kills = 0
    while not (folder / OUTPUT).exists():
        begun = (folder / f"{OUTPUT}.unfinished").exists()
        child = study(folder, *(("--resume", OUTPUT) if begun else ()))
        try:
            child.wait(luck.uniform(0.0, longest))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            kills += 1
            check_chunks(folder)
    return kills


def main(wanted: int) -> None:
    """Kill so often, and say what was found."""
    luck, kills, studies = random.Random(1), 0, 0  # noqa: S311 - moments, no secrets
    with tempfile.TemporaryDirectory() as scratch:
        undisturbed = Path(scratch) / "undisturbed"
        undisturbed.mkdir()
        write_company(undisturbed)
        began = time.monotonic()
        if study(undisturbed).wait() != 0:
            sys.exit("the undisturbed study failed")
        longest = 1.2 * (time.monotonic() - began)  # now and then one gets through
        while kills < wanted:
            folder = Path(scratch) / str(studies)
            folder.mkdir()
            write_company(folder)
            kills += kill_until_done(folder, luck, longest)
            if bytes_of(folder / OUTPUT) != bytes_of(undisturbed / OUTPUT):
                sys.exit(f"study {studies} ended with other bytes")
            studies += 1
            print(f"{kills} kills, {studies} studies, all whole and the same to the last byte", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
