"""The life of one deal, as `sim.deal` tells it: what a process waits for there is here a state and an event to come."""

import math
from typing import Any

import numpy as np

from sim.buyer import admits, messages_until_reaction
from sim.engine.compiled.agenda import plan, plan_in_lane, plan_now
from sim.engine.compiled.desk import desk_of, hand_back, want
from sim.engine.compiled.events import PATIENCE, READY, TASK_END, WOKEN, pack
from sim.engine.compiled.expertise import ask_experts, blocking_done, let_go_of_jobs, settle, watch
from sim.engine.compiled.journal import note, note_cause, write
from sim.engine.compiled.line import leave
from sim.engine.compiled.luck import draw, draw_rest, luck
from sim.engine.compiled.mind import log_odds, make_up_mind
from sim.engine.compiled.records import (
    NONE,
    deal_of,
    floats_of,
    job_of,
    stage_of,
    wholes_of,
)
from sim.engine.compiled.slots import clear_marks, free_deal, free_job
from sim.eventlog import Kind
from sim.linking import flow
from sim.streams import Purpose

(LEAD_IN, FIRST_TOUCH, ANSWER, FURTHER_TOUCH, AUTOMATIC, BLOCKING_JOB, OPEN_JOB, NURTURE) = range(8)
"""What a deal waits for."""

_CREATED, _ENTERED, _LATENCY_ENDED = int(Kind.CREATED), int(Kind.ENTERED), int(Kind.LATENCY_ENDED)
_ADVANCED, _WON, _LOST = int(Kind.ADVANCED), int(Kind.WON), int(Kind.LOST)
_NURTURED, _WOKEN = int(Kind.NURTURED), int(Kind.WOKEN)
_GATE, _AUTOMATIC, _AUTOMATIC_LATENCY = int(Purpose.GATE), int(Purpose.AUTOMATIC), int(Purpose.AUTOMATIC_LATENCY)
_PATIENCE, _LEAD_IN, _EFFORT = int(Purpose.PATIENCE), int(Purpose.LEAD_IN), int(Purpose.EFFORT)
_TOUCHES, _LATENCY, _OUTCOME = int(Purpose.TOUCHES), int(Purpose.LATENCY), int(Purpose.OUTCOME)
_CAUSE, _NEXT_STAGE, _WAKE = int(Purpose.CAUSE), int(Purpose.NEXT_STAGE), int(Purpose.WAKE)
_EXPERT_NEEDED, _EXPERT_EFFORT = int(Purpose.EXPERT_NEEDED), int(Purpose.EXPERT_EFFORT)


@flow
def arrive(w: Any, slot: int) -> None:
    """Live from arrival on."""
    deal = deal_of(w, slot)
    write(w, w.now, deal.row, _CREATED, NONE, NONE, math.nan, NONE)
    _live(w, slot, deal.stage)


@flow
def resume(w: Any, slot: int) -> None:
    """Live on from the opening: in the middle of a stage."""
    deal = deal_of(w, slot)
    if deal.touches == 0:
        _work_through(w, slot)
    else:
        make_up_mind(w, slot, log_odds(w, slot, 0.0, deal.owner) + deal.odds)
        _follow_up(w, slot)


@flow
def go_on(w: Any, slot: int) -> None:
    """Go on when the buyer is ready, or the system has done its part."""
    deal = deal_of(w, slot)
    note(w, deal, _LATENCY_ENDED, NONE)
    if deal.state == LEAD_IN:
        _begin_blocking(w, slot)
    elif deal.state == ANSWER:
        _touch_or_exit(w, slot)
    else:
        make_up_mind(w, slot, log_odds(w, slot, 0.0, NONE))
        _exit(w, slot)


# a stage


@flow
def _live(w: Any, slot: int, stage: int) -> None:
    deal = deal_of(w, slot)
    deal.stage, deal.entered, deal.touches = stage, w.now, 0
    deal.visits += 1
    note(w, deal, _ENTERED, NONE)
    here = stage_of(w, stage)
    if deal.score < here.least_score or (here.gated and not _let_in(w, deal, here)):
        _lose(w, slot, w.bad_fit)
    else:
        _work_through(w, slot)


@flow
def _let_in(w: Any, deal: Any, here: Any) -> bool:
    u = luck(w, deal, _GATE, 0)
    return admits(deal.quality, here.gate_threshold, here.gate_sensitivity, here.gate_specificity, u)


