"""The event loop: what is due next is done, until the run is over or the rows want to be fetched."""

from typing import Any

from sim.engine.compiled.agenda import next_number, take_from_lane, take_now
from sim.engine.compiled.deal import (
    arrive,
    end_touch,
    give_up,
    go_on,
    go_on_after_job,
    hear_job_done,
    resume,
    wake,
)
from sim.engine.compiled.desk import look
from sim.engine.compiled.drawers import fill_heap
from sim.engine.compiled.events import (
    ALARM,
    BELL,
    DONE,
    JOB_DONE,
    JOB_WAIT_OVER,
    JOB_WAIT_SETTLED,
    JOIN,
    LANE,
    LEAVE,
    LOOK,
    PATIENCE,
    READY,
    SERVER_BELL,
    SERVER_DONE,
    SERVER_OPENS,
    SLA_STEP,
    TASK_END,
    WOKEN,
    kind_in,
    more_in,
    who_in,
)
from sim.engine.compiled.expertise import end_job_wait
from sim.engine.compiled.heap import pop
from sim.engine.compiled.people import begin_job, finish_job, finish_touch, hear_alarm, hear_bell, take_job
from sim.engine.compiled.records import NONE, deal_of, event_of, floats_of, wholes_of
from sim.engine.compiled.sla import act
from sim.engine.compiled.slots import new_deal
from sim.engine.compiled.staffing import employ, join, leave
from sim.jit import rule
from sim.linking import flow

OVER, ROWS_FULL, POLICY_FAILED = range(3)
"""Why the loop has paused."""

_HEAP, _NOW, _ARRIVAL = range(3)


@rule
def advance(world: Any) -> int:
    """Let the clock run until the end, until ``rows_full`` rows are written or a user's policy fails; return which."""
    w = world[0]
    if not w.begun:
        _begin(w)
    while True:
        place = _soonest(w)
        time = _time_at(w, place)
        if time >= w.end:
            return OVER
        w.now = time
        w.events += 1
        if place == _ARRIVAL:
            _let_in_lead(w)
        elif place == _NOW:
            event = take_now(w)
            _happen(w, event.what, event.token)
        else:
            event = event_of(w.heap, 0)
            what, token = event.what, event.token
            pop(w)
            if kind_in(what) == LANE:
                what, token = take_from_lane(w, who_in(what))
            _happen(w, what, token)
        if w.n_rows >= w.rows_full:
            return ROWS_FULL
        if w.failed:
            return POLICY_FAILED


@flow
def _begin(w: Any) -> None:
    """Let the positions be held and the deals of the opening live on, and expect the first arrival."""
    w.begun = True
    for i in range(w.n_reps):
        employ(w, i)
    for slot in range(w.n_deals):
        resume(w, slot)
    _expect_arrival(w)


@flow
def _soonest(w: Any) -> int:
    """Return where the next event stands: the earliest, and of equals the one that was planned first."""
    fill_heap(w)
    place, time, number = _ARRIVAL, w.next_arrival, w.arrival_sequence
    if w.now_length > 0:
        now_number = event_of(w.now_events, w.now_first).number
        if w.now < time or (w.now == time and now_number < number):
            place, time, number = _NOW, w.now, now_number
    if w.heap_length > 0:
        first = event_of(w.heap, 0)
        if first.time < time or (first.time == time and first.number < number):
            place = _HEAP
    return place


@flow
def _time_at(w: Any, place: int) -> float:
    if place == _ARRIVAL:
        return w.next_arrival
    return w.now if place == _NOW else event_of(w.heap, 0).time


@flow
def _happen(w: Any, what: int, token: int) -> None:  # noqa: C901, PLR0912 - one line a kind of event
    kind, who = kind_in(what), who_in(what)
    if kind == READY:
        go_on(w, who)
    elif kind == TASK_END:
        end_touch(w, who)
    elif kind == BELL:
        hear_bell(w, who)
    elif kind == DONE:
        finish_touch(w, who)
    elif kind == PATIENCE:
        give_up(w, who, token)
    elif kind == SLA_STEP:
        act(w, who, token, more_in(what))
    elif kind == ALARM:
        hear_alarm(w, who)
    elif kind == LOOK:
        look(w, who, token)
    elif kind == WOKEN:
        wake(w, who)
    elif kind == SERVER_BELL:
        take_job(w, who)
    elif kind == SERVER_OPENS:
        begin_job(w, who)
    elif kind == SERVER_DONE:
        finish_job(w, who)
    elif kind == JOB_DONE:
        hear_job_done(w, who)
    elif kind == JOB_WAIT_OVER:
        end_job_wait(w, who, token)
    elif kind == JOB_WAIT_SETTLED:
        go_on_after_job(w, who)
    elif kind == JOIN:
        join(w, who)
    elif kind == LEAVE:
        leave(w, who)


@flow
def _expect_arrival(w: Any) -> None:
    if w.next_lead < w.n_leads:
        # by way of the delay, as in SimPy
        w.next_arrival = w.now + (floats_of(w.lead_created, w.next_lead, 1)[0] - w.now)
        w.arrival_sequence = next_number(w)
    else:
        w.next_arrival = w.end


@flow
def _let_in_lead(w: Any) -> None:
    slot, i = new_deal(w), w.next_lead
    _read_lead(w, slot, i)
    w.next_lead += 1
    _expect_arrival(w)
    arrive(w, slot)


@flow
def _read_lead(w: Any, slot: int, i: int) -> None:
    deal = deal_of(w, slot)
    deal.row = w.first_row + i
    deal.key, deal.number = wholes_of(w.lead_key, i, 1)[0], wholes_of(w.lead_number, i, 1)[0]
    deal.channel, deal.region = wholes_of(w.lead_channel, i, 1)[0], wholes_of(w.lead_region, i, 1)[0]
    deal.segment, deal.product = wholes_of(w.lead_segment, i, 1)[0], wholes_of(w.lead_product, i, 1)[0]
    deal.account, deal.tier = wholes_of(w.lead_account, i, 1)[0], wholes_of(w.lead_tier, i, 1)[0]
    deal.stage = wholes_of(w.lead_entry, i, 1)[0]
    deal.created, deal.amount = floats_of(w.lead_created, i, 1)[0], floats_of(w.lead_amount, i, 1)[0]
    deal.list_share, deal.score = floats_of(w.lead_list_share, i, 1)[0], floats_of(w.lead_score, i, 1)[0]
    deal.quality = floats_of(w.lead_quality, i, 1)[0]
    deal.owner = deal.rep = deal.line = deal.job = deal.marks = NONE
    deal.visits = deal.returns = deal.touches = deal.assignment = 0
    deal.waiting = False
