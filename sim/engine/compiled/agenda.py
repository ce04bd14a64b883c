"""The agenda: what happens next, in the order of time and, at one instant, in the order in which it was planned.

That is SimPy's order, so both engines take up equal instants alike. Events stand in one of four places: the next
arrival, which is a place in the table of leads; what happens now, a queue; timers with a constant delay, a queue
(lane) for each; and the rest, a 4-ary heap. A lane stands in the heap with its first timer alone, and timers
that have lost their cause meanwhile are left out when they come to its front.
"""

import math
from typing import Any

from sim.engine.compiled.memory import release, resize
from sim.engine.compiled.records import deal_of, floats_of, lane_of, wholes_of
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
    place = (w.now_first + w.now_length) & (w.now_room - 1)
    wholes_of(w.now_sequence, place, 1)[0] = next_number(w)
    wholes_of(w.now_what, place, 1)[0] = pack(kind, who, 0)
    wholes_of(w.now_token, place, 1)[0] = token
    w.now_length += 1


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
    place = (queue.first + queue.length) & (queue.capacity - 1)
    floats_of(queue.times, place, 1)[0] = due
    wholes_of(queue.sequences, place, 1)[0] = number
    wholes_of(queue.whats, place, 1)[0] = what
    wholes_of(queue.tokens, place, 1)[0] = token
    queue.length += 1


@flow
def take_from_lane(w: Any, lane: int) -> tuple[int, int]:
    """Return the lane's first timer, whose time has come, and let the next one that has a cause stand in the heap."""
    queue = lane_of(w, lane)
    what, token = wholes_of(queue.whats, queue.first, 1)[0], wholes_of(queue.tokens, queue.first, 1)[0]
    _drop_first(queue)
    while queue.length > 0:
        first = queue.first
        if has_cause(w, wholes_of(queue.whats, first, 1)[0], wholes_of(queue.tokens, first, 1)[0]):
            due, number = floats_of(queue.times, first, 1)[0], wholes_of(queue.sequences, first, 1)[0]
            push(w, due, number, pack(LANE, lane, 0), 0)
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
        _grow_heap(w)
    room = w.heap_room
    times, numbers = floats_of(w.heap_time, 0, room), wholes_of(w.heap_sequence, 0, room)
    whats, tokens = wholes_of(w.heap_what, 0, room), wholes_of(w.heap_token, 0, room)
    at = w.heap_length
    w.heap_length += 1
    while at > 0:
        above = (at - 1) >> 2
        if times[above] < time or (times[above] == time and numbers[above] < number):
            break
        times[at], numbers[at], whats[at], tokens[at] = times[above], numbers[above], whats[above], tokens[above]
        at = above
    times[at], numbers[at], whats[at], tokens[at] = time, number, what, token


@flow
def pop(w: Any) -> None:
    """Take the first event out of the heap."""
    w.heap_length -= 1
    last, room = w.heap_length, w.heap_room
    times, numbers = floats_of(w.heap_time, 0, room), wholes_of(w.heap_sequence, 0, room)
    whats, tokens = wholes_of(w.heap_what, 0, room), wholes_of(w.heap_token, 0, room)
    time, number = times[last], numbers[last]
    at, child = 0, 1
    while child < last:
        best = child
        for other in range(child + 1, min(child + 4, last)):
            if times[other] < times[best] or (times[other] == times[best] and numbers[other] < numbers[best]):
                best = other
        if time < times[best] or (time == times[best] and number < numbers[best]):
            break
        times[at], numbers[at], whats[at], tokens[at] = times[best], numbers[best], whats[best], tokens[best]
        at, child = best, 4 * best + 1
    times[at], numbers[at], whats[at], tokens[at] = time, number, whats[last], tokens[last]


@flow
def _drop_first(queue: Any) -> None:
    queue.first = (queue.first + 1) & (queue.capacity - 1)
    queue.length -= 1


@flow
def _grow_heap(w: Any) -> None:
    w.heap_room = max(256, 2 * w.heap_room)
    w.heap_time = resize(w.heap_time, 8 * w.heap_room)
    w.heap_sequence = resize(w.heap_sequence, 8 * w.heap_room)
    w.heap_what = resize(w.heap_what, 8 * w.heap_room)
    w.heap_token = resize(w.heap_token, 8 * w.heap_room)


@flow
def _grow_now(w: Any) -> None:
    room = w.now_room
    w.now_room = max(64, 2 * room)
    w.now_sequence = _grown_ring(w.now_sequence, w.now_first, room, w.now_room)
    w.now_what = _grown_ring(w.now_what, w.now_first, room, w.now_room)
    w.now_token = _grown_ring(w.now_token, w.now_first, room, w.now_room)
    w.now_first = 0


@flow
def _grow_lane(queue: Any) -> None:
    room = queue.capacity
    queue.capacity = max(64, 2 * room)
    queue.times = _grown_ring(queue.times, queue.first, room, queue.capacity)
    queue.sequences = _grown_ring(queue.sequences, queue.first, room, queue.capacity)
    queue.whats = _grown_ring(queue.whats, queue.first, room, queue.capacity)
    queue.tokens = _grown_ring(queue.tokens, queue.first, room, queue.capacity)
    queue.first = 0


@flow
def _grown_ring(address: int, first: int, room: int, more: int) -> int:
    """Return the address of a full ring's content in a larger ring, where it begins at place 0."""
    made = resize(0, 8 * more)
    old, new = wholes_of(address, 0, room), wholes_of(made, 0, more)
    for i in range(room):
        new[i] = old[(first + i) & (room - 1)]
    release(address)
    return made
