"""Room for what comes and goes: deals in the funnel, expert jobs, marks, and events put away for later.

Each kind stands in a block that grows and is never cut. A place given back is the next one to be used again.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from sim.engine.compiled.memory import resize
from sim.engine.compiled.records import DEAL, JOB, LATER, MARK, deal_of, job_of, later_of, mark_of
from sim.linking import flow


def _room(
    things: str, free: str, kind: np.dtype[Any], at: Callable[[Any, int], Any], least: int
) -> tuple[Callable[[Any], int], Callable[[Any, int], None]]:
    """Return how a place is taken and how it is given back, for a block that has room for ``least`` at first.

    ``things`` and ``free`` are the world's fields of the block's address and of the first place that was given back;
    such places are chained by their ``next``. What is in hand may have moved when a place has been taken.
    """
    used, room, size = f"n_{things}", f"{things}_room", kind.itemsize

    @flow
    def take(w: Any) -> int:
        place = w[free]
        if place >= 0:
            w[free] = at(w, place).next
            return place
        if w[used] == w[room]:
            w[room] = max(least, 2 * w[room])
            w[things] = resize(w[things], size * w[room])
        w[used] += 1
        return w[used] - 1

    @flow
    def give_back(w: Any, place: int) -> None:
        at(w, place).next = w[free]
        w[free] = place

    return cast("Callable[[Any], int]", take), cast("Callable[[Any, int], None]", give_back)


new_deal, _free_deal = _room("deals", "free_deal", DEAL, deal_of, 256)
new_job, free_job = _room("jobs", "free_job", JOB, job_of, 64)
new_later, free_later = _room("later", "free_later", LATER, later_of, 256)
_new_mark, _free_mark = _room("marks", "free_mark", MARK, mark_of, 64)


@flow
def free_deal(w: Any, slot: int) -> None:
    """Give a deal's place back: it has left the funnel."""
    deal = deal_of(w, slot)
    clear_marks(w, deal)
    deal.waiting = False
    _free_deal(w, slot)


@flow
def mark_rep(w: Any, slot: int, rep: int, until: float) -> None:
    """Note that a rep (position in the team) may not have the deal's task until a time."""
    deal = deal_of(w, slot)
    place = deal.marks
    while place >= 0:
        if mark_of(w, place).rep == rep:
            mark_of(w, place).until = max(until, mark_of(w, place).until)
            return
        place = mark_of(w, place).next
    place = _new_mark(w)
    mark = mark_of(w, place)
    mark.rep, mark.until, mark.next = rep, until, deal.marks
    deal.marks = place


@flow
def clear_marks(w: Any, deal: Any) -> None:
    """Forget who may not have the deal's task."""
    while deal.marks >= 0:
        place = deal.marks
        deal.marks = mark_of(w, place).next
        _free_mark(w, place)
