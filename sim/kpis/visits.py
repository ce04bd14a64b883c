"""Visits: each stay of a lead in a stage, from the row that lets it in to the row that lets it out.

Nearly every funnel KPI is a sum over visits. A lead that comes back to a stage makes a new visit there.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.eventlog import NONE, Codes, EventLog, Floats, Kind
from sim.kpis.rows import Flags, Rows, Rows64, by_lead, same_lead_follows

PLACE_KINDS = (Kind.ENTERED, Kind.ADVANCED, Kind.LOST, Kind.NURTURED, Kind.WON, Kind.MERGED)
"""The kinds of row that say where a lead stands; only `Kind.ENTERED` puts it into a stage."""


class Outcome(IntEnum):
    """How a visit ended."""

    OPEN = 0
    """It had not ended at the end of the window: its dwell is censored there."""
    ADVANCED = 1
    """To a later stage, or won."""
    LOST = 2
    NURTURED = 3
    RETURNED = 4
    """Back to an earlier stage, or into the same one again."""
    MERGED = 5
    """The lead turned out to be a duplicate."""


OUTCOMES = tuple(outcome.name.lower() for outcome in Outcome)
"""The outcomes' names, in the order of their numbers."""


OUTCOME_OF = np.full(256, int(Outcome.ADVANCED))
"""Kind of the row that ends a visit → `Outcome`; another entry ends it by its stage."""
OUTCOME_OF[[Kind.LOST, Kind.NURTURED, Kind.MERGED]] = [Outcome.LOST, Outcome.NURTURED, Outcome.MERGED]


@dataclass(frozen=True, slots=True)
class Visits:
    """The visits of a log, one element a visit, ordered by lead and time.

    Attributes
    ----------
    lead
        Row of the lead table.
    stage
        Code of the stage.
    entered, left
        Days since the origin; ``left`` is infinite where the visit is open.
    outcome
        `Outcome`.
    cause
        Code of the cause of a loss, else `NONE`.
    from_stage
        Stage that led straight here, `NONE` where the lead came from outside, out of nurture or after its end.
    """

    lead: Rows64
    stage: Codes
    entered: Floats
    left: Floats
    outcome: npt.NDArray[np.int64]
    cause: Codes
    from_stage: Codes

    def __len__(self) -> int:
        """Count the visits."""
        return len(self.lead)

    def seen_for(self, window_end: float) -> Floats:
        """Return the days that each visit lasted, up to ``window_end`` for open ones."""
        return np.minimum(self.left, window_end) - self.entered

    def standing(self, instant: float) -> Flags:
        """Flag the visits that stand just before ``instant``."""
        return (self.entered < instant) & (self.left >= instant)


def visits(log: EventLog) -> Visits:
    """Return every visit that the log tells of, those of the opening included.

    A win counts as advancing. A row that lets a lead into a stage ends its visit elsewhere: CRM users drag deals about.
    """
    places = by_lead(log, *PLACE_KINDS)
    entry = np.flatnonzero(places.of(Kind.ENTERED) & (places.stage != NONE))
    closed = same_lead_follows(places)[entry]
    after = places.take(np.minimum(entry + 1, len(places) - 1))
    here = places.take(entry)
    outcome = np.where(closed, _outcomes(here, after), int(Outcome.OPEN))
    lost = outcome == Outcome.LOST
    return Visits(
        lead=here.lead,
        stage=here.stage,
        entered=here.time,
        left=np.where(closed, after.time, np.inf),
        outcome=outcome,
        cause=np.where(lost, after.cause, NONE).astype(np.int32),
        from_stage=_from_stages(here, outcome),
    )


def visits_frame(log: EventLog) -> pd.DataFrame:
    """Return the visits as a table.

    Returns
    -------
    pandas.DataFrame
        One row a visit: ``lead`` (row of the lead table), ``stage``, ``entered`` and ``left`` (days since the origin;
        NaN while open), ``outcome``, ``cause`` (NaN unless lost), ``dwell`` (days; NaN while open) and ``age`` (days
        seen so far, whether open or not).
    """
    stays = visits(log)
    left = np.where(np.isinf(stays.left), np.nan, stays.left)
    return pd.DataFrame(
        {
            "lead": stays.lead,
            "stage": pd.Categorical.from_codes(stays.stage, pd.Index(log.vocabulary["stage"])),
            "entered": stays.entered,
            "left": left,
            "outcome": pd.Categorical.from_codes(stays.outcome, pd.Index(OUTCOMES)),
            "cause": pd.Categorical.from_codes(stays.cause, pd.Index(log.vocabulary["cause"])),
            "dwell": left - stays.entered,
            "age": stays.seen_for(log.window[1]),
        }
    )


def _outcomes(here: Rows, after: Rows) -> npt.NDArray[np.int64]:
    """Read off the row after each entry how the visit ended."""
    moved = np.where(after.stage > here.stage, int(Outcome.ADVANCED), int(Outcome.RETURNED))
    return np.where(after.of(Kind.ENTERED), moved, OUTCOME_OF[after.kind])


def _from_stages(here: Rows, outcome: npt.NDArray[np.int64]) -> Codes:
    """Return the stage of the visit before, where that one advanced or returned into this one."""
    leads_on = same_lead_follows(here) & np.isin(outcome, [Outcome.ADVANCED, Outcome.RETURNED])
    before = np.full(len(here), NONE, np.int32)
    before[1:] = np.where(leads_on, here.stage, NONE)[:-1]
    return before
