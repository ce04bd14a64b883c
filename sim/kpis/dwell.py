"""Dwell: how long leads stay in a stage, and whom they wait for meanwhile.

A stay is wait (for a rep), effort (a rep works, nights in between included), latency (the buyer thinks) and expert
(nothing moves until legal or a solution engineer is done). Only wait and expert can be bought away with capacity, so
the split decides what helps.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.eventlog import NONE, Codes, Columns, EventLog, Floats, Kind
from sim.kpis.period import Period, span
from sim.kpis.rows import Flags, Rows, Rows64, by_lead, carry_forward, observes, same_lead_follows
from sim.kpis.visits import PLACE_KINDS, Outcome, Visits, visits, visits_frame


class Part(IntEnum):
    """What a deal in a stage is waiting for, or having done."""

    WAIT = 0
    EFFORT = 1
    LATENCY = 2
    EXPERT = 3


PARTS = tuple(part.name.lower() for part in Part)
"""The parts' names, in the order of their numbers."""

BEGINS = {
    Kind.ENTERED: Part.WAIT,
    Kind.WOKEN: Part.WAIT,
    Kind.LATENCY_ENDED: Part.WAIT,
    Kind.RECAPTURED: Part.WAIT,
    Kind.STARTED: Part.EFFORT,
    Kind.TOUCHED: Part.LATENCY,
}
"""Kind of row → the part that begins there."""

EXPERT_KINDS = (Kind.EXPERT_REQUESTED, Kind.EXPERT_FINISHED)
"""The kinds between which an expert owes something."""

_NEEDED = {
    Part.WAIT: (Kind.STARTED, Kind.LATENCY_ENDED),
    Part.EFFORT: (Kind.STARTED, Kind.TOUCHED),
    Part.LATENCY: (Kind.TOUCHED, Kind.LATENCY_ENDED),
    Part.EXPERT: (Kind.EXPERT_REQUESTED, Kind.EXPERT_FINISHED, Kind.STARTED),
}


@dataclass(frozen=True, slots=True)
class Stretches:
    """The stays cut into stretches of one part each: number of the visit, `Part`, first and last instant in days."""

    visit: Rows64
    part: npt.NDArray[np.int64]
    begin: Floats
    end: Floats


def stretches(log: EventLog) -> Stretches:
    """Cut every visit into wait, effort, latency and expert; the stretches of a visit join without gap or overlap.

    A deal that is ready for a rep while an expert still owes something waits for the expert, unless a rep takes it up
    before the expert is done: then the expert was working beside, and the deal waited for the rep. What ends with the
    buyer's answer, such as the days until a quote is to be followed up, is latency even where no touch came before.
    """
    story = by_lead(log, *PLACE_KINDS, *BEGINS, *EXPERT_KINDS)
    in_visit = _visit_numbers(story)
    part = _parts(story)
    end = np.where(same_lead_follows(story), np.append(story.time[1:], 0.0)[: len(story)], log.window[1])
    inside = in_visit != NONE
    return Stretches(in_visit[inside], part[inside], story.time[inside], end[inside])


def parts_of(log: EventLog, stays: Visits, cut: Stretches | None = None) -> Floats:
    """Add up the days of each part for each visit.

    Returns
    -------
    numpy.ndarray
        Shape (n visits, 4), the columns as `Part`; a row adds up to the days the visit was seen. A part is NaN
        throughout where the log doesn't write the rows that it is read from.
    """
    cut = stretches(log) if cut is None else cut
    cells = cut.visit * len(Part) + cut.part
    days = np.bincount(cells, weights=cut.end - cut.begin, minlength=len(stays) * len(Part)).reshape(-1, len(Part))
    return np.where(observed_parts(partial(observes, log)), days, np.nan)


def observed_parts(observed: Callable[[Kind], bool]) -> Flags:
    """Flag the parts, in the order of `Part`, that can be told apart where these kinds of row are observed."""
    return np.array([all(observed(kind) for kind in _NEEDED[part]) for part in Part])


def dwell(log: EventLog, period: Period | None = None) -> pd.DataFrame:
    """List the visits with their dwell and its parts.

    Returns
    -------
    pandas.DataFrame
        As `sim.kpis.visits.visits_frame`, for the visits that ended in the period and those still open at the window's
        end that began before the period's end, with ``wait``, ``effort``, ``latency`` and ``expert`` in days. The four
        add up to ``age``; they are NaN where a log doesn't write starts, touches, answers or expert jobs. Of an opening
        no more than the last touch may be known: then what came before it counts as wait.
    """
    stays = visits(log)
    parts = pd.DataFrame(parts_of(log, stays), columns=list(PARTS))
    over = span(log, period)
    chosen = over.holds(stays.left) | (np.isinf(stays.left) & (stays.entered < over.stop))
    return visits_frame(log).join(parts)[chosen].reset_index(drop=True)


