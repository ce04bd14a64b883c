"""Work on deals: the start and the end of an item by the same rep make one touch, one without the other none."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.crm.facts import What
from forecast.crm.findings import Finding, Ledger, Rows
from forecast.crm.parsing import Flags
from forecast.crm.walk import Walk
from sim.eventlog import Codes

_NO_START = Finding(
    "end-without-start", "info", "rows that close an item of work which nobody had begun", 0, "set aside",
    "items are often closed in bulk when the deal ends; no effort was seen",
)  # fmt: skip
_NO_END = Finding(
    "start-without-end", "info", "rows that begin an item of work which the same rep never closed", 0, "set aside",
    "its effort is unknown; on open deals the last such start is kept as work under way",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Touches:
    """Positions in a walk of the facts that begin and end touches, and the stage in which each touch began."""

    starts: Rows
    start_stage: Codes
    ends: Rows
    end_stage: Codes


def touches(walk: Walk, ledger: Ledger) -> Touches:
    """Pair starts with ends: of one lead, activity and rep, an end belongs to the start just before it.

    The result of a touch is usually booked before its end, so an end may come after the move to the next stage, or
    after the deal's end: it still belongs to the stage in which the touch began.
    """
    facts = walk.facts
    places = np.flatnonzero(facts.is_a(What.STARTED, What.FINISHED))
    places = places[np.lexsort((places, facts.actor[places], facts.stage[places], walk.lead[places]))]
    is_start = facts.what[places] == What.STARTED
    follows = _follows(walk, places)
    ends = follows & ~is_start & _shifted(is_start, 1)
    starts = _shifted(ends, -1)
    under_way = is_start & ~_shifted(follows, -1) & ~walk.over_at_last[places]
    ledger.set_aside(facts.row[places[~is_start & ~ends]], _NO_START)
    ledger.set_aside(facts.row[places[is_start & ~starts & ~under_way]], _NO_END)
    began, stands = places[starts], walk.stands
    kept = np.concatenate([began, places[under_way & ~starts]])
    return Touches(kept, stands[kept], places[ends], stands[began])


def _follows(walk: Walk, places: Rows) -> Flags:
    """Flag the facts whose forerunner is of the same lead, activity and rep."""
    keys = (walk.lead[places], walk.facts.stage[places], walk.facts.actor[places])
    alike = np.logical_and.reduce([_shifted(key, 1) == key for key in keys])
    return np.asarray(alike & (np.arange(len(places)) > 0))


def _shifted[T: np.generic](values: npt.NDArray[T], by: int) -> npt.NDArray[T]:
    """Move values along by one place; what comes in at the end is False or 0."""
    moved = np.roll(values, by)
    moved[: 1 if by > 0 else None][-1:] = 0
    return moved
