"""Shortcuts: whom a plain policy names, found without asking rep by rep.

Policies without filters and with a single ranking are the common ones, and in a large team the passes over all reps
are most of the work. Round robin keeps the team in the order of the last turns, so that whoever is first and has room
is next; the fewest open deals are found in two passes. `sim.engine.compiled.routing` says what the answer means, and
answers itself where a shortcut doesn't know.
"""

from typing import Any

import numpy as np

from sim.engine.compiled.records import NONE, deal_of, flags_of, floats_of, mark_of, wholes_of
from sim.engine.compiled.routing import TIES_RANDOM, break_ties, show
from sim.linking import flow

(NO_SHORTCUT, IN_TURN, FEWEST_OPEN) = range(3)
"""Which shortcut a team's policy has."""

_MOST = np.iinfo(np.int64).max


@flow
def choose_at_once(w: Any, team: Any, slot: int) -> int:
    """Return who gets a task, or -1: nobody, or the shortcut doesn't know."""
    if team.shortcut == IN_TURN:
        return _next_in_turn(w, team, slot)
    if team.shortcut == FEWEST_OPEN:
        return _fewest_open(w, team, slot)
    return NONE


@flow
def _next_in_turn(w: Any, team: Any, slot: int) -> int:
    room, after = flags_of(w.rep_room, team.first, team.n_reps), wholes_of(w.rep_after, team.first, team.n_reps)
    place = team.turn_first
    while place >= 0 and (not room[place] or _is_barred(w, slot, place)):
        place = after[place]
    if place >= 0 and team.ties == TIES_RANDOM and wholes_of(w.rep_turn, team.first, team.n_reps)[place] == 0:
        return NONE  # several may never have had a turn
    return place


@flow
def _fewest_open(w: Any, team: Any, slot: int) -> int:
    first, n = team.first, team.n_reps
    room, held, left = flags_of(w.rep_room, first, n), wholes_of(w.rep_open, first, n), flags_of(w.left, 0, n)
    fewest = _MOST
    for i in range(n):
        left[i] = room[i]
    _bar(w, slot, left)
    for i in range(n):  # no short cuts, so that the loops have no branches
        fewest = min(fewest, held[i] if left[i] else _MOST)
    for i in range(n):
        left[i] = left[i] & (held[i] == fewest)
    show(w, team, slot)
    return break_ties(w, team, left, floats_of(w.rank_keys, 0, n))


@flow
def _bar(w: Any, slot: int, left: Any) -> None:
    mark = deal_of(w, slot).marks
    while mark >= 0:
        if mark_of(w, mark).until == np.inf:
            left[mark_of(w, mark).rep] = False
        mark = mark_of(w, mark).next


@flow
def _is_barred(w: Any, slot: int, place: int) -> bool:
    mark = deal_of(w, slot).marks
    while mark >= 0:
        if mark_of(w, mark).rep == place and mark_of(w, mark).until == np.inf:
            return True
        mark = mark_of(w, mark).next
    return False
