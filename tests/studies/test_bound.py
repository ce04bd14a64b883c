from pathlib import Path

import pandas as pd
import pytest

from studies.cli import MISTAKE, OK, run
from studies.config import parse_spec
from studies.limits import shares, without_rules
from studies.plans import read_plans
from studies.store import load_run
from tests.studies.small_company import FUNNEL


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "funnel.yaml").write_text(FUNNEL, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_limit_is_kept_with_what_makes_it(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bound", "funnel.yaml", "--as-of", "2026-01-05", "--days", "28", "-o", "most"]) == OK
    shown = capsys.readouterr().out
    assert "No routing policy can book more than" in shown
    kept = load_run(company / "most")
    assert kept.tables == ("leads", "people", "teams", "weeks")
    assert kept.manifest.answer in (company / "most" / "report.html").read_text("utf-8").replace("&#39;", "'")
    assert set(kept.table("teams")["team"]) == {"sales"}


def test_plans_are_shown_as_shares_of_the_limit(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["compare", "funnel.yaml", "--as-of", "2026-01-05", "--days", "28", "-r", "4", "-p", "least-open,random"]
    assert run([*asked, "--bound", "-o", "near"]) == OK
    assert "share of the limit" in capsys.readouterr().out
    table = load_run(company / "near").table("limits")
    assert table["scenario"].tolist() == ["as is", "least-open", "random"]
    assert len(set(table["limit"])) == 1
    assert table["share"].between(0.05, 1.0).all()
    assert "What any policy could book" in (company / "near" / "report.html").read_text("utf-8")


def test_a_warm_up_and_a_limit_dont_go_together(company: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["compare", "funnel.yaml", "--as-of", "2026-01-05", "--warm-up", "5", "-p", "random", "--bound"]
    assert run(asked) == MISTAKE
    assert "leave out --bound, or warm-up" in capsys.readouterr().err


def test_plans_that_differ_in_rules_alone_share_a_limit() -> None:
    spec = parse_spec(FUNNEL)
    plans = read_plans("pool,by-region", ["sales:+1"], ["none"])
    prints = [without_rules(plan.apply(spec)).fingerprint for plan in plans]
    assert prints[0] == prints[1] == prints[2] == prints[4]
    assert prints[3] != prints[0]


def test_a_share_has_the_interval_of_the_mean() -> None:
    kpis = pd.DataFrame({"scenario": ["a"] * 3, "draw": [0] * 3, "bookings": [40.0, 50.0, 60.0]})
    row = shares(kpis, {"a": 100.0}).iloc[0]
    assert row["share"] == pytest.approx(0.5)
    assert row["share"] - row["low"] == pytest.approx(4.302653 * 10 / 3**0.5 / 100)
    assert shares(kpis, {"a": 0.0})["share"].isna().all()
