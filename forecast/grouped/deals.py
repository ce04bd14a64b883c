"""Deals as columns: those that are open, and those that came of late."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from forecast.dataset import CalibrationData
from forecast.grouped.grid import Ints
from forecast.grouped.labels import Labels
from forecast.grouped.marks import Marks, by_stage
from sim.eventlog import Floats, Kind
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
    marks
        Mark → code by stage, `forecast.grouped.marks.LATER` where the deal hasn't been: shape (deals, stages).
    place
        Number of its region and product in `forecast.grouped.marks.Marks.place`.
    """

    lead: Ints
    stage: Ints
    time: Floats
    amount: Floats
    cell: Ints
    codes: Mapping[str, Ints]
    marks: Mapping[str, Ints]
    place: Ints

    def __len__(self) -> int:
        """Count the deals."""
        return len(self.lead)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of every lead at the as-of date.

    Attributes
    ----------
    data
        The history.
    labels
        Dimension or effect → every lead's label.
    cell
        Number of each lead's segment and product, shape (leads,).
    marks
        The marks of the stays of `CalibrationData.visits`.
    """

    data: CalibrationData
    labels: Mapping[str, Labels]
    cell: Ints
    marks: Marks

    def open(self) -> Deals:
        """Return the deals that stand in a stage and came in the period; ``time`` is the entry."""
        stays, log = visits(self.data.log), self.data.log
        here = np.flatnonzero((stays.outcome == Outcome.OPEN) & (log.leads["created"][stays.lead] >= self.data.since))
        return self._deals(stays.lead[here], stays.stage[here].astype(np.int64), stays.entered[here])

    def recent(self) -> Deals:
        """Return the leads that came of late, in the order in which they came.

        Where none has come yet, one that enters the first stage and of which nothing is known.
        """
        leads = self.data.arrivals.sort_values("created", kind="stable")
        late = int((leads["created"] >= self.data.as_of - _RECENT_DAYS).sum())
        leads = leads.iloc[-min(max(late, _ENOUGH), _MOST) :]
        if not len(leads):
            return self._unknown()
        row, entry = leads.index.to_numpy(np.int64), leads["entry"].to_numpy(np.int64)
        return self._deals(row, entry, leads["created"].to_numpy(np.float64))

    def booked(self) -> Deals:
        """Return the wins; ``amount`` is what they brought."""
        log = self.data.log
        won = log.of_kind(Kind.WON)
        lead, stage = (log.events[name][won].astype(np.int64) for name in ("lead", "stage"))
        amount = np.nan_to_num(log.events["amount"][won].astype(np.float64))
        return replace(self._deals(lead, stage, log.events["time"][won].astype(np.float64)), amount=amount)

    def _deals(self, lead: Ints, stage: Ints, time: Floats) -> Deals:
        log = self.data.log
        amount = np.asarray(np.nan_to_num(log.leads["amount"].astype(np.float64))[lead], np.float64)
        codes = {name: label.codes[lead] for name, label in self.labels.items()}
        marks = by_stage(self.marks, self.data.visits, lead, len(log.vocabulary["stage"]))
        return Deals(lead, stage, time, np.maximum(amount, 0.0), self.cell[lead], codes, marks, self.marks.place[lead])

    def _unknown(self) -> Deals:
        nothing, stages = np.zeros(1, np.int64), len(self.data.log.vocabulary["stage"])
        codes = {name: nothing + len(label.levels) - 1 for name, label in self.labels.items()}
        marks = {name: np.full((1, stages), len(levels) - 1) for name, levels in self.marks.levels.items()}
        segments, products = (len(self.labels[name].levels) for name in ("segment", "product"))
        last = nothing + segments * products - 1
        return Deals(nothing, nothing, np.zeros(1), np.zeros(1), last, codes, marks, nothing)
