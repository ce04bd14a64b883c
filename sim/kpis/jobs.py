"""Jobs: stretches between two kinds of row of the same lead and actor, such as a touch from its start to its finish."""

from dataclasses import dataclass

import numpy as np

from sim.eventlog import NONE, Codes, EventLog, Floats, Kind
from sim.kpis.fates import END_KINDS, OWNING_KINDS
from sim.kpis.period import Span
from sim.kpis.rows import Flags, Rows64, by_lead, same_lead_follows


@dataclass(frozen=True, slots=True)
class Jobs:
    """One element a job: row of the lead table, actor code, first and last instant, whether the end was seen."""

    lead: Rows64
    actor: Codes
    begin: Floats
    end: Floats
    finished: Flags

    def days_in(self, over: Span) -> Floats:
        """Return the days of each job that lie in the period."""
        return over.clip(self.end) - over.clip(self.begin)


def touches(log: EventLog) -> Jobs:
    """Return the reps' touches; one cut short ends when another rep gets the deal or the lead is closed."""
    return _between(log, Kind.STARTED, Kind.TOUCHED, (*OWNING_KINDS, *END_KINDS))


def expert_jobs(log: EventLog) -> Jobs:
    """Return the experts' jobs from start to finish."""
    return _between(log, Kind.EXPERT_STARTED, Kind.EXPERT_FINISHED)


def expert_waits(log: EventLog) -> Jobs:
    """Return the experts' jobs from request to start; one for a lead that is lost waits its turn too."""
    return _between(log, Kind.EXPERT_REQUESTED, Kind.EXPERT_STARTED)


def _between(log: EventLog, begins: Kind, ends: Kind, cuts: tuple[Kind, ...] = ()) -> Jobs:
    """Pair each beginning with the next end of its lead and actor.

    Without one it goes on to the window's end, or where there are ``cuts``, to the lead's next row.
    """
    story = by_lead(log, begins, ends, *cuts)
    is_cut = same_lead_follows(story) & bool(cuts)
    end = np.where(is_cut, np.append(story.time[1:], 0.0)[: len(story)], log.window[1])
    finished = np.zeros(len(story), bool)
    own = np.flatnonzero(story.of(begins, ends))
    own = own[np.lexsort((story.actor[own], story.lead[own]))]
    first, second = own[:-1], own[1:]
    paired = (story.lead[first] == story.lead[second]) & (story.actor[first] == story.actor[second])
    paired &= story.of(begins)[first] & story.of(ends)[second]
    end[first[paired]] = story.time[second[paired]]
    finished[first[paired]] = True
    begun = story.of(begins) & (story.actor != NONE)
    return Jobs(story.lead[begun], story.actor[begun], story.time[begun], end[begun], finished[begun])
