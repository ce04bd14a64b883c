"""The library of runs: found again, remarked on, locked, compared and made again."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import DataError, SpecError, UnknownNameError
from studies import cli
from studies.kept_inputs import FOLDER
from studies.library.catalogue import catalogue, figures, find_run
from studies.library.difference import difference
from studies.library.remarks import REMARKS, Remarks, is_intact, lock, lock_of, remark, remarks_on
from studies.store import LOCK, Question, Run, list_runs, load_run, new_run
from tests.studies.small_company import write_company

SETTINGS = {"as_of": "2026-01-05T00:00:00+00:00", "days": 30.0, "replications": 40, "warm_up": 0.0}


def kpis(seed: int, gain: float = 0.0) -> pd.DataFrame:
    """Forty runs of two plans; the second books ``gain`` more under the same luck."""
    luck = np.random.default_rng(seed).normal(100.0, 20.0, 40)
    keys = {"draw": 0, "replication": range(40)}
    plans = {"as is": luck, "one more": luck + gain}
    return pd.concat([pd.DataFrame({"scenario": name, **keys, "bookings": each}) for name, each in plans.items()])


def keep(root: Path, table: pd.DataFrame, *, seed: int = 1, **settings: object) -> Run:
    question = Question(verb="compare", settings=SETTINGS | settings, fingerprint="ab", seed=seed)
    with new_run(question, root=root) as draft:
        draft.table("kpis", table)
        draft.answer = f"Seed {seed} books more."
    return load_run(draft.folder)


# remarks and locks


def test_remarks_are_kept_and_leave_the_run_as_it_was(tmp_path: Path) -> None:
    run = keep(tmp_path, kpis(1))
    remark(run, remarks_on(run).tagged(["q2", "board"]))
    remark(run, Remarks(tags=remarks_on(run).tagged(remove=["q2"]).tags, note="Für den Vorstand"))
    assert remarks_on(load_run(run.folder)) == Remarks(tags=("board",), note="Für den Vorstand")
    assert run.changed() == ()


def test_a_tag_that_is_not_there_cannot_be_removed() -> None:
    with pytest.raises(SpecError, match="no tag 'board' to remove; this run has q2"):
        Remarks(tags=("q2",)).tagged(remove=["board"])


def test_remarks_that_cannot_be_understood_are_an_error_that_names_the_file(tmp_path: Path) -> None:
    run = keep(tmp_path, kpis(1))
    (run.folder / REMARKS).write_text("{", "utf-8")
    with pytest.raises(DataError, match=r"remarks\.json: can't be understood"):
        remarks_on(run)


def test_a_locked_run_cannot_be_replaced_nor_locked_again(tmp_path: Path) -> None:
    run = keep(tmp_path, kpis(1))
    assert lock_of(run) is None
    settled = lock(run, "FY27 v1")
    assert is_intact(run, settled)
    with pytest.raises(SpecError, match="is locked as 'FY27 v1' since"):
        lock(run, "FY27 v2")
    question = Question(verb="compare")
    with (
        pytest.raises(SpecError, match="is locked as a version of the plan"),
        new_run(question, folder=run.folder, replace=True),
    ):
        pytest.fail("a locked run was replaced")


@pytest.mark.parametrize("forged", ["kpis.parquet", "manifest.json"])
def test_a_change_to_a_locked_run_is_told(tmp_path: Path, forged: str) -> None:
    run = keep(tmp_path, kpis(1))
    settled = lock(run, "FY27 v1")
    (run.folder / forged).write_bytes((run.folder / forged).read_bytes() + b" ")
    assert not is_intact(load_run(run.folder), settled)


def test_a_run_whose_results_changed_cannot_be_locked(tmp_path: Path) -> None:
    run = keep(tmp_path, kpis(1))
    (run.folder / "kpis.parquet").unlink()
    with pytest.raises(SpecError, match=r"kpis\.parquet changed since the run ended"):
        lock(run, "FY27 v1")
    assert not (run.folder / LOCK).exists()


# the catalogue


def test_the_catalogue_finds_runs_by_verb_tag_and_text(tmp_path: Path) -> None:
    first, second = keep(tmp_path, kpis(1)), keep(tmp_path, kpis(2), seed=2)
    remark(second, Remarks(tags=("board", "q2"), note="the brave one"))
    assert set(catalogue(tmp_path)["run"]) == {first.name, second.name}
    assert list(catalogue(tmp_path, tag="q2")["run"]) == [second.name]
    assert list(catalogue(tmp_path, text="BRAVE")["run"]) == [second.name]
    assert list(catalogue(tmp_path, text="seed 1")["run"]) == [first.name]
    assert catalogue(tmp_path, verb="forecast").empty
    assert catalogue(tmp_path, tag="q").empty
    assert catalogue(tmp_path / "nowhere").empty


def test_a_figure_of_many_runs_stands_side_by_side(tmp_path: Path) -> None:
    runs = [keep(tmp_path, kpis(seed, gain=10.0), seed=seed) for seed in (1, 2)]
    found = figures(runs, "bookings").set_index(["run", "scenario"])
    for run, seed in zip(runs, (1, 2), strict=True):
        mine = kpis(seed, gain=10.0).query("scenario == 'one more'")["bookings"]
        row = found.loc[(run.name, "one more")]
        assert row["replications"] == 40
        assert row[["mean", "p10", "p50", "p90"]].to_list() == pytest.approx(
            [mean_of(mine), *mine.quantile([0.1, 0.5, 0.9])]
        )
    with pytest.raises(UnknownNameError, match="no figure 'bookigns'"):
        figures(runs, "bookigns")


def mean_of(values: "pd.Series[float]") -> float:
    return float(values.mean())


def test_a_run_is_found_by_the_start_of_its_name_if_only_one_begins_so(tmp_path: Path) -> None:
    first, second = keep(tmp_path, kpis(1)), keep(tmp_path, kpis(2), seed=2)
    assert find_run(tmp_path, first.name).folder == first.folder
    assert find_run(tmp_path, second.name[:-3]).name == second.name
    assert find_run(tmp_path, str(first.folder)).name == first.name
    for name in ("", first.name[:12], "none"):
        with pytest.raises(UnknownNameError):
            find_run(tmp_path, name)


# two runs


def test_runs_under_the_same_luck_are_compared_pair_by_pair(tmp_path: Path) -> None:
    first, second = keep(tmp_path, kpis(1)), keep(tmp_path, kpis(1, gain=5.0), kpi="bookings")
    found = difference(first, second)
    assert found.paired
    rows = found.figures.set_index("scenario")
    assert rows.loc["as is", ["difference", "low", "high"]].to_list() == [0.0, 0.0, 0.0]
    assert rows.loc["one more", ["difference", "low", "high"]].to_list() == pytest.approx([5.0, 5.0, 5.0])
    assert found.asked.to_dict("records") == [{"what": "kpi", "first": "–", "second": "bookings"}]


def test_the_interval_of_runs_under_other_luck_covers_the_truth_95_times_in_100(tmp_path: Path) -> None:
    runs = [keep(tmp_path, kpis(seed, gain=30.0), seed=seed) for seed in range(24)]
    rows = [
        difference(one, two).figures.set_index("scenario").loc["as is"]
        for number, one in enumerate(runs)
        for two in runs[number + 1 :]
    ]
    assert not difference(runs[0], runs[1]).paired
    covered = np.mean([row["low"] <= 0.0 <= row["high"] for row in rows])
    wrong = np.mean([row["low"] <= 15.0 <= row["high"] for row in rows])
    error = np.sqrt(0.05 * 0.95 / len(runs))  # pairs share runs: at most as many independent ones as there are runs
    assert abs(covered - 0.95) < 4 * error
    assert abs(wrong - 0.95) > 4 * error, "a shift of three quarters of a standard deviation would go unseen"


def test_runs_without_a_common_plan_cannot_be_compared(tmp_path: Path) -> None:
    first, second = keep(tmp_path, kpis(1)), keep(tmp_path, kpis(1).assign(scenario="other"), kpi="wins")
    with pytest.raises(DataError, match="have no scenario in common"):
        difference(first, second)


# made again


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_company(tmp_path)
    monkeypatch.chdir(tmp_path)
    asked = ["compare", "funnel.yaml", "-p", "least-open", "--as-of", "2026-01-05", "--days", "5", "-r", "2", "-w", "1"]
    assert cli.run([*asked, "--runs=kept"]) == 0
    return tmp_path


def test_a_run_is_made_again_to_the_last_byte_even_when_its_funnel_has_changed(
    company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["runs", "again", list_runs(Path("kept"))[0].name, "--runs", "kept"]) == 0
    assert "every result is the same to the last byte" in capsys.readouterr().out
    file = company / "funnel.yaml"
    file.write_text(file.read_text("utf-8").replace("rate_per_day: 6", "rate_per_day: 9"), "utf-8")
    assert cli.run(["runs", "again", list_runs(Path("kept"))[-1].name, "--runs", "kept"]) == 0
    assert "every result is the same to the last byte" in capsys.readouterr().out
    assert len(list_runs(Path("kept"))) == 3


def test_a_run_whose_results_were_others_says_which(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    manifest = company / "kept" / list_runs(Path("kept"))[0].name / "manifest.json"
    said = json.loads(manifest.read_text("utf-8"))
    said["results"][1]["sha256"] = "0" * 64
    said["versions"]["numpy"] = "1.0"
    manifest.write_text(json.dumps(said), "utf-8")
    assert cli.run(["runs", "again", manifest.parent.name, "--runs", "kept"]) == 1
    shown = capsys.readouterr().out
    assert f"not the same: {said['results'][1]['path']}; changed since: numpy 1.0 → {np.__version__}." in shown


def test_a_run_whose_input_is_lost_cannot_be_made_again(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (company / "funnel.yaml").unlink()
    for kept in (list_runs(Path("kept"))[0].folder / FOLDER).iterdir():
        kept.unlink()
    assert cli.run(["runs", "again", list_runs(Path("kept"))[0].name, "--runs", "kept"]) == 2
    assert "funnel.yaml: changed or gone since" in capsys.readouterr().err
    assert [path.name for path in (company / "kept").iterdir() if path.name.startswith(".partial")] == []


def test_the_library_is_shown_on_the_terminal(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del company
    name, place = list_runs(Path("kept"))[0].name, ["--runs", "kept"]
    assert cli.run(["runs", "tag", name, "--add", "board", *place]) == 0
    assert cli.run(["runs", "note", name, "the brave one", *place]) == 0
    assert cli.run(["runs", "lock", name, "FY27 v1", *place]) == 0
    assert cli.run(["runs", "list", *place]) == 0
    assert cli.run(["runs", "show", name, *place]) == 0
    assert cli.run(["runs", "figures", "--kpi", "wins", *place]) == 0
    assert cli.run(["runs", "compare", name, name, *place]) == 0
    shown = capsys.readouterr().out
    assert "tags: board; the brave one; locked as 'FY27 v1'" in shown
    assert "intact" in shown
    assert "wins in all runs" in shown
    assert "The runs met the same luck, so differences are paired." in shown
