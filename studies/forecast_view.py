"""A forecast for people: the answer in a sentence, and the tables and charts of its report."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecast.checks import inside, predictive_checks
from forecast.grouped import Grouped
from forecast.outlook import PARTS, Outlook, Target
from forecast.posterior import Posterior
from sim.eventlog import Floats
from sim.kpis.summary import DAYS, MONEY, SHARE
from studies.forecast_charts import checks_chart, fan_chart, fan_table, waterfall_chart, waterfall_table
from studies.grid import Grid
from studies.report import Figure, Section
from studies.wording import interval, quantity

COUNT = "count"
_BY = ("team", "region", "segment", "product", "channel", "rep")
_MOST = 12


@dataclass(frozen=True)
class Parts:
    """The sections of a report, and the tables that the terminal shows too."""

    sections: tuple[Section, ...]
    grids: tuple[Grid, ...]

    def with_more(self, grids: tuple[Grid, ...]) -> tuple[Section, ...]:
        """Return the sections, with tables that only some forecasts have after the first."""
        more = (Section("With the team, and since the last time", (), grids),) if grids else ()
        return (*self.sections[:1], *more, *self.sections[1:])


def measure_of(outlook: Outlook, grouped: Grouped) -> str:
    """Return what can be forecast: ``bookings``, or ``wins`` where the history holds no amounts."""
    amounts = bool(grouped.worth.n.sum()) or bool(grouped.open.amount.any())
    return "bookings" if amounts and outlook.cubes["bookings"] else "wins"


def unit_of_measure(measure: str) -> str:
    """Return the unit that a measure is written in."""
    return MONEY if measure == "bookings" else COUNT


def answer_of(outlook: Outlook, measure: str, target: Target | None) -> str:
    """Say what will be won in the running period, how sure that is, and whether the target is in reach."""
    draws, unit = outlook.draws(measure), unit_of_measure(measure)
    low, high = np.quantile(draws, [0.1, 0.9])
    parts = [f"{quantity(float(outlook.draws(measure, 0, (part,)).mean()), unit)} {part}" for part in PARTS]
    said = f"{outlook.periods[0]}: {quantity(float(np.median(draws)), unit)} {measure}"
    body = f"{said}, with 80 % certainty {interval(float(low), float(high), unit)} ({', '.join(parts)})"
    if measure == "wins":
        body += "; no deal has an amount, so wins are counted"
    if target is None:
        return f"{body}."
    reach = f"the chance to reach {quantity(target.target, unit)} is {quantity(target.chance, SHARE)}"
    missing = f"on average {quantity(target.shortfall, unit)} are missing"
    worst = f"in the worst tenth of cases {quantity(target.worst_shortfall, unit)}"
    return f"{body}; {reach}, {missing}, {worst}."


def sections(outlook: Outlook, grouped: Grouped, posterior: Posterior, measure: str, target: Target | None) -> Parts:
    """Lay out the report."""
    unit = unit_of_measure(measure)
    total = _total_grid(outlook, measure, unit)
    by = [_by_grid(outlook, measure, unit, name) for name in _BY if len(_named(outlook, measure, name)) > 1]
    steps = fan_table(outlook, measure)
    parts = waterfall_table(outlook, measure)
    fan = Figure(
        f"{measure.capitalize()} from the start of {outlook.periods[0]}",
        "Line: median. Bands: 50, 80 and 95 % of the draws.",
        fan_chart(steps, measure),
    )
    fall = Figure(
        f"What {outlook.periods[0]} is made of",
        "Bars: means, added up. Lines: 80 % of each.",
        waterfall_chart(parts, measure),
    )
    covered = () if target is None else (_coverage_sentence(outlook, target, unit),)
    first = Section("The forecast", covered, (total,), (fan, fall))
    deals = Section(
        "Which deals decide", (_deals_sentence(outlook),), (_stage_grid(outlook, unit), _deals_grid(outlook, unit))
    )
    more = (_losses(grouped, posterior), _checked(grouped, posterior), _basis(grouped, posterior))
    return Parts((first, Section("By group", (), tuple(by)), deals, *more), (total, *by[:1]))


def _total_grid(outlook: Outlook, measure: str, unit: str) -> Grid:
    rows = [
        (str(row["period"]), *_numbers(row, unit), *(quantity(float(row[part]), unit) for part in PARTS))
        for row in outlook.table(measure).to_dict("records")
    ]
    note = "Means of the parts add up to the mean; the range holds what isn't known and luck together."
    return Grid.of(f"Forecast of {measure}", ("period", "mean", "median", "80 % range", *PARTS), rows, note)


def _numbers(row: "dict[object, object] | dict[str, object]", unit: str) -> tuple[str, str, str]:
    low, middle, high = (float(str(row[name])) for name in ("q10", "q50", "q90"))
    return quantity(float(str(row["mean"])), unit), quantity(middle, unit), interval(low, high, unit)


def _named(outlook: Outlook, measure: str, dimension: str) -> pd.DataFrame:
    table = outlook.table(measure, dimension)
    return table[table["period"] == outlook.periods[0]]


def _by_grid(outlook: Outlook, measure: str, unit: str, dimension: str) -> Grid:
    shown = _named(outlook, measure, dimension).sort_values("mean", ascending=False).head(_MOST)
    rows = [
        (str(row["group"]), *_numbers(row, unit), *(quantity(float(row[part]), unit) for part in PARTS))
        for row in shown.to_dict("records")
    ]
    note = f"{outlook.periods[0]}; in each draw the groups add up to the total."
    columns = (dimension, "mean", "median", "80 % range", *PARTS)
    return Grid.of(f"By {dimension}", columns, rows, note)


def _deals_sentence(outlook: Outlook) -> str:
    share = float(outlook.deals["share"].clip(lower=0).nlargest(10).sum())
    return f"The ten open deals that weigh most carry {quantity(share, SHARE)} of the variance of {outlook.periods[0]}."


def _stage_grid(outlook: Outlook, unit: str) -> Grid:
    rows = [
        (
            str(stage),
            f"{len(its):,}",
            quantity(float(its["amount"].sum()), unit),
            quantity(float(its["chance"].mean()), SHARE),
            quantity(float(its["expected"].sum()), unit),
            quantity(float(its["share"].sum()), SHARE),
        )
        for stage, its in outlook.deals.groupby("stage", sort=False)
    ]
    columns = ("stage", "open", "amount", "mean chance", "expected", "share of variance")
    return Grid.of("Open deals by stage", columns, rows, f"Chances to be won in {outlook.periods[0]}.")


def _deals_grid(outlook: Outlook, unit: str) -> Grid:
    top = outlook.deals.nlargest(_MOST, "share")
    rows = [
        (
            str(row["label"]),
            str(row["stage"]),
            str(row["rep"]),
            quantity(float(row["days"]), DAYS),
            quantity(float(row["amount"]), unit),
            quantity(float(row["chance"]), SHARE),
            quantity(float(row["share"]), SHARE),
        )
        for row in top.to_dict("records")
    ]
    columns = ("deal", "stage", "rep", "in the stage", "amount", "chance", "share of variance")
    return Grid.of("Open deals that weigh most", columns, rows, texts=3)


def _coverage_sentence(outlook: Outlook, target: Target, unit: str) -> str:
    pipeline = float(outlook.deals["amount"].sum()) if unit == MONEY else float(len(outlook.deals))
    if np.isnan(target.needed):
        return "Nothing is open, so no pipeline coverage can be named."
    said = f"Even odds for the target need {quantity(target.needed, unit)} of open pipeline at today's ages and stages"
    return f"{said}; open are {quantity(pipeline, unit)}."


def _losses(grouped: Grouped, posterior: Posterior) -> Section:
    """Show why deals are lost, stage by stage."""
    shares = posterior["cause_share"]
    likely = sorted(range(len(grouped.causes)), key=lambda cause: -float(shares[:, :, cause].mean()))
    named = [cause for cause in likely if grouped.losses[:, cause].any()][:_MOST]
    if len(named) < 2:
        return Section("Why deals are lost", ("The history names no causes.",))
    rows = [
        (stage, f"{int(grouped.losses[at].sum()):,}", *(_share(shares[:, at, cause]) for cause in named))
        for at, stage in enumerate(grouped.stages)
    ]
    note = "Shares of a stage's losses; in brackets the 80 % range of what isn't known."
    columns = ("stage", "lost so far", *(grouped.causes[cause] for cause in named))
    return Section("Why deals are lost", (), (Grid.of("Causes of loss", columns, rows, note),))


def _share(draws: Floats) -> str:
    low, high = (float(end) for end in np.quantile(draws, [0.1, 0.9]))
    return f"{quantity(float(draws.mean()), SHARE)} ({interval(low, high, SHARE)})"


def _checked(grouped: Grouped, posterior: Posterior) -> Section:
    """Say and show whether the models could have made the history."""
    checks = predictive_checks(posterior, grouped)
    if not len(checks):
        return Section("Does it look like the past?", ("Nothing has happened yet that it could be held against.",))
    share = quantity(inside(checks), SHARE)
    said = (
        f"The history's own deals, sent through the models again: {share} of what was seen lies within the 80 % that "
        "the fit gives (weighted by how much was seen). Much less would mean that a model of this kind can't tell this "
        "funnel's story."
    )
    figure = Figure(
        "Shares of deals that left a stage in a step, and that went on, by time in the stage",
        "Points: seen. Dark bars: 80 % of what the fit gives. Pale bars: the same before any data.",
        checks_chart(checks),
    )
    return Section("Does it look like the past?", (said,), (), (figure,))


def _basis(grouped: Grouped, posterior: Posterior) -> Section:
    counts = grouped.hazards
    steps = f"{int(counts.at_risk.sum()):,} steps of {grouped.grid.step:g} days, {int(counts.exits.sum()):,} exits"
    leads = f"{int(grouped.arrivals.sum()):,} leads of {len(grouped.arrivals)} weeks"
    said = (
        f"Fitted by {posterior.provenance['method']} on {steps} and {leads}.",
        *(
            f"{name.capitalize()} moves nothing: its value is known of closed deals only."
            for name in grouped.filled_late
        ),
        *posterior.warnings,
        "Whether to believe it: headrace backtest, on the same export.",
    )
    return Section("What it rests on", said)
