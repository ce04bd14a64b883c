"""A run's reduction: chunks of rows in, figures and tables out."""

from collections.abc import Sequence

import numpy as np

from sim.calendar import OpenHours
from sim.errors import SpecError, require
from sim.eventlog import NONE, Columns, EventLog, Floats, Kind
from sim.kpis.basis import Basis
from sim.kpis.bookings import add_by_lead
from sim.kpis.closings import Closings
from sim.kpis.conversion import conversion_by_stage
from sim.kpis.dimensions import team_of
from sim.kpis.dwell import dwell_by_stage, observed_parts
from sim.kpis.fates import Fates
from sim.kpis.period import Period, span
from sim.kpis.pipeline import list_amounts
from sim.kpis.reduction import jobs, lives, stays
from sim.kpis.reduction.kept import USED, Records, Whole
from sim.kpis.rows import is_simulated
from sim.kpis.summary import headlines

_MOST_AT_ONCE = 65_536


class Reduction:
    """What the key figures of one run are made of, kept up to date while the run's rows come in.

    Parameters
    ----------
    frame
        What is known of the log before anything happens: origin, window, leads, vocabularies and teams. Its events, if
        it has any, are not looked at.
    period
        The period of the figures, in days since the origin; the window by default.
    with_stays
        Whether to follow the stays in the stages too: `conversion`, `dwell` and `entered` need it.
    hours
        The open hours of every actor, in the vocabulary's order, over the window: `work` needs them.

    Attributes
    ----------
    frame, over, hours
        As above, the period made exact.
    """

    def __init__(
        self,
        frame: EventLog,
        period: Period | None = None,
        *,
        with_stays: bool = False,
        hours: Sequence[OpenHours] | None = None,
    ) -> None:
        self.frame, self.over, self.hours = frame, span(frame, period), hours
        stages, actors = len(frame.vocabulary["stage"]), len(frame.vocabulary["actor"])
        self._lives = lives.new_lives(self.over, list_amounts(frame), stages, actors)
        self._stays = stays.new_stays(self.over, frame.n_leads, stages) if with_stays else None
        self._jobs = None
        if hours is not None:
            given = len(hours) == actors
            require(given, f"reduction: hours of {len(hours)} actors for {actors}; give those of every actor")
            self._jobs = jobs.new_jobs(self.over, frame.window[1], frame.n_leads, hours)

    def take(self, rows: Records) -> None:
        """Take the next rows (`sim.eventlog.ROW`) in, in the log's order; the array may be reused afterwards."""
        for first in range(0, len(rows), _MOST_AT_ONCE):
            part = rows[first : first + _MOST_AT_ONCE]
            self._lives = lives.with_room_for(self._lives, len(part))
            lives.follow(self._lives, part)
            if self._stays is not None:
                self._stays = stays.with_room_for(self._stays, len(part))
                stays.follow_stays(self._stays, part)
            if self._jobs is not None:
                self._jobs = jobs.with_room_for(self._jobs, len(part))
                jobs.follow_jobs(self._jobs, part)

    def figures(self) -> dict[str, float]:
        """Return the headline figures, those of `sim.kpis.summary.summary`."""
        return headlines(self.basis())

    def basis(self) -> Basis:
        """Return what the headline figures are made of."""
        leads, actors = self._lives.leads, self._lives.actors
        ever = np.flatnonzero(actors["ever"])
        open_at_end = (leads["created"] < self.over.stop) & ~leads["closed"]
        return Basis(
            over=self.over,
            fates=Fates(leads["created"], leads["first_touch"], leads["ended"], leads["end"].astype(np.int32)),
            watched_until=self.frame.window[1] if self.observes(Kind.TOUCHED) else np.nan,
            rows=self._lives.rows[1],
            wins=self.wins(),
            wip=self.mean_wip(),
            pipeline=self._lives.amounts[leads["stands"]],
            ping_pong=int(((leads["recaptures"] >= 2) | leads["returned"]).sum()),
            unassigned=int((leads["orphaned"] & open_at_end).sum()),
            assigned=actors["assigned"][ever].astype(np.float64),
            assigned_amount=actors["amount"][ever],
            team=team_of(self.frame, ever.astype(np.int32)),
        )

    def wins(self) -> Closings:
        """Return the wins of the period, lead by lead."""
        wins = self._lives.wins[: self._lives.wins_tally[USED]]
        wins = wins[np.argsort(wins["lead"], kind="stable")]
        created = self._lives.leads["created"][wins["lead"]]
        return Closings(
            lead=wins["lead"].astype(np.int64),
            time=wins["time"],
            won=np.ones(len(wins), bool),
            amount=wins["amount"],
            cycle=np.where(np.isfinite(created), wins["time"] - created, np.nan),
            owner=wins["actor"],
            cause=np.full(len(wins), NONE, np.int32),
        )

    def mean_wip(self) -> Floats:
        """Return the mean number of leads in each stage over the period."""
        leads, days = self._lives.leads, self._lives.lead_days
        standing = leads[leads["stage"] != NONE]
        still = self.over.end - self.over.clip(standing["entered"])
        return (days + np.bincount(standing["stage"], still, len(days))) / (self.over.days or np.nan)

    def observes(self, kind: Kind) -> bool:
        """Whether the absence of ``kind`` means that nothing happened: `sim.kpis.rows.observes`."""
        return bool(self._lives.rows[:, kind].any()) or is_simulated(self.frame)

    def won_by_actor(self) -> Columns:
        """Return ``wins`` and ``bookings`` (in account currency) of every actor: shape (actors,)."""
        wins, actors = self.wins(), len(self.frame.vocabulary["actor"])
        held = wins.owner != NONE
        owner, amount = wins.owner[held], np.nan_to_num(wins.amount[held])
        return {"wins": np.bincount(owner, minlength=actors), "bookings": np.bincount(owner, amount, actors)}

    def per_lead_bookings(self) -> Floats:
        """Return the amounts of `sim.kpis.bookings.per_lead_bookings`."""
        wins = self.wins()
        return add_by_lead(wins.lead, wins.amount, self.frame.n_leads)

    def conversion(self) -> Columns:
        """Return the columns of `sim.kpis.conversion.conversion_of_period`: shape (stages,)."""
        return conversion_by_stage(self._followed().outcomes)

    def entered(self) -> Whole:
        """Return how many visits to each stage began in the period."""
        return self._followed().entered

    def dwell(self) -> Columns:
        """Return the columns of `sim.kpis.dwell.dwell_summary`: shape (stages,)."""
        followed = self._followed()
        left = followed.left[: followed.left_tally[USED]]
        parts = np.where(observed_parts(self.observes), left["parts"], np.nan)
        return dwell_by_stage(left["stage"], left["dwell"], parts, len(self.frame.vocabulary["stage"]))

    def work(self) -> Columns:
        """Return ``jobs`` (finished) and ``busy`` (days) of every actor, as `sim.kpis.workload.utilisation`."""
        if self._jobs is None:
            raise SpecError("reduction: no jobs were followed; give it the actors' hours")
        workers = jobs.busy_until_the_end(self._jobs)
        busy = workers["busy"] if self.observes(Kind.STARTED) else np.full(len(workers), np.nan)
        return {"jobs": workers["finished"], "busy": busy}

    def _followed(self) -> stays.Stays:
        if self._stays is None:
            raise SpecError("reduction: no stays were followed; make it with_stays=True")
        return self._stays
