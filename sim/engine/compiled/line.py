"""A line of waiting tasks as a pairing heap through the deals' own links: a to-do list, a team's queue, a public pool.

Joining takes a few steps, and so does taking the first or any other out, however long the line is (Fredman, Sedgewick,
Sleator, Tarjan 1986, "The pairing heap: a new form of self-adjusting heap").
"""

from typing import Any

from sim.discipline import Discipline, place_in_line
from sim.engine.compiled.luck import luck
from sim.engine.compiled.records import NONE, deal_of, line_of, stage_of
from sim.linking import flow
from sim.streams import Purpose

_RANDOM = int(Discipline.RANDOM)
_CLAIM = int(Purpose.CLAIM)
TURN_BITS = 8


@flow
def join(w: Any, line: int, slot: int, discipline: int, deadline: float) -> None:
    """Stand a task in line: urgent ones first, then by the discipline's number; ties by readiness, then by age."""
    deal = deal_of(w, slot)
    stage = stage_of(w, deal.stage)
    deal.place = place_in_line(
        discipline,
        deal.ready,
        deal.created,
        deal.score,
        w.half_life,
        deal.tier,
        deadline,
        deal.amount,
        stage.speed_slope,
        stage.mean_effort,
        luck(w, deal, _CLAIM, turn(deal)) if discipline == _RANDOM else 0.0,
    )
    deal.line, deal.child, deal.next, deal.previous = line, NONE, NONE, NONE
    queue = line_of(w, line)
    queue.root = slot if queue.length == 0 else _meld(w, queue.root, slot)
    queue.length += 1
    if queue.listed:
        _list(w, queue, slot)


@flow
def first_in(w: Any, line: int) -> int:
    """Take the first task out of the line and return its slot, or -1 if nobody waits."""
    queue = line_of(w, line)
    if queue.length == 0:
        return NONE
    slot = queue.root
    leave(w, slot)
    return slot


@flow
def leave(w: Any, slot: int) -> None:
    """Take one task out of its line, wherever it stands."""
    deal = deal_of(w, slot)
    queue = line_of(w, deal.line)
    queue.length -= 1
    if queue.listed:
        _take_off_list(w, queue, slot)
    below = _merge_pairs(w, deal.child)
    if queue.root == slot:
        queue.root = below
    else:
        _unlink(w, slot)
        if below >= 0:
            queue.root = _meld(w, queue.root, below)
    deal.line = NONE


@flow
def turn(deal: Any) -> int:
    """Return which of the visit's assignments this would be: the number of the draws that belong to it."""
    return (deal.touches << TURN_BITS) | deal.hop


@flow
def _goes_before(a: Any, b: Any) -> bool:
    if a.urgent != b.urgent:
        return a.urgent
    if a.place != b.place:
        return a.place < b.place
    return _was_wanted_before(a, b)


@flow
def _was_wanted_before(a: Any, b: Any) -> bool:
    if a.ready != b.ready:
        return a.ready < b.ready
    if a.entered != b.entered:
        return a.entered < b.entered
    return a.row < b.row


@flow
def _meld(w: Any, one: int, other: int) -> int:
    """Make the later of two roots the first child of the earlier one, which is returned."""
    if _goes_before(deal_of(w, other), deal_of(w, one)):
        one, other = other, one
    top, below = deal_of(w, one), deal_of(w, other)
    below.next, below.previous = top.child, one
    if top.child >= 0:
        deal_of(w, top.child).previous = other
    top.child, top.next, top.previous = other, NONE, NONE
    return one


@flow
def _merge_pairs(w: Any, first: int) -> int:
    """Return the root of what a row of siblings becomes: pairs from the left, then all of them from the right."""
    pairs = NONE
    while first >= 0:
        second = deal_of(w, first).next
        if second < 0:
            rest, root = NONE, first
        else:
            rest = deal_of(w, second).next
            root = _meld(w, first, second)
        deal_of(w, root).next = pairs
        pairs, first = root, rest
    root = NONE
    while pairs >= 0:
        rest = deal_of(w, pairs).next
        root = pairs if root < 0 else _meld(w, root, pairs)
        pairs = rest
    if root >= 0:
        deal_of(w, root).next = NONE
        deal_of(w, root).previous = NONE
    return root


@flow
def _unlink(w: Any, slot: int) -> None:
    """Take a task that isn't first out from among its siblings."""
    deal = deal_of(w, slot)
    before = deal_of(w, deal.previous)
    if before.child == slot:
        before.child = deal.next
    else:
        before.next = deal.next
    if deal.next >= 0:
        deal_of(w, deal.next).previous = deal.previous


@flow
def _list(w: Any, queue: Any, slot: int) -> None:
    """Put a task on the line's list, in the order in which they were wanted: most often at one of its ends."""
    deal, ahead = deal_of(w, slot), queue.last
    if queue.length > 1 and _was_wanted_before(deal, deal_of(w, queue.first)):
        ahead = NONE
    while ahead >= 0 and _was_wanted_before(deal, deal_of(w, ahead)):
        ahead = deal_of(w, ahead).ahead
    behind = queue.first if ahead < 0 else deal_of(w, ahead).behind
    deal.ahead, deal.behind = ahead, behind
    if ahead < 0:
        queue.first = slot
    else:
        deal_of(w, ahead).behind = slot
    if behind < 0:
        queue.last = slot
    else:
        deal_of(w, behind).ahead = slot


@flow
def _take_off_list(w: Any, queue: Any, slot: int) -> None:
    deal = deal_of(w, slot)
    if deal.ahead < 0:
        queue.first = deal.behind
    else:
        deal_of(w, deal.ahead).behind = deal.behind
    if deal.behind < 0:
        queue.last = deal.ahead
    else:
        deal_of(w, deal.behind).ahead = deal.ahead
