"""Running an experiment's chunks: luck and plan in, rows out.

A chunk can be run anywhere and in any order; `merge` puts the rows of those that are done in one fixed order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import pandas as pd

from scenarios.compare import is_precise
from scenarios.experiment import Chunk, Experiment, Run
from scenarios.tables import KPIS, Measure, stacked
from sim.errors import require
from sim.eventlog import Columns
from sim.simulate import Plans

KEYS = ("scenario", "draw", "replication")
"""The first columns of every table: which plan, on which draw of belief, under which luck of that draw."""

_DRAWS_AT_HAND = 8
"""Draws whose plans stay laid out: those that threads are at, since chunks go through the draws in order."""

type Tables = dict[str, pd.DataFrame]
"""Table name → rows, `KEYS` first."""


@dataclass(frozen=True)
class Results:
    """What an experiment found.

    Attributes
    ----------
    experiment
        What was asked.
    kpis
        `KPIS`, sorted by scenario in the experiment's order, then draw, then replication.
    tables
        The other tables that the experiment keeps, by name, sorted likewise.
    replications
        Replications for each draw that were done (where the work was cut short: of the draw with the fewest).
    precise
        Whether the precision was reached; None where none was asked for.
    """

    experiment: Experiment
    kpis: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]
    replications: int
    precise: bool | None = None


class Runner:
    """Runs an experiment's chunks, in any thread; what a draw's plans need is laid out once for all its chunks.

    A copy of it that is sent to another process begins anew there.
    """

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self._laid_out = lru_cache(_DRAWS_AT_HAND)(partial(_lay_out, experiment))

    def __reduce__(self) -> tuple[type["Runner"], tuple[Experiment]]:
        """Travel as the experiment alone."""
        return Runner, (self._experiment,)

    def __call__(self, chunk: Chunk) -> Tables:
        """Simulate a chunk's runs under each of its plans and return the rows of each table."""
        plans = tuple(plan.name for plan in self._experiment.under(chunk))
        keys = [(plan, run.draw, run.replication) for run in chunk.runs for plan in plans]
        told = [columns for run in chunk.runs for columns in self._measured(run, plans)]
        named = dict(zip(KEYS, zip(*keys, strict=True), strict=True))
        return {table: stacked(named, [columns[table] for columns in told]) for table in told[0]}

    def _measured(self, run: Run, under: tuple[str, ...]) -> list[dict[str, Columns]]:
        """Return the tables of a run under each plan."""
        plans, measures = self._laid_out(run.draw, under)
        luck = self._experiment.seed, self._experiment.number(run)
        followed = plans.feed(*luck, [measure.follow for measure in measures])  # one at a time: each may be large
        return [measure.columns(reduction) for measure, reduction in zip(measures, followed, strict=True)]


def merge(experiment: Experiment, parts: Sequence[Tables]) -> Results:
    """Put the tables of finished chunks together, in an order that doesn't depend on who ran what when."""
    require(len(parts) > 0, "results: no chunk is finished, so there is nothing to show")
    kpis, *others = (rows_of(experiment, parts, name) for name in (KPIS, *experiment.tables))
    runs = kpis[kpis["scenario"] == experiment.baseline].groupby("draw").size()
    done = int(runs.reindex(range(len(experiment.base)), fill_value=0).min())
    precise = is_precise(experiment, kpis) if experiment.precision else None
    return Results(experiment, kpis, dict(zip(experiment.tables, others, strict=True)), done, precise)


def _lay_out(experiment: Experiment, draw: int, names: tuple[str, ...]) -> tuple[Plans, list[Measure]]:
    """Return some plans on a draw, ready to be run, and what is measured of each."""
    specs = [plan.apply(experiment.base[draw]) for plan in experiment.scenarios if plan.name in names]
    ready = Plans(specs, experiment.opening, days=experiment.days, engine=experiment.engine)
    period, origin = (experiment.warm_up, experiment.days), experiment.opening.as_of
    return ready, [Measure(spec, origin, period, experiment.tables) for spec in specs]


def rows_of(experiment: Experiment, parts: Sequence[Tables], name: str) -> pd.DataFrame:
    """Return one table of finished chunks, sorted by plan in the experiment's order, then draw, then replication."""
    rows = pd.concat([part[name] for part in parts], ignore_index=True)
    place = {scenario.name: place for place, scenario in enumerate(experiment.scenarios)}
    # stable, so the rows of one run stay as the table's own query put them
    order = rows["scenario"].map(place).to_frame().join(rows[["draw", "replication"]])
    return rows.loc[order.sort_values(list(KEYS), kind="stable").index].reset_index(drop=True)
