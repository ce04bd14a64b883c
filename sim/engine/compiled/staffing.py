"""Coming and going, as `sim.engine.staffing` tells it: who joins, who leaves, and who comes after."""

import math
from typing import Any

from sim.distributions import quantile
from sim.engine.compiled.agenda import plan_at
from sim.engine.compiled.desk import route, serve
from sim.engine.compiled.events import JOIN, LEAVE
from sim.engine.compiled.journal import note
from sim.engine.compiled.line import leave as leave_line
from sim.engine.compiled.records import NONE, deal_of, dist_of, floats_of, rep_of, team_of
from sim.engine.compiled.routing import load
from sim.engine.staffing import STAFF_KEY
from sim.eventlog import Kind
from sim.linking import flow
from sim.streams import Purpose, uniform
from sim.workforce import days_until_leaving

_RELEASED = int(Kind.RELEASED)
_LEAVING, _BACKFILL = int(Purpose.LEAVING), int(Purpose.BACKFILL)


@flow
def employ(w: Any, i: int) -> None:
    """Expect the holder of a position to come, if that is still ahead, and to leave."""
    rep = rep_of(w, i)
    stays = days_until_leaving(rep.per_year, _luck(w, rep, _LEAVING))
    rep.leaves = min(rep.ends, max(rep.joins, w.now) + stays)
    if w.now < rep.joins < rep.leaves:
        plan_at(w, rep.joins, JOIN, i, 0)
    if w.now < rep.leaves:
        plan_at(w, rep.leaves, LEAVE, i, 0)


@flow
def join(w: Any, i: int) -> None:
    """Come to work for the first time; rounding may let the day come a trifle early."""
    rep = rep_of(w, i)
    team = team_of(w, rep.team)
    rep.joins = min(rep.joins, w.now)
    team.away_until = -math.inf
    serve(w, team)


@flow
def leave(w: Any, i: int) -> None:
    """Leave the company: a successor is looked for, and the deals are routed again."""
    rep = rep_of(w, i)
    team = team_of(w, rep.team)
    given_up = rep.leaves >= rep.ends
    rep.holder += 1
    rep.n_gains = 0
    rep.joins = rep.leaves = math.inf
    if not given_up and rep.backfill >= 0:
        dist = dist_of(w, rep.backfill)
        empty = quantile(dist.kind, floats_of(w.numbers, dist.start, dist.length), _luck(w, rep, _BACKFILL))
        rep.joins = rep.hired = w.now + empty
        rep.ramping = team.ramp_days > 0.0
        employ(w, i)
    team.away_until = -math.inf
    _let_go(w, team, i)


@flow
def _let_go(w: Any, team: Any, i: int) -> None:
    """Take every deal from whoever has left, in the order of arrival; what waits for a touch is routed again."""
    slot = _next_owned(w, i, NONE)
    while slot >= 0:
        deal = deal_of(w, slot)
        load(w, team, i - team.first, -1)
        deal.owner = NONE
        note(w, deal, _RELEASED, i)
        if deal.waiting:
            leave_line(w, slot)
            deal.rep = NONE
            route(w, team, slot)
        slot = _next_owned(w, i, deal_of(w, slot).row)


@flow
def _next_owned(w: Any, i: int, after: int) -> int:
    """Return the rep's deal with the lowest row beyond ``after``, or -1."""
    found = NONE
    for slot in range(w.n_deals):
        deal = deal_of(w, slot)
        if deal.owner == i and deal.row > after and (found < 0 or deal.row < deal_of(w, found).row):
            found = slot
    return found


@flow
def _luck(w: Any, rep: Any, purpose: int) -> float:
    return uniform(w.seed, w.replication, STAFF_KEY, rep.name, purpose, 0, rep.holder)
