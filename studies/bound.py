"""Bound: the most that any routing policy can book, what is scarce, and what one more hour or lead is worth."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from math import isnan

import pandas as pd

from scenarios.bound.limit import Bound, bound
from studies.executors import Progress
from studies.funnel_folder import Funnel
from studies.grid import Grid
from studies.kept import Place, provenance
from studies.report import Report, Section, render
from studies.store import Question, new_run
from studies.wording import DASH, day, quantity, unit_of

_MONEY = unit_of("bookings")


@dataclass(frozen=True)
class Bounded:
    """The answer in a sentence, its tables for people, where the run stands, and the limit itself."""

    answer: str
    grids: tuple[Grid, ...]
    folder: str
    limit: Bound


def run_bound(
    funnel: Funnel, days: float, place: Place, progress: Progress | None = None, *, territories: bool = False
) -> Bounded:
    """Find the limit and keep it as a run folder with a report.

    Parameters
    ----------
    funnel
        The funnel and what is open in it.
    days
        The horizon.
    place
        Where the run folder goes.
    progress
        Told after each round.
    territories
        Whether reps keep to their regions and products.
    """
    limit = bound(funnel.spec, funnel.opening, days=days, territories=territories, told=progress)
    question = Question(
        verb="bound",
        command=place.command,
        settings={"as_of": funnel.opening.as_of.isoformat(), "days": days, "territories": territories},
        inputs=funnel.files,
        fingerprint=funnel.spec.fingerprint,
    )
    answer = answer_of(limit, funnel, days, territories=territories)
    grids = (teams_grid(limit), leads_grid(limit))
    with new_run(question, root=place.root, folder=place.folder, replace=place.replace) as draft:
        draft.answer = answer
        for name in ("teams", "weeks", "people", "leads"):
            draft.table(name, getattr(limit, name))
        draft.text("report.html", render(_report(limit, funnel, answer, grids, question)))
    return Bounded(answer, grids, str(draft.folder), limit)


def answer_of(limit: Bound, funnel: Funnel, days: float, *, territories: bool) -> str:
    """Say in one sentence what the limit is, and which hours make it."""
    who = "No policy that keeps to regions and products" if territories else "No routing policy"
    most = quantity(limit.bookings, _MONEY)
    when = f"over {days:g} days from {day(funnel.opening.as_of)}"
    scarce = limit.scarce()
    if scarce.empty:
        why = "nobody's time is scarce: the leads and what buyers want are what limits it"
    else:
        dear = limit.teams.iloc[int(limit.teams["price"].to_numpy().argmax())]
        names = ", ".join(dict.fromkeys(scarce["team"]))
        why = f"hours are scarce in {names}, dearest in {dear['team']} at {quantity(dear['price'], _MONEY)} an hour"
    return f"{who} can book more than {most} on average {when}; {why}."


def teams_grid(limit: Bound) -> Grid:
    """Lay out what an hour of each team is worth."""
    rows = (
        (
            str(row["team"]),
            f"{row['hours']:,.0f}",
            f"{row['used'] / row['hours']:.0%}" if row["hours"] else DASH,
            quantity(row["price"], _MONEY),
            f"{quantity(row['low'], _MONEY)} to {quantity(row['high'], _MONEY)}",
            _scarce_weeks(limit, str(row["team"])),
        )
        for row in limit.teams.to_dict("records")
    )
    columns = ("team", "hours", "used", "worth of an hour", "one more to one less", "scarce in weeks")
    note = (
        f"In {_MONEY}, at the limit. Where the two ends differ, one more hour brings less than one less costs; the "
        "worth is then one of the values in between."
    )
    return Grid.of("What is scarce", columns, rows, note)


def leads_grid(limit: Bound) -> Grid:
    """Lay out what one more lead of each channel is worth."""
    rows = (
        (
            str(row["source"]),
            f"{row['leads']:,.0f}",
            quantity(row["worth"], _MONEY),
            DASH if isnan(row["price"]) else quantity(row["price"], _MONEY),
        )
        for row in limit.leads.to_dict("records")
    )
    note = "After what the work on it costs other deals, at the limit."
    return Grid.of("What leads are worth", ("channel", "leads", "in all", "one more"), rows, note)


def _scarce_weeks(limit: Bound, team: str) -> str:
    """Write the weeks, counted from 1, in which a team's hours are scarce."""
    scarce = limit.scarce()
    begins = scarce.loc[scarce["team"] == team, "begins"]
    weeks = sorted({int(day // 7) + 1 for day in begins})
    spans = list(_spans(weeks))
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in spans) or "none"


def _spans(weeks: list[int]) -> Iterator[tuple[int, int]]:
    start = previous = None
    for week in weeks:
        if previous is None or start is None or week > previous + 1:
            if start is not None and previous is not None:
                yield start, previous
            start = week
        previous = week
    if start is not None and previous is not None:
        yield start, previous


def _report(limit: Bound, funnel: Funnel, answer: str, grids: tuple[Grid, ...], question: Question) -> Report:
    said = (
        (
            "The limit is the value of a linear programme over kinds of deals, people and weeks. It knows every deal's "
            "worth and errs on the high side wherever it simplifies: nobody waits in vain, the best rep for a deal is "
            "found, and a deal may wait for a better hour at no cost once a first touch is possible."
        ),
        f"It lies at most {limit.gap:.1%} above the optimum of that programme.",
    )
    sections = (
        Section("What is scarce, and what more of it is worth", said, grids),
        Section("Week by week", (), (_weeks_grid(limit.scarce(), funnel),)),
        Section("Person by person", (), (_people_grid(limit.people),)),
    )
    return Report("The most that any routing policy can book", answer, sections, provenance(question))


def _weeks_grid(weeks: pd.DataFrame, funnel: Funnel) -> Grid:
    rows = (
        (
            str(row["team"]),
            day(funnel.opening.as_of + timedelta(days=row["begins"])),
            f"{row['hours']:,.0f}",
            quantity(row["price"], _MONEY),
        )
        for row in weeks.to_dict("records")
    )
    return Grid.of("Weeks in which hours are scarce", ("team", "from", "hours", "worth of an hour"), rows, texts=2)


def _people_grid(people: pd.DataFrame) -> Grid:
    rows = (
        (
            str(row["team"]),
            str(row["crew"]),
            f"{row['hours']:,.0f}",
            f"{row['used'] / row['hours']:.0%}" if row["hours"] else DASH,
            quantity(row["price"], _MONEY),
        )
        for row in people.to_dict("records")
    )
    columns = ("team", "who", "hours", "used", "worth of an hour")
    return Grid.of("What an hour of each is worth", columns, rows, texts=2)
