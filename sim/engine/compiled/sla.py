"""The SLA clock, as `sim.engine.sla` tells it: step by step it asks whether the first touch has begun."""

import math
from typing import Any

from sim.engine.compiled.assignment import ESCALATE, POOL, REMIND, give
from sim.engine.compiled.desk import can_move, desk_of, escalate, route, take_back
from sim.engine.compiled.journal import note
from sim.engine.compiled.line import leave
from sim.engine.compiled.pool import put_in_pool
from sim.engine.compiled.records import deal_of, step_of
from sim.engine.compiled.slots import mark_rep
from sim.eventlog import Kind
from sim.linking import flow

_REMINDED, _BREACHED = int(Kind.REMINDED), int(Kind.BREACHED)


@flow
def act(w: Any, slot: int, assignment: int, place: int) -> None:
    """Do what a step of the SLA says, unless the deal is touched, given up, or with somebody else by now."""
    deal = deal_of(w, slot)
    if not deal.waiting or deal.assignment != assignment or deal.rep < 0:
        return
    team = desk_of(w, slot)
    action = step_of(w, team.step + place).action
    if action == REMIND:
        note(w, deal, _REMINDED, deal.rep)
        leave(w, slot)
        deal.urgent = True
        give(w, team, slot, math.inf)
        return
    note(w, deal, _BREACHED, deal.rep)
    if action == ESCALATE:
        escalate(w, team, slot)
    elif deal.taken_back < team.most_hops and (action == POOL or can_move(w, team, slot)):
        _recapture(w, team, slot, action)


@flow
def _recapture(w: Any, team: Any, slot: int, action: int) -> None:
    owner = deal_of(w, slot).rep - team.first
    take_back(w, team, slot)
    if action == POOL:
        mark_rep(w, slot, owner, w.now + team.cool_down)
        put_in_pool(w, team, slot)
    else:
        mark_rep(w, slot, owner, math.inf)
        route(w, team, slot)
