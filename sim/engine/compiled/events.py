"""Events: what happens to whom, in one number, and whether it still has a cause."""

from typing import Any

from sim.engine.compiled.records import deal_of
from sim.linking import flow

(
    ARRIVAL,
    READY,
    WOKEN,
    PATIENCE,
    TASK_END,
    BELL,
    ALARM,
    DONE,
    LOOK,
    SLA_STEP,
    SERVER_BELL,
    SERVER_OPENS,
    SERVER_DONE,
    JOB_DONE,
    JOB_WAIT_OVER,
    JOB_WAIT_SETTLED,
    LANE,
    JOIN,
    LEAVE,
) = range(19)
"""Kinds of event. The who is a deal, a rep, a team, a server, a job or a lane."""

_WHO = 24
_MORE = 8


@flow
def pack(kind: int, who: int, more: int) -> int:
    """Return an event in one number: its kind (8 bits), ``more`` (16 bits) and who it concerns."""
    return (who << _WHO) | (more << _MORE) | kind


@flow
def kind_in(what: int) -> int:
    """Return an event's kind."""
    return what & 0xFF


@flow
def more_in(what: int) -> int:
    """Return what else an event tells: the step of an SLA."""
    return (what >> _MORE) & 0xFFFF


@flow
def who_in(what: int) -> int:
    """Return whom an event concerns."""
    return what >> _WHO


@flow
def has_cause(w: Any, what: int, token: int) -> bool:
    """Tell whether a timer of a task still matters: nobody has begun the touch, nor the buyer given up."""
    deal = deal_of(w, who_in(what))
    if not deal.waiting:
        return False
    return deal.task == token if kind_in(what) == PATIENCE else deal.assignment == token
