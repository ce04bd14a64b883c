"""The operation.

Who works when, who gets which lead, and what is promised. It is what we decide, never what we estimate.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sim.calendar import WorkingCalendar
from sim.discipline import Discipline
from sim.distributions import Distribution, Fixed
from sim.errors import require
from sim.market import check_chance, check_not_negative, check_positive
from sim.pull import UserPull
from sim.routing.policy import Routing
from sim.workforce import Attrition, Experts, Ramp, Rep


class SlaAction(StrEnum):
    """What happens when a step of the SLA is due and nobody has begun the first touch."""

    REMIND = "remind"
    """The deal moves to the front of its owner's to-do list."""
    ESCALATE = "escalate"
    """The team's manager takes the deal over."""
    NEXT_REP = "next rep"
    """The deal is taken back and routed to somebody who hasn't had it; where there is nobody else, it stays."""
    POOL = "pool"
    """The deal is taken back into the public pool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaStep:
    """``action`` is due ``after`` days from the assignment."""

    after: float
    action: SlaAction

    def __post_init__(self) -> None:
        """Refuse a step that is due at once."""
        check_positive(f"sla: after of {self.action.value!r}", self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sla:
    """The promise of a first touch: it runs from assignment until the owner begins the touch.

    Attributes
    ----------
    steps
        What is due when, earliest first. Every step but a reminder is a breach.
    working
        Count the owner's working time; False counts hours around the clock.
    tiers
        Tiers of lead that it holds for; empty is all.
    most_hops
        How often a deal may be taken back; after that only an escalation still moves it, and breaches are noted.
    """

    steps: tuple[SlaStep, ...]
    working: bool = True
    tiers: tuple[str, ...] = ()
    most_hops: int = 3

    def __post_init__(self) -> None:
        """Refuse steps out of order."""
        due = [step.after for step in self.steps]
        require(len(due) > 0, "sla: needs at least one step, such as remind after 0.5 days")
        require(due == sorted(due), f"sla: steps must be in order of time, got {', '.join(f'{t:g}' for t in due)} days")
        check_not_negative("sla: most_hops", self.most_hops)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRules:
    """How reps claim deals from the team's public pool.

    Attributes
    ----------
    pick
        The order in which a rep looks through the pool.
    holding_limit
        Most open deals that a rep may hold and still claim; None is no limit beside the WIP limit.
    claims_per_day
        Most claims a rep may make in a day; days begin at the hour of the run's start. None is no limit.
    cool_down
        Days before the owner whom a deal was taken from may claim it again.
    """

    pick: Discipline = Discipline.FIFO
    holding_limit: int | None = None
    claims_per_day: int | None = None
    cool_down: float = 0.0

    def __post_init__(self) -> None:
        """Refuse limits that let nothing through."""
        for name, limit in (("holding_limit", self.holding_limit), ("claims_per_day", self.claims_per_day)):
            require(limit is None or limit >= 1, f"pool: {name} must be 1 or more, got {limit}; for none leave it out")
        check_not_negative("pool: cool_down", self.cool_down)


class Ownership(StrEnum):
    """How long a rep keeps a deal."""

    DEAL = "deal"
    """Until it leaves the team's stages: account executives."""
    TOUCH = "touch"
    """For one touch; the next one goes to whoever is free: a service desk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A team, the stages it works, and its rules.

    Attributes
    ----------
    name, stages
        Unique name; names of the stages, each stage belonging to exactly one team.
    routing
        Who gets a lead.
    discipline
        Which deal a free rep, or the team's queue, takes next.
    choose_lead
        Asked first which deal a free rep takes from the to-do list, or else from the pool; None leaves it to the
        discipline.
    sla
        First-touch promise, or None.
    pool
        Rules of the public pool, or None: the team has none.
    ramp
        How new reps get up to speed; None: at once.
    ownership
        How long a rep keeps a deal.
    attrition
        How often reps leave, beside those who are known to; None: nobody does.
    """

    name: str
    stages: tuple[str, ...]
    routing: Routing = field(default_factory=Routing)
    discipline: Discipline = Discipline.FIFO
    choose_lead: UserPull | None = None
    sla: Sla | None = None
    pool: PoolRules | None = None
    ramp: Ramp | None = None
    ownership: Ownership = Ownership.DEAL
    attrition: Attrition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertJob:
    """A job for shared experts, created when a deal enters ``stage``: a contract review on entering negotiation.

    Attributes
    ----------
    stage, experts
        Names.
    effort
        Working time of one expert, in days.
    share
        Share of deals that need it.
    blocking
        True: the stage's first touch waits for it. False: it runs beside the touches, and the stage can't be left
        before it is done.
    """

    stage: str
    experts: str
    effort: Distribution = field(default_factory=lambda: Fixed(1 / 24))
    share: float = 1.0
    blocking: bool = False

    def __post_init__(self) -> None:
        """Refuse a share outside [0, 1]."""
        check_chance(f"expert job at {self.stage!r}: share", self.share)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Everything about the company's own side: teams, reps, experts, the jobs they get, and calendars by name."""

    teams: tuple[Team, ...]
    reps: tuple[Rep, ...]
    calendars: Mapping[str, WorkingCalendar]
    experts: tuple[Experts, ...] = ()
    jobs: tuple[ExpertJob, ...] = ()

    def team_reps(self, team: str) -> tuple[Rep, ...]:
        """Return the reps of a team, managers included, in the order of the roster."""
        return tuple(rep for rep in self.reps if rep.team == team)

    @property
    def actors(self) -> tuple[str, ...]:
        """Names of all who act: the reps team by team, in the order of the roster, then the groups of experts."""
        reps = (rep.name for team in self.teams for rep in self.team_reps(team.name))
        return (*reps, *(group.name for group in self.experts))
