"""``headrace scenario`` and ``headrace compare --scenarios``: plans in a file, from the check to the comparison."""

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from scenarios.levers.registry import LEVERS
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.prices import MONTH
from sim.errors import UnknownNameError
from studies import cli
from studies.config import parse_spec
from studies.scenario_diff import spec_differences
from studies.scenarios import difference_text
from studies.store import list_runs, load_run
from tests.studies.small_company import FUNNEL, write_company

SHORT = ("--as-of", "2026-01-05", "--days", "40", "--replications", "3", "--workers", "1")
PLANS = """\
base: .
prices: {rep_month: 3000, hiring: 500, lead: {web: 5}}
target: 150000
plans:
- name: a hire and more leads
  levers:
  - hire: {team: sales, number: 1, opened: 2026-01-05, time_to_hire: 7 d}
  - scale-leads: {factor: 1.5, channel: web}
- name: by load
  levers: [{routing: {routing: least-open}}]
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli, "keep_compiled_rules", lambda: None)
    write_company(tmp_path)
    (tmp_path / "plans.yaml").write_text(PLANS, "utf-8")
    return tmp_path


def headrace(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments))


def test_a_whole_file_is_told_plan_by_plan(here: Path) -> None:
    told = headrace("scenario", "check", "plans.yaml")
    assert told.exit_code == 0, told.output
    assert "plans.yaml is whole: 2 plans\n" in told.output
    assert (
        "a hire and more leads: Hire 1 rep for team 'sales': opened on 2026-01-05, first day 2026-01-12." in told.output
    )
    assert "fingerprint " in told.output


def test_a_broken_file_is_told_at_once_and_with_exit_code_2(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "plans.yaml").write_text(
        PLANS.replace("team: sales", "team: slaes").replace("least-open", "least-opn"), "utf-8"
    )
    for arguments in (
        ["scenario", "check", "plans.yaml"],
        ["compare", "funnel.yaml", "--scenarios", "plans.yaml", *SHORT],
    ):
        assert cli.run(arguments) == 2
        told = capsys.readouterr().err
        assert told.startswith(
            "error: plans.yaml has 2 problems:\n  plans.yaml, line 7: plans[0].levers[0]: no team 'slaes'"
        )
        assert "did you mean 'least-open'?" in told
    assert not list_runs(here / "runs")


def test_without_a_funnel_names_are_not_checked_and_that_is_said(here: Path) -> None:
    (here / "plans.yaml").write_text(PLANS.replace("base: .\n", "").replace("team: sales", "team: slaes"), "utf-8")
    assert "without a funnel" in headrace("scenario", "check", "plans.yaml").output
    assert headrace("scenario", "check", "plans.yaml", "--funnel", "funnel.yaml").exit_code != 0


def test_the_levers_are_listed_with_an_example_each(here: Path) -> None:
    told = headrace("scenario", "list-levers")
    assert told.exit_code == 0
    assert [name for name in LEVERS if f"\n    - {name}: " not in told.output] == []


def test_equal_files_have_no_difference(here: Path) -> None:
    (here / "spaced.yaml").write_text(PLANS.replace("7 d", "168 h"), "utf-8")
    assert headrace("scenario", "diff", "plans.yaml", "spaced.yaml").output == "no difference\n"


def test_a_difference_is_told_lever_by_lever_and_field_by_field(here: Path) -> None:
    changed = (
        PLANS.replace("factor: 1.5", "factor: 1.2").replace("name: by load", "name: other").replace("150000", "160000")
    )
    (here / "changed.yaml").write_text(changed, "utf-8")
    told = difference_text("plans.yaml", "changed.yaml").splitlines()
    assert told == [
        "target: 150000 → 160000",
        "plan 'a hire and more leads' differs",
        "  - {scale-leads: {factor: 1.5, channel: web}}",
        "  + {scale-leads: {factor: 1.2, channel: web}}",
        "    market.channels[web].rate_per_day: 9 → 7.2",
        "plan 'by load' is gone",
        "  - {routing: {routing: least-open}}",
        "    operation.teams[sales].routing: least-open → round-robin",
        "plan 'other' is new",
        "  + {routing: {routing: least-open}}",
        "    operation.teams[sales].routing: round-robin → least-open",
    ]


def test_a_plan_is_held_against_the_baseline(here: Path) -> None:
    told = difference_text("plans.yaml:as is", "plans.yaml:a hire and more leads").splitlines()
    assert told[0] == "plan 'as is / a hire and more leads' differs"
    assert told[3] == "    market.channels[web].rate_per_day: 6 → 9"
    assert told[4].startswith(
        "    operation.reps[sales-new-1]: added {name: sales-new-1, team: sales, calendar: office"
    )
    assert len(told) == 5
    with pytest.raises(
        UnknownNameError, match=r"no plan 'by luck'; plans\.yaml has as is, a hire and more leads, by load"
    ):
        difference_text("plans.yaml:by luck", "plans.yaml")


def test_the_same_levers_in_another_order_are_a_difference(here: Path) -> None:
    lines = PLANS.splitlines(keepends=True)
    (here / "turned.yaml").write_text("".join([*lines[:6], lines[7], lines[6], *lines[8:]]), "utf-8")
    assert "  the same levers in another order" in difference_text("plans.yaml", "turned.yaml").splitlines()


def test_fields_that_go_are_told_as_removed() -> None:
    spec = parse_spec(FUNNEL)
    less = ChangeHeadcount("sales", -1).apply(spec)
    assert list(spec_differences(spec, less)) == [
        "operation.reps[Cy]: removed {name: Cy, team: sales, calendar: office}"
    ]
    assert list(spec_differences(spec, spec)) == []


def test_a_comparison_runs_the_plans_of_a_file_beside_others_and_shows_cost_gain_and_target(here: Path) -> None:
    arguments = ["compare", "funnel.yaml", "--scenarios", "plans.yaml", "--policies", "random", *SHORT]
    assert cli.run(arguments) == 0
    run = load_run(list_runs(here / "runs")[0])
    settings = json.loads((run.folder / "manifest.json").read_text("utf-8"))["settings"]
    assert list(settings["plans"]) == ["as is", "random", "a hire and more leads", "by load"]
    pay = 33 / MONTH * 3000 + 500
    leads = 0.5 * 6 * 40 * 5
    assert settings["costs"]["a hire and more leads"] == pytest.approx(pay + leads)
    assert settings["costs"]["as is"] == settings["costs"]["by load"] == 0.0
    report = (run.folder / "report.html").read_text("utf-8")
    assert "cost in 40 d" in report
    assert "gain per cost" in report
    assert "reaches 150 k" in report
    assert "no plan changes how many leads come" not in report
    table = pd.read_parquet(run.folder / "comparison.parquet")
    row = table[(table["kpi"] == "bookings") & (table["scenario"] == "a hire and more leads")].iloc[0]
    assert f"{row['difference'] / (pay + leads):+.2f}" in report


def test_without_prices_no_cost_is_shown(here: Path) -> None:
    lines = [line for line in PLANS.splitlines() if not line.startswith(("prices", "target"))]
    (here / "plans.yaml").write_text("\n".join(lines) + "\n", "utf-8")
    told = headrace("compare", "funnel.yaml", "--scenarios", "plans.yaml", *SHORT)
    assert told.exit_code == 0, told.output
    assert "cost" not in told.output
    assert "reaches" not in told.output


def test_a_plan_of_the_file_and_one_of_the_command_line_need_two_names(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "plans.yaml").write_text(PLANS.replace("name: by load", "name: random"), "utf-8")
    assert cli.run(["compare", "funnel.yaml", "--scenarios", "plans.yaml", "--policies", "random", *SHORT]) == 2
    assert "'random'" in capsys.readouterr().err
