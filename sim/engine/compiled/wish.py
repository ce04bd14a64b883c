"""A free rep's wish, as `sim.engine.wish` tells it: the waiting task that a pull discipline of the user's names."""

from typing import Any

from sim.engine.compiled.functions import call_choose_lead
from sim.engine.compiled.line import leave
from sim.engine.compiled.memory import resize
from sim.engine.compiled.records import NONE, deal_of, line_of, team_of, waiting_of, wholes_of
from sim.linking import flow
from sim.pull import WAITING

_WAITING_BYTES = WAITING.itemsize


@flow
def take_wished(w: Any, i: int, rep: Any) -> int:
    """Take the task that the rep's team names off the rep's to-do list; return its slot, or -1 for no opinion."""
    team, line = team_of(w, rep.team), line_of(w, i)
    if team.wish == 0 or line.length == 0:
        return NONE
    shown, slot = 0, line.first
    while slot >= 0:
        show_waiting(w, shown, slot)
        shown += 1
        slot = deal_of(w, slot).behind
    chosen = ask(w, team, rep.place, shown)
    if chosen >= 0:
        leave(w, chosen)
    return chosen


@flow
def show_waiting(w: Any, place: int, slot: int) -> None:
    """Let a task stand at a place of the queue that the user's function is shown."""
    if place == w.waiting_room:
        w.waiting_room = max(64, 2 * w.waiting_room)
        w.waiting = resize(w.waiting, _WAITING_BYTES * w.waiting_room)
        w.waiting_slots = resize(w.waiting_slots, 8 * w.waiting_room)
    wholes_of(w.waiting_slots, place, 1)[0] = slot
    deal, shown = deal_of(w, slot), waiting_of(w, place)
    shown.channel, shown.region, shown.segment, shown.product = deal.channel, deal.region, deal.segment, deal.product
    shown.tier, shown.stage, shown.touches, shown.urgent = deal.tier, deal.stage, deal.touches, deal.urgent
    shown.score, shown.amount, shown.value = deal.score, deal.amount, deal.score / 100.0 * deal.amount
    shown.created, shown.ready = deal.created, deal.ready


@flow
def ask(w: Any, team: Any, place: int, shown: int) -> int:
    """Return the slot of the task that the function names for a rep, of so many that are shown; -1 for no opinion."""
    if shown == 0:
        return NONE
    chosen = call_choose_lead(w, team, place, shown)
    if not NONE <= chosen < shown:
        w.failed = True
        return NONE
    return wholes_of(w.waiting_slots, chosen, 1)[0] if chosen >= 0 else NONE
