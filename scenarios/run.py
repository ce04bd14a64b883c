"""Running an experiment's chunks: luck and plan in, rows out.

A chunk can be run anywhere and in any order; `merge` puts the rows of those that are done in one fixed order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from scenarios.compare import is_precise
from scenarios.experiment import Chunk, Experiment, Run
from scenarios.tables import TABLES, reduction_for
from sim.errors import require
from sim.eventlog import EventLog
from sim.kpis.reduction import Reduction
from sim.simulate import Simulator, simulator
from sim.spec import FunnelSpec

KEYS = ("scenario", "draw", "replication")
"""The first columns of every table: which plan, on which draw of belief, under which luck of that draw."""

KPIS = "kpis"
"""The table that is always there: one row a run under a plan, with a column for each of `sim.kpis.HEADLINES`."""

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


def run_chunk(experiment: Experiment, chunk: Chunk) -> Tables:
    """Simulate a chunk's runs under each of its plans and return the rows of each table."""
    rows: dict[str, list[pd.DataFrame]] = {KPIS: [], **{name: [] for name in experiment.tables}}
    for scenario in experiment.under(chunk):
        for draw, runs in groupby(chunk.runs, key=lambda run: run.draw):
            spec = scenario.apply(experiment.base[draw])
            ready = simulator(spec, experiment.opening, days=experiment.days, engine=experiment.engine)
            for run in runs:
                for name, table in _measure(experiment, spec, ready, run).items():
                    keys = dict(zip(KEYS, (scenario.name, run.draw, run.replication), strict=True))
                    rows[name].append(pd.DataFrame(keys, index=table.index).join(table))
    return {name: pd.concat(parts, ignore_index=True) for name, parts in rows.items()}


def merge(experiment: Experiment, parts: Sequence[Tables]) -> Results:
    """Put the tables of finished chunks together, in an order that doesn't depend on who ran what when."""
    require(len(parts) > 0, "results: no chunk is finished, so there is nothing to show")
    kpis, *others = (rows_of(experiment, parts, name) for name in (KPIS, *experiment.tables))
    runs = kpis[kpis["scenario"] == experiment.baseline].groupby("draw").size()
    done = int(runs.reindex(range(len(experiment.base)), fill_value=0).min())
    precise = is_precise(experiment, kpis) if experiment.precision else None
    return Results(experiment, kpis, dict(zip(experiment.tables, others, strict=True)), done, precise)


def rows_of(experiment: Experiment, parts: Sequence[Tables], name: str) -> pd.DataFrame:
    """Return one table of finished chunks, sorted by plan in the experiment's order, then draw, then replication."""
    rows = pd.concat([part[name] for part in parts], ignore_index=True)
    place = {scenario.name: place for place, scenario in enumerate(experiment.scenarios)}
    # stable, so the rows of one run stay as the table's own query put them
    order = rows["scenario"].map(place).to_frame().join(rows[["draw", "replication"]])
    return rows.loc[order.sort_values(list(KEYS), kind="stable").index].reset_index(drop=True)


def _measure(experiment: Experiment, spec: FunnelSpec, ready: Simulator, run: Run) -> Tables:
    def reduction(frame: EventLog) -> Reduction:
        return reduction_for(frame, spec, (experiment.warm_up, experiment.days), experiment.tables)

    told = ready.feed(experiment.seed, experiment.number(run), reduction)
    kept = {name: TABLES[name](told, spec) for name in experiment.tables}
    return {KPIS: pd.DataFrame([told.figures()]), **kept}
