import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from sim.errors import DataError, SpecError, UnknownNameError
from studies.store import MANIFEST, Question, list_runs, load_run, new_run
from studies.whole_folder import whole_folder

ROOT = Path(__file__).parents[2]
FRAME = pd.DataFrame({"scenario": ["as is", "one more"], "bookings": [1.5, float("nan")], "pairs": [3, 4]})
QUESTION = Question(verb="compare", command=("headrace", "compare"), settings={"days": 90}, fingerprint="ab", seed=1)


def run_in(root: Path, question: Question = QUESTION) -> Path:
    with new_run(question, root=root) as draft:
        draft.table("comparison", FRAME)
        draft.text("report.html", "<p>ä</p>\n")
        draft.answer = "One more rep books more."
    return draft.folder


def test_a_run_stands_whole_with_its_manifest(tmp_path: Path) -> None:
    source = tmp_path / "funnel.yaml"
    source.write_text("market:\n", "utf-8")
    run = load_run(run_in(tmp_path / "runs", Question(verb="compare", inputs=(source,), seed=1)))
    assert run.tables == ("comparison",)
    pd.testing.assert_frame_equal(run.table("comparison"), FRAME)
    assert [each.path for each in run.manifest.results] == ["comparison.parquet", "report.html"]
    assert run.manifest.inputs[0].bytes == 8
    assert {"python", "headrace", "numpy", "simpy"} <= run.manifest.versions.keys()
    assert run.manifest.answer == "One more rep books more."
    assert run.name.count("compare") == 1


def test_the_same_question_gives_the_same_bytes_and_the_next_free_name(tmp_path: Path) -> None:
    first, second = run_in(tmp_path), run_in(tmp_path)
    assert second.name == f"{first.name}-2"
    assert load_run(first).manifest.results == load_run(second).manifest.results


def test_a_changed_result_is_found(tmp_path: Path) -> None:
    folder = run_in(tmp_path)
    assert load_run(folder).changed() == ()
    (folder / "report.html").write_text("forged", "utf-8")
    (folder / "comparison.parquet").unlink()
    assert load_run(folder).changed() == ("comparison.parquet", "report.html")


def test_runs_are_listed_newest_first_and_foreign_folders_are_none(tmp_path: Path) -> None:
    first = run_in(tmp_path)
    manifest = first / MANIFEST
    manifest.write_text(manifest.read_text("utf-8").replace('"created": "2', '"created": "1'), "utf-8")
    second = run_in(tmp_path)
    (tmp_path / "notes").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / MANIFEST).write_text("{", "utf-8")
    assert [run.folder for run in list_runs(tmp_path)] == [second, first]
    assert list_runs(tmp_path / "nowhere") == ()


def test_a_run_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="nowhere"), new_run(QUESTION, root=tmp_path) as draft:
        draft.text("nowhere/report.html", "half")
    assert list(tmp_path.iterdir()) == []


KILLED = """
import sys, time
from pathlib import Path
from studies.store import Question, new_run
with new_run(Question(verb="compare"), root=Path(sys.argv[1])) as draft:
    draft.text("report.html", "half")
    print("writing", flush=True)
    time.sleep(60)
"""


@pytest.mark.skipif(os.name != "posix", reason="asks for a signal that kills at once")
def test_a_run_that_is_killed_leaves_no_half_run(tmp_path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "writing\n"
    child.send_signal(signal.SIGKILL)
    child.wait(20)
    child.stdout.close()
    assert list_runs(tmp_path) == ()
    left = list(tmp_path.iterdir())
    assert [path.name.startswith(".partial-") for path in left] == [True]
    run_in(tmp_path)
    assert left[0].exists()  # it may still be at work
    os.utime(left[0], (time.time() - 90_000,) * 2)
    run_in(tmp_path)
    assert not left[0].exists()


def test_a_folder_of_ones_own_is_replaced_only_on_demand(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    with new_run(QUESTION, folder=mine) as draft:
        draft.text("old.txt", "old")
    with (
        pytest.raises(SpecError, match="is there already; name another folder, or replace it with --replace"),
        new_run(QUESTION, folder=mine),
    ):
        pass
    with new_run(QUESTION, folder=mine, replace=True) as draft:
        draft.text("new.txt", "new")
    assert sorted(path.name for path in mine.iterdir()) == [MANIFEST, "new.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_what_is_no_run_is_never_replaced(tmp_path: Path) -> None:
    mine = tmp_path / "documents"
    mine.mkdir()
    with new_run(QUESTION, folder=mine, replace=True):
        pass  # an empty folder is nobody's
    (mine / MANIFEST).rename(mine / "thesis.txt")
    for taken in (mine, mine / "thesis.txt"):
        told = f"{taken}: holds no run, so --replace leaves it alone; name another folder"
        with pytest.raises(SpecError, match=re.escape(told)), new_run(QUESTION, folder=taken, replace=True):
            pass
    assert (mine / "thesis.txt").is_file()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(SpecError, match="can't be written"), whole_folder(tmp_path / "file" / "runs"):
        pass


def test_what_is_no_run_is_answered_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no manifest\.json in it"):
        load_run(tmp_path)
    (tmp_path / MANIFEST).write_text('{"format": 99}', "utf-8")
    with pytest.raises(DataError, match="not a manifest of format 1"):
        load_run(tmp_path)
    (tmp_path / MANIFEST).write_text("{", "utf-8")
    with pytest.raises(DataError, match=r"not a manifest of format 1 \(invalid json"):
        load_run(tmp_path)
    with pytest.raises(UnknownNameError, match=r"no table 'kpis'; run .* has comparison"):
        load_run(run_in(tmp_path)).table("kpis")