@flow
def _work_through(w: Any, slot: int) -> None:
    """Begin the present stage."""
    deal = deal_of(w, slot)
    here = stage_of(w, deal.stage)
    deal.job = NONE
    if here.automatic > 0.0 and luck(w, deal, _AUTOMATIC, 0) < here.automatic:
        deal.state = AUTOMATIC
        plan(w, draw(w, deal, _AUTOMATIC_LATENCY, here.automatic_latency, 0), READY, slot, 0)
        return
    ask_experts(w, slot)
    waited = w.now - deal.entered
    deal.patience_ends = math.inf
    if here.patience >= 0:
        deal.patience_ends = w.now + draw_rest(w, deal, _PATIENCE, here.patience, waited, 0)
    deal.wanted_at = w.now
    if here.lead_in >= 0:
        deal.wanted_at += max(0.0, draw(w, deal, _LEAD_IN, here.lead_in, 0) - waited)
    if deal.wanted_at > w.now:
        deal.state = LEAD_IN
        plan(w, min(deal.wanted_at, deal.patience_ends) - w.now, READY, slot, 0)
    else:
        _begin_blocking(w, slot)


# waiting for experts


@flow
def _begin_blocking(w: Any, slot: int) -> None:
    """Wait for the jobs that block the first touch, then want it."""
    deal = deal_of(w, slot)
    deal.state, deal.waits_for = BLOCKING_JOB, deal.job
    _wait_for_blocking(w, slot)


@flow
def _wait_for_blocking(w: Any, slot: int) -> None:
    deal = deal_of(w, slot)
    while deal.waits_for >= 0:
        job = job_of(w, deal.waits_for)
        if job.blocking and not job.processed and deal.patience_ends > w.now:
            watch(w, deal.waits_for, deal.patience_ends)
            return
        deal.waits_for = job.next_of_deal
    if max(deal.wanted_at, w.now) < deal.patience_ends and blocking_done(w, deal):
        deal.state = FIRST_TOUCH
        _want_touch(w, slot)
    else:
        _lose_patience(w, slot)


@flow
def _wait_for_open(w: Any, slot: int) -> None:
    """Wait for what experts still owe, then leave the stage."""
    deal = deal_of(w, slot)
    while deal.waits_for >= 0:
        job = job_of(w, deal.waits_for)
        if not job.processed:
            watch(w, deal.waits_for, math.inf)
            return
        deal.waits_for = job.next_of_deal
    _exit(w, slot)


@flow
def hear_job_done(w: Any, place: int) -> None:
    """Tell the deal that a job is done, if it waits for it."""
    job = job_of(w, place)
    job.processed = True
    if job.deal < 0:
        free_job(w, place)
    elif job.watched and not job.settled:
        if job.timed:
            settle(w, place)
        else:
            go_on_after_job(w, place)


@flow
def go_on_after_job(w: Any, place: int) -> None:
    """Go on after a wait for a job."""
    job = job_of(w, place)
    job.watched = False
    _next_job(w, job.deal)


@flow
def _next_job(w: Any, slot: int) -> None:
    deal = deal_of(w, slot)
    deal.waits_for = job_of(w, deal.waits_for).next_of_deal
    if deal.state == BLOCKING_JOB:
        _wait_for_blocking(w, slot)
    else:
        _wait_for_open(w, slot)


# touches


@flow
def _want_touch(w: Any, slot: int) -> None:
    deal = deal_of(w, slot)
    here = stage_of(w, deal.stage)
    first = deal.state == FIRST_TOUCH
    deal.effort = draw(w, deal, _EFFORT, here.effort, deal.touches)
    if first and here.gated:
        deal.effort += here.gate_effort
    w.task_number += 1
    deal.task, deal.ready, deal.started_at = w.task_number, w.now, -1.0
    deal.rep, deal.hop, deal.taken_back, deal.assignment = NONE, 0, 0, 0
    deal.urgent, deal.waiting, deal.given_up, deal.line = False, True, False, NONE
    clear_marks(w, deal)
    if first and deal.patience_ends < math.inf:
        plan_in_lane(w, deal.patience_ends, here.patience_lane, pack(PATIENCE, slot, 0), deal.task)
    want(w, slot)


@flow
def give_up(w: Any, slot: int, task: int) -> None:
    """End the wait because the buyer's patience has ended, unless a rep has begun."""
    deal = deal_of(w, slot)
    if deal.waiting and deal.task == task:
        deal.waiting, deal.given_up = False, True
        if deal.line >= 0:
            leave(w, slot)
        plan_now(w, TASK_END, slot, 0)


@flow
def end_touch(w: Any, slot: int) -> None:
    """Go on after a touch, or after patience has ended without one."""
    deal = deal_of(w, slot)
    if deal.given_up:
        _lose_patience(w, slot)
        return
    if deal.touches == 0:
        make_up_mind(w, slot, log_odds(w, slot, deal.started_at - deal.entered, deal.rep))
    deal.touches += 1
    deal.last_touch = w.now
    if deal.state == FIRST_TOUCH:
        _follow_up(w, slot)
    else:
        _wait_for_answer(w, slot)


