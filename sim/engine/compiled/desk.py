"""A team's desk, as `sim.engine.desk` tells it: every deal that wants a rep of the team comes here."""

import math
from typing import Any

from sim.engine.compiled.assignment import assign, give, ring
from sim.engine.compiled.journal import note, note_cause
from sim.engine.compiled.line import first_in, join, leave
from sim.engine.compiled.lookout import look_again
from sim.engine.compiled.pool import offer_all, pool_line, put_back, put_in_pool
from sim.engine.compiled.records import NONE, deal_of, flags_of, line_of, stage_of, team_of
from sim.engine.compiled.routing import anybody, choose, find_candidates, load, note_turn, refresh, remember, show
from sim.engine.compiled.shortcut import choose_at_once
from sim.eventlog import Kind
from sim.linking import flow

HOLD, TO_POOL, TO_DEFAULT_OWNER, TO_MANAGER, LEAVE = range(5)
"""The nobody-free rules."""

_ROUTED, _UNASSIGNED = int(Kind.ROUTED), int(Kind.UNASSIGNED)
_ESCALATED, _RECAPTURED = int(Kind.ESCALATED), int(Kind.RECAPTURED)


@flow
def desk_of(w: Any, slot: int) -> Any:
    """Return the team at whose stage a deal stands."""
    return team_of(w, stage_of(w, deal_of(w, slot).stage).team)


@flow
def want(w: Any, slot: int) -> None:
    """Find a rep for a task: the deal's owner, or whoever routing names."""
    deal, team = deal_of(w, slot), desk_of(w, slot)
    if deal.owner < 0:
        route(w, team, slot)
    else:
        deal.rep = deal.owner
        give(w, team, slot, math.inf)


@flow
def hand_back(w: Any, team: Any, slot: int) -> None:
    """Take a deal from its owner, if it has one, who then has room for another."""
    deal = deal_of(w, slot)
    if deal.owner < 0:
        return
    owner = deal.owner
    load(w, team, owner - team.first, -1)
    deal.owner = NONE
    serve_queue(w, team)
    if team.pool and line_of(w, pool_line(w, team)).length > 0:
        ring(w, owner)


@flow
def route(w: Any, team: Any, slot: int) -> None:
    """Push a task to a rep, or do what the nobody-free rule says."""
    if team.pool and not team.push:
        put_in_pool(w, team, slot)
    elif line_of(w, _queue(w, team)).length > 0 or not _push(w, team, slot):  # nobody overtakes the queue
        _find_nobody(w, team, slot)


@flow
def _queue(w: Any, team: Any) -> int:
    return w.n_reps + team.number


@flow
def _push(w: Any, team: Any, slot: int) -> bool:
    refresh(w, team)
    if team.roomy == 0:
        return False
    chosen = choose_at_once(w, team, slot)
    if chosen >= 0:
        note_turn(w, team, chosen)
    else:
        chosen = _ask_everybody(w, team, slot)
    if chosen < 0:
        return False
    assign(w, team, slot, chosen, _ROUTED)
    return True


@flow
def _ask_everybody(w: Any, team: Any, slot: int) -> int:
    show(w, team, slot)
    candidates = flags_of(w.candidates, 0, team.n_reps)
    find_candidates(w, team, slot, False, NONE, candidates)
    chosen = choose(w, team, candidates)
    if chosen >= 0:
        remember(w, team, candidates, chosen)
    return chosen


@flow
def _find_nobody(w: Any, team: Any, slot: int) -> None:
    deal = deal_of(w, slot)
    if team.nobody == HOLD:
        join(w, _queue(w, team), slot, team.discipline, math.inf)
        serve_queue(w, team)
        if deal.rep < 0:
            note_cause(w, deal, _UNASSIGNED, NONE, w.held)
    elif team.nobody == TO_POOL:
        put_in_pool(w, team, slot)
    elif team.nobody == TO_DEFAULT_OWNER:
        note_turn(w, team, team.default_owner)
        assign(w, team, slot, team.default_owner, _ROUTED)
    elif team.nobody == TO_MANAGER:
        assign(w, team, slot, team.manager, _ESCALATED)
    else:
        note_cause(w, deal, _UNASSIGNED, NONE, w.left_alone)


@flow
def serve_queue(w: Any, team: Any) -> None:
    """Push the first in line as long as anybody has room."""
    line, stay = _queue(w, team), NONE
    if line_of(w, line).length == 0:
        return
    refresh(w, team)
    while line_of(w, line).length > 0 and team.roomy > 0:
        slot = first_in(w, line)
        if not _push(w, team, slot):
            deal_of(w, slot).next = stay
            stay = slot
    put_back(w, line, stay, team.discipline)
    if line_of(w, line).length > 0:
        look_again(w, team, math.inf)


@flow
def look(w: Any, i: int, number: int) -> None:
    """Serve queue and pool again, unless a sooner look has taken this one's place."""
    team = team_of(w, i)
    if number == team.look:
        team.looks_at = math.inf
        serve(w, team)


@flow
def serve(w: Any, team: Any) -> None:
    """See whether anybody can take what waits in queue and pool."""
    serve_queue(w, team)
    if team.pool:
        offer_all(w, team)


@flow
def take_back(w: Any, team: Any, slot: int) -> None:
    """Recapture a task from its owner."""
    deal = deal_of(w, slot)
    leave(w, slot)
    note(w, deal, _RECAPTURED, deal.rep)
    deal.rep = NONE
    deal.taken_back += 1
    hand_back(w, team, slot)


@flow
def can_move(w: Any, team: Any, slot: int) -> bool:
    """Tell whether routing would find anybody but its owner for a task."""
    if team.nobody == TO_MANAGER or team.nobody == TO_DEFAULT_OWNER:  # noqa: PLR1714 - no sets in compiled code
        return True
    refresh(w, team)
    show(w, team, slot)
    candidates = flags_of(w.candidates, 0, team.n_reps)
    find_candidates(w, team, slot, False, deal_of(w, slot).rep - team.first, candidates)
    return anybody(candidates)


@flow
def escalate(w: Any, team: Any, slot: int) -> None:
    """Move a task to the team's manager."""
    if team.manager >= 0 and deal_of(w, slot).rep != team.first + team.manager:
        take_back(w, team, slot)
        assign(w, team, slot, team.manager, _ESCALATED)