def dwell_summary(log: EventLog, period: Period | None = None) -> pd.DataFrame:
    """Summarise the dwell of the visits that ended in the period.

    Returns
    -------
    pandas.DataFrame
        One row a stage: ``left`` (visits), ``mean``, ``median`` and ``p90`` of the dwell and the mean ``wait``,
        ``effort``, ``latency`` and ``expert``, in days; the four means add up to ``mean``. NaN where no visit ended,
        and for the parts of a log that doesn't tell them apart. Long stays that haven't ended aren't in it: compare
        with the age of open visits.
    """
    stays = visits(log)
    ended = (stays.outcome != Outcome.OPEN) & span(log, period).holds(stays.left)
    days = (stays.left - stays.entered)[ended]
    stages = log.vocabulary["stage"]
    columns = dwell_by_stage(stays.stage[ended], days, parts_of(log, stays)[ended], len(stages))
    return pd.DataFrame(columns, index=pd.Index(stages, name="stage"))


def dwell_by_stage(stage: Codes, days: Floats, parts: Floats, stages: int) -> Columns:
    """Return the columns of `dwell_summary`, given the visits that ended.

    Parameters
    ----------
    stage, days
        The visits' stages and dwell, shape (n visits,).
    parts
        The dwell by `Part`, shape (n visits, 4).
    stages
        How many stages there are.
    """
    left = np.bincount(stage, minlength=stages)
    base = np.where(left > 0, left, np.nan)
    ordered = np.concatenate([np.empty(0), *(np.sort(days[stage == place]) for place in range(stages))])
    begin = np.cumsum(left) - left
    return {
        "left": left,
        "mean": np.bincount(stage, days, stages) / base,
        "median": _quantile_by_stage(ordered, begin, base, 0.5),
        "p90": _quantile_by_stage(ordered, begin, base, 0.9),
        **{name: np.bincount(stage, part, stages) / base for name, part in zip(PARTS, parts.T, strict=True)},
    }


def _quantile_by_stage(ordered: Floats, begin: Rows64, count: Floats, share: float) -> Floats:
    """Return a quantile, on the straight line between two values, of the ``count`` values from each ``begin`` on."""
    some = count > 0
    place, quantile = begin[some] + share * (count[some] - 1), np.full(len(count), np.nan)
    below = place.astype(np.int64)
    above = np.minimum(below + 1, begin[some] + count[some].astype(np.int64) - 1)
    quantile[some] = ordered[below] + (place - below) * (ordered[above] - ordered[below])
    return quantile


def _visit_numbers(story: Rows) -> Rows64:
    """Return the number of the visit (as `visits` counts them) in which each row leaves its lead, `NONE` if in none."""
    enters = story.of(Kind.ENTERED) & (story.stage != NONE)
    place = carry_forward(story.of(*PLACE_KINDS))
    of_same_lead = (place != NONE) & (story.lead[place] == story.lead)
    return np.where(of_same_lead & enters[place], np.cumsum(enters) - 1, NONE)


def _parts(story: Rows) -> npt.NDArray[np.int64]:
    """Return the part that begins, or goes on, at each row."""
    begins = np.full(256, NONE)
    begins[list(BEGINS)] = list(BEGINS.values())
    known = begins[story.kind] != NONE
    part = begins[story.kind][carry_forward(known)]
    owed = _expert_owes(story)
    following = _next_known(known, story)
    same_lead = story.lead[following] == story.lead
    rep_goes_ahead = owed[following] & story.of(Kind.STARTED)[following] & same_lead
    buyer_answers = story.of(Kind.LATENCY_ENDED)[following] & same_lead & (following > np.arange(len(story)))
    instead = np.where(buyer_answers, int(Part.LATENCY), np.where(owed & ~rep_goes_ahead, int(Part.EXPERT), part))
    return np.where(part == Part.WAIT, instead, part)


def _expert_owes(story: Rows) -> Flags:
    """Flag the rows after which an expert has been asked for and isn't done."""
    change = story.of(Kind.EXPERT_REQUESTED).astype(np.int64) - story.of(Kind.EXPERT_FINISHED)
    total = np.cumsum(change)
    first = np.append(True, story.lead[1:] != story.lead[:-1])[: len(story)]
    carried_in = (total - change)[carry_forward(first)]
    return total > carried_in


def _next_known(known: Flags, story: Rows) -> Rows64:
    """Return for each row the number of the next row that is known, or the row's own number if there is none."""
    numbers = np.arange(len(story))
    following = np.minimum.accumulate(np.where(known, numbers, len(story))[::-1])[::-1]
    following = np.append(following[1:], len(story))[: len(story)]
    return np.where(following < len(story), following, numbers)
