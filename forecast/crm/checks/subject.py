"""What the checks look at."""

from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from forecast.crm.findings import SHOWN, Finding, Severity
from forecast.crm.instants import MICROS_A_DAY, MICROS_AN_HOUR, micros_of, wall_clock
from forecast.crm.parsing import Flags
from forecast.crm.roster import Roster
from forecast.crm.walk import Walk
from sim.eventlog import EventLog, Floats, Kind
from sim.kpis.fates import Fates, fates
from sim.kpis.visits import Visits, visits


@dataclass(frozen=True)
class Subject:
    """A history, the walks that it was built from, and the zone of its account."""

    walk: Walk
    log: EventLog
    roster: Roster
    zone: ZoneInfo

    @cached_property
    def visits(self) -> Visits:
        """The stays of the leads in stages."""
        return visits(self.log)

    @cached_property
    def time(self) -> Floats:
        """Time of each event in days."""
        return self.log.events["time"].astype(np.float64)

    @cached_property
    def lead(self) -> npt.NDArray[np.int64]:
        """Lead of each event."""
        return self.log.events["lead"].astype(np.int64)

    @cached_property
    def created(self) -> Floats:
        """Time at which each lead was created."""
        return self.log.leads["created"].astype(np.float64)

    @cached_property
    def ended(self) -> Floats:
        """Time at which each lead was won or lost for good, NaN while it is open."""
        ended = self.fates.ended
        return np.where(np.isfinite(ended), ended, np.nan)

    @cached_property
    def fates(self) -> Fates:
        """What became of each lead."""
        return fates(self.log)

    @cached_property
    def person(self) -> Flags:
        """Flag the events in which a person acts."""
        is_person = np.array([not rep.system for rep in self.roster] + [False])
        return np.asarray(is_person[self.log.events["actor"].astype(np.int64)])

    def column(self, name: str, *kinds: Kind) -> npt.NDArray[np.generic]:
        """Return a column of the events of some kinds."""
        return self.log.events[name][self.log.of_kind(*kinds)]

    def leads(self, code: str, severity: Severity, what: str, leads: npt.NDArray[np.integer], why: str) -> Finding:
        """Report leads, given as rows of the lead table; one that appears several times counts once."""
        labels = self.log.lead_labels()
        rows = np.unique(leads)
        return Finding(code, severity, what, len(rows), "kept", why, tuple(labels[row] for row in rows[:SHOWN]))

    @cached_property
    def hour(self) -> npt.NDArray[np.int64]:
        """Hour that the account's clocks show at each event."""
        return self._clock(self.time) // MICROS_AN_HOUR % 24

    def midnight(self, times: Floats) -> Flags:
        """Flag the times at which the account's clocks show midnight: nearly always dates without a time of day."""
        return np.asarray(self._clock(times) % MICROS_A_DAY == 0)

    def _clock(self, times: Floats) -> npt.NDArray[np.int64]:
        return wall_clock(np.rint(times * MICROS_A_DAY).astype(np.int64) + micros_of(self.log.origin), self.zone)
