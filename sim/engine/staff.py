"""The people of a funnel on a run's clock: when they work, when they are away, and what routing sees of them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from sim.calendar import Leave, OpenHours
from sim.engine.staffing import Gain
from sim.routing.state import NO_LIMIT, TeamState
from sim.spec import FunnelSpec
from sim.streams import stage_key
from sim.workforce import Rep

_BEYOND = 400.0
"""Days that calendars are laid out beyond a run's end, for work that is begun before it."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody in ``spec``, for ``days`` days from ``origin``."""

    spec: FunnelSpec
    origin: datetime
    days: float
    _known: dict[tuple[str, Leave], OpenHours] = field(default_factory=dict)

    def hours(self, calendar: str, leave: Leave = ()) -> OpenHours:
        """Return the working hours of somebody with a calendar and leave."""
        if (calendar, leave) not in self._known:
            hours = self.spec.operation.calendars[calendar].open_hours(self.origin, 0.0, self.days + _BEYOND, leave)
            self._known[calendar, leave] = hours
        return self._known[calendar, leave]

    def employed_hours(self, rep: Rep) -> OpenHours:
        """Return the hours that a rep's position is there to be worked, by plan: those of its employment."""
        hours = self.hours(rep.calendar, rep.leave)
        starts, ends = np.maximum(hours.starts, self.joins_at(rep)), np.minimum(hours.ends, self.leaves_at(rep))
        return OpenHours(starts[starts < ends], ends[starts < ends])

    def absences(self, rep: Rep) -> OpenHours:
        """Return when a rep is on leave, nights and weekends included."""
        spans: list[tuple[float, float]] = []
        for first, last in sorted(rep.leave):
            begins, ends = self._days_until(first, rep), self._days_until(last + timedelta(1), rep)
            if spans and begins <= spans[-1][1]:
                spans[-1] = spans[-1][0], max(ends, spans[-1][1])
            else:
                spans.append((begins, ends))
        table = np.array(spans, np.float64).reshape(-1, 2)
        return OpenHours(np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1]))

    def hired_at(self, rep: Rep) -> float:
        """Return when a rep's ramp begins, in days since the origin: minus infinity for who is fully ramped."""
        return float("-inf") if rep.hired is None else self._days_until(rep.hired, rep)

    def joins_at(self, rep: Rep) -> float:
        """Return when a rep's employment begins: minus infinity for who is always there."""
        return float("-inf") if rep.joins is None else self._days_until(rep.joins, rep)

    def leaves_at(self, rep: Rep) -> float:
        """Return when a rep's employment ends by plan: infinity where none is made."""
        return float("inf") if rep.leaves is None else self._days_until(rep.leaves + timedelta(1), rep)

    def gains(self, rep: Rep) -> tuple[Gain, ...]:
        """Return what a rep has learned, or will have, on the run's clock."""
        stages = ("*", *self.spec.stage_names)
        return tuple(
            Gain(
                stages.index(gain.stage) - 1,
                self._days_until(gain.since, rep),
                gain.log_odds,
                gain.half_life or float("inf"),
            )
            for gain in rep.gains
        )

    def team_state(self, reps: tuple[Rep, ...]) -> TeamState:
        """Return a team as routing sees it at the start."""
        regions, products = self.spec.names("regions"), self.spec.names("products")
        return TeamState(
            names=tuple(rep.name for rep in reps),
            keys=np.array([stage_key(rep.name) for rep in reps]),
            seniority=np.array([rep.seniority for rep in reps]),
            speed=np.array([rep.speed for rep in reps]),
            weight=np.array([rep.weight for rep in reps]),
            wip_limit=np.array([rep.wip_limit or NO_LIMIT for rep in reps]),
            serves_region=np.array([[not rep.regions or name in rep.regions for name in regions] for rep in reps]),
            serves_product=np.array([[not rep.products or name in rep.products for name in products] for rep in reps]),
            odds=np.array([self._odds(rep) for rep in reps]),
            eligible=np.array([not rep.manager for rep in reps]),
        )

    def _odds(self, rep: Rep) -> list[list[float]]:
        """Return what a rep adds to the log odds at each stage, for each product and for one that nobody knows."""
        matches = [self.spec.market.product_match * (name in rep.products) for name in self.spec.names("products")]
        return [[rep.skill_at(stage) + match for match in (*matches, 0.0)] for stage in self.spec.stage_names]

    def _days_until(self, day: date, rep: Rep) -> float:
        """Return the days from the origin to the midnight at which ``day`` begins for a rep."""
        zone = ZoneInfo(self.spec.operation.calendars[rep.calendar].time_zone)
        return (datetime.combine(day, time(), zone).astimezone(UTC) - self.origin) / timedelta(days=1)
