"""The people at work, as `sim.engine.people` tells it: reps give touches, experts do jobs."""

import math
from typing import Any

from sim.engine.compiled.agenda import plan, plan_at, plan_now
from sim.engine.compiled.assignment import ring
from sim.engine.compiled.desk import hand_back
from sim.engine.compiled.events import ALARM, DONE, JOB_DONE, SERVER_BELL, SERVER_DONE, SERVER_OPENS, TASK_END
from sim.engine.compiled.hours import done_at, group_done_at, group_opens, next_at_work
from sim.engine.compiled.journal import note, write
from sim.engine.compiled.line import first_in
from sim.engine.compiled.pool import claim
from sim.engine.compiled.records import NONE, deal_of, group_of, job_of, line_of, rep_of, server_of, team_of
from sim.engine.compiled.slots import free_job, new_job
from sim.engine.compiled.wish import take_wished
from sim.eventlog import Kind
from sim.linking import flow
from sim.workforce import productivity, working_time

_STARTED, _TOUCHED = int(Kind.STARTED), int(Kind.TOUCHED)
_REQUESTED, _BEGUN, _FINISHED = int(Kind.EXPERT_REQUESTED), int(Kind.EXPERT_STARTED), int(Kind.EXPERT_FINISHED)


# reps


@flow
def hear_bell(w: Any, i: int) -> None:
    """Wake up, if asleep."""
    rep = rep_of(w, i)
    rep.ringing = False
    if rep.asleep:
        rep.asleep = rep.rung = False
        work(w, i)


@flow
def hear_alarm(w: Any, i: int) -> None:
    """Come to work; rounding may ring the alarm just before the shift: then it is set once more."""
    rep_of(w, i).wakes_at = -1.0
    ring(w, i)


@flow
def work(w: Any, i: int) -> None:
    """Begin the next task, or fall asleep until the bell rings."""
    rep = rep_of(w, i)
    slot = _next_task(w, i, rep)
    if slot >= 0:
        _begin(w, i, rep, slot)
        return
    if not rep.ringing:  # a bell that rang while the rep was busy is heeded now, and there was nothing to do
        rep.rung = False
    rep.asleep = True


@flow
def _next_task(w: Any, i: int, rep: Any) -> int:
    opens = next_at_work(w, rep)
    if opens > w.now:
        if line_of(w, i).length > 0 and opens != rep.wakes_at:
            rep.wakes_at = opens
            plan_at(w, opens, ALARM, i, 0)
        return NONE
    slot = take_wished(w, i, rep)
    if slot < 0:
        slot = first_in(w, i)
    if slot < 0 and claim(w, team_of(w, rep.team), rep.place):
        slot = first_in(w, i)
    return slot


@flow
def _begin(w: Any, i: int, rep: Any, slot: int) -> None:
    deal, team = deal_of(w, slot), team_of(w, rep.team)
    rep.busy, rep.deal = True, slot
    deal.started_at, deal.waiting = w.now, False
    note(w, deal, _STARTED, i)
    productive = productivity(w.now - rep.hired, team.ramp_days, team.ramp_start) if rep.ramping else 1.0
    ends = done_at(w, rep, working_time(deal.effort, rep.speed, productive, rep.admin_share))
    if ends < math.inf:
        plan(w, ends - w.now, DONE, i, 0)


@flow
def finish_touch(w: Any, i: int) -> None:
    """Finish the touch, tell the deal, and go on."""
    rep = rep_of(w, i)
    team, slot = team_of(w, rep.team), rep.deal
    note(w, deal_of(w, slot), _TOUCHED, i)
    rep.busy = False
    if team.by_touch:
        hand_back(w, team, slot)
    plan_now(w, TASK_END, slot, 0)
    work(w, i)


# experts


@flow
def ask_expert(w: Any, slot: int, i: int, effort: float, blocking: bool) -> int:
    """Put a job for a deal in a group's queue, and return its place."""
    place, deal, group = new_job(w), deal_of(w, slot), group_of(w, i)
    write(w, w.now, deal.row, _REQUESTED, deal.stage, group.code, math.nan, NONE)
    job = job_of(w, place)
    job.row, job.stage, job.deal, job.group, job.next = deal.row, deal.stage, slot, i, NONE
    job.effort, job.blocking = effort, blocking
    job.done = job.processed = job.dropped = job.watched = job.timed = job.settled = False
    if group.last < 0:
        group.first = place
    else:
        job_of(w, group.last).next = place
    group.last = place
    _wake_server(w, group)
    return place


@flow
def _wake_server(w: Any, group: Any) -> None:
    i = group.sleeper
    if i >= 0:
        group.sleeper = server_of(w, i).next
        if group.sleeper < 0:
            group.last_sleeper = NONE
        plan_now(w, SERVER_BELL, i, 0)


@flow
def take_job(w: Any, i: int) -> None:
    """Take the next job, to be begun in working hours, or fall asleep."""
    server = server_of(w, i)
    group = group_of(w, server.group)
    place = group.first
    if place < 0:
        server.next = NONE
        if group.last_sleeper < 0:
            group.sleeper = i
        else:
            server_of(w, group.last_sleeper).next = i
        group.last_sleeper = i
        return
    group.first = job_of(w, place).next
    if group.first < 0:
        group.last = NONE
    server.job = place
    opens = group_opens(w, group)
    if opens < math.inf:
        plan(w, opens - w.now, SERVER_OPENS, i, 0)


@flow
def begin_job(w: Any, i: int) -> None:
    """Begin the job, unless the deal has been lost meanwhile."""
    server = server_of(w, i)
    job, group = job_of(w, server.job), group_of(w, server.group)
    if job.dropped:
        free_job(w, server.job)
        take_job(w, i)
        return
    write(w, w.now, job.row, _BEGUN, job.stage, group.code, math.nan, NONE)
    ends = group_done_at(w, group, job.effort)
    if ends < math.inf:
        plan(w, ends - w.now, SERVER_DONE, i, 0)


@flow
def finish_job(w: Any, i: int) -> None:
    """Finish the job, tell the deal, and go on."""
    server = server_of(w, i)
    job = job_of(w, server.job)
    write(w, w.now, job.row, _FINISHED, job.stage, group_of(w, server.group).code, math.nan, NONE)
    job.done = True
    plan_now(w, JOB_DONE, server.job, 0)
    take_job(w, i)
