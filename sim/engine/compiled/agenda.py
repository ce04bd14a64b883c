"""The agenda: what happens next, in the order of time and, at one instant, in the order in which it was planned.

That is SimPy's order, so both engines take up equal instants alike. Events stand in one of four places: the next
arrival, which is a place in the table of leads; what happens now, a queue; timers with a constant delay, a queue
(lane) for each; and the rest, a 4-ary heap. A lane stands in the heap with its first timer alone, and timers
that have lost their cause meanwhile are left out when they come to its front.
"""

import math
from typing import Any

from sim.engine.compiled.memory import release, resize
from sim.engine.compiled.records import EVENT, deal_of, event_of, lane_of
from sim.linking import flow

(
    ARRIVAL,
    READY,
    WOKEN,
    PATIENCE,
    TASK_END,
    BELL,
    ALARM,
    DONE,
    LOOK,
    SLA_STEP,
    SERVER_BELL,
    SERVER_OPENS,
    SERVER_DONE,
    JOB_DONE,
    JOB_WAIT_OVER,
    JOB_WAIT_SETTLED,
    LANE,
    JOIN,
    LEAVE,
) = range(19)
"""Kinds of event. The who is a deal, a rep, a team, a server, a job or a lane."""

_WHO = 24
_MORE = 8
_EVENT_BYTES = EVENT.itemsize


@flow
def pack(kind: int, who: int, more: int) -> int:
    """Return an event in one number: its kind (8 bits), ``more`` (16 bits) and who it concerns."""
    return (who << _WHO) | (more << _MORE) | kind


@flow
def kind_in(what: int) -> int:
    """Return an event's kind."""
    return what & 0xFF


@flow
def more_in(what: int) -> int:
    """Return what else an event tells: the step of an SLA."""
    return (what >> _MORE) & 0xFFFF


@flow
def who_in(what: int) -> int:
    """Return whom an event concerns."""
    return what >> _WHO


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
        push(w, w.now + delay, next_number(w), pack(kind, who, 0), token)


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
    if due < queue.last:  # rounding, or a delay in working hours of another calendar: out of order
        push(w, due, number, what, token)
        return
    queue.last = due
    if queue.length == 0:
        push(w, due, number, pack(LANE, lane, 0), token)
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
            push(w, following.time, following.number, pack(LANE, lane, 0), 0)
            break
        _drop_first(queue)
    return what, token


@flow
def has_cause(w: Any, what: int, token: int) -> bool:
    """Tell whether a timer of a task still matters: nobody has begun the touch, nor the buyer given up."""
    deal = deal_of(w, who_in(what))
    if not deal.waiting:
        return False
    return deal.task == token if kind_in(what) == PATIENCE else deal.assignment == token


@flow
def push(w: Any, time: float, number: int, what: int, token: int) -> None:
    """Put an event in the heap."""
    if w.heap_length == w.heap_room:
        w.heap_room = max(256, 2 * w.heap_room)
        w.heap = resize(w.heap, _EVENT_BYTES * w.heap_room)
    w.heap_length += 1
    _rise(w.heap, w.heap_length - 1, time, number, what, token)


@flow
def pop(w: Any) -> None:
    """Take the first event out of the heap: the gap sinks to the bottom, and the last event rises from there."""
    w.heap_length -= 1
    heap, length = w.heap, w.heap_length
    gap, child = 0, 1
    while child + 3 < length:
        one, other = _earlier_of(heap, child, child + 1), _earlier_of(heap, child + 2, child + 3)
        best = _earlier_of(heap, one, other)
        _move(heap, best, gap)
        gap, child = best, 4 * best + 1
    if child < length:
        best = child
        for other in range(child + 1, length):
            best = _earlier_of(heap, best, other)
        _move(heap, best, gap)
        gap = best
    last = event_of(heap, length)
    _rise(heap, gap, last.time, last.number, last.what, last.token)


@flow
def _earlier_of(heap: int, one: int, other: int) -> int:
    """Return which of two places holds the earlier event; without a jump, which nobody could predict."""
    a, b = event_of(heap, one), event_of(heap, other)
    later = (b.time < a.time) | ((b.time == a.time) & (b.number < a.number))
    return one + (other - one) * int(later)


@flow
def _move(heap: int, source: int, target: int) -> None:
    a, b = event_of(heap, source), event_of(heap, target)
    b.time, b.number, b.what, b.token = a.time, a.number, a.what, a.token


@flow
def _rise(heap: int, gap: int, time: float, number: int, what: int, token: int) -> None:
    """Put an event where a gap is, or above it, where those above come before it."""
    while gap > 0:
        above = (gap - 1) >> 2
        event = event_of(heap, above)
        if event.time < time or (event.time == time and event.number < number):
            break
        _move(heap, above, gap)
        gap = above
    event = event_of(heap, gap)
    event.time, event.number, event.what, event.token = time, number, what, token


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
