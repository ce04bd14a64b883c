"""The real command, stopped by Ctrl-C or killed at any moment: --resume does only the rest."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from studies.store import MANIFEST, list_runs
from tests.studies.small_company import write_company

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals")

ROOT = Path(__file__).parents[2]
PAUSE = 0.2
"""Seconds that a command here rests after each chunk: a kill that follows a few chunks never comes after the last."""

TELLING = f"""
import signal
import time
from contextlib import contextmanager
from studies.cli import main
from studies.commands import screen

def tell(done, total):
    print(done, flush=True)
    time.sleep({PAUSE})

@contextmanager
def telling(what):
    yield tell

screen.progress_bar = telling
if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what is in the background without it
    main()
"""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    write_company(folder)
    (folder / "telling.py").write_text(TELLING, "utf-8")
    return folder


def compare(company: Path, folder: Path, *more: str) -> subprocess.Popen[str]:
    """Start a comparison that prints, after each chunk, how many are done."""
    asked = ["compare", str(company / "funnel.yaml"), "-p", "least-open", "--as-of", "2026-01-05", "--days", "8"]
    return subprocess.Popen(
        [sys.executable, str(company / "telling.py"), *asked, *more],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def press_ctrl_c(child: subprocess.Popen[str]) -> tuple[str, str]:
    """Send the signal to the command and all its processes, as a terminal does, and return what they print."""
    os.killpg(child.pid, signal.SIGINT)
    return child.communicate(timeout=100)


def after(chunks: int, child: subprocess.Popen[str]) -> subprocess.Popen[str]:
    """Wait until some chunks are done."""
    assert child.stdout is not None
    for _ in range(chunks):
        assert child.stdout.readline().strip().isdigit()
    return child


def done(child: subprocess.Popen[str]) -> list[int]:
    """Wait for the end and return the counts of finished chunks that were printed."""
    out, err = child.communicate(timeout=200)
    assert (child.returncode, err) == (0, "")
    return [int(line) for line in out.splitlines() if line.isdigit()]


def results(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != MANIFEST}


@pytest.fixture(scope="module")
def undisturbed(company: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    assert done(compare(company, folder, "-r", "60", "-w", "1", "--output", "mine")) == list(range(1, 16))
    return results(folder / "mine")


def test_ctrl_c_keeps_the_finished_runs_and_leaves_no_half_folder(company: Path, tmp_path: Path) -> None:
    child = after(1, compare(company, tmp_path, "-w", "1", "-r", "100000", "--runs", "kept"))
    out, err = press_ctrl_c(child)
    assert child.returncode == 130
    assert "Traceback" not in out + err
    (run,) = list_runs(tmp_path / "kept")
    assert run.manifest.answer.startswith("Stopped early. ")
    assert err.startswith("error: stopped after ")
    assert err.endswith(f" runs of every scenario; these are kept; --resume kept/{run.name} does the rest\n")
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {run.name, f"{run.name}.unfinished"}


def test_after_ctrl_c_the_rest_is_done_to_the_same_bytes(
    company: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    asked = ("-w", "2", "-r", "60", "--runs", "kept")
    told = press_ctrl_c(after(2, compare(company, tmp_path, *asked)))[1]
    assert told.startswith("error: stopped after ")
    assert told.count("\n") == 1
    (stopped,) = list_runs(tmp_path / "kept")
    counts = done(compare(company, tmp_path, *asked, "--resume", f"kept/{stopped.name}"))
    assert counts[0] > 2
    assert counts[-1] == 15
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [stopped.name]
    assert results(stopped.folder) == undisturbed


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["serial", "threads", "processes"])
def test_a_command_killed_again_and_again_ends_with_the_same_bytes(
    executor: str, company: Path, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    luck = random.Random(executor)  # noqa: S311 - moments, no secrets
    asked = ("--executor", executor, "-r", "60", "--output", "mine")
    resume: tuple[str, ...] = ()
    for _ in range(3):
        child = after(luck.randint(1, 2), compare(company, tmp_path, *asked, *resume))
        time.sleep(luck.uniform(0, PAUSE))
        child.kill()
        child.communicate(timeout=100)
        assert [path.name for path in tmp_path.iterdir()] == ["mine.unfinished"]
        resume = ("--resume", "mine")
    assert done(compare(company, tmp_path, *asked, *resume))[0] > 3
    assert results(tmp_path / "mine") == undisturbed
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_the_processes_of_a_killed_command_end_with_it(company: Path, tmp_path: Path) -> None:
    child = after(1, compare(company, tmp_path, "--executor", "processes", "-w", "2", "-r", "100000"))
    child.kill()
    child.communicate(timeout=60)  # comes back when no process holds the other ends of its pipes any more
