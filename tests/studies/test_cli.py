import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from studies import cli
from studies.config import load_spec
from studies.funnel_folder import load_funnel
from studies.store import list_runs, load_run
from tests.studies.small_company import write_company

ROOT = Path(__file__).parents[2]
VERBS = (
    "demo",
    "quality",
    "calibrate",
    "simulate",
    "compare",
    "select",
    "bound",
    "diagnose",
    "hiring-plan",
    "seek",
    "sensitivity",
    "hindcast",
    "forecast",
    "backtest",
)
SHORT = ("--as-of", "2026-01-05", "--days", "12", "--replications", "2", "--workers", "1")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    write_company(folder)
    return folder


@pytest.fixture(autouse=True)
def _rules_compiled_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "keep_compiled_rules", lambda: None)


@pytest.fixture
def here(company: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(company)
    return company


def headrace(*arguments: str, folder: Path, debug: str = "") -> subprocess.CompletedProcess[str]:
    program = "from studies.cli import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HEADRACE_DEBUG": debug}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )


def results(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.*") if path.name != "manifest.json"}


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_teaches_how_to_use_it(verb: str) -> None:
    shown = CliRunner().invoke(cli.app, [verb, "--help"])
    assert shown.exit_code == 0
    assert f"Examples:\n    headrace {verb}" in shown.output
    assert "--runs" in shown.output


def test_the_help_names_every_verb() -> None:
    shown = CliRunner().invoke(cli.app, ["--help"])
    assert shown.exit_code == 0
    assert [verb for verb in VERBS if f"\n  {verb} " not in shown.output] == []


def test_the_help_comes_at_once(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert headrace("--help", folder=tmp_path).returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5  # of the processor, however busy


def test_a_comparison_has_the_same_bytes_for_one_and_two_workers(here: Path) -> None:
    asked = ["compare", "funnel.yaml", "--policies", "least-open,own.py:choose_rep", "--headcount", "sales:+1"]
    for workers in ("1", "2"):
        more = [
            "--as-of",
            "2026-01-05",
            "--days",
            "12",
            "--replications",
            "5",
            "--workers",
            workers,
            "--output",
            f"by-{workers}",
        ]
        assert cli.run([*asked, *more]) == 0
    one, two = results(here / "by-1"), results(here / "by-2")
    assert one.keys() == two.keys() >= {"kpis.parquet", "comparison.parquet", "report.html"}
    assert [name for name in one if one[name] != two[name]] == []
    assert load_run(here / "by-1").manifest.results == load_run(here / "by-2").manifest.results


def test_a_comparison_shows_the_plans_and_names_its_report(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = [
        "compare",
        "funnel.yaml",
        "-p",
        "least-open",
        "--sla",
        "remind 30 min, next rep 4 h",
        "--runs",
        "kept",
        *SHORT,
    ]
    assert cli.run(asked) == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "Bookings by plan" in shown.out
    assert "SLA: remind 30 min, next rep 4 h" in shown.out
    (run,) = list_runs(here / "kept")
    assert f"Report: kept/{run.name}/report.html" in shown.out
    assert run.manifest.answer in shown.out.replace("\n", " ")
    assert run.manifest.seed == 1
    assert run.manifest.fingerprint == load_spec(here / "funnel.yaml").fingerprint
    assert [each.path for each in run.manifest.inputs] == ["funnel.yaml"]
    assert {"kpis", "comparison", "stages", "teams", "reps"} <= set(run.tables)


def test_a_changed_policy_is_another_question(here: Path) -> None:
    asked = ["compare", "funnel.yaml", "-p", "mine.py:choose_rep", *SHORT, "--replace", "--output"]
    plans = []
    for name, rep in (("first", 0), ("second", 1)):
        text = f"def choose_rep(lead, now, load, reps, state):\n    return {rep}\n"
        (here / "mine.py").write_text(text, "utf-8")
        assert cli.run([*asked, name]) == 0
        plans.append(load_run(here / name).manifest.settings["fingerprints"])
    assert plans[0]["as is"] == plans[1]["as is"]
    assert plans[0]["mine.py:choose_rep"] != plans[1]["mine.py:choose_rep"]


def test_a_simulation_can_keep_its_log(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["simulate", "funnel.yaml", "--log", "--output", "simulated", *SHORT]) == 0
    assert "80 % of the runs" in capsys.readouterr().out
    assert (here / "simulated" / "log" / "events.parquet").is_file()
    assert json.loads((here / "simulated" / "log" / "log.json").read_text("utf-8"))["vocabulary"]["actor"] == [
        "Ann",
        "Bo",
        "Cy",
    ]


def test_a_history_becomes_a_funnel_that_can_be_compared(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = ["history.csv", "--mapping", "generic-stage-history", "--as-of", "2025-05-01"]
    assert cli.run(["quality", *export, "--output", "quality"]) == 0
    assert "Quality of the data" in capsys.readouterr().out
    assert cli.run(["calibrate", *export, "--from", "2025-01-10", "--truth", "funnel.yaml", "--output", "ours"]) == 0
    shown = capsys.readouterr().out
    assert "Recovered against true parameters" in shown
    assert "Next: headrace compare ours" in shown
    funnel = load_funnel(here / "ours")
    assert funnel.spec.stage_names == ("qualify", "proposal")
    assert len(funnel.opening.deals) > 0
    assert set(funnel.tables) == {"estimates", "findings"}
    assert load_run(here / "ours").manifest.fingerprint == funnel.spec.fingerprint
    assert cli.run(["compare", "ours", "-p", "least-open", "--days", "10", "-r", "2", "-w", "1", "--runs", "kept"]) == 0
    report = (Path("kept") / capsys.readouterr().out.rpartition("kept/")[2].strip()).read_text("utf-8")
    assert "The data behind the funnel" in report


@pytest.mark.slow
def test_the_demo_goes_the_whole_way(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["demo", "--replications", "2", "--runs", str(tmp_path)]) == 0
    shown = capsys.readouterr().out
    assert "Recovered against true parameters" in shown
    assert "Bookings by plan" in shown
    compared, calibrated = list_runs(tmp_path)
    assert (calibrated.manifest.verb, compared.manifest.verb) == ("calibrate", "compare")
    assert len(compared.manifest.settings["plans"]) == 8
    assert compared.manifest.fingerprint == calibrated.manifest.fingerprint


MISTAKES = {
    "comprae": "no such command 'comprae'. Did you mean 'compare'? See headrace --help",
    "compare": "missing argument 'funnel'; see headrace compare --help",
    "compare nowhere.yaml": "nowhere.yaml: there is no such file; make one with headrace calibrate, or see ",
    "compare funnel.yaml -p random": "no opening beside the funnel says when to start; give --as-of, such as ",
    "compare funnel.yaml --as-of tomorrow": "no date 'tomorrow'; write 2026-01-01 or 2026-01-01T09:00",
    "simulate funnel.yaml --as-of 0001-01-01": "opening: as-of year must be in [1900, 2200], got 1",
    "compare FUNNEL": "nothing to compare; give --policies, --headcount or --sla, such as --policies least-open,random",
    "compare FUNNEL -p least-opn": "no routing policy 'least-opn'; did you mean 'least-open'?",
    "compare FUNNEL --headcount sales": "no headcount 'sales'; write team:+2 or team:-1",
    "compare FUNNEL --headcount sails:+1": "no team 'sails'; this funnel has sales",
    "compare FUNNEL --sla shout": "no SLA 'shout'; write 'remind 30 min, next rep 4 h' or none; actions are remind, ",
    "compare FUNNEL -p random --precision much": "no precision 'much'; write 2% or 0.02, the half width of ",
    "compare FUNNEL -p random --days 0": "experiment: days must be above 0 and at most 36,525, a century, got 0",
    "compare FUNNEL -p random --kpi bookigns": "no figure 'bookigns'; a run has leads, bookings, ",
    "compare FUNNEL -p random --executor serial --workers 2": "the serial executor has no workers, got 2; ",
    "compare FUNNEL -p random --cluster tcp://a:1 -w 2": "the cluster at tcp://a:1 has its own workers, ",
    "compare FUNNEL -p random --resume nowhere": "nowhere.unfinished: there is no such folder, so nothing to resume; ",
    "compare FUNNEL -p own.py:choose": "own.py: no function 'choose', it has choose_rep, ",
    "compare FUNNEL -p own.py:fails --days 3 -r 1 -w 1": "chunk 0 (draw 0, replication 0): own.py, line 6: fails",
    "simulate history.csv --as-of 2026-01-01": "history.csv: a funnel is a table with market and operation, this is ",
    "simulate FUNNEL -r 0": "experiment: replications must be 1 or more, got 0",
    "quality EXPORT history.csv": "history.csv: is named twice; name each file once",
    "quality history.csv -m nothing": "no mapping 'nothing'; Headrace has ",
    "quality nowhere.csv -m generic-stage-history": "nowhere.csv: there is no such file; check the path",
    "quality EXPORT --as-of 1999-01-01": "history.csv: nothing is known at 1999-01-01",
    "quality history.csv": "missing option '--mapping' / '-m'; see headrace quality --help",
    "quality . -m generic-stage-history": ".: this is a folder; name the files in it",
    "quality history.csv -m hubspot-deals": "history.csv: no column 'Record ID' (columns.lead); it has deal, created, ",
    "quality EXPORT --runs own.py": "own.py/",
    "quality EXPORT -o . --replace": ".: holds no run, so --replace leaves it alone; name another folder",
    "simulate .": "no opening beside the funnel says when to start; give --as-of, such as ",
    "simulate FUNNEL --days nan": "experiment: days must be above 0 and at most 36,525, a century, got nan",
    "simulate FUNNEL --seed -1": "experiment: seed must be a whole number from 0 to ",
    "simulate FUNNEL --warm-up 90": "experiment: warm_up must be in [0, 90), the run's days, got 90",
    "simulate FUNNEL --workers -1": "workers must be 1 or more, or 0 for one a core, got -1",
    "simulate FUNNEL --opening nowhere.csv": "nowhere.csv: can't be read (no such file or directory); check the path",
    "simulate FUNNEL --opening history.csv": "history.csv, line 1: must be as-of,<date>, got 'deal'; add it ",
    "simulate FUNNEL --days ten": "invalid value for '--days' / '-d': ",
    "compare FUNNEL --headcount sales:+99999999999": "no headcount 'sales:+99999999999'; write team:+2 or team:-1, ",
    "compare FUNNEL --headcount sales:-9": "team 'sales' has 3 reps besides managers; taking 9 leaves none: take at ",
    "compare FUNNEL -p nowhere.py:choose_rep": "nowhere.py: can't be read (no such file or directory); check the path",
    "compare FUNNEL -p random -r 2000 --precision 2%": "precision: most_replications is 1000, fewer than the first ",
    "compare FUNNEL -p random,random": "experiment: scenario 'random' appears twice; give one of them another name",
    "calibrate EXPORT --as-of 2025-05-01 --from 2025-06-01": "calibrate: since 2025-06-01 00:00:00+00:00 must lie ",
    "calibrate EXPORT --as-of 2025-05-01 --operation no.yaml": "no.yaml: can't be read (no such file or directory); ",
    "calibrate EXPORT --as-of 2025-05-01 --truth history.csv": "history.csv: a funnel is a table with market and ",
    "hindcast EXPORT --as-of 2025-05-01": "missing option '--until'; see headrace hindcast --help",
    "hindcast EXPORT --as-of 2025-05-01 --until 2025-05-01": "hindcast: --until must lie after --as-of 2025-05-01, ",
    "hindcast EXPORT --as-of 2026-05-01 --until 2026-06-01": "hindcast: the history ends on 2025-05-3",
    "hindcast EXPORT --as-of 2025-05-01 --until 2025-05-20 -r 0": "hindcast: replications must be 1 or more, got 0",
    "demo more": "got unexpected extra argument(s) (more); see headrace demo --help",
    "calibrate EXPORT": "missing option '--as-of'; see headrace calibrate --help",
    "simulate FUNNEL -o .": ". is there already; name another folder, or replace it with --replace",
    "calibrate EXPORT --as-of 2025-05-01 -o .": ". is there already; name another folder, or replace it with --replace",
}
SHORTHAND = {"FUNNEL": "funnel.yaml --as-of 2026-01-01", "EXPORT": "history.csv -m generic-stage-history"}


@pytest.mark.parametrize("line", MISTAKES)
def test_a_mistake_is_answered_in_one_line_and_with_exit_code_2(
    line: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [SHORTHAND.get(word, word) for word in line.split()]
    assert cli.run(" ".join(words).split()) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert shown.err.startswith(f"error: {MISTAKES[line]}")


def test_a_fault_of_the_program_is_one_line_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("studies.funnel_folder.load_funnel", lambda *_, **__: 1 / 0)
    asked = ["compare", "funnel.yaml", "-p", "random"]
    assert cli.run(asked) == 1
    fault = "a fault of Headrace itself (ZeroDivisionError: division by zero)"
    assert capsys.readouterr().err == f"error: {fault}; HEADRACE_DEBUG=1 shows where, please report it\n"
    monkeypatch.setenv("HEADRACE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        cli.run(asked)


def test_an_interrupt_is_exit_code_130(
    monkeypatch: pytest.MonkeyPatch, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("studies.funnel_folder.load_funnel", interrupted)
    assert cli.run(["compare", "funnel.yaml"]) == 130
    assert capsys.readouterr().err == "error: stopped\n"


def test_the_real_program_answers_a_broken_funnel_without_a_traceback(company: Path, tmp_path: Path) -> None:
    text = (company / "funnel.yaml").read_text("utf-8").replace("advance: 0.4", "advance: 40%")
    (tmp_path / "funnel.yaml").write_text(text, "utf-8")
    done = headrace("compare", "funnel.yaml", "-p", "random", "--as-of", "2026-01-01", folder=tmp_path)
    told = "error: funnel.yaml, line 7: market.stages[0].advance: must be a number, got '40%'; write 5% as 0.05\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", told)
    assert [path.name for path in tmp_path.iterdir()] == ["funnel.yaml"]


def test_a_wrong_fiscal_calendar_or_method_is_answered_in_one_line(here: Path) -> None:
    common = ("forecast", "history.csv", "--mapping", "generic-stage-history", "--as-of", "2025-05-01")
    for wrong, said in ((("--period", "year"), "no unit 'year'"), (("--method", "guess"), "no method 'guess'")):
        done = headrace(*common, *wrong, folder=here)
        assert done.returncode == cli.MISTAKE
        assert said in done.stderr
        assert done.stderr.count("\n") == 1


def test_the_evidence_is_shown_with_its_sources(here: Path) -> None:
    done = headrace("evidence", folder=here)
    assert done.returncode == cli.OK
    assert "Grade D" in done.stdout
    assert "shock_spread" in done.stdout
