"""Baselines worked by hand, and back-tests that look at nothing they couldn't have known."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from forecast.backtest import MODEL, TEAM_SIMULATED, Backtest, backtest, origins
from forecast.baselines import BASELINES, Facts, facts_of
from forecast.fiscal import FiscalCalendar
from forecast.grouped import Grouped
from sim.errors import SpecError
from sim.eventlog import EventLog
from tests.forecast.stories import ORIGIN, log_of, steady

MONTH = FiscalCalendar(unit="month")
STORY = [
    [(1.0, "qualify"), (5.0, "won")],
    [(2.0, "qualify"), (15.0, "won")],
    [(3.0, "qualify"), (16.0, "lost")],
    [(11.0, "qualify"), (14.0, "won")],
    [(19.0, "qualify"), (22.0, "won")],
    [(23.0, "qualify")],
    [(24.0, "qualify"), (24.5, "proposal")],
]


@pytest.fixture
def facts() -> Facts:
    """Periods [0, 10), [10, 20) and [20, 30); it is day 25, half-way through the running one."""
    return facts_of(log_of(STORY, 25.0, amount=100.0), np.array([0.0, 10.0, 20.0, 30.0]), 25.0, "bookings")


EXPECTED = {
    "last period": 200.0,  # two deals won in [10, 20)
    "seasonal naive": 200.0,  # no year of history: the last period
    "run-rate": 200.0,  # one deal in half the time
    # booked 100; of the closed 4 of 5 were won from qualify, none has closed from proposal
    "stage-weighted pipeline": 100 + 100 * 0.8,
    # 2 deals came in the one period that the history holds whole, 4 of 5 closed ones were won
    "created × conversion × average": 2 * 0.8 * 100,
    # at day 15 one is open in qualify and not won by the period's end; none came after it and was won
    "closed + same-point rates + new": 100.0,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_baseline_is_what_its_rule_says(facts: Facts, name: str) -> None:
    assert BASELINES[name](facts).tolist() == pytest.approx([EXPECTED[name]])


def test_exponential_smoothing_has_a_range_around_a_steady_series() -> None:
    log = log_of([[(float(k), "qualify"), (k + 0.5 + k % 3, "won")] for k in range(140)], 150.0)
    draws = BASELINES["ETS"](facts_of(log, np.array([84.0, 112.0, 140.0, 168.0]), 140.0, "wins"))
    assert len(draws) > 100
    assert np.median(draws) == pytest.approx(28.0, abs=6)


def known(log: EventLog) -> "object":
    def at(day: datetime) -> EventLog:
        return log.until((day - ORIGIN) / timedelta(days=1))

    return at


@pytest.fixture(scope="module")
def scored() -> Backtest:
    log = log_of(steady(420, every=0.5), 200.0)
    dates = origins(
        MONTH, log, datetime.fromisoformat("2025-05-01T00:00+00:00"), datetime.fromisoformat("2025-06-01T00:00+00:00")
    )
    return backtest(log, known(log), dates, calendar=MONTH, draws=60)


@pytest.mark.slow
def test_every_date_is_scored_for_the_model_and_every_baseline(scored: Backtest) -> None:
    counts = scored.folds["method"].value_counts()
    assert set(counts.index) == {MODEL, *BASELINES}
    assert set(counts) == {3}
    assert scored.folds["as_of"].nunique() == 3


@pytest.mark.slow
def test_what_came_after_a_date_changes_its_actual_figure_and_no_forecast() -> None:
    deals = steady(300, every=0.5)
    date = [(ORIGIN + timedelta(days=100), "middle")]
    twice = [[(day, what) for day, what in story if day <= 100] for story in deals]
    full, cut = (log_of([s for s in stories if s], 200.0) for stories in (deals, twice))
    a, b = (backtest(log, known(log), date, calendar=MONTH, draws=40).folds for log in (full, cut))
    assert a["mean"].tolist() == pytest.approx(b["mean"].tolist())
    assert (a["actual"] != b["actual"]).all()


@pytest.mark.slow
def test_the_verdict_names_the_best_baseline_and_the_coverage(scored: Backtest) -> None:
    best, skill = scored.skill()
    said = scored.verdict()
    assert best in said
    assert f"{abs(skill):.0%}" in said
    assert said.count(".") >= 1


def test_the_forecast_that_simulates_the_team_is_scored_beside_and_is_no_rule() -> None:
    log = log_of(steady(240, every=0.5), 125.0)
    dates = [(ORIGIN + timedelta(days=day), "middle") for day in (95, 105)]

    def simulate(grouped: Grouped, *_: object) -> dict[str, np.ndarray]:
        if grouped.as_of == dates[1][0]:
            raise SpecError("nobody worked")
        return {"bookings": np.array([1.0, 2.0, 3.0])}

    found = backtest(log, known(log), dates, calendar=MONTH, draws=40, simulate=simulate)
    its = found.folds[found.folds["method"] == TEAM_SIMULATED]
    assert its["median"].tolist() == [2.0]
    assert found.skill()[0] in BASELINES
    assert "2025-04-21: the team can't be simulated: nobody worked" in found.warnings


def folds(crps: float, inside: float, n: int = 12) -> Backtest:
    rows = []
    for k in range(n):
        about = {"as_of": k, "period": k, "position": "start", "group": "total", "actual": 100.0, "mean": 100.0}
        scores = {"absolute": crps, "pinball": crps, "ratio": 1.0, "accuracy": 1.0, "inside_50": 0.5, "inside_95": 1.0}
        rows.append({**about, **scores, "method": MODEL, "crps": crps, "inside_80": inside})
        rows.append({**about, **scores, "method": "last period", "crps": 10.0, "inside_80": np.nan})
    return Backtest(pd.DataFrame(rows), ())


@pytest.mark.parametrize(
    ("crps", "inside", "n", "head"),
    [
        (5.0, 0.8, 12, "Trust the forecast on this data:"),
        (5.0, 0.4, 12, "Trust the forecast's middle on this data, not its range"),
        (15.0, 0.8, 12, "On this data last period is the better forecast"),
        (15.0, 0.4, 12, "Don't trust the forecast on this data, take last period"),
        (5.0, 0.8, 5, "Too few folds for a verdict"),
    ],
)
def test_the_verdict_follows_the_scores(crps: float, inside: float, n: int, head: str) -> None:
    assert folds(crps, inside, n).verdict().startswith(head)


def test_a_rule_that_is_right_each_time_is_said_to_be() -> None:
    exact = folds(5.0, 0.8)
    exact.folds.loc[exact.folds["method"] == "last period", "crps"] = 0.0
    assert exact.verdict().startswith("On this data last period is the better forecast")
    assert "(last period) was right each time" in exact.verdict()


def test_dates_without_a_whole_period_are_refused() -> None:
    log = log_of(steady(30), 60.0)
    with pytest.raises(SpecError, match="no whole month lies between"):
        origins(MONTH, log, ORIGIN, ORIGIN + timedelta(days=20))
