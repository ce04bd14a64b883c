"""Giving a deal to a rep: ownership, the to-do list, the bell, and the clock of the first-touch promise."""

import math
from typing import Any

from sim.engine.compiled.agenda import plan_in_lane, plan_now
from sim.engine.compiled.events import BELL, SLA_STEP, pack
from sim.engine.compiled.hours import done_at
from sim.engine.compiled.journal import note
from sim.engine.compiled.line import join
from sim.engine.compiled.records import deal_of, rep_of, step_of, wholes_of
from sim.engine.compiled.routing import load
from sim.linking import flow

REMIND, ESCALATE, NEXT_REP, POOL = range(4)
"""What a step of an SLA does."""


@flow
def assign(w: Any, team: Any, slot: int, place: int, kind: int) -> None:
    """Make a rep (position in the team) the owner of a deal, and put its task on the to-do list."""
    deal = deal_of(w, slot)
    deal.owner = team.first + place
    load(w, team, place, 1)
    if w.tracks_owners:  # a look into a large table, so only where some policy asks
        wholes_of(w.account_owner, deal.account, 1)[0] = deal.owner
    deal.hop += 1
    w.assignment_number += 1
    deal.assignment = w.assignment_number
    note(w, deal, kind, deal.owner)
    deal.rep = deal.owner
    give(w, team, slot, _start_clock(w, team, slot))


@flow
def give(w: Any, team: Any, slot: int, deadline: float) -> None:
    """Put a task on its rep's to-do list."""
    rep = deal_of(w, slot).rep
    join(w, rep, slot, team.discipline, deadline)
    ring(w, rep)


@flow
def ring(w: Any, i: int) -> None:
    """Wake a rep."""
    rep = rep_of(w, i)
    if not rep.rung:
        rep.rung = rep.ringing = True
        plan_now(w, BELL, i, 0)


@flow
def _start_clock(w: Any, team: Any, slot: int) -> float:
    """Start the SLA's clock for a first touch just assigned; return when its first breach is due (inf for never)."""
    deal, deadline = deal_of(w, slot), math.inf
    if not team.sla or deal.touches > 0 or not (team.tiers >> deal.tier) & 1:
        return deadline
    for i in range(team.n_steps):
        step = step_of(w, team.step + i)
        due = done_at(w, rep_of(w, deal.rep), step.after) if team.working else w.now + step.after
        plan_in_lane(w, due, step.lane, pack(SLA_STEP, slot, i), deal.assignment)
        if step.action != REMIND:
            deadline = min(deadline, due)
    return deadline
