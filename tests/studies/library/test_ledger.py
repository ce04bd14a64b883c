"""The decision ledger: predictions taken down, and held against what happened."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.errors import DataError, SpecError, UnknownNameError
from sim.kpis import summary
from sim.opening import Opening
from sim.simulate import simulate
from studies import cli
from studies.config import parse_spec
from studies.library.ledger import FOLDER, LEVELS, Decision, calibration, decide, decisions, outcomes, review
from studies.store import Question, Run, load_run, new_run
from tests.studies.small_company import FUNNEL, write_company

START = datetime(2026, 1, 5, tzinfo=UTC)
SETTINGS = {"as_of": START.isoformat(), "days": 30.0, "warm_up": 0.0}


def keep(root: Path, wins: list[float], **settings: object) -> Run:
    question = Question(verb="compare", settings=SETTINGS | settings, seed=1)
    table = pd.DataFrame({"scenario": "one more", "draw": 0, "replication": range(len(wins)), "wins": wins})
    with new_run(question, root=root) as draft:
        draft.table("kpis", table)
    return load_run(draft.folder)


def decision(number: int, quantiles: tuple[float, ...], happened: float) -> Decision:
    made = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)
    told = {"predicted": {"wins": quantiles}, "happened": {"wins": happened}}
    return Decision(decided=made, run="r", scenario="s", start=made, days=1.0, **told)  # type: ignore[arg-type]


def test_a_decision_keeps_what_was_predicted(tmp_path: Path) -> None:
    run = keep(tmp_path, [float(each) for each in range(101)])
    made = decide(run, "one more", root=tmp_path, why="the north is short", who="Ann")
    assert decisions(tmp_path) == (made,)
    assert made.predicted["wins"] == pytest.approx([100 * level for level in LEVELS])
    assert made.end == START + timedelta(days=30)


def test_only_a_prediction_can_be_decided_on(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="no plan 'two more'"):
        decide(keep(tmp_path, [1.0]), "two more", root=tmp_path)
    with pytest.raises(DataError, match="doesn't say for which days"):
        decide(keep(tmp_path, [1.0], as_of=None), "one more", root=tmp_path)
    with pytest.raises(SpecError, match="leave 7 days of warm-up out"):
        decide(keep(tmp_path, [1.0], warm_up=7.0), "one more", root=tmp_path)
    assert not (tmp_path / FOLDER).exists()


def test_what_happened_is_put_beside_a_decision_once_its_period_is_over(tmp_path: Path) -> None:
    decide(keep(tmp_path, [3.0, 4.0, 5.0]), "one more", root=tmp_path)
    decide(keep(tmp_path, [3.0, 4.0, 5.0], days=90.0), "one more", root=tmp_path)
    log = simulate(parse_spec(FUNNEL), Opening(START - timedelta(days=10)), days=60.0, seed=5)
    (reviewed,) = review(log, tmp_path)
    assert reviewed.days == 30.0
    assert reviewed.happened == {"wins": summary(log, (10.0, 40.0))["wins"]}
    assert [bool(each.happened) for each in decisions(tmp_path)].count(True) == 1


def test_the_ledger_tells_a_calibrated_forecaster_from_an_overconfident_one() -> None:
    rng = np.random.default_rng(3)
    truth = rng.normal(100.0, 10.0, 400)
    for spread, is_honest in ((10.0, True), (5.0, False)):
        quantiles = tuple(float(each) for each in np.quantile(rng.normal(100.0, spread, 200_000), LEVELS))
        told = tuple(decision(number, quantiles, float(each)) for number, each in enumerate(truth))
        last = calibration(told).groupby("interval").last()
        error = np.sqrt(last["promised"] * (1 - last["promised"]) / last["figures"])
        assert (last["figures"] == 400).all()
        assert bool(((last["held"] - last["promised"]).abs() < 4 * error).all()) is is_honest


def test_a_tie_counts_half() -> None:
    assert outcomes((decision(1, (0.0,) * len(LEVELS), 0.0),))["rank"].to_list() == [0.5]


def test_the_ledger_is_kept_and_reviewed_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_company(tmp_path)
    monkeypatch.chdir(tmp_path)
    asked = [
        "compare",
        "funnel.yaml",
        "-p",
        "least-open",
        "--as-of",
        "2025-02-03",
        "--days",
        "20",
        "-r",
        "3",
        "-w",
        "1",
    ]
    assert cli.run([*asked, "--output", "kept/mine"]) == 0
    assert cli.run(["ledger", "decide", "mine", "least-open", "--why", "fair", "--runs", "kept"]) == 0
    assert "look again after 2025-02-23" in capsys.readouterr().out
    assert cli.run(["ledger", "list", "--runs", "kept"]) == 0
    assert "over on 2025-02-2" in capsys.readouterr().out
    assert cli.run(["ledger", "review", "history.csv", "-m", "generic-stage-history", "--runs", "kept"]) == 0
    shown = capsys.readouterr().out
    assert "1 of 1 decisions are over and were reviewed." in shown
    assert "How often the ranges held so far" in shown


def test_a_decision_that_cannot_be_read_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "2026-01-01-x.json").write_text('{"run": 3}', "utf-8")
    with pytest.raises(DataError, match=r"2026-01-01-x\.json: no decision can be read from it"):
        decisions(tmp_path)