@flow
def _follow_up(w: Any, slot: int) -> None:
    """After the first touch: find out after how many the buyer decides, and wait for the answer."""
    deal = deal_of(w, slot)
    here, before = stage_of(w, deal.stage), deal.touches - 1
    wanted = here.touches if deal.advances else here.lost_touches
    deal.wanted = before + int(np.rint(draw_rest(w, deal, _TOUCHES, wanted, float(before), 0)))
    _wait_for_answer(w, slot)


@flow
def _wait_for_answer(w: Any, slot: int) -> None:
    deal = deal_of(w, slot)
    here = stage_of(w, deal.stage)
    latency = here.latency if deal.advances else here.lost_latency
    deal.state = ANSWER
    rest = draw_rest(w, deal, _LATENCY, latency, w.now - deal.last_touch, deal.touches)
    plan(w, rest, READY, slot, 0)


@flow
def _touch_or_exit(w: Any, slot: int) -> None:
    deal = deal_of(w, slot)
    if deal.touches < deal.wanted:
        deal.state = FURTHER_TOUCH
        _want_touch(w, slot)
    else:
        deal.state, deal.waits_for = OPEN_JOB, deal.job
        _wait_for_open(w, slot)


# leaving


@flow
def _exit(w: Any, slot: int) -> None:
    deal = deal_of(w, slot)
    let_go_of_jobs(w, slot, False)
    if not deal.advances:
        _not_now(w, slot)
        return
    after = _next_stage(w, deal)
    note(w, deal, _ADVANCED, NONE)
    if after < 0:
        write(w, w.now, deal.row, _WON, deal.stage, deal.owner, deal.amount * deal.list_share, NONE)
    _leave(w, slot, after)
    if after < 0:
        free_deal(w, slot)
    else:
        _live(w, slot, after)


@flow
def _next_stage(w: Any, deal: Any) -> int:
    here = stage_of(w, deal.stage)
    targets = wholes_of(w.codes, here.targets_to, here.n_targets)
    if here.n_targets == 1:
        return targets[0]
    return targets[_pick(w, here.targets, here.n_targets, luck(w, deal, _NEXT_STAGE, 0))]


@flow
def _pick(w: Any, first: int, n: int, u: float) -> int:
    """Return the first of ``n`` places whose cumulative share reaches ``u``; rounding leaves the rest to the last."""
    until = floats_of(w.numbers, first, n)
    for i in range(n):
        if u <= until[i]:
            return i
    return n - 1


@flow
def _not_now(w: Any, slot: int) -> None:
    deal = deal_of(w, slot)
    here = stage_of(w, deal.stage)
    tired = not w.nurtures or deal.returns >= w.most_returns
    if tired or luck(w, deal, _CAUSE, 0) >= here.nurture:
        u = luck(w, deal, _CAUSE, 1) if here.n_causes > 1 else 0.0
        place = _pick(w, here.causes, here.n_causes, u)
        _lose(w, slot, wholes_of(w.codes, here.causes_to, here.n_causes)[place])
        return
    note(w, deal, _NURTURED, NONE)
    _leave(w, slot, NONE)
    messages = messages_until_reaction(w.wake, w.opt_out, luck(w, deal, _WAKE, 0))
    deal.state = NURTURE
    plan(w, messages * w.cadence, WOKEN, slot, 0)


@flow
def wake(w: Any, slot: int) -> None:
    """Come back from nurture, or opt out."""
    deal = deal_of(w, slot)
    if luck(w, deal, _WAKE, 1) * (w.wake + w.opt_out) >= w.wake:
        note_cause(w, deal, _LOST, NONE, w.opted_out)
        free_deal(w, slot)
        return
    deal.returns += 1
    note(w, deal, _WOKEN, NONE)
    _live(w, slot, w.returns_to)


@flow
def _lose_patience(w: Any, slot: int) -> None:
    let_go_of_jobs(w, slot, True)
    _lose(w, slot, w.no_response)


@flow
def _lose(w: Any, slot: int, cause: int) -> None:
    deal = deal_of(w, slot)
    note_cause(w, deal, _LOST, deal.owner, cause)
    _leave(w, slot, NONE)
    free_deal(w, slot)


@flow
def _leave(w: Any, slot: int, after: int) -> None:
    """Hand the deal back where its owner doesn't keep it."""
    team = desk_of(w, slot)
    if after < 0 or stage_of(w, after).team != team.number:
        hand_back(w, team, slot)
