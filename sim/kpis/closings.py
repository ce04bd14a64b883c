"""Closings: the wins and losses of a period, with what they were worth, how long they took and who held them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import pandas as pd

from sim.eventlog import Codes, EventLog, Floats, Kind
from sim.kpis.dimensions import lead_labels
from sim.kpis.fates import first_times, with_owner
from sim.kpis.period import Period, span
from sim.kpis.rows import Flags, Rows64, rows


@dataclass(frozen=True, slots=True)
class Closings:
    """One element a closing; a lead that is lost, comes back and is won has two.

    Attributes
    ----------
    lead, time
        Row of the lead table; days since the origin.
    won
        Whether it was a win.
    amount
        Amount booked of a win, list amount of a loss, in account currency; NaN where unknown.
    cycle
        Days since the lead was created; NaN where the log doesn't say when.
    owner, cause
        Codes of the rep (the row's actor, else who held the lead) and of the cause of a loss.
    """

    lead: Rows64
    time: Floats
    won: Flags
    amount: Floats
    cycle: Floats
    owner: Codes
    cause: Codes

    def __len__(self) -> int:
        """Count the closings."""
        return len(self.lead)

    def take(self, index: Rows64 | Flags) -> "Closings":
        """Keep the closings that ``index`` (numbers, or one flag a closing) picks."""
        return Closings(*(getattr(self, field.name)[index] for field in fields(self)))

    def labels(self, log: EventLog, by: Sequence[str]) -> pd.DataFrame:
        """Return one column a dimension; a calendar unit is that of the closing."""
        return lead_labels(log, by, self.lead, self.time, self.owner)


def closings(log: EventLog, period: Period | None = None) -> Closings:
    """Return the closings of the period, lead by lead."""
    ended = with_owner(log, Kind.WON, Kind.LOST)
    ended = ended.take(span(log, period).holds(ended.time))
    won = ended.of(Kind.WON)
    created = first_times(rows(log, Kind.CREATED), log.n_leads)[ended.lead]
    listed = log.leads["amount"].astype(np.float64)[ended.lead]
    return Closings(
        lead=ended.lead,
        time=ended.time,
        won=won,
        amount=np.where(won, ended.amount, listed),
        cycle=np.where(np.isfinite(created), ended.time - created, np.nan),
        owner=ended.actor,
        cause=ended.cause,
    )
