"""The parts of a report that show the floor: the funnel by stage, where the days go, how busy the teams are."""

from collections.abc import Mapping
from itertools import islice
from math import isnan

import pandas as pd

from sim.kpis import PARTS
from sim.kpis.summary import COUNT, DAYS, SHARE
from studies.charts import dwell_chart, funnel_chart, spread, utilisation_chart
from studies.funnel_folder import ESTIMATES, FINDINGS
from studies.grid import Grid, findings_grid
from studies.report import Figure, Section
from studies.wording import DASH, interval, quantity

_MIDDLE = "Bars: means over the runs; lines: the middle 80 % of the runs."


def operation_section(tables: Mapping[str, pd.DataFrame]) -> Section:
    """Show the funnel by stage, the dwell split and the utilisation, from an experiment's tables."""
    stages, teams = tables["stages"], tables["teams"]
    figures = [
        Figure("The funnel, stage by stage", _MIDDLE, funnel_chart(stages), stages_grid(stages)),
        Figure(
            "Where the days go",
            "Mean days that leads who left a stage had spent in it.",
            dwell_chart(stages),
            dwell_grid(stages),
        ),
    ]
    if teams["utilisation"].notna().any():
        figures.append(Figure("How busy the teams are", _MIDDLE, utilisation_chart(teams), teams_grid(teams)))
    return Section("On the floor", (), (), tuple(figures))


def stages_grid(stages: pd.DataFrame) -> Grid:
    """Lay out the funnel by stage."""
    keys = ["stage", "scenario"]
    flow, share, stock = (spread(stages, keys, name) for name in ("entered", "conversion", "wip"))
    rows = (
        (
            str(entered["stage"]),
            str(entered["scenario"]),
            quantity(entered["mean"], COUNT),
            interval(entered["low"], entered["high"], COUNT),
            quantity(rate["mean"], SHARE),
            interval(rate["low"], rate["high"], SHARE),
            quantity(held["mean"], COUNT),
        )
        for entered, rate, held in zip(*(table.to_dict("records") for table in (flow, share, stock)), strict=True)
    )
    columns = (
        "stage",
        "plan",
        "entered",
        "80 % of the runs",
        "advanced of those who left",
        "80 % of the runs",
        "open, mean",
    )
    return Grid.of("The funnel by stage", columns, rows, texts=2)


def dwell_grid(stages: pd.DataFrame) -> Grid:
    """Lay out how long leads stay and what for."""
    means = stages.groupby(["stage", "scenario"], sort=False, observed=True)[["median", "mean", *PARTS]].mean()
    rows = (
        (str(stage), str(plan), *(quantity(value, DAYS) for value in row))
        for (stage, plan), row in zip(means.index, means.to_numpy(), strict=True)
    )
    return Grid.of("Time in a stage", ("stage", "plan", "median", "mean", *PARTS), rows, texts=2)


def teams_grid(teams: pd.DataFrame) -> Grid:
    """Lay out the utilisation of the teams."""
    table = spread(teams.assign(team=teams["team"].replace("", "experts")), ["team", "scenario"], "utilisation")
    rows = (
        (str(row["team"]), str(row["scenario"]), quantity(row["mean"], SHARE), interval(row["low"], row["high"], SHARE))
        for row in table.to_dict("records")
    )
    return Grid.of("Working time spent on deals", ("team", "plan", "mean", "80 % of the runs"), rows, texts=2)


def data_section(tables: Mapping[str, pd.DataFrame]) -> tuple[Section, ...]:
    """Show what is known about the data behind a funnel; nothing where nothing is."""
    grids = []
    if FINDINGS in tables:
        grids.append(findings_grid(tables[FINDINGS]))
    if ESTIMATES in tables:
        grids.append(estimates_grid(tables[ESTIMATES]))
    return (Section("The data behind the funnel", (), tuple(grids)),) if grids else ()


def estimates_grid(estimates: pd.DataFrame, most: int = 200) -> Grid:
    """Lay out the numbers of a calibrated funnel with their standard errors."""
    rows = (
        (
            str(row["where"]),
            str(row["what"]),
            _number(float(row["value"])),
            _number(float(row["error"])),
            f"{int(row['n']):,}" if row["n"] else DASH,
            str(row["how"]),
        )
        for row in islice(estimates.to_dict("records"), most)
    )
    left = f" {len(estimates) - most} more are in estimates.parquet." if len(estimates) > most else ""
    note = f"Days for lengths, log odds for effects; the standard error is the data's, assumed numbers have none.{left}"
    return Grid.of(
        "Estimates", ("where", "what", "value", "standard error", "observations", "how"), rows, note, texts=2
    )


def _number(value: float) -> str:
    return DASH if isnan(value) else f"{value:,.4g}"
