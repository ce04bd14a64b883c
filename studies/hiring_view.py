"""A hiring plan in words, tables and charts: what to do first, then the months behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from scenarios.compare import compare
from scenarios.hiring.months import Months
from scenarios.hiring.plan import RAMP, Hiring, Terms
from scenarios.levers.headcount import TIME_TO_HIRE
from scenarios.pairing import Interval
from scenarios.run import Results
from scenarios.scenario import AS_IS
from sim.kpis.summary import MONEY, SHARE
from studies.charts import staffing_chart
from studies.grid import Grid
from studies.kept import provenance
from studies.report import Figure, Report, Section
from studies.request import Ran
from studies.wording import DASH, interval, quantity

_KPI = "bookings"


@dataclass(frozen=True, slots=True)
class Cost:
    """What hiring brings, and what a month's delay of it costs, in bookings over the months ahead, run by run."""

    gain: Interval
    delay: Interval


def costs_of(kpis: pd.DataFrame, hiring: Sequence[Hiring]) -> dict[str, Cost]:
    """Return the cost of delay for each team that is short."""
    short = [each.team for each in hiring if each.starts is not None]
    return {
        team: Cost(
            gain=_difference(kpis, AS_IS.name, f"{team}: in time"),
            delay=_difference(kpis, f"{team}: a month later", f"{team}: in time"),
        )
        for team in short
    }


def _difference(kpis: pd.DataFrame, baseline: str, plan: str) -> Interval:
    both = kpis[kpis["scenario"].isin([baseline, plan])]
    row = compare(both, _KPI, baseline).table.to_dict("index")[plan]
    return Interval(row["difference"], row["low"], row["high"])


def answer_of(hiring: Sequence[Hiring], costs: Mapping[str, Cost], months: Months) -> str:
    """Say what is to be done."""
    short = [each for each in hiring if each.starts is not None]
    if not short:
        return f"No team is short of hours from {months.names[0]} to {months.names[-1]}: no position need be opened."
    return " ".join(_sentence(each, costs[each.team], months) for each in short)


def _sentence(hiring: Hiring, cost: Cost, months: Months) -> str:
    positions = "one position" if hiring.positions == 1 else f"{hiring.positions} positions"
    when = f"by {hiring.open_by}"
    if hiring.open_by is not None and hiring.open_by < months.first_days[0]:
        when = f"at once (it should have been by {hiring.open_by})"
    short = f"{hiring.team} is short of hours from {hiring.short_from:%Y-%m} on"
    return f"{short}: open {positions} {when}; {_delay_costs(cost.delay)} until {months.names[-1]}."


def _delay_costs(delay: Interval) -> str:
    range_ = f"{interval(delay.low, delay.high, MONEY, sign=True)} with 95% confidence"
    if delay.low <= 0 <= delay.high:
        return f"what a month's delay costs is too close to call, {quantity(delay.value, MONEY)} of bookings, {range_}"
    return f"a month's delay costs {quantity(delay.value, MONEY)} of bookings, {range_}"


def hiring_grid(hiring: Sequence[Hiring], costs: Mapping[str, Cost], months: Months) -> Grid:
    """Lay out what each team needs."""
    rows = (
        (
            each.team,
            f"{each.short_from:%Y-%m}" if each.short_from else "never",
            str(each.positions),
            str(each.open_by or DASH),
            str(each.starts or DASH),
            *_cells(costs.get(each.team)),
        )
        for each in hiring
    )
    columns = ("team", "short from", "positions", "open by", "at work from", "hiring brings", "a month's delay costs",
               "95 % interval")  # fmt: skip
    note = (
        f"Bookings until the end of {months.names[-1]}, run by run under the same luck. At work from: opened in time, "
        "or today where that is past. Positions: as many as leave no month short."
    )
    return Grid.of("Positions to open", columns, rows, note)


def _cells(cost: Cost | None) -> tuple[str, str, str]:
    if cost is None:
        return DASH, DASH, DASH
    return (
        quantity(cost.gain.value, MONEY, sign=True),
        quantity(cost.delay.value, MONEY),
        interval(cost.delay.low, cost.delay.high, MONEY),
    )


def months_grid(tables: Mapping[str, pd.DataFrame]) -> Grid:
    """Lay out each team's hours month by month."""
    rows = (
        (
            team,
            str(month),
            *(f"{row[name]:,.0f}" for name in ("capacity", "usable", "p10", "p50", "p90", "free", "backlog")),
            quantity(row["short"], SHARE),
        )
        for team, table in tables.items()
        for month, row in zip(table.index, table.to_dict("records"), strict=True)
    )
    columns = ("team", "month", "capacity", "usable", "need P10", "need P50", "need P90", "if nobody waits",
               "backlog", "short in")  # fmt: skip
    note = (
        "Hours of a fully ramped rep of ordinary speed. Capacity: after leave, holidays, admin work and ramp. Need: "
        "the effort of the touches that deals want in the month, as things are; what waits today counts in the first. "
        "If nobody waits: the median need if no team kept deals waiting, which hands more of them on. Backlog: what is "
        "carried on, the median. Short in: share of the runs in which need and backlog exceed the usable hours."
    )
    return Grid.of("Hours by month", columns, rows, note, texts=2)


def report_of(answer: str, grids: tuple[Grid, ...], staffing: pd.DataFrame, terms: Terms, ran: Ran[Results]) -> Report:
    """Put the report together."""
    months, positions = grids
    caption = "Line: usable hours. Dots: need, the median; bars: P10 to P90."
    figure = Figure("Hours that teams have and need", caption, staffing_chart(staffing), months)
    sections = (
        Section("Positions to open", (), (positions,)),
        Section("Hours by month", (), (), (figure,)),
        Section("Assumptions", _assumptions(terms, ran)),
    )
    return Report("Whom to hire when", answer, sections, provenance(ran.question))


def _assumptions(terms: Terms, ran: Ran[Results]) -> tuple[str, ...]:
    own = "" if terms.time_to_hire != TIME_TO_HIRE else ", an assumption for want of a usable source: give your own"
    quoted = "" if terms.ramp != RAMP else (
        ", the median for account executives in a survey of 2024 that was seen only as quoted by others (grade D)"
    )  # fmt: skip
    leaving = (
        f"{terms.leaving:.0%} of the reps leave in a year and aren't replaced; the paired runs leave that out."
        if terms.leaving
        else "Nobody leaves. Surveys put turnover at about a third a year (grade C): --leaving 0.33."
    )
    return (
        f"A team may spend {terms.busiest:.0%} of its hours on deals; beyond that waits grow long.",
        f"Time to hire: {terms.time_to_hire:g} days{own}.",
        f"Ramp: the team's own, or else {terms.ramp.days:g} days{quoted}.",
        leaving,
        f"Need and the cost of delay rest on {ran.results.replications} runs each; market and routing stay.",
        "Deals that a late hire would have won after the last month don't count as lost, nor does what a hire costs.",
    )
