"""The drawers: what is due later, sorted by the part of the day and no further.

Most events of a funnel are weeks away when they are planned: an answer, a buyer's patience. In one heap they would make
each step as dear as all of them together. So each part of a day has a drawer, a chain of events in no order, and the
heap is filled from the next drawer when it has run empty: it then holds everything that is due before the drawers still
shut, and what came first is still found first. (Brown 1988, "Calendar queues: a fast O(1) priority queue
implementation for the simulation event set problem", with a heap in place of sorted days.) Timers that have lost their
cause by then are left out, and what is due after the run's end isn't kept at all.
"""

from typing import Any

from sim.engine.compiled.events import PATIENCE, SLA_STEP, has_cause, kind_in
from sim.engine.compiled.heap import push
from sim.engine.compiled.records import later_of, wholes_of
from sim.engine.compiled.slots import free_later, new_later
from sim.linking import flow

DRAWERS_A_DAY = 4
"""A power of 2, so that an event is never put in a neighbour's drawer by rounding."""


def drawers_for(days: float) -> int:
    """Return how many drawers a run of some days has."""
    return int(days * DRAWERS_A_DAY) + 1


@flow
def put(w: Any, time: float, number: int, what: int, token: int) -> None:
    """Put an event where it is found when its time comes."""
    if time >= w.end:
        return
    drawer = int(time * DRAWERS_A_DAY)
    if drawer < w.drawers_open:
        push(w, time, number, what, token)
        return
    place, chain = new_later(w), wholes_of(w.drawers, drawer, 1)
    later = later_of(w, place)
    later.time, later.number, later.what, later.token, later.next = time, number, what, token, chain[0]
    chain[0] = place


@flow
def fill_heap(w: Any) -> None:
    """Open drawers until something stands in the heap, or all of them are open."""
    while w.heap_length == 0 and w.drawers_open < w.n_drawers:
        place = wholes_of(w.drawers, w.drawers_open, 1)[0]
        w.drawers_open += 1
        while place >= 0:
            later = later_of(w, place)
            if _still_matters(w, later):
                push(w, later.time, later.number, later.what, later.token)
            following = later.next
            free_later(w, place)
            place = following


@flow
def _still_matters(w: Any, later: Any) -> bool:
    kind = kind_in(later.what)
    return has_cause(w, later.what, later.token) if kind in {PATIENCE, SLA_STEP} else True
