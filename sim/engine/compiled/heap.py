"""The heap of what is due soon: the earliest event stands first, and of equal times the one that was planned first.

It is a 4-ary heap, whose four children lie side by side: it is half as high as a binary one, and each level costs one
or two reads from memory.
"""

from typing import Any

from sim.engine.compiled.memory import resize
from sim.engine.compiled.records import EVENT, event_of
from sim.linking import flow

_BYTES = EVENT.itemsize


@flow
def push(w: Any, time: float, number: int, what: int, token: int) -> None:
    """Put an event in the heap."""
    if w.heap_length == w.heap_room:
        w.heap_room = max(256, 2 * w.heap_room)
        w.heap = resize(w.heap, _BYTES * w.heap_room)
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
