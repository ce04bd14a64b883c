"""A deal and its expert jobs: which it asks for, the wait for one, and letting go of them."""

import math
from typing import Any

from sim.engine.compiled.agenda import plan_at, plan_now
from sim.engine.compiled.events import JOB_WAIT_OVER, JOB_WAIT_SETTLED
from sim.engine.compiled.luck import draw, luck
from sim.engine.compiled.people import ask_expert
from sim.engine.compiled.records import NONE, deal_of, job_of, stage_of, wanted_job_of
from sim.engine.compiled.slots import free_job
from sim.linking import flow
from sim.streams import Purpose

_EXPERT_NEEDED, _EXPERT_EFFORT = int(Purpose.EXPERT_NEEDED), int(Purpose.EXPERT_EFFORT)


@flow
def ask_experts(w: Any, slot: int) -> None:
    """Create the jobs that entering the deal's stage asks for."""
    deal = deal_of(w, slot)
    here, last = stage_of(w, deal.stage), NONE
    for i in range(here.n_jobs):
        wanted = wanted_job_of(w, here.jobs + i)
        if luck(w, deal, _EXPERT_NEEDED, i) < wanted.share:
            effort = draw(w, deal, _EXPERT_EFFORT, wanted.effort, i)
            place = ask_expert(w, slot, wanted.group, effort, wanted.blocking)
            job_of(w, place).next_of_deal = NONE
            if last < 0:
                deal.job = place
            else:
                job_of(w, last).next_of_deal = place
            last = place


@flow
def blocking_done(w: Any, deal: Any) -> bool:
    """Tell whether every job that blocks the first touch is done."""
    place = deal.job
    while place >= 0:
        job = job_of(w, place)
        if job.blocking and not job.done:
            return False
        place = job.next_of_deal
    return True


@flow
def watch(w: Any, place: int, until: float) -> None:
    """Wait for a job, or until a time: whichever comes first settles the wait."""
    job = job_of(w, place)
    w.watch_number += 1
    job.watch = w.watch_number
    job.watched, job.timed, job.settled = True, until < math.inf, False
    plan_at(w, until, JOB_WAIT_OVER, place, job.watch)


@flow
def end_job_wait(w: Any, place: int, watch: int) -> None:
    """End a wait because its time is over, unless it has ended already."""
    job = job_of(w, place)
    if job.watch == watch and job.watched and not job.settled:
        settle(w, place)


@flow
def settle(w: Any, place: int) -> None:
    """Let a wait for a job end, behind what is already planned for this instant."""
    job_of(w, place).settled = True
    plan_now(w, JOB_WAIT_SETTLED, place, 0)


@flow
def let_go_of_jobs(w: Any, slot: int, dropped: bool) -> None:
    """End the deal's interest in its jobs; those that are ``dropped`` won't be begun any more."""
    place = deal_of(w, slot).job
    while place >= 0:
        job = job_of(w, place)
        following = job.next_of_deal
        job.deal, job.dropped = NONE, dropped
        if job.processed:
            free_job(w, place)
        place = following
    deal_of(w, slot).job = NONE
