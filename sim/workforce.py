"""The people: what a rep may handle, when they work, how fast and how well."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sim.errors import require
from sim.jit import rule
from sim.market import check_not_negative, check_positive

JUNIOR, MID, SENIOR = 0, 1, 2
"""Seniority levels; any whole number from 0 up may be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rep:
    """One rep.

    Attributes
    ----------
    name
        Unique over reps and experts.
    team
        Name of the team.
    calendar
        Name of a working calendar.
    leave
        First and last local date of each absence.
    regions, products
        What they may handle; empty is everything.
    seniority
        `JUNIOR`, `MID`, `SENIOR` or any whole number from 0.
    skill
        Log odds of advancing added, per stage; the stage name ``*`` stands for all that aren't named.
    speed
        Effort is divided by it.
    admin_share
        Share of working time that goes to anything but touches.
    wip_limit
        Most open deals held at once; None is no limit.
    hired
        Date from which the ramp runs; None is fully ramped.
    weight
        Share of assignments in weighted policies; 0 is none.
    manager
        Takes escalations and gets no ordinary leads.
    """

    name: str
    team: str
    calendar: str
    leave: tuple[tuple[date, date], ...] = ()
    regions: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    seniority: int = MID
    skill: Mapping[str, float] = field(default_factory=dict)
    speed: float = 1.0
    admin_share: float = 0.0
    wip_limit: int | None = None
    hired: date | None = None
    weight: float = 1.0
    manager: bool = False

    def __post_init__(self) -> None:
        """Refuse shares, limits and dates outside their ranges."""
        where = f"rep {self.name!r}"
        check_positive(f"{where}: speed", self.speed)
        check_not_negative(f"{where}: weight", self.weight)
        check_not_negative(f"{where}: seniority", self.seniority)
        require(0 <= self.admin_share < 1, f"{where}: admin_share must be in [0, 1), got {self.admin_share:g}")
        limit = self.wip_limit
        require(
            limit is None or limit >= 1, f"{where}: wip_limit must be 1 or more, got {limit}; for none leave it out"
        )
        for first, last in self.leave:
            require(first <= last, f"{where}: leave from {first} to {last} ends before it begins; swap the dates")

    def skill_at(self, stage: str) -> float:
        """Return the log odds that this rep adds at a stage."""
        return self.skill.get(stage, self.skill.get("*", 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ramp:
    """How a new rep gets up to speed.

    From ``start`` of full productivity at hiring, in a straight line over ``days``.
    """

    days: float = 150.0
    start: float = 0.3

    def __post_init__(self) -> None:
        """Refuse a ramp that takes no time or begins at nothing."""
        check_positive("ramp: days", self.days)
        require(0 < self.start <= 1, f"ramp: start must be in (0, 1], got {self.start:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Experts:
    """A group of shared experts (legal, solution engineers): ``servers`` people who take jobs in order of arrival."""

    name: str
    servers: int
    calendar: str

    def __post_init__(self) -> None:
        """Refuse an empty group."""
        require(self.servers >= 1, f"experts {self.name!r}: servers must be 1 or more, got {self.servers}")


@rule
def productivity(tenure: float, ramp_days: float, ramp_start: float) -> float:
    """Return the share of full productivity after ``tenure`` days of a ramp; a ramp of 0 days is no ramp."""
    if ramp_days <= 0.0:
        return 1.0
    return min(1.0, ramp_start + (1.0 - ramp_start) * max(0.0, tenure) / ramp_days)


@rule
def working_time(effort: float, speed: float, productive: float, admin_share: float) -> float:
    """Return the days of working time that ``effort`` takes a rep: slower when ramping up, longer beside admin work."""
    return effort / (speed * productive * (1.0 - admin_share))
