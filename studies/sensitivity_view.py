"""A sensitivity study in words, tables and charts: what moves the figure, and what would be worth knowing."""

from scenarios.information import Information
from sim.kpis.summary import MONEY
from studies.charts import shares_chart, tornado_chart
from studies.grid import Grid
from studies.kept import provenance
from studies.report import Figure, Report, Section
from studies.sensitivity_request import Sensitivity, SensitivityRequest
from studies.store import Question
from studies.wording import day, interval, quantity, title_of, unit_of

_SURE = 2.0
"""Standard errors above nothing from which a number counts as worth knowing."""


def answer_of(found: Sensitivity, request: SensitivityRequest) -> str:
    """Say in a sentence or two what came out."""
    low, high = found.tornado.iloc[0], found.tornado.iloc[1]
    unit = unit_of(request.kpi)
    moved = " and ".join(f"{quantity(row['difference'], unit, sign=True)} at {row['at']}" for row in (low, high))
    when = f"over {request.days:g} days from {day(request.funnel.opening.as_of)}"
    first = f"{low['name'].capitalize()} moves {title_of(request.kpi)} most {when}: {moved}."
    return first if found.information is None else f"{first} {_worth_of(found.information, found)}"


def _worth_of(information: Information, found: Sensitivity) -> str:
    best = str(found.plans["plan"].iloc[information.best])
    best = f"{best[:1].upper()}{best[1:]}"
    top = information.table.iloc[0]
    if top["worth"] <= _SURE * top["error"]:
        return f"{best} is best by what is known today, and no single number would clearly be worth knowing first."
    return (
        f"{best} is best by what is known today; knowing {top['name']} first would be worth "
        f"{_give_or_take(top['worth'], top['error'])}, and change the choice in {top['changes']:.0%} of cases."
    )


def _give_or_take(value: float, error: float) -> str:
    return f"{quantity(value, MONEY)} ± {quantity(error, MONEY)}"


def grids_of(found: Sensitivity, request: SensitivityRequest) -> tuple[Grid, ...]:
    """Return the tables of the answer."""
    grids = (tornado_grid(found, request), indices_grid(found))
    return grids if found.information is None else (*grids, information_grid(found.information, found))


def tornado_grid(found: Sensitivity, request: SensitivityRequest) -> Grid:
    """Lay out what each number moves, from low to high."""
    unit = unit_of(request.kpi)
    rows = (
        (
            row["name"],
            row["at"],
            quantity(row["difference"], unit, sign=True),
            interval(row["low"], row["high"], unit, sign=True),
            row["basis"].partition(":")[0],
        )
        for row in found.tornado.to_dict("records")
    )
    note = (
        f"One at a time, against things as they are under the same luck ({request.replications} runs); ranges of what "
        "isn't known hold the number with 90 %. Each interval holds by itself with 95 % confidence."
    )
    title = f"What moves {title_of(request.kpi)} ({unit})"
    return Grid.of(title, ("number", "at", "change", "95% interval", "basis"), rows, note, texts=2)


def indices_grid(found: Sensitivity) -> Grid:
    """Lay out the shares of variance."""
    rows = (
        (
            row["name"],
            f"{row['first']:.0%}",
            f"{row['first_low']:.0%} to {row['first_high']:.0%}",
            f"{row['total']:.0%}",
            f"{row['total_low']:.0%} to {row['total_high']:.0%}",
        )
        for row in found.indices.table.to_dict("records")
    )
    explained = max(0.0, found.indices.surface.explained)
    note = (
        "Sobol's indices: the share of what isn't known of the figure that each number makes alone, and with what it "
        "does together with others, all taken as independent. They are those of a surface that predicts "
        f"{explained:.0%} of the runs' variance; the rest is luck, and what the surface misses."
    )
    return Grid.of("Shares of what isn't known", ("number", "alone", "95%", "in total", "95%"), rows, note)


def information_grid(information: Information, found: Sensitivity) -> Grid:
    """Lay out what knowing would be worth."""
    everything = ("everything", _give_or_take(information.everything, information.error), "")
    each = (
        (row["name"], _give_or_take(row["worth"], row["error"]), f"{row['changes']:.0%}")
        for row in information.table.to_dict("records")
    )
    best = found.plans["plan"].iloc[information.best]
    explained = max(0.0, information.explained)
    note = (
        f"Against choosing {best} today. No study of a number is worth more than this; ± is a standard error. The "
        f"surface behind everything predicts {explained:.0%} of the variance of what the plans gain."
    )
    return Grid.of("What knowing would be worth", ("number", "worth", "changes the choice"), (everything, *each), note)


def plans_grid(found: Sensitivity) -> Grid:
    """Lay out the plans to choose from."""
    rows = (
        (row["plan"], quantity(row["benefit"], MONEY), quantity(row["cost"], MONEY, sign=True))
        for row in found.plans.to_dict("records")
    )
    note = "Benefit: the share of bookings that counts, less what the plan costs, on average over all that isn't known."
    return Grid.of("The plans", ("plan", "benefit", "cost"), rows, note)


def report_of(found: Sensitivity, request: SensitivityRequest, answer: str, question: Question) -> Report:
    """Put the report together."""
    kpi = request.kpi
    tornado, shares = tornado_grid(found, request), indices_grid(found)
    swings = Figure(
        f"What moves {title_of(kpi)}",
        "Bars: paired difference to things as they are, at the low and the high end; lines: 95 % intervals.",
        tornado_chart(found.tornado, kpi),
        tornado,
    )
    parts = Figure(
        "Shares of what isn't known",
        "Bars: share in total; lines: 95 % intervals of runs resampled; ticks: share alone.",
        shares_chart(found.indices.table),
        shares,
    )
    knowing = () if found.information is None else (information_grid(found.information, found), plans_grid(found))
    sections = (
        Section("One number at a time", (), (tornado,), (swings,)),
        Section("All numbers at once", (), (shares,), (parts,)),
        *((Section("What knowing would be worth", (), knowing),) if knowing else ()),
        Section("Assumptions", _assumptions(request)),
    )
    return Report(f"What {title_of(kpi)} hang on", answer, sections, provenance(question))


def _assumptions(request: SensitivityRequest) -> tuple[str, ...]:
    together = "as the posterior has it" if request.ranges.joint is not None else "independently of each other"
    beliefs = (f"{each.name}: {each.low:.3g} to {each.high:.3g} ({each.basis})." for each in request.ranges.beliefs)
    return (
        f"{request.draws} draws of all numbers, varying {together}, each simulated once under every plan.",
        f"{request.margin:.0%} of bookings count as benefit.",
        "Numbers that have no range here are taken as known.",
        *beliefs,
    )
