"""The library in tables for people: the catalogue, a run, two runs side by side, and the ledger."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from studies.comparison_view import SHOWN
from studies.grid import Grid
from studies.library.difference import Difference
from studies.library.ledger import Decision, calibration, outcomes
from studies.library.remarks import is_intact, lock_of, remarks_on
from studies.store import Run
from studies.wording import DASH, day, interval, quantity, title_of, unit_of


def catalogue_grid(runs: pd.DataFrame) -> Grid:
    """Lay out `studies.library.catalogue.catalogue`."""
    rows = (
        (
            row["run"],
            row["answer"],
            "",
            f"tags: {row['tags']}" * bool(row["tags"]),
            row["note"],
            _locked_as(row["plan"]),
        )
        for row in runs.to_dict("records")
    )
    return Grid.of("Runs", ("run", "answer", "", "tags", "note", "locked as"), rows, f"{len(runs)} runs.", texts=6)


def _locked_as(plan: str) -> str:
    return f"locked as {plan!r}" if plan else ""


def figures_grid(found: pd.DataFrame, kpi: str) -> Grid:
    """Lay out `studies.library.catalogue.figures`."""
    unit = unit_of(kpi)
    rows = (
        (row["run"], row["scenario"], *(quantity(row[name], unit) for name in ("mean", "p10", "p50", "p90")))
        for row in found.to_dict("records")
    )
    note = "Of the replications: their mean, and what one, five and nine of ten stay below."
    return Grid.of(f"{title_of(kpi)} in all runs", ("run", "plan", "mean", "P10", "P50", "P90"), rows, note, texts=2)


def run_grid(run: Run) -> Grid:
    """Lay out where a run comes from and what was remarked on it."""
    said, remarks, settled = run.manifest, remarks_on(run), lock_of(run)
    changed = ", ".join(run.changed())
    rows = [
        ("command", " ".join(said.command)),
        ("made", said.created),
        ("seed", DASH if said.seed is None else str(said.seed)),
        ("funnel", said.fingerprint or DASH),
        ("inputs", ", ".join(each.path for each in said.inputs) or DASH),
        ("results", f"changed or gone: {changed}" if changed else f"{len(said.results)} files, all as they were"),
        ("tags", ", ".join(remarks.tags) or DASH),
        ("note", remarks.note or DASH),
    ]
    if settled:
        state = "intact" if is_intact(run, settled) else "CHANGED SINCE: don't rely on it"
        rows.append(("locked", f"as {settled.plan!r} on {settled.locked}; {state}"))
    return Grid.of(run.name, ("", ""), rows, texts=2)


def difference_grids(found: Difference) -> tuple[Grid, ...]:
    """Lay out what was asked differently and what came out differently."""
    asked = Grid.of("Asked differently", ("what", "first", "second"), found.asked.itertuples(index=False), texts=3)
    shown = found.figures[found.figures["kpi"].isin(SHOWN)].to_dict("records")
    how = "the same luck, so differences are paired" if found.paired else "different luck, so runs aren't twins (Welch)"
    columns = ("plan", "figure", "first", "second", "difference", "95 % interval")
    figures = Grid.of("Came out differently", columns, (_figure(row) for row in shown), f"The runs met {how}.", texts=2)
    return asked, figures


def _figure(row: Mapping[Any, Any]) -> tuple[str, ...]:
    unit = unit_of(row["kpi"])
    means = (quantity(row[name], unit) for name in ("first", "second"))
    limits = interval(row["low"], row["high"], unit, sign=True)
    return (row["scenario"], title_of(row["kpi"]), *means, quantity(row["difference"], unit, sign=True), limits)


def ledger_grids(found: tuple[Decision, ...]) -> tuple[Grid, ...]:
    """Lay out the decisions, what came of them, and how often the intervals held."""
    rows = ((day(one.decided), one.scenario, one.run, one.why or DASH, _state(one)) for one in found)
    taken = Grid.of("Decisions", ("decided", "plan", "run", "why", "state"), rows, texts=4)
    came = outcomes(found)
    if came.empty:
        return (taken,)
    columns = ("decided", "plan", "figure", "8 of 10 futures", "happened", "share of futures below")
    note = "What happened includes everything else that happened: a miss is a question, not a verdict."
    judged = Grid.of("What came", columns, (_came(row) for row in came.to_dict("records")), note, texts=3)
    return taken, judged, _calibration_grid(found)


def _state(decision: Decision) -> str:
    return "reviewed" if decision.happened else f"over on {day(decision.end)}"


def _came(row: Mapping[Any, Any]) -> tuple[str, ...]:
    unit = unit_of(row["kpi"])
    range_ = interval(row["p10"], row["p90"], unit)
    rank = f"{row['rank']:.0%}"
    return (day(row["decided"]), row["scenario"], title_of(row["kpi"]), range_, quantity(row["happened"], unit), rank)


def _calibration_grid(found: tuple[Decision, ...]) -> Grid:
    rows = (
        (day(row["decided"]), row["interval"], str(row["figures"]), f"{row['held']:.0%}")
        for row in calibration(found).to_dict("records")
    )
    note = "The nearer the share that held is to the interval's name, the more the ranges may be trusted."
    return Grid.of(
        "How often the ranges held so far", ("up to", "range", "figures judged", "held"), rows, note, texts=2
    )
