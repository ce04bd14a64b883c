"""Staffing levers: how many reps a team has."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import KW_ONLY, dataclass, replace
from datetime import date
from itertools import count, islice
from statistics import mean, median

from scenarios.levers.named import find
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.errors import UnknownNameError, require
from sim.spec import FunnelSpec
from sim.workforce import Rep


@dataclass(frozen=True, slots=True)
class ChangeHeadcount(Lever):
    """Add reps to a team, or take some away.

    Added reps are copies of one rep, or of the team's `typical_rep`, without the leave; they are called
    ``<team>-new-1``, ``<team>-new-2`` …, so the first of two new reps is the same person, with the same luck, as a
    single new rep would be. Taken away are the reps listed last, managers left out; deals that they own at the start
    are routed again when they next want a touch.

    Attributes
    ----------
    team
        Name of the team.
    change
        Reps to add, or with a minus sign to take away; 0 changes nothing.
    like
        Name of a rep whom added ones resemble; None is the team's typical rep.
    calendar, regions, products, seniority
        What added reps have of their own; None is as the rep they resemble.
    hired
        Date from which added reps ramp up; None: they are fully ramped from the start.
    """

    team: str
    change: int
    _: KW_ONLY
    like: str | None = None
    calendar: str | None = None
    regions: tuple[str, ...] | None = None
    products: tuple[str, ...] | None = None
    seniority: int | None = None
    hired: date | None = None

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the changed roster."""
        find("team", spec.operation.teams, self.team)
        reps = self._grown(spec) if self.change > 0 else self._shrunk(spec)
        return replace(spec, operation=replace(spec.operation, reps=reps))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - reps cost the same in any funnel
        """Return the pay of the reps added, and their hiring; what reps who go would have been paid is saved."""
        return self.change * prices.rep_days(self.team, horizon.days) + max(0, self.change) * prices.hiring

    def describe(self) -> str:
        """Say how many reps come or go."""
        reps = "rep" if abs(self.change) == 1 else "reps"
        if self.change <= 0:
            return f"Take {-self.change} {reps} from team {self.team!r}."
        ramp = "fully ramped" if self.hired is None else f"hired on {self.hired.isoformat()}"
        like = "" if self.like is None else f" like {self.like!r}"
        return f"Add {self.change} {reps}{like} to team {self.team!r}, {ramp}."

    def _grown(self, spec: FunnelSpec) -> tuple[Rep, ...]:
        own = {name: getattr(self, name) for name in ("calendar", "regions", "products", "seniority")}
        own = {name: value for name, value in own.items() if value is not None}
        if self.calendar is not None and self.calendar not in spec.operation.calendars:
            raise UnknownNameError("calendar", self.calendar, spec.operation.calendars)
        model = replace(model_rep(spec, self.team, self.like), hired=self.hired, **own)
        return (*spec.operation.reps, *copies(spec, model, self.change))

    def _shrunk(self, spec: FunnelSpec) -> tuple[Rep, ...]:
        mine = [rep for rep in spec.operation.team_reps(self.team) if not rep.manager]
        gone = -self.change
        left = f"team {self.team!r} has {len(mine)} reps besides managers"
        require(gone < len(mine), f"{left}; taking {gone} leaves none: take at most {len(mine) - 1}")
        leavers = {rep.name for rep in mine[len(mine) - gone :]}
        return tuple(rep for rep in spec.operation.reps if rep.name not in leavers)


def model_rep(spec: FunnelSpec, team: str, like: str | None) -> Rep:
    """Return a rep for new ones to be copies of: the one called ``like``, or the team's typical rep.

    Neither leave nor a manager's part is copied, nor employment and what was learned in it.
    """
    if like is None:
        model = typical_rep([rep for rep in spec.operation.team_reps(team) if not rep.manager])
    else:
        model = find("rep", spec.operation.reps, like)
    return replace(model, team=team, leave=(), manager=False, joins=None, leaves=None, gains=())


def copies(spec: FunnelSpec, model: Rep, number: int) -> tuple[Rep, ...]:
    """Return so many new reps who are like ``model``, with names that nobody has yet."""
    taken = {rep.name for rep in spec.operation.reps} | {group.name for group in spec.operation.experts}
    return tuple(replace(model, name=name) for name in islice(_free_names(model.team, taken), number))


def typical_rep(reps: list[Rep]) -> Rep:
    """Return a rep with what is most common among ``reps`` (calendar, regions, …) and the middle of every number.

    The middle of a WIP limit is one that somebody has; of several equally common values the one listed first counts.
    Skill is the mean at each stage that anybody has a skill for.
    """
    first = reps[0]
    stages = dict.fromkeys(stage for rep in reps for stage in rep.skill)
    limits = sorted((rep.wip_limit for rep in reps), key=lambda limit: float("inf") if limit is None else limit)
    return replace(
        first,
        calendar=_most_common(rep.calendar for rep in reps),
        regions=_most_common(rep.regions for rep in reps),
        products=_most_common(rep.products for rep in reps),
        seniority=_most_common(rep.seniority for rep in reps),
        skill={stage: mean(rep.skill_at(stage) for rep in reps) for stage in stages},
        speed=median(rep.speed for rep in reps),
        admin_share=median(rep.admin_share for rep in reps),
        weight=median(rep.weight for rep in reps),
        wip_limit=limits[(len(limits) - 1) // 2],
    )


def _most_common[T: Hashable](values: Iterable[T]) -> T:
    return Counter(values).most_common(1)[0][0]


def _free_names(team: str, taken: set[str]) -> Iterator[str]:
    names = (f"{team}-new-{number}" for number in count(1))
    return (name for name in names if name not in taken)
