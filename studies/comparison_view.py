"""A comparison in words, tables and charts: the answer first, then what it rests on."""

from collections.abc import Mapping
from math import isnan
from typing import Any

import pandas as pd

from scenarios.compare import HIGHER_IS_BETTER, Comparison, Verdict
from scenarios.run import Results
from studies.charts import differences_chart, spread, spread_chart
from studies.cost_view import with_costs, with_target
from studies.grid import Grid
from studies.kept import provenance
from studies.operations_view import data_section, operation_section
from studies.report import Figure, Report, Section
from studies.request import Request
from studies.store import Question
from studies.wording import DASH, day, interval, quantity, title_of, unit_of

SHOWN = (
    *("leads", "bookings", "wins", "average_deal", "win_rate_closed", "conversion_cohort", "sales_cycle_median"),
    *("first_touch_median", "first_touch_within_day", "never_touched", "wip_end", "breaches", "unassigned"),
    "gini_assigned",
)
"""The figures of the overview; the run folder holds all of them."""

BRIEF = ("wins", "win_rate_closed", "first_touch_within_day", "wip_end", "unassigned")
"""The figures that fit beside each other on a terminal."""


_NAMED = 3
"""Rivals that a sentence names; more are counted."""
_LUCK = frozenset({Verdict.UNCLEAR, Verdict.TOO_FEW})

type Row = Mapping[Any, Any]
"""A row of `Comparison.table`."""


def answer_of(main: Comparison, request: Request) -> str:
    """Say in one sentence what came out."""
    sentence = _answer(main, request)
    return f"{sentence[:1].upper()}{sentence[1:]}"


def _answer(main: Comparison, request: Request) -> str:
    kpi = main.kpi
    when = f"over {request.days:g} days from {day(request.funnel.opening.as_of)}"
    rows = _rows(main)
    runs = rows.pop(main.baseline)["pairs"]
    good = {name: row for name, row in rows.items() if row["verdict"] == Verdict.BETTER}
    if good:
        sign = 1 if HIGHER_IS_BETTER.get(kpi, True) else -1
        name = max(good, key=lambda name: sign * good[name]["difference"])
        first = f"{name} does best: {title_of(kpi)} {by_how_much(good[name], main)} against {main.baseline} {when}."
        return " ".join((first, *_open_question(main, name), *_sources(good[name], kpi)))
    if all(row["verdict"] == Verdict.WORSE for row in rows.values()):
        return (
            f"{main.baseline} stays best: every other plan does worse in {title_of(kpi)} {when} ({runs} paired runs)."
        )
    return f"No plan is clearly better than {main.baseline} in {title_of(kpi)} {when} ({runs} paired runs)."


def _open_question(main: Comparison, name: str) -> tuple[str, ...]:
    """Say which other plans can still be the best, if any."""
    rivals = [f"'{rival}'" for rival in main.candidates if rival != name]
    if not rivals or main.kpi not in HIGHER_IS_BETTER:
        return ()
    shown = ", ".join(rivals) if len(rivals) <= _NAMED else f"{len(rivals)} other plans"
    return (f"But {shown} can still be the best.",)


def _sources(row: Row, kpi: str) -> tuple[str, ...]:
    """Say what luck and what ignorance do to a difference, where there are draws that tell."""
    if isnan(row["ignorance_sd"]):
        return ()
    luck, ignorance = (quantity(row[name], unit_of(kpi)) for name in ("luck_sd", "ignorance_sd"))
    return (f"The difference varies by {luck} with luck, and by {ignorance} with what the history leaves open.",)


def by_how_much(row: Row, main: Comparison) -> str:
    """Say how far a plan is from the baseline, with the interval that holds together with the others."""
    unit = unit_of(main.kpi)
    by = f"{quantity(row['difference'], unit, sign=True)} ({row['relative']:+.1%})"
    return f"{by}, with {main.confidence:.0%} confidence {interval(row['low_all'], row['high_all'], unit, sign=True)},"


def _rows(comparison: Comparison) -> dict[str, Row]:
    return {str(name): dict(row) for name, row in comparison.table.to_dict("index").items()}


def main_grid(main: Comparison, request: Request, kpis: pd.DataFrame) -> Grid:
    """Lay out the comparison by the figure that was asked for, with cost and target where they are known."""
    return with_target(with_costs(_plain_grid(main), main, request), main, request, kpis)


