"""The agenda: what happens next, in the order of time and, at one instant, in the order in which it was planned.

That is SimPy's order, so both engines take up equal instants alike. Events stand in one of five places: the next
arrival, which is a place in the table of leads; what happens now, a queue; timers with a constant delay, a queue
(lane) for each; what is due soon, a heap; and what is due later, drawers (`sim.engine.compiled.drawers`). A lane stands
in the heap or a drawer with its first timer alone, and timers that have lost their cause meanwhile are left out when
they come to its front.
"""

import math
from typing import Any

from sim.engine.compiled.drawers import put
from sim.engine.compiled.events import LANE, has_cause, pack
from sim.engine.compiled.memory import release, resize
from sim.engine.compiled.records import EVENT, event_of, lane_of
from sim.linking import flow

_EVENT_BYTES = EVENT.itemsize


@flow
def next_number(w: Any) -> int:
    """Return the place of a newly planned event in the order of planning."""
    w.sequence += 1
    return w.sequence


@flow
def plan(w: Any, delay: float, kind: int, who: int, token: int) -> None:
    """Plan an event ``delay`` days (0 or more) from now."""
    if delay == 0.0:
        plan_now(w, kind, who, token)
    else:
        put(w, w.now + delay, next_number(w), pack(kind, who, 0), token)


@flow
def plan_at(w: Any, at: float, kind: int, who: int, token: int) -> None:
    """Plan an event at a time: now, if that has passed; never, if that is infinity."""
    if at < math.inf:
        # as in SimPy, by way of the delay: the sum may differ from ``at`` in its last bit
        plan(w, max(0.0, at - w.now), kind, who, token)


@flow
def plan_now(w: Any, kind: int, who: int, token: int) -> None:
    """Plan an event for this very instant, behind what is already planned for it."""
    if w.now_length == w.now_room:
        _grow_now(w)
    event = event_of(w.now_events, (w.now_first + w.now_length) & (w.now_room - 1))
    event.number, event.what, event.token = next_number(w), pack(kind, who, 0), token
    w.now_length += 1


@flow
def take_now(w: Any) -> Any:
    """Return the first event of this instant; valid until another one is planned."""
    event = event_of(w.now_events, w.now_first)
    w.now_first = (w.now_first + 1) & (w.now_room - 1)
    w.now_length -= 1
    return event


@flow
def plan_in_lane(w: Any, at: float, lane: int, what: int, token: int) -> None:
    """Plan a timer of the lane's constant delay at a time (never, if that is infinity)."""
    if at == math.inf:
        return
    due, number, queue = w.now + max(0.0, at - w.now), next_number(w), lane_of(w, lane)
    if due >= w.end:
        return
    if due < queue.last:  # rounding, or a delay in working hours of another calendar: out of order
        put(w, due, number, what, token)
        return
    queue.last = due
    if queue.length == 0:
        put(w, due, number, pack(LANE, lane, 0), token)
    if queue.length == queue.capacity:
        _grow_lane(queue)
    event = event_of(queue.events, (queue.first + queue.length) & (queue.capacity - 1))
    event.time, event.number, event.what, event.token = due, number, what, token
    queue.length += 1


@flow
def take_from_lane(w: Any, lane: int) -> tuple[int, int]:
    """Return the lane's first timer, whose time has come, and let the next one that has a cause stand in the heap."""
    queue = lane_of(w, lane)
    first = event_of(queue.events, queue.first)
    what, token = first.what, first.token
    _drop_first(queue)
    while queue.length > 0:
        following = event_of(queue.events, queue.first)
        if has_cause(w, following.what, following.token):
            put(w, following.time, following.number, pack(LANE, lane, 0), 0)
            break
        _drop_first(queue)
    return what, token


@flow
def _drop_first(queue: Any) -> None:
    queue.first = (queue.first + 1) & (queue.capacity - 1)
    queue.length -= 1


@flow
def _grow_now(w: Any) -> None:
    room = w.now_room
    w.now_room = max(64, 2 * room)
    w.now_events = _grown_ring(w.now_events, w.now_first, room, w.now_room)
    w.now_first = 0


@flow
def _grow_lane(queue: Any) -> None:
    room = queue.capacity
    queue.capacity = max(64, 2 * room)
    queue.events = _grown_ring(queue.events, queue.first, room, queue.capacity)
    queue.first = 0


@flow
def _grown_ring(ring: int, first: int, room: int, more: int) -> int:
    """Return the address of a full ring's content in a larger ring, where it begins at place 0."""
    made = resize(0, _EVENT_BYTES * more)
    for i in range(room):
        old, new = event_of(ring, (first + i) & (room - 1)), event_of(made, i)
        new.time, new.number, new.what, new.token = old.time, old.number, old.what, old.token
    release(ring)
    return made
