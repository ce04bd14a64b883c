"""Working time of one rep or one group: the rules of `sim.working_time`, begun where the clock stands."""

from typing import Any

import numpy as np

from sim.engine.compiled.records import floats_of
from sim.linking import flow
from sim.working_time import finish, finish_from, next_open


@flow
def current_shift(w: Any, rep: Any) -> int:
    """Return the place of the rep's first interval of work that isn't over; it moves on with the clock."""
    ends = floats_of(w.hours_end, rep.hours, rep.n_hours)
    shift = rep.shift
    while shift < rep.n_hours and ends[shift] <= w.now:
        shift += 1
    rep.shift = shift
    return shift


@flow
def next_at_work(w: Any, rep: Any) -> float:
    """Return when the rep is next at work: now for one who is, infinity for one who never is again."""
    starts = floats_of(w.hours_start, rep.hours, rep.n_hours)
    if w.now < rep.joins:
        opens = next_open(starts, floats_of(w.hours_end, rep.hours, rep.n_hours), rep.joins)
    else:
        shift = current_shift(w, rep)
        opens = max(w.now, starts[shift]) if shift < rep.n_hours else np.inf
    return opens if opens < rep.leaves else np.inf


@flow
def at_work(w: Any, rep: Any) -> bool:
    """Tell whether the rep is employed and on shift now."""
    return next_at_work(w, rep) == w.now


@flow
def done_at(w: Any, rep: Any, effort: float) -> float:
    """Return when so much working time of the rep's, from now on, has passed."""
    starts, ends = floats_of(w.hours_start, rep.hours, rep.n_hours), floats_of(w.hours_end, rep.hours, rep.n_hours)
    return finish_from(current_shift(w, rep), starts, ends, w.now, effort)


@flow
def group_opens(w: Any, group: Any) -> float:
    """Return when the group of experts is next at work."""
    starts = floats_of(w.hours_start, group.hours, group.n_hours)
    return next_open(starts, floats_of(w.hours_end, group.hours, group.n_hours), w.now)


@flow
def group_done_at(w: Any, group: Any, effort: float) -> float:
    """Return when so much working time of the group's, from now on, has passed."""
    starts = floats_of(w.hours_start, group.hours, group.n_hours)
    return finish(starts, floats_of(w.hours_end, group.hours, group.n_hours), w.now, effort)
