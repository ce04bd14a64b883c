"""Back-test: forecast from past days with what was known then, look at what came, and score it beside the baselines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from forecast.baselines import BASELINES, Facts, facts_of
from forecast.fiscal import FiscalCalendar
from forecast.fit import fit
from forecast.grouped import Grouped, group
from forecast.grouped.labels import labels_of
from forecast.outlook import TOTAL, Outlook
from forecast.posterior import LAPLACE, Posterior
from forecast.predict import predict
from forecast.scores import (
    LEVELS,
    PINBALL,
    accuracy_by_error,
    accuracy_by_ratio,
    crps,
    is_inside,
    mean_and_error,
    pinball,
    pit,
)
from sim.errors import HeadraceError, require
from sim.eventlog import EventLog, Floats

MODEL, TEAM_SIMULATED = OURS = "Headrace", "Headrace, the team simulated"
"""Both forecasts as methods: the statistical one, and the one that simulates the team (where it is asked for)."""
POSITIONS = {"start": 0.0, "middle": 0.5, "end": 0.8}
"""Where in its period a forecast is made: name → share of the period that is over."""
_LEAST = 8
"""Folds below which no verdict is given."""


@dataclass(frozen=True)
class Backtest:
    """What was scored.

    Attributes
    ----------
    folds
        One row an as-of date, group and method: ``as_of``, ``period``, ``position``, ``group``, ``method``, ``actual``,
        ``mean``, ``median``, ``low`` and ``high`` (80 %), ``crps``, ``absolute`` (error of the median), ``pinball``
        (mean over levels), ``pit``, ``ratio`` and ``accuracy`` (the vendors' formulas) and ``inside_50``,
        ``inside_80``, ``inside_95`` (NaN for methods of one number).
    warnings
        What fits complained about.
    """

    folds: pd.DataFrame
    warnings: tuple[str, ...]

    def summary(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """Return one row a method: mean scores, and the paired difference of CRPS to the model's with its error."""
        keys = ["as_of", "group"]
        own = self.folds[self.folds["method"] == MODEL].set_index(keys)["crps"]
        rows = []
        for names, its in self.folds.groupby([*by, "method"], sort=False):
            paired = its.set_index(keys)["crps"]
            difference = (own.loc[paired.index] - paired).to_numpy(np.float64)
            mean, error = mean_and_error(difference, pd.factorize(its["period"])[0].astype(np.float64))
            labels: dict[str, object] = dict(zip([*by, "method"], names, strict=True))
            scores: dict[str, object] = {name: float(its[name].mean()) for name in _SCORES}
            bias = float((its["mean"] - its["actual"]).sum() / max(abs(its["actual"].sum()), 1e-12))
            rows.append({**labels, "n": len(its), **scores, "bias": bias, "difference": mean, "error": error})
        return pd.DataFrame(rows)

    def skill(self) -> tuple[str, float]:
        """Return the best baseline, and by what share the model's CRPS is lower than its (-∞ if that one is exact)."""
        return skill_of(self.summary().set_index("method")["crps"])

    def verdict(self) -> str:
        """Say in one sentence whether to trust the forecast on this data, and when not to."""
        its = self.folds[self.folds["method"] == MODEL]
        best, skill = self.skill()
        covered, folds = float(its["inside_80"].mean()), its["as_of"].nunique()
        said = f"its CRPS is {abs(skill):.0%} {'below' if skill >= 0 else 'above'} that of the best baseline ({best})"
        if np.isinf(skill):
            said = f"the best baseline ({best}) was right each time"
        ranges = f"its 80 % intervals held {covered:.0%} of {len(its)} outcomes"
        if folds < _LEAST:
            return f"Too few folds for a verdict ({folds}, of {its['period'].nunique()} periods): {said}, and {ranges}."
        good, honest = skill > 0, 0.65 <= covered <= 0.95
        if good and honest:
            head = "Trust the forecast on this data"
        elif good:
            head = "Trust the forecast's middle on this data, not its range"
        elif honest:
            head = f"On this data {best} is the better forecast; only the range is worth having"
        else:
            head = f"Don't trust the forecast on this data, take {best}"
        return f"{head}: {said}, and {ranges}{self._except(its)}."

    def _except(self, its: pd.DataFrame) -> str:
        table = self.summary(["position"])
        worse = []
        for position, rows in table.groupby("position", sort=False):
            scores = rows.set_index("method")["crps"]
            best = best_rule(scores)
            if scores[MODEL] > scores[best]:
                worse.append(f"the {position} of a period ({best} is better)")
        bias = float((its["mean"] - its["actual"]).sum() / max(abs(its["actual"].sum()), 1e-12))
        notes = [f"not at {' and '.join(worse)}"] if worse else []
        notes += [f"it runs {abs(bias):.0%} too {'high' if bias > 0 else 'low'}"] if abs(bias) > 0.1 else []
        return "; " + "; ".join(notes) if notes else ""


def best_rule(scores: pd.Series) -> str:
    """Return the rule of the lowest score (by method); our own forecasts are none."""
    return str(scores.drop(list(OURS), errors="ignore").idxmin())


def skill_of(crps: pd.Series) -> tuple[str, float]:
    """Return the best rule, and by what share the model's score is lower than its (-∞ if the rule is exact)."""
    best = best_rule(crps)
    return best, float(1 - crps[MODEL] / crps[best]) if crps[best] > 0 else -np.inf


_SCORES = ("crps", "absolute", "pinball", "inside_50", "inside_80", "inside_95", "ratio", "accuracy")

type Simulate = Callable[[Grouped, Posterior, Outlook], Mapping[str, Floats]]
"""The forecast that simulates the team: measure → draws of the running period's total."""


def origins(calendar: FiscalCalendar, log: EventLog, first: datetime, last: datetime) -> list[tuple[datetime, str]]:
    """Return as-of dates and their positions in the periods that begin from ``first`` on and end by ``last``."""
    # in UTC: the difference of two times of one zone forgets summer time
    low, high = ((instant.astimezone(UTC) - log.origin) / timedelta(days=1) for instant in (first, last))
    bounds = calendar.bounds(log.origin, low, high)
    found = []
    for start, end in pairwise(bounds.tolist()):
        if start >= low - 1e-6 and end <= high + 1e-6:
            found += [(log.instant(start + share * (end - start)), name) for name, share in POSITIONS.items()]
    require(bool(found), f"backtest: no whole {calendar.unit} lies between {first:%Y-%m-%d} and {last:%Y-%m-%d}")
    return found


def backtest(  # noqa: PLR0913 - what is known, when, and how it is forecast and scored
    log: EventLog,
    known_at: Callable[[datetime], EventLog],
    dates: Sequence[tuple[datetime, str]],
    *,
    calendar: FiscalCalendar,
    measure: str = "bookings",
    dimension: str = TOTAL,
    draws: int = 400,
    seed: int = 1,
    method: str = LAPLACE,
    simulate: Simulate | None = None,
    progress: Callable[[int, int], None] | None = None,
    **settings: Any,  # noqa: ANN401 - handed on to `group`
) -> Backtest:
    """Forecast the running period from each date, and score it.

    Parameters
    ----------
    log
        The whole history, which knows what came.
    known_at
        What was known at a date: `History.at(date).log`.
    dates
        As-of dates and the names of their positions (`origins`).
    calendar, measure, dimension
        Periods, what is forecast (``bookings`` or ``wins``) and by what it is broken down.
    draws, seed, method
        As for `forecast.fit.fit`.
    simulate
        Makes the forecast that simulates the team, for the total; where a past day's history can't be calibrated, that
        is among the warnings.
    progress
        Told how many dates are done, of how many.
    settings
        Further ones of `forecast.grouped.group`: since, systems, effects, shocks.
    """
    rows: list[dict[str, object]] = []
    complaints: dict[str, None] = {}
    rng = np.random.default_rng(seed)
    for number, (as_of, position) in enumerate(dates):
        past = known_at(as_of)
        grouped = group(past, as_of, calendar=calendar, horizon=calendar.longest, **settings)
        posterior = fit(grouped, draws=draws, seed=seed, method=method)
        outlook = predict(posterior, grouped, periods=1, seed=seed)
        made = _forecasts(outlook, past, grouped, measure, dimension, calendar)
        said = list(posterior.warnings)
        if simulate and dimension == TOTAL:
            try:
                made.append(((TOTAL, TEAM_SIMULATED), simulate(grouped, posterior, outlook)[measure]))
            except HeadraceError as error:
                said.append(f"the team can't be simulated: {error}")
        complaints |= dict.fromkeys(f"{as_of:%Y-%m-%d}: {each}" for each in said)
        for name, draws_of in made:
            actual = _actual(log, past, grouped, outlook, measure, dimension, name[0])
            about = {"as_of": as_of, "period": outlook.periods[0], "position": position}
            rows.append({**about, "group": name[0], "method": name[1], **_scored(draws_of, actual, rng.random())})
        if progress:
            progress(number + 1, len(dates))
    return Backtest(pd.DataFrame(rows), tuple(complaints))


def _forecasts(
    outlook: Outlook, past: EventLog, grouped: Grouped, measure: str, dimension: str, calendar: FiscalCalendar
) -> list[tuple[tuple[str, str], Floats]]:
    """Return the model's and each baseline's draws by group."""
    cube = outlook.cube(measure, dimension)
    first = past.window[0]
    bounds = calendar.bounds(past.origin, first, grouped.at)
    found = []
    for place, level in enumerate(cube.levels):
        values = cube.values[:, :, 0, place].sum(axis=1)
        facts = facts_of(past, bounds, grouped.at, measure, _members(past, grouped, dimension, place))
        if dimension == TOTAL or np.isfinite(facts.entered).any():
            found.append(((level, MODEL), values))
            found += [((level, name), _safe(rule, facts)) for name, rule in BASELINES.items()]
    return found


def _safe(rule: Callable[[Facts], Floats], facts: Facts) -> Floats:
    draws = rule(facts)
    return draws if np.isfinite(draws).all() else np.zeros(1)


def _members(log: EventLog, grouped: Grouped, dimension: str, place: int) -> "np.ndarray | None":
    if dimension == TOTAL:
        return None
    return np.asarray(labels_of(log, grouped.cuts)[dimension].codes == place)


def _actual(
    log: EventLog, past: EventLog, grouped: Grouped, outlook: Outlook, measure: str, dimension: str, level: str
) -> float:
    """Return what the period brought in the end: what had been booked, and what came after."""
    bounds = outlook.ends[0]
    chosen = None
    if dimension != TOTAL:
        labels = labels_of(log, grouped.cuts)[dimension]
        chosen = labels.codes == labels.levels.index(level) if level in labels.levels else np.zeros(log.n_leads, bool)
    end = grouped.at + float(bounds)
    start = float(grouped.grid.calendar.bounds(past.origin, grouped.at, grouped.at)[0])
    return facts_of(log, np.array([start, end]), end, measure, chosen).brought(start, end)


def _scored(draws: Floats, actual: float, u: float) -> dict[str, float]:
    median = float(np.median(draws))
    spread = len(draws) > 1
    low, high = (float(np.quantile(draws, q)) if spread else float("nan") for q in (0.1, 0.9))
    inside = {
        f"inside_{100 * level:.0f}": float(is_inside(draws, actual, level)) if spread else float("nan")
        for level in LEVELS
    }
    return {
        "actual": actual,
        "mean": float(draws.mean()),
        "median": median,
        "low": low,
        "high": high,
        "crps": crps(draws, actual),
        "absolute": abs(median - actual),
        "pinball": float(np.mean([pinball(draws, actual, level) for level in PINBALL])),
        "pit": pit(draws, actual, u) if spread else float("nan"),
        "ratio": accuracy_by_ratio(median, actual),
        "accuracy": accuracy_by_error(median, actual),
        **inside,
    }
