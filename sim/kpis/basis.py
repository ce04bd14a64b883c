"""The basis of the headline figures: a few numbers a lead and a rep, read off the rows.

Two readers make it, and `sim.kpis.summary.headlines` makes the figures of either: `basis` reads a finished log at
leisure, `sim.kpis.reduction` the rows of a run while they are written.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.eventlog import NONE, Codes, EventLog, Floats, Kind
from sim.kpis.closings import Closings, closings
from sim.kpis.dimensions import team_of
from sim.kpis.fairness import ASSIGNMENTS
from sim.kpis.fates import Fates, fates, orphans
from sim.kpis.period import Period, Span, span
from sim.kpis.pipeline import list_amounts
from sim.kpis.rows import observes, rows
from sim.kpis.sla import ping_pong
from sim.kpis.visits import visits
from sim.kpis.wip import mean_wip


@dataclass(frozen=True, slots=True)
class Basis:
    """What the headline figures of a period are made of.

    Attributes
    ----------
    over
        The period.
    fates
        What had become of the leads at the window's end.
    watched_until
        The window's end, in days since the origin; NaN where the log doesn't write touches.
    rows
        Rows in the period, shape (kinds,).
    wins
        The closings of the period that were won, lead by lead.
    wip
        Mean number of leads in each stage over the period, shape (stages,).
    pipeline
        List amounts, in account currency, of the leads that stand in a stage at the period's end, in order of lead.
    ping_pong, unassigned
        Leads sent to and fro in the period, and those open without an owner at its end.
    assigned, assigned_amount, team
        Assignments in the period, their list amounts and the team, for every rep who was ever assigned a deal, in
        the order of the actor vocabulary.
    """

    over: Span
    fates: Fates
    watched_until: float
    rows: npt.NDArray[np.int64]
    wins: Closings
    wip: Floats
    pipeline: Floats
    ping_pong: int
    unassigned: int
    assigned: Floats
    assigned_amount: Floats
    team: Codes


def basis(log: EventLog, period: Period | None = None) -> Basis:
    """Read the basis of a period's figures off a log, the whole window by default."""
    over, stays, closed = span(log, period), visits(log), closings(log, period)
    counted = rows(log)
    kinds = counted.kind[over.holds(counted.time)]
    assigned, amount, team = _assignments(log, over)
    return Basis(
        over=over,
        fates=fates(log),
        watched_until=log.window[1] if observes(log, Kind.TOUCHED) else np.nan,
        rows=np.bincount(kinds, minlength=len(Kind)),
        wins=closed.take(closed.won),
        wip=mean_wip(stays, over, len(log.vocabulary["stage"])),
        pipeline=list_amounts(log)[stays.lead[stays.standing(over.stop)]],
        ping_pong=len(ping_pong(log, period)),
        unassigned=int(orphans(log, over.end).sum()),
        assigned=assigned,
        assigned_amount=amount,
        team=team,
    )


def _assignments(log: EventLog, over: Span) -> tuple[Floats, Floats, Codes]:
    """Return assignments, their amounts and team of each rep who was ever assigned a deal."""
    given = rows(log, *ASSIGNMENTS)
    given = given.take(given.actor != NONE)
    reps, which = np.unique(given.actor, return_inverse=True)
    now = over.holds(given.time)
    counts = np.bincount(which[now], minlength=len(reps)).astype(np.float64)
    amounts = np.bincount(which[now], list_amounts(log)[given.lead[now]], len(reps))
    return counts, amounts, team_of(log, reps)
