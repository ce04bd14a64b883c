"""The calibration data: what an event log knew at the as-of date, laid out for estimation.

Visits with their outcomes (open ones censored), touches with their gaps, arrivals and amounts. Nothing after the as-of
date is in it, and nothing that a CRM can't observe.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import require
from sim.eventlog import NONE, OBSERVABLE, EventLog, Floats, Kind
from sim.kpis.rows import last_until
from sim.kpis.visits import Outcome, visits

type Flags = npt.NDArray[np.bool_]

_OWNING = (Kind.ROUTED, Kind.CLAIMED, Kind.STARTED, Kind.TOUCHED)


@dataclass(frozen=True)
class CalibrationData:
    """A history up to an as-of date, as tables.

    Attributes
    ----------
    log
        The observable events up to the as-of date.
    since
        Days since the log's origin from which leads count; earlier ones only tell who stands where.
    as_of
        Days since the log's origin at which observation ends.
    people
        Names of the actors who are persons.
    """

    log: EventLog
    since: float
    as_of: float
    people: frozenset[str]

    @classmethod
    def of(
        cls, log: EventLog, as_of: datetime, *, since: datetime | None = None, systems: Sequence[str] = ()
    ) -> "CalibrationData":
        """Cut ``log`` at ``as_of``.

        Leads created from ``since`` on count; ``systems`` are actors that are no persons.
        """
        end = (as_of.astimezone(UTC) - log.origin) / timedelta(days=1)
        start = log.window[0] if since is None else (since.astimezone(UTC) - log.origin) / timedelta(days=1)
        require(start < end, f"calibrate: since {since} must lie before the as-of date {as_of}")
        known = log.select(log.of_kind(*OBSERVABLE)).until(end)
        require(len(known) > 0, f"calibrate: no event lies before the as-of date {as_of}; take a later one")
        return cls(known, start, end, frozenset(known.vocabulary["actor"]) - frozenset(systems))

    @property
    def days(self) -> float:
        """Length of the period that counts."""
        return self.as_of - self.since

    @cached_property
    def visits(self) -> pd.DataFrame:
        """One row a visit that began in the period.

        Columns: ``lead``, ``stage`` (code), ``entered``, ``age`` (days until the exit, or until the as-of date),
        ``outcome`` (`Outcome`), ``cause`` (code), ``after`` (code of the stage entered next, `NONE` for won or none),
        ``touches``, ``first_start`` and ``last_end`` of touches (NaN without), ``owner`` (actor code of the first to
        act).
        """
        stays = visits(self.log)
        table = pd.DataFrame(
            {
                "lead": stays.lead,
                "stage": stays.stage,
                "entered": stays.entered,
                "age": stays.seen_for(self.as_of),
                "outcome": stays.outcome,
                "cause": stays.cause,
            }
        )
        follows = table["lead"].eq(table["lead"].shift(-1)) & table["outcome"].isin(
            [Outcome.ADVANCED, Outcome.RETURNED]
        )
        table["after"] = table["stage"].shift(-1).where(follows, NONE).fillna(NONE).astype(np.int64)
        table = table.join(self._by_visit())
        table["touches"] = table["touches"].fillna(0).astype(np.int64)
        table["owner"] = table["owner"].fillna(NONE).astype(np.int64)
        return table[table["entered"] >= self.since].reset_index(names="visit")

    @cached_property
    def touches(self) -> pd.DataFrame:
        """One row a finished touch: ``lead``, ``visit``, ``stage``, ``actor``, ``start`` and ``end``, by lead and time.

        Where the log has no starts, ``start`` equals ``end``.
        """
        rows = self._rows(Kind.STARTED, Kind.TOUCHED)
        key = [rows["lead"], rows["actor"]]
        begun = rows["time"].where(rows["kind"] == Kind.STARTED).groupby(key).ffill()
        before = rows["kind"].groupby(key).shift(1)
        ends = rows["kind"] == Kind.TOUCHED
        rows["start"] = begun.where(before == Kind.STARTED, rows["time"])
        done = rows[ends].rename(columns={"time": "end"})
        done["visit"] = self._visit_of(done["lead"].to_numpy(), done["start"].to_numpy())
        kept = done[(done["visit"] >= 0) & (done["start"] >= self.since)]
        return kept[["lead", "visit", "stage", "actor", "start", "end"]].reset_index(drop=True)

    @cached_property
    def arrivals(self) -> pd.DataFrame:
        """One row a lead created in the period: the lead table's columns, ``entry`` the code of its first stage."""
        leads = pd.DataFrame(dict(self.log.leads))
        leads.index.name = "lead"
        first = self._rows(Kind.ENTERED).groupby("lead")["stage"].first()
        leads["entry"] = first.reindex(leads.index)
        inside = leads["entry"].notna() & (leads["created"] >= self.since) & (leads["created"] < self.as_of)
        return leads[inside]

    def is_person(self, actor: npt.NDArray[np.int64]) -> Flags:
        """Flag the actor codes that are persons."""
        known = np.array([*(name in self.people for name in self.log.vocabulary["actor"]), False])
        return known[actor]

    def _rows(self, *kinds: Kind) -> pd.DataFrame:
        mask = self.log.of_kind(*kinds)
        columns = ("lead", "time", "kind", "stage", "actor")
        table = pd.DataFrame({name: self.log.events[name][mask] for name in columns})
        return table.sort_values("lead", kind="stable").reset_index(drop=True)

    def _visit_of(self, lead: npt.NDArray[np.int64], time: Floats) -> npt.NDArray[np.int64]:
        """Return the number of the visit in which each instant lies, -1 for none."""
        stays = visits(self.log)
        return last_until((stays.lead, stays.entered), (lead, time))

    def _by_visit(self) -> pd.DataFrame:
        touched = self.touches_everywhere.groupby("visit")
        table = touched.agg(touches=("end", "size"), first_start=("start", "min"), last_end=("end", "max"))
        acts = self._rows(*_OWNING)
        acts = acts[self.is_person(acts["actor"].to_numpy())]
        acts["visit"] = self._visit_of(acts["lead"].to_numpy(), acts["time"].to_numpy())
        owner = acts[acts["visit"] >= 0].groupby("visit")["actor"].first().rename("owner")
        both: pd.DataFrame = pd.concat([table, owner], axis=1)
        return both

    @cached_property
    def touches_everywhere(self) -> pd.DataFrame:
        """The touches given by persons, in the period; whoever isn't named is taken for one."""
        actor = self.touches["actor"].to_numpy()
        given: pd.DataFrame = self.touches[self.is_person(actor) | (actor == NONE)]
        return given
