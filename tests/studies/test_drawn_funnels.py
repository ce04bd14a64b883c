"""Plans on what a forecast believes: luck and ignorance are told apart, and nothing goes unnoticed that doesn't fit."""

import shutil
from pathlib import Path

import pytest

from sim.errors import DataError, HeadraceError, SpecError
from studies import cli, posterior_file
from studies.drawn_funnels import DrawnFunnels, read_drawn
from studies.funnel_folder import Funnel, load_funnel
from studies.posterior_file import POSTERIOR
from studies.store import MANIFEST, load_run
from tests.studies.small_company import write_company

pytestmark = pytest.mark.slow

EXPORT = ("history.csv", "--mapping", "generic-stage-history", "--as-of", "2025-05-01")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an export, the funnel calibrated from it, and a forecast of the same day."""
    folder = tmp_path_factory.mktemp("believing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "keep_compiled_rules", lambda: None)
        patch.setattr(posterior_file, "cache_folder", lambda: folder / "cache")
        patch.chdir(folder)
        write_company(folder)
        assert cli.run(["calibrate", *EXPORT, "--output", "ours"]) == 0
        assert cli.run(["forecast", *EXPORT, "--draws", "60", "--output", "forecast"]) == 0
    return folder


@pytest.fixture(autouse=True)
def _here(company: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "keep_compiled_rules", lambda: None)
    monkeypatch.chdir(company)


@pytest.fixture
def funnel(company: Path) -> Funnel:
    return load_funnel(company / "ours")


def believed(funnel: Funnel, place: str = "forecast") -> DrawnFunnels:
    return read_drawn(Path(place), funnel, draws=3, days=20.0, seed=1)


def test_each_draw_is_another_market_served_by_the_same_team(funnel: Funnel) -> None:
    found = believed(funnel)
    assert len({spec.market.stages[0].advance for spec in found.specs}) == 3
    assert all(spec.operation == funnel.spec.operation for spec in found.specs)
    assert found == believed(funnel, f"forecast/{POSTERIOR}")
    assert found.files == (Path("forecast") / POSTERIOR, Path("forecast") / MANIFEST, Path("history.csv"))


def test_luck_and_ignorance_stand_apart_in_table_report_and_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    asked = [
        "compare",
        "ours",
        "-p",
        "random",
        "--headcount",
        "team 1: qualify:-2",
        "--kpi",
        "wins",
        "--days",
        "60",
        "-w",
        "1",
    ]
    assert cli.run([*asked, "--posterior", "forecast", "--draws", "6", "-r", "4", "--output", "believed"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    run = load_run(Path("believed"))
    table = run.table("comparison").query("kpi == 'wins'").set_index("scenario")
    assert table.loc["random", "pairs"] == 24
    assert table["ignorance_sd"].notna().all()
    assert "Luck and ignorance" in shown
    report = Path("believed/report.html").read_text("utf-8")
    assert "6 versions of the market that the history could have come from" in report
    assert run.manifest.settings["draws"] == 6
    assert [each.path for each in run.manifest.inputs][-1] == "history.csv"


def test_the_best_plan_on_average_over_all_versions_is_selected() -> None:
    asked = ["select", "ours", "--headcount", "team 1: qualify:-2", "--days", "60", "-w", "1", "--kpi", "wins"]
    more = ["--posterior", "forecast", "--draws", "2", "--indifference", "30%", "--first", "10", "--output", "chosen"]
    assert cli.run([*asked, *more]) == 0
    runs = load_run(Path("chosen")).table("kpis")
    assert sorted(runs["draw"].unique()) == [0, 1]


def test_what_does_not_belong_together_is_refused(company: Path, funnel: Funnel, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"there is no such file; name the run folder of a forecast"):
        believed(funnel, "nowhere")
    with pytest.raises(HeadraceError):
        believed(funnel, "history.csv")
    with pytest.raises(SpecError, match="draws must be 1 to 60, got 61"):
        read_drawn(Path("forecast"), funnel, draws=61, days=20.0, seed=1)
    later = load_funnel(company / "funnel.yaml", as_of="2025-06-01")
    with pytest.raises(SpecError, match="calibrate and forecast as of the same day"):
        believed(later)
    export = (company / "history.csv").read_text("utf-8")
    try:
        (company / "history.csv").write_text(export.replace("proposal", "qualify", 40), "utf-8")
        with pytest.raises(DataError, match=r"its export has changed since \(history.csv\); forecast anew"):
            believed(funnel)
        shutil.move("history.csv", tmp_path / "history.csv")
        with pytest.raises(SpecError, match=r"the export behind .* isn't there; run this where headrace forecast ran"):
            believed(funnel)
    finally:
        (company / "history.csv").write_text(export, "utf-8")
