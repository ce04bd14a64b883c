"""Diagnose, trace and hiring-plan from the command line: what they say, what they keep, and that luck alone decides."""

from pathlib import Path

import pytest

from studies import cli
from studies.store import load_run
from tests.studies.small_company import write_company

FUNNEL = ("funnel.yaml", "--as-of", "2026-01-05")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_company(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "keep_compiled_rules", lambda: None)
    return tmp_path


def kept(folder: Path) -> dict[str, bytes]:
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.slow
@pytest.mark.parametrize(
    "asked", [("diagnose", *FUNNEL, "--days", "20", "-r", "4"), ("hiring-plan", *FUNNEL, "--months", "2", "-r", "4")]
)
def test_the_answer_has_the_same_bytes_for_one_and_two_workers(asked: tuple[str, ...], here: Path) -> None:
    for workers in ("1", "2"):
        assert cli.run([*asked, "--workers", workers, "--output", workers]) == 0
    one, two = kept(here / "1"), kept(here / "2")
    assert one.keys() == two.keys() > {"report.html"}
    assert [name for name in one if one[name] != two[name]] == []


def test_a_diagnosis_gives_a_verdict_with_its_report(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("diagnose", *FUNNEL, "--days", "8", "--replications", "2", "--workers", "1", "--output", "1")
    assert cli.run(asked) == 0
    files = kept(here / "1")
    assert {"causes.parquet", "parts.parquet", "hours.parquet", "shape.parquet", "leads.parquet"} < files.keys()
    shown = capsys.readouterr().out
    assert "What keeps it down" in shown
    assert "What one more hour a week is worth" in shown
    run = load_run(here / "1")
    assert run.manifest.answer.startswith(("Main cause: ", "Healthy: "))
    assert "Its shape is " in run.manifest.answer
    assert run.manifest.settings["reference"] == "typical"
    assert set(run.table("causes")["cause"]) >= {"capacity", "follow-up", "all together", "interaction"}
    assert "Lead quality is held against the reference" in files["report.html"].decode()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (("--kpi", "leads"), "no figure 'leads' to explain; take bookings, wins, conversion_cohort"),
        (("--reference", "mail"), "no reference for lead quality 'mail'; diagnose has typical, best, web, partner"),
        (("--material", "0"), "material must be above 0"),
    ],
)
def test_what_cant_be_diagnosed_is_said_in_a_line(
    option: tuple[str, str], message: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["diagnose", *FUNNEL, *option]) == 2
    assert message in capsys.readouterr().err


def test_a_traced_lead_stands_under_two_plans_side_by_side(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["trace", *FUNNEL, "--days", "8", "--policies", "least-open,round-robin"]
    assert cli.run([*asked, "--list", "--most", "3"]) == 0
    assert "end differently under least-open and round-robin" in capsys.readouterr().out
    assert cli.run([*asked[:2], "web-3", *asked[2:]]) == 0
    shown = capsys.readouterr().out
    assert "The life of web-3" in shown
    assert "Least" in shown
    assert "Round" in shown
    assert "Report:" not in shown


def test_a_trace_can_be_kept(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["trace", *FUNNEL[:1], "web-3", *FUNNEL[1:], "--days", "8", "--output", "kept"]) == 0
    assert "Report: kept/report.html" in capsys.readouterr().out
    moments = load_run(here / "kept").table("moments")
    assert set(moments["plan"]) == {"as is"}
    assert moments["sentence"].str.contains("enters stage qualify").any()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ((), "name a lead, or ask for a list of some with --list"),
        (("web-3", "--list"), "name a lead, or ask for a list of some with --list"),
        (("web-3", "-p", "random,pool,least-open"), "two plans stand side by side, got 3"),
        (("nobody",), "no lead 'nobody' in these 90 days"),
    ],
)
def test_what_cant_be_traced_is_said_in_a_line(
    asked: tuple[str, ...], message: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["trace", FUNNEL[0], *asked, *FUNNEL[1:]]) == 2
    assert message in capsys.readouterr().err


def test_a_hiring_plan_says_whom_to_hire_when_and_what_delay_costs(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    terms = ("--busiest", "0.6", "--time-to-hire", "10", "--workers", "1", "--output", "1")
    assert cli.run(["hiring-plan", *FUNNEL, "--months", "3", "--replications", "2", *terms]) == 0
    files = kept(here / "1")
    assert {"staffing.parquet", "kpis.parquet", "report.html"} <= files.keys()
    run = load_run(here / "1")
    assert "sales is short of hours from 2026-01 on: open " in run.manifest.answer
    assert "at once (it should have been by 2025-" in run.manifest.answer
    assert "a month's delay costs" in run.manifest.answer
    assert run.manifest.settings["time_to_hire"] == 10.0
    assert list(run.table("staffing")["month"]) == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert "Positions to open" in capsys.readouterr().out


def test_a_team_with_hours_to_spare_need_not_hire(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("hiring-plan", *FUNNEL, "--months", "1", "--replications", "2", "--busiest", "1", "--workers", "1")
    assert cli.run([*asked, "--output", "kept"]) == 0
    assert "no position need be opened" in load_run(here / "kept").manifest.answer
    assert cli.run([*asked, "--leaving", "1"]) == 2
    assert "leaving must be in [0, 1)" in capsys.readouterr().err
