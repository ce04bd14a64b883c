"""The people: what a rep may handle, when they work, how fast and how well."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from sim.distributions import Distribution, Floats
from sim.errors import require
from sim.jit import rule
from sim.market import check_chance, check_not_negative, check_positive
from sim.units import YEAR
from sim.working_time import next_open

JUNIOR, MID, SENIOR = 0, 1, 2
"""Seniority levels; any whole number from 0 up may be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SkillGain:
    """What somebody has learned: log odds added from a day on, which fade as it is forgotten.

    Attributes
    ----------
    since
        First local date on which it counts.
    log_odds
        Added to the log odds of advancing on that day.
    stage
        Name of the stage where it helps; ``*`` is every one.
    half_life
        Days after which half of it is forgotten; None: it stays.
    """

    since: date
    log_odds: float
    stage: str = "*"
    half_life: float | None = None

    def __post_init__(self) -> None:
        """Refuse a half life that isn't above 0."""
        if self.half_life is not None:
            check_positive("skill gain: half_life", self.half_life)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rep:
    """One rep, and whoever comes after in the same position.

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
    joins, leaves
        First and last local date of employment; None is always there. What the rep has begun on the last day is
        finished; the deals are routed again, those that wait for a touch at once and the others when they next do.
    gains
        What has been learned on top of ``skill``; a successor doesn't have it.
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
    joins: date | None = None
    leaves: date | None = None
    gains: tuple[SkillGain, ...] = ()
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
        if self.joins is not None and self.leaves is not None:
            ordered = self.joins <= self.leaves
            require(ordered, f"{where}: joins on {self.joins} but leaves on {self.leaves}, before that; swap the dates")

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
class Attrition:
    """How often reps leave a team, managers apart, and when somebody else sits in their place.

    Attributes
    ----------
    per_year
        Chance that a rep leaves within a year; it is the same on every day, however long the rep has been there.
    backfill
        Days until the successor begins, who ramps up from then on under the same name; None: nobody comes.
    """

    per_year: float
    backfill: Distribution | None = None

    def __post_init__(self) -> None:
        """Refuse what is no chance, and certainty."""
        check_chance("attrition: per_year", self.per_year)
        require(self.per_year < 1, "attrition: per_year must be below 1; who surely leaves has a date for it, leaves")


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
def next_at_work(starts: Floats, ends: Floats, now: float, joins: float, leaves: float) -> float:
    """Return when somebody with these open hours, employed from ``joins`` until ``leaves``, is next at work.

    Now for one who is, infinity for one who never is again.
    """
    opens = next_open(starts, ends, max(now, joins))
    return opens if opens < leaves else np.inf


@rule
def is_absent(now: float, joins: float, leaves: float) -> bool:
    """Tell whether somebody isn't employed now: not yet, or not any more."""
    return now < joins or now >= leaves


@rule
def days_until_leaving(per_year: float, u: float) -> float:
    """Return after how many days a rep leaves: exponential, with the chance ``per_year`` of leaving within a year."""
    if per_year <= 0.0:
        return np.inf
    return YEAR * math.log1p(-u) / math.log1p(-per_year)


@rule
def remembered(log_odds: float, days: float, half_life: float) -> float:
    """Return what is left of a gain in skill ``days`` after it was made (before that, nothing).

    ``half_life`` is infinite for a gain that stays.
    """
    if days < 0.0:
        return 0.0
    return log_odds * math.exp(-math.log(2.0) * days / half_life)


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
