"""Room for what comes and goes: deals in the funnel, expert jobs, and marks. A place given back is used again."""

from typing import Any

from sim.engine.compiled.memory import resize
from sim.engine.compiled.records import DEAL, JOB, MARK, deal_of, job_of, mark_of
from sim.linking import flow

_DEAL_BYTES, _JOB_BYTES, _MARK_BYTES = DEAL.itemsize, JOB.itemsize, MARK.itemsize


@flow
def new_deal(w: Any) -> int:
    """Return a place for a deal; records of deals that are in hand may have moved."""
    slot = w.free_deal
    if slot >= 0:
        w.free_deal = deal_of(w, slot).next
        return slot
    if w.n_deals == w.deals_room:
        w.deals_room = max(256, 2 * w.deals_room)
        w.deals = resize(w.deals, _DEAL_BYTES * w.deals_room)
    w.n_deals += 1
    return w.n_deals - 1


@flow
def free_deal(w: Any, slot: int) -> None:
    """Give a deal's place back: it has left the funnel."""
    deal = deal_of(w, slot)
    clear_marks(w, deal)
    deal.waiting = False
    deal.next = w.free_deal
    w.free_deal = slot


@flow
def new_job(w: Any) -> int:
    """Return a place for a job; records of jobs that are in hand may have moved."""
    place = w.free_job
    if place >= 0:
        w.free_job = job_of(w, place).next
        return place
    if w.n_jobs == w.jobs_room:
        w.jobs_room = max(64, 2 * w.jobs_room)
        w.jobs = resize(w.jobs, _JOB_BYTES * w.jobs_room)
    w.n_jobs += 1
    return w.n_jobs - 1


@flow
def free_job(w: Any, place: int) -> None:
    """Give a job's place back."""
    job_of(w, place).next = w.free_job
    w.free_job = place


@flow
def mark_rep(w: Any, slot: int, rep: int, until: float) -> None:
    """Note that a rep (position in the team) may not have the deal's task until a time."""
    deal = deal_of(w, slot)
    place = deal.marks
    while place >= 0:
        if mark_of(w, place).rep == rep:
            mark_of(w, place).until = max(until, mark_of(w, place).until)
            return
        place = mark_of(w, place).next
    place = _new_mark(w)
    mark = mark_of(w, place)
    mark.rep, mark.until, mark.next = rep, until, deal.marks
    deal.marks = place


@flow
def clear_marks(w: Any, deal: Any) -> None:
    """Forget who may not have the deal's task."""
    while deal.marks >= 0:
        place = deal.marks
        deal.marks = mark_of(w, place).next
        mark_of(w, place).next = w.free_mark
        w.free_mark = place


@flow
def _new_mark(w: Any) -> int:
    place = w.free_mark
    if place >= 0:
        w.free_mark = mark_of(w, place).next
        return place
    if w.n_marks == w.marks_room:
        w.marks_room = max(64, 2 * w.marks_room)
        w.marks = resize(w.marks, _MARK_BYTES * w.marks_room)
    w.n_marks += 1
    return w.n_marks - 1
