"""The verbs forecast and backtest as studies: run folders, the cache of fits, and what changed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.backtest import MODEL, TEAM_SIMULATED
from forecast.fiscal import FiscalCalendar
from forecast.fit import fit
from sim.errors import DataError, HeadraceError
from studies import posterior_file
from studies.backtest import BacktestRequest, run_backtest
from studies.forecast import ForecastRequest, make_forecast, run_forecast
from studies.forecast_changes import changes
from studies.kept import Place
from studies.posterior_file import POSTERIOR, kept_fit, load_posterior, save_posterior
from studies.store import load_run
from tests.studies.small_company import write_company

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    write_company(folder)
    return folder


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posterior_file, "cache_folder", lambda: tmp_path_factory.getbasetemp() / "cache")


def request_of(company: Path, **changed: object) -> ForecastRequest:
    settings = {"mapping": "generic-stage-history", "as_of": "2025-05-01", "draws": 80, "target": 1_500_000.0}
    return ForecastRequest(files=(company / "history.csv",), **{**settings, **changed})


def test_a_forecast_keeps_its_answer_tables_posterior_and_report(company: Path, tmp_path: Path) -> None:
    done = run_forecast(request_of(company), Place(folder=tmp_path / "run"))
    run = load_run(Path(done.folder))
    assert "the chance to reach 1.50 M is" in done.answer
    assert run.manifest.verb == "forecast"
    assert {"deals", "forecast"} <= set(run.tables)
    assert load_posterior(Path(done.folder) / POSTERIOR).provenance["key"]
    report = (Path(done.folder) / "report.html").read_text("utf-8")
    assert report.count("<svg") == 3
    table = run.table("forecast")
    total = table[(table["dimension"] == "total") & (table["measure"] == "bookings")].set_index("period")["mean"]
    regions = table[(table["dimension"] == "region") & (table["measure"] == "bookings")].groupby("period")["mean"].sum()
    assert regions[total.index].tolist() == pytest.approx(total.tolist())


def test_an_equal_fit_is_taken_from_the_cache_and_gives_the_same_forecast(company: Path) -> None:
    first, again = (make_forecast(request_of(company, as_of="2025-04-20")) for _ in range(2))
    assert (first.from_cache, again.from_cache) == (False, True)
    assert (first.outlook.draws() == again.outlook.draws()).all()
    assert not make_forecast(request_of(company, as_of="2025-04-21")).from_cache


def test_a_damaged_posterior_is_said_to_be_and_fitted_again(company: Path, tmp_path: Path) -> None:
    made = make_forecast(request_of(company))
    path = tmp_path / "p.nc"
    save_posterior(made.posterior, path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(DataError, match="fit again"):
        load_posterior(path)
    kept, cached = kept_fit(made.grouped, method="laplace", draws=20, seed=1, folder=tmp_path / "fits")
    file = next((tmp_path / "fits").glob("*.nc"))
    file.write_bytes(b"nonsense")
    again, _ = kept_fit(made.grouped, method="laplace", draws=20, seed=1, folder=tmp_path / "fits")
    assert not cached
    assert (kept["exit_level"] == again["exit_level"]).all()


def test_nothing_is_left_where_writing_fails(company: Path, tmp_path: Path) -> None:
    made = make_forecast(request_of(company))
    target = tmp_path / "taken.nc"
    target.mkdir()
    with pytest.raises(HeadraceError):
        save_posterior(made.posterior, target)
    assert [path.name for path in tmp_path.iterdir()] == ["taken.nc"]


def test_changes_since_the_last_forecast_are_named() -> None:
    columns = ["label", "stage", "amount", "expected"]
    expected = zip("abcde", (1.0, 2.0, 3.0, 4.0, 5.0), strict=True)
    before = pd.DataFrame([(label, "q", 10.0, value) for label, value in expected], columns=columns)
    now = pd.DataFrame(
        [("a", "p", 10.0, 4.0), ("b", "q", 20.0, 3.0), ("c", "q", 10.0, 1.0), ("f", "q", 10.0, 2.0)], columns=columns
    )
    table = changes(before, now, {"d": "won", "e": "lost"}).set_index("label")["change"]
    assert table.to_dict() == {"a": "moved", "b": "amount changed", "c": "slipped", "d": "won", "e": "lost", "f": "new"}


def test_a_backtest_says_whether_to_trust_the_forecast(company: Path, tmp_path: Path) -> None:
    request = BacktestRequest(
        files=(company / "history.csv",),
        mapping="generic-stage-history",
        first="2025-04-01",
        last="2025-05-01",
        calendar=FiscalCalendar(unit="week"),
        measure="wins",
        draws=60,
        simulate=3,
    )
    done = run_backtest(request, Place(folder=tmp_path / "run"))
    run = load_run(Path(done.folder))
    assert "best baseline" in done.answer
    scores = run.table("scores").set_index("method")["crps"]
    assert np.isfinite(scores).all()
    assert {MODEL, TEAM_SIMULATED} <= set(scores.index)
    assert "<svg" in (Path(done.folder) / "report.html").read_text("utf-8")


def test_fits_of_the_same_data_are_equal(company: Path) -> None:
    grouped = make_forecast(request_of(company)).grouped
    a, b = (fit(grouped, draws=30, seed=3) for _ in range(2))
    assert a.data.equals(b.data)
