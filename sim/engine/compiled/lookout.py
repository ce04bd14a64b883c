"""Looking again at what nobody could take, when a rep comes to work, when a day begins, or when told."""

import math
from typing import Any

from sim.engine.compiled.agenda import plan_at
from sim.engine.compiled.events import LOOK
from sim.engine.compiled.records import floats_of
from sim.linking import flow


@flow
def look_again(w: Any, team: Any, at: float) -> None:
    """Plan a look at queue and pool, at ``at`` or when a shift or a day begins if that is sooner."""
    at = min(at, math.floor(w.now) + 1.0, _next_opening(w, team))
    if at < team.looks_at:
        team.looks_at = at
        team.look += 1
        plan_at(w, at, LOOK, team.number, team.look)


@flow
def _next_opening(w: Any, team: Any) -> float:
    """Return when the next shift begins after now, whoever's it is: infinity if there is none."""
    openings = floats_of(w.numbers, team.openings, team.n_openings)
    while team.next_opening < team.n_openings and openings[team.next_opening] <= w.now:
        team.next_opening += 1
    return openings[team.next_opening] if team.next_opening < team.n_openings else math.inf