def _plain_grid(main: Comparison) -> Grid:
    unit = unit_of(main.kpi)
    rows = (
        (
            name,
            quantity(row["mean"], unit),
            quantity(row["difference"], unit, sign=True) if name != main.baseline else "",
            interval(row["low_all"], row["high_all"], unit, sign=True) if name != main.baseline else "",
            f"{row['relative']:+.1%}" if name != main.baseline else "",
            f"{row['better']:.0%}" if name != main.baseline else "",
            str(row["verdict"]),
        )
        for name, row in _rows(main).items()
    )
    sure = f"{main.confidence:.0%} interval"
    columns = ("plan", "mean", "difference", sure, "relative", "ahead in", "verdict")
    note = (
        f"Differences are taken run by run under the same luck ({int(main.table['pairs'].max())} pairs). "
        f"With {main.confidence:.0%} confidence all these intervals hold together."
    )
    return Grid.of(f"{title_of(main.kpi).capitalize()} by plan ({unit})", columns, rows, note)


def best_grid(main: Comparison) -> Grid | None:
    """Lay out each plan against the best of the others; None for two plans, or where no direction is better."""
    if main.kpi not in HIGHER_IS_BETTER or len(main.table) < 3:
        return None
    unit = unit_of(main.kpi)
    rows = (
        (
            name,
            quantity(row["ahead"], unit, sign=True),
            interval(row["ahead_low"], row["ahead_high"], unit, sign=True),
            "yes" if row["possible"] else "no",
        )
        for name, row in _rows(main).items()
    )
    columns = ("plan", "against the best of the others", f"{main.confidence:.0%} interval", "can be the best")
    note = (
        f"With {main.confidence:.0%} confidence all these intervals hold together, and the best plan is among those "
        "that can be. headrace select runs on until one is left."
    )
    return Grid.of("Which plan is best", columns, rows, note)


def sources_grid(main: Comparison) -> Grid:
    """Lay out where the uncertainty of each difference comes from, and what pairing saved."""
    unit = unit_of(main.kpi)
    rows = (
        (
            name,
            quantity(row["luck_sd"], unit),
            quantity(row["ignorance_sd"], unit),
            interval(row["low"], row["high"], unit, sign=True),
            f"{row['efficiency']:.1f}" if not isnan(row["efficiency"]) else DASH,
        )
        for name, row in _rows(main).items()
        if name != main.baseline
    )
    columns = ("plan", "luck", "not known", f"{main.confidence:.0%} by itself", "runs saved")
    note = (
        "Luck: how much the difference varies between runs; more runs average it out. Not known: how much its expected "
        "value varies with what the history leaves open, which only more data cut; it needs --posterior. Both are "
        "standard deviations. Runs saved: how many times as many runs would be needed if plans didn't share their luck."
    )
    return Grid.of("Luck and ignorance", columns, rows, note)


def overview_grid(every: Mapping[str, Comparison], request: Request) -> Grid:
    """Lay out the other figures: the baseline's mean, and each plan's difference where it is more than luck."""
    names = [plan.name for plan in request.plans]
    rows = []
    for kpi in dict.fromkeys((request.kpi, *SHOWN)):
        found, unit = _rows(every[kpi]), unit_of(kpi)
        cells = [_change(found[name], unit) for name in names[1:]]
        rows.append((title_of(kpi), quantity(found[names[0]]["mean"], unit), *cells))
    note = (
        "Differences to the first column; ≈ marks those that luck alone could make, = those that are nil in every run."
    )
    return Grid.of("Other figures", ("figure", *names), rows, note)


def brief_grid(every: Mapping[str, Comparison], request: Request) -> Grid:
    """Lay out a few other figures: their means, in brackets where a plan's difference is no more than luck."""
    base = request.plans[0].name
    rows = (
        (plan.name, *(_mean(_rows(every[kpi])[plan.name], unit_of(kpi), plan.name == base) for kpi in BRIEF))
        for plan in request.plans
    )
    note = "Means; in brackets where luck alone could make the difference to the first row. The report has more."
    return Grid.of("Other figures", ("plan", *(title_of(kpi) for kpi in BRIEF)), rows, note)


def _mean(row: Row, unit: str, is_base: bool) -> str:  # noqa: FBT001 - a plain fact of the row
    text = quantity(row["mean"], unit)
    return text if is_base or row["verdict"] not in _LUCK else f"({text})"


def _change(row: Row, unit: str) -> str:
    verdict, difference = row["verdict"], row["difference"]
    if verdict == Verdict.SAME:
        return "="
    if isnan(difference):
        return DASH
    mark = "≈ " if verdict in _LUCK else ""
    return f"{mark}{quantity(difference, unit, sign=True)}"


