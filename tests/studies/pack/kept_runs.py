"""Runs of every kind as they stand on disk, made of a few rows each: nothing is simulated or fitted."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pytest

from scenarios.compare import compare
from sim.kpis import HEADLINES
from studies.comparison_view import stacked
from studies.store import Question, Run, load_run, new_run

PLANS = ("as is", "account-owner", "closers +2 reps", "=1+1")
"""The last one is a name that a spreadsheet would take for a formula."""
AS_OF = "2026-01-01T00:00:00+00:00"

type Tables = Mapping[str, pd.DataFrame]


def compared(root: Path) -> Run:
    kpis = pd.DataFrame([_figures(plan, run) for plan in PLANS for run in range(8)])
    every = {kpi: compare(kpis, kpi) for kpi in HEADLINES}
    tables = {
        "kpis": kpis,
        "comparison": stacked(every),
        "stages": _stages(),
        "teams": _teams(),
        "estimates": ESTIMATES,
    }
    return _kept(root, "compare", {"kpi": "bookings", "days": 90.0}, tables)


def simulated(root: Path) -> Run:
    kpis = pd.DataFrame([_figures(PLANS[0], run) for run in range(8)])
    tables = {"kpis": kpis, "stages": _stages(), "teams": _teams()}
    return _kept(root, "simulate", {"kpi": "wins", "days": 30.0}, tables)


def forecast(root: Path) -> Run:
    table = pd.DataFrame(
        [_outlook(measure, dimension, period, group) for measure, dimension, period, group in OUTLOOKS]
    )
    target = {"target": 2e6, "chance": 0.83, "shortfall": 1e4, "worst_shortfall": 9e4, "needed": 1e6}
    changes = pd.DataFrame({"label": ["a"], "change": ["slipped"], "before": [9.0], "now": [4.0], "difference": [-5.0]})
    tables = {"forecast": table, "deals": DEALS, "target": pd.DataFrame([target]), "changes": changes}
    return _kept(root, "forecast", {"as_of": "2026-01-01", "target": 2e6}, tables)


def hindcast(root: Path) -> Run:
    figures = {"leads": 100.0, "wins": 20.0, "bookings": 4e5, "dwell_median qualify": 12.0, "busy_hours Ann": 80.0}
    rows = [
        {"figure": name, "actual": mean * 1.1, "mean": mean, "low": mean * 0.8, "high": mean * 1.2, "inside": True}
        for name, mean in figures.items()
    ]
    return _kept(root, "hindcast", {"as_of": "2026-01-01"}, {"hindcast": pd.DataFrame(rows)})


def backtest(root: Path) -> Run:
    rules = ("Headrace", "last period", "ETS")
    scores = {"n": 4, "crps": 1.0, "inside_80": 0.75, "bias": -0.1, "difference": 0.0, "error": 0.0}
    folds = {"group": "total", "position": "start", "actual": 5.0, "median": 6.0, "low": 3.0, "high": 9.0, "pit": 0.35}
    days = pd.date_range("2025-01-01", periods=4, freq="MS", tz="UTC")
    tables = {
        "scores": pd.DataFrame([{"method": rule, **scores, "crps": 1.0 + at} for at, rule in enumerate(rules)]),
        "folds": pd.DataFrame(
            [
                {"as_of": day, "period": f"{day:%B}", "method": rule, "inside_80": 1.0, **folds}
                for day in days
                for rule in rules
            ]
        ),
    }
    return _kept(root, "backtest", {"measure": "wins"}, tables)


def other(root: Path) -> Run:
    return _kept(
        root, "invented", {}, {"levers": pd.DataFrame({"lever": ["@here", "b"], "worth": [-1.5, float("nan")]})}
    )


_FIRST = {"compare", "forecast"}


def extended(root: Path) -> Run:
    """A run of figures that answers another question than a simulation."""
    kpis = pd.DataFrame([_figures(PLANS[0], run) for run in range(3)])
    return _kept(
        root,
        "hiring-plan",
        {},
        {"kpis": kpis, "staffing": pd.DataFrame({"team": ["closers"], "month": ["2026-02"], "short": [1.0]})},
    )


KINDS: Mapping[str, Callable[[Path], Run]] = {
    "compare": compared,
    "simulate": simulated,
    "forecast": forecast,
    "hindcast": hindcast,
    "backtest": backtest,
    "other": other,
    "extended": extended,
}

EVERY = ["compare", "forecast", *(pytest.param(name, marks=pytest.mark.slow) for name in KINDS if name not in _FIRST)]
"""All kinds as a test's parameters: those with the most in them always, the others in the slow suite."""

OUTLOOKS = [
    (measure, dimension, period, group)
    for measure in ("bookings", "wins")
    for period in ("2026 Q1", "2026 Q2")
    for dimension, groups in (("total", ("total",)), ("team", ("north", "south")))
    for group in groups
]
DEALS = pd.DataFrame(
    {
        "label": [f"deal {n}" for n in range(15)],
        "stage": "proposal",
        "rep": "Ann",
        "days": 3.5,
        "amount": 20_000.0,
        "chance": 0.4,
        "expected": 8_000.0,
        "share": 0.02,
    }
)
ESTIMATES = pd.DataFrame(
    {
        "where": ["stage 'lead'", "stage 'lead'", "calendar 'everybody'"],
        "what": ["advance", "latency", "hours a working day"],
        "value": [0.4, 3.0, 7.0],
        "error": [0.01, 0.1, float("nan")],
        "n": [5_000, 4_000, 0],
        "how": ["maximum likelihood", "Kaplan-Meier, with waiting", "assumed: the history logs no touches"],
    }
)


def _kept(root: Path, verb: str, settings: Mapping[str, object], tables: Tables) -> Run:
    question = Question(verb=verb, settings=settings, fingerprint="ab" * 32, seed=7, as_of=AS_OF)
    with new_run(question, folder=root / verb) as draft:
        draft.answer = "It depends. Mostly on luck"
        for name, table in tables.items():
            draft.table(name, table)
    return load_run(root / verb)


def _figures(plan: str, run: int) -> dict[str, object]:
    gain = PLANS.index(plan) * (1 if plan == PLANS[1] else -0.2 if run % 2 else 0.3)
    figures = dict.fromkeys(HEADLINES, 100.0 + 5 * run + gain)
    return {"scenario": plan, "draw": 0, "replication": run, **figures, "bookings": 2e6 + 1e4 * run + 9e4 * gain}


def _stages() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"scenario": plan, "stage": stage, "replication": run, "entered": size + run}
            for plan in PLANS
            for stage, size in (("lead", 400), ("proposal", 90), ("negotiation", 40))
            for run in range(4)
        ]
    )


def _teams() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"scenario": plan, "team": team, "replication": run, "utilisation": 0.7 + 0.02 * run}
            for plan in PLANS
            for team in ("closers", "")
            for run in range(4)
        ]
    )


def _outlook(measure: str, dimension: str, period: str, group: str) -> dict[str, object]:
    size = (2e6 if measure == "bookings" else 80.0) * {"total": 1.0, "north": 0.7, "south": 0.3}[group]
    quantiles = {"q2.5": 0.6, "q10": 0.8, "q25": 0.9, "q50": 1.0, "q75": 1.1, "q90": 1.3, "q97.5": 1.5}
    return {
        "measure": measure,
        "dimension": dimension,
        "period": period,
        "group": group,
        "mean": size,
        **{name: size * share for name, share in quantiles.items()},
        "already booked": size * 0.3,
        "open now": size * 0.2,
        "to be created": size * 0.5,
    }
