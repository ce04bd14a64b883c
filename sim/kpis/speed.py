"""Speed to first touch: how long a new lead waits until a rep has first dealt with it.

Leads that are lost untouched must not vanish from the figure, or ignoring slow leads would make a team look fast. They
count as leads that are never reached; those still untouched at the end of the window count for as long as they were
watched.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.eventlog import EventLog, Floats, Kind
from sim.kpis.dimensions import figures_by, lead_labels
from sim.kpis.fates import Fates, fates, owners
from sim.kpis.incidence import age_at, cumulative_incidence, incidence, share_at
from sim.kpis.period import Period, span
from sim.kpis.rows import Flags, Rows64, observes

REACHED, LEFT = 1, 2
"""The two ways in which a lead stops waiting for its first touch: it gets it, or it is lost or merged before."""


def first_touch_curve(log: EventLog, period: Period | None = None) -> pd.DataFrame:
    """Estimate which share of the leads created in a period were touched, or left untouched, by days since creation.

    Returns
    -------
    pandas.DataFrame
        As `sim.kpis.incidence.cumulative_incidence`, the ends ``touched`` and ``left``. The touch counts when it is
        finished: that is what a CRM logs.
    """
    known = fates(log)
    leads = known.is_lead & span(log, period).holds(known.created)
    return cumulative_incidence(*_ends_of_waiting(known, leads, log.window[1]), ("touched", "left"))


def speed_to_first_touch(
    log: EventLog, by: Sequence[str] = (), *, within: float = 1.0, period: Period | None = None
) -> pd.DataFrame:
    """Measure the time from creation to the first finished touch, for the leads created in the period.

    Parameters
    ----------
    log
        The log.
    by
        What to group by (`sim.kpis.dimensions.DIMENSIONS`); rep and team are those who hold the lead at the window's
        end, a calendar unit that of the creation.
    within
        Days of the promise, calendar time.
    period
        Days since the origin; the window by default.

    Returns
    -------
    pandas.DataFrame
        One row a group: ``leads``, ``untouched`` (open and not yet touched), ``median`` and ``p90`` in days (NaN where
        less than half, or nine tenths, are ever seen to be reached), ``within`` (share reached within the promise) and
        ``never`` (share that left untouched). Medians and shares are Aalen-Johansen estimates: open leads are censored
        at the window's end. NaN where the log has no touches.
    """
    known = fates(log)
    leads = np.flatnonzero(known.is_lead & span(log, period).holds(known.created))
    labels = lead_labels(log, by, leads, known.created[leads], owners(log)[leads])
    until = log.window[1] if observes(log, Kind.TOUCHED) else np.nan
    return figures_by(labels, lambda group: first_touch_figures(known, leads[group], until, within))


def first_touch_figures(known: Fates, leads: Rows64, until: float, within: float = 1.0) -> dict[str, float]:
    """Return the columns of `speed_to_first_touch` for some leads.

    Parameters
    ----------
    known
        What became of all leads.
    leads
        Row numbers of those that count.
    until
        The instant up to which first touches were watched for, in days since the origin; NaN if they never were.
    within
        Days of the promise, calendar time.
    """
    curve = incidence(*_ends_of_waiting(known, leads, until), 2)
    touched, left = curve.shares[:, REACHED - 1], curve.shares[:, LEFT - 1]
    shares = {
        "median": age_at(curve.days, touched, 0.5),
        "p90": age_at(curve.days, touched, 0.9),
        "within": share_at(curve.days, touched, within),
        "never": share_at(curve.days, left, np.inf),
    }
    untouched = int((known.is_open & np.isinf(known.first_touch))[leads].sum())
    watched = len(leads) > 0 and not np.isnan(until)
    return {"leads": len(leads), "untouched": untouched} | (shares if watched else dict.fromkeys(shares, np.nan))


def _ends_of_waiting(known: Fates, leads: Rows64 | Flags, until: float) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Return how long leads waited for their first touch, and how that ended: `REACHED`, `LEFT` or not yet (0)."""
    touched, ended, created = known.first_touch[leads], known.ended[leads], known.created[leads]
    outcome = np.where(np.isfinite(touched), REACHED, np.where(np.isfinite(ended), LEFT, 0))
    stopped = np.where(outcome == REACHED, touched, np.minimum(ended, until))
    return stopped - created, outcome
