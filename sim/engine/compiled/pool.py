"""The public pool, as `sim.engine.pool` tells it: deals without an owner, claimed by reps with nothing else to do."""

import math
from typing import Any

from sim.engine.compiled.assignment import assign
from sim.engine.compiled.hours import at_work
from sim.engine.compiled.journal import note_cause
from sim.engine.compiled.line import first_in, join, leave
from sim.engine.compiled.lookout import look_again
from sim.engine.compiled.records import NONE, deal_of, flags_of, line_of, mark_of, rep_of, wholes_of
from sim.engine.compiled.routing import choose, find_candidates, refresh, remember, show
from sim.engine.compiled.wish import ask, show_waiting
from sim.eventlog import Kind
from sim.linking import flow

_UNASSIGNED, _CLAIMED = int(Kind.UNASSIGNED), int(Kind.CLAIMED)


@flow
def pool_line(w: Any, team: Any) -> int:
    """Return the line of a team's pool."""
    return w.n_reps + w.n_teams + team.number


@flow
def put_in_pool(w: Any, team: Any, slot: int) -> None:
    """Put a task in the pool; a rep who is idle claims it at once."""
    note_cause(w, deal_of(w, slot), _UNASSIGNED, NONE, w.in_pool)
    if not _offer(w, team, slot):
        join(w, pool_line(w, team), slot, team.pick, math.inf)
        look_again(w, team, _cooled_down(w, slot))


@flow
def offer_all(w: Any, team: Any) -> None:
    """Offer everything in the pool, in its order, to the reps who are idle."""
    at, stay = math.inf, NONE
    while line_of(w, pool_line(w, team)).length > 0:
        slot = first_in(w, pool_line(w, team))
        if not _offer(w, team, slot):
            at = min(at, _cooled_down(w, slot))
            deal_of(w, slot).next = stay
            stay = slot
    if stay >= 0:
        put_back(w, pool_line(w, team), stay, team.pick)
        look_again(w, team, at)


@flow
def put_back(w: Any, line: int, stay: int, discipline: int) -> None:
    """Stand the tasks that were looked at, chained from ``stay`` on, in line again: the order is in the tasks alone."""
    while stay >= 0:
        following = deal_of(w, stay).next
        join(w, line, stay, discipline, math.inf)
        stay = following


@flow
def claim(w: Any, team: Any, place: int) -> bool:
    """Let a rep with nothing to do take the first task that they may; tell whether there was one."""
    line, stay, claimed = pool_line(w, team), NONE, False
    if not team.pool or line_of(w, line).length == 0 or not _has_room(w, team, place):
        return False
    wish = _wished(w, team, place) if team.wish != 0 else NONE
    if wish >= 0:
        leave(w, wish)
        show(w, team, wish)
        _give_to(w, team, wish, place)
        return True
    while not claimed and line_of(w, line).length > 0:
        slot = first_in(w, line)
        claimed = _may_claim(w, team, slot)[place]
        if claimed:
            _give_to(w, team, slot, place)
        else:
            deal_of(w, slot).next = stay
            stay = slot
    put_back(w, line, stay, team.pick)
    return claimed


@flow
def _offer(w: Any, team: Any, slot: int) -> bool:
    candidates = _may_claim(w, team, slot)
    for i in range(team.n_reps):
        candidates[i] = candidates[i] and _idle(w, team.first + i)
    chosen = choose(w, team, candidates)
    if chosen >= 0:
        _give(w, team, slot, chosen, candidates)
    return chosen >= 0


@flow
def _wished(w: Any, team: Any, place: int) -> int:
    """Return the task that the user's function names of those that a rep may claim, or -1."""
    shown, slot = 0, line_of(w, pool_line(w, team)).first
    while slot >= 0:
        if _may_claim(w, team, slot)[place]:
            show_waiting(w, shown, slot)
            shown += 1
        slot = deal_of(w, slot).behind
    return ask(w, team, place, shown)


@flow
def _give_to(w: Any, team: Any, slot: int, place: int) -> None:
    """Give a task, which is on view, to the only rep who claims it."""
    candidates = flags_of(w.candidates, 0, team.n_reps)
    for i in range(team.n_reps):
        candidates[i] = i == place
    _give(w, team, slot, place, candidates)


@flow
def _idle(w: Any, i: int) -> bool:
    rep = rep_of(w, i)
    return not rep.busy and line_of(w, i).length == 0 and at_work(w, rep)


@flow
def _give(w: Any, team: Any, slot: int, place: int, candidates: Any) -> None:
    rep_of(w, team.first + place).claims += 1
    remember(w, team, candidates, place)
    assign(w, team, slot, place, _CLAIMED)


@flow
def _may_claim(w: Any, team: Any, slot: int) -> Any:
    """Return who may claim a task, one flag a rep, with the task on view."""
    candidates = flags_of(w.candidates, 0, team.n_reps)
    refresh(w, team)
    show(w, team, slot)
    find_candidates(w, team, slot, True, NONE, candidates)
    for i in range(team.n_reps):
        candidates[i] = candidates[i] and _below_limits(w, team, i)
    return candidates


@flow
def _has_room(w: Any, team: Any, place: int) -> bool:
    return flags_of(w.rep_room, team.first, team.n_reps)[place] and _below_limits(w, team, place)


@flow
def _below_limits(w: Any, team: Any, place: int) -> bool:
    day = math.floor(w.now)
    if day != team.claims_day:
        team.claims_day = day
        for i in range(team.n_reps):
            rep_of(w, team.first + i).claims = 0
    holds = wholes_of(w.rep_open, team.first, team.n_reps)[place]
    return holds < team.holding_limit and rep_of(w, team.first + place).claims < team.claims_per_day


@flow
def _cooled_down(w: Any, slot: int) -> float:
    """Return when the first of the task's cool-downs that still run ends: infinity if none does."""
    at, mark = math.inf, deal_of(w, slot).marks
    while mark >= 0:
        if w.now < mark_of(w, mark).until:
            at = min(at, mark_of(w, mark).until)
        mark = mark_of(w, mark).next
    return at
