"""Deals as columns: those that are open, and those that came of late."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecast.dataset import CalibrationData
from forecast.grouped.grid import Ints
from forecast.grouped.labels import Labels
from sim.eventlog import EventLog, Floats
from sim.kpis.visits import Outcome, visits

_RECENT_DAYS, _ENOUGH, _MOST = 182.0, 400, 2000
"""New deals are like those of the last half year, but like the last 400 at least and the last 2,000 at most."""


@dataclass(frozen=True, slots=True)
class Deals:
    """Some deals, column by column, shape (deals,) each.

    Attributes
    ----------
    lead
        Row of the lead table.
    stage
        Where it stands; where it entered, for deals that came of late.
    time
        Days (that count) in that stage for open deals; day of arrival or of the win for others.
    amount
        List amount (amount booked, for wins), 0 where unknown.
    cell
        Number of its segment and product in `forecast.grouped.worth.Worth.cells`.
    codes
        Dimension or effect → code of its level.
    """

    lead: Ints
    stage: Ints
    time: Floats
    amount: Floats
    cell: Ints
    codes: Mapping[str, Ints]

    def __len__(self) -> int:
        """Count the deals."""
        return len(self.lead)

    def take(self, index: Ints) -> "Deals":
        """Pick deals by number or flag."""
        codes = {name: code[index] for name, code in self.codes.items()}
        return Deals(self.lead[index], self.stage[index], self.time[index], self.amount[index], self.cell[index], codes)


def open_deals(log: EventLog, labels: Mapping[str, Labels], cell: Ints, since: float) -> Deals:
    """Return the deals that stand in a stage at the end and were created from ``since`` on; ``time`` is the entry."""
    stays = visits(log)
    here = np.flatnonzero((stays.outcome == Outcome.OPEN) & (log.leads["created"][stays.lead] >= since))
    return _deals(log, labels, cell, stays.lead[here], stays.stage[here].astype(np.int64), stays.entered[here])


def new_deals(data: CalibrationData, labels: Mapping[str, Labels], cell: Ints) -> Deals:
    """Return the leads that came of late, in the order in which they came.

    Where none has come yet, one that enters the first stage and of which nothing is known.
    """
    leads = data.arrivals.sort_values("created", kind="stable")
    late = int((leads["created"] >= data.as_of - _RECENT_DAYS).sum())
    leads = leads.iloc[-min(max(late, _ENOUGH), _MOST) :]
    if not len(leads):
        nothing = np.zeros(1, np.int64)
        codes = {name: nothing + len(label.levels) - 1 for name, label in labels.items()}
        last = (len(labels["segment"].levels) * len(labels["product"].levels)) - 1
        return Deals(nothing, nothing, np.zeros(1), np.zeros(1), nothing + last, codes)
    row, entry = leads.index.to_numpy(np.int64), leads["entry"].to_numpy(np.int64)
    return _deals(data.log, labels, cell, row, entry, leads["created"].to_numpy(np.float64))


def _deals(log: EventLog, labels: Mapping[str, Labels], cell: Ints, lead: Ints, stage: Ints, time: Floats) -> Deals:
    amount = np.asarray(np.nan_to_num(log.leads["amount"].astype(np.float64))[lead], np.float64)
    codes = {name: label.codes[lead] for name, label in labels.items()}
    return Deals(lead, stage.astype(np.int64), time, np.maximum(amount, 0.0), cell[lead], codes)