def stacked(every: Mapping[str, Comparison]) -> pd.DataFrame:
    """Return every comparison's rows in one table, the figure's name in front."""
    tables = [
        comparison.table.reset_index().assign(
            verdict=comparison.table["verdict"].astype(str).to_numpy(), confidence=comparison.confidence
        )
        for comparison in every.values()
    ]
    return pd.concat(tables, keys=list(every), names=["kpi", None]).reset_index(level="kpi").reset_index(drop=True)


def report_of(
    request: Request,
    results: Results,
    every: Mapping[str, Comparison],
    answer: str,
    question: Question,
    more: tuple[Section, ...] = (),
) -> Report:
    """Put the report together; ``more`` sections follow the comparison."""
    main = every[request.kpi]
    best = best_grid(main)
    grids = (
        main_grid(main, request, results.kpis),
        *((best,) if best else ()),
        sources_grid(main),
        overview_grid(every, request),
    )
    plans = tuple(f"{plan.name}: {plan.describe()}" for plan in request.plans)
    sections = (
        Section("The plans", plans),
        Section("The comparison", (), grids, _figures(results, main, grids[0])),
        *more,
        operation_section(results.tables),
        assumptions_section(request, results),
        *data_section(request.funnel.tables),
    )
    return Report(f"{len(request.plans) - 1} plans against {main.baseline}", answer, sections, provenance(question))


def _figures(results: Results, main: Comparison, grid: Grid) -> tuple[Figure, ...]:
    kpi = main.kpi
    lines = f"lines: {main.confidence:.0%} intervals that hold together; dashed: no difference"
    return (
        Figure(
            f"What each plan changes in {title_of(kpi)}",
            f"Dots: mean paired difference to {main.baseline}; {lines}.",
            differences_chart(main.table, kpi),
            grid,
        ),
        Figure(
            f"How {title_of(kpi)} scatters",
            "A tick is one run, the dot their mean. Most of the scatter is luck that all plans share.",
            spread_chart(results.kpis, kpi),
            scatter_grid(results.kpis, kpi),
        ),
    )


def scatter_grid(kpis: pd.DataFrame, kpi: str) -> Grid:
    """Lay out how a figure scatters over the runs under each plan."""
    unit = unit_of(kpi)
    rows = (
        (str(row["scenario"]), quantity(row["mean"], unit), interval(row["low"], row["high"], unit))
        for row in spread(kpis, ["scenario"], kpi).to_dict("records")
    )
    return Grid.of(f"{title_of(kpi).capitalize()} over the runs", ("plan", "mean", "80 % of the runs"), rows)


def _effort(request: Request, results: Results) -> tuple[str, ...]:
    """Say how often what was run, and what was taken for known."""
    runs, same = f"{results.replications} times with seed {request.seed}", "all meet the same leads and the same luck"
    spec = request.funnel.spec
    moved = [plan.name for plan in request.plans if plan.apply(spec).market != spec.market]
    fixed = "no plan changes how many leads come or what buyers want"
    if moved:
        fixed = f"only {', '.join(moved)} changes how many leads come or what buyers want, as the plan says"
    if request.drawn is None:
        return (
            f"Each plan was run {runs}; in each run {same}.",
            f"The market stays as it was estimated: {fixed}. How sure the estimates are is not in the answer.",
        )
    versions = f"{len(request.drawn.specs)} versions of the market that the history could have come from"
    return (
        f"Each plan was run {runs} on each of {versions}; in each run {same}.",
        f"Differences are averages over these versions: {fixed}.",
    )


def assumptions_section(request: Request, results: Results) -> Section:
    """Say what the answer takes for granted."""
    spec, opening = request.funnel.spec, request.funnel.opening
    said = [
        (
            f"{len(opening.deals):,} deals are open at {opening.as_of.isoformat()}; the runs go on from there "
            f"for {request.days:g} days."
        ),
        *_effort(request, results),
    ]
    if request.warm_up:
        said.append(f"The first {request.warm_up:g} days are left out of every figure.")
    if not any(stage.speed_slope for stage in spec.market.stages):
        said.append(
            "In this funnel a late first touch doesn't lower the odds, so a plan pays only by what gets done in time."
        )
    if all(not rep.skill for rep in spec.operation.reps):
        said.append("All reps win alike here; who gets a lead matters only for when it is worked.")
    if results.precise is False:
        said.append("The precision that was asked for was not reached within the most replications allowed.")
    return Section("Assumptions", tuple(said))
