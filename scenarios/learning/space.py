"""What can be learned: for each team, how much each feature of an index counts.

Only the relations of weights matter, so they stand on a scale of doublings; and a feature in which all reps of a team
are alike is left out. All weights at zero leave a team as it is. How long ago the last lead was, and whose account it
is, are left out too: they make for fairness and acquaintance, which in this model move no odds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from scenarios.dials import Point, Scale
from scenarios.levers.named import find
from scenarios.levers.routing import ChangeRouting
from scenarios.scenario import AS_IS, Scenario
from sim.errors import require
from sim.operation import Team
from sim.routing.by_index import ByIndex
from sim.routing.policy import Routing
from sim.spec import FunnelSpec
from sim.workforce import Rep

NAME = "learned"
"""Name of a plan whose weights were searched for."""
_DOUBLINGS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
_POSITIVE = (0.0, *_DOUBLINGS)
_EITHER = (*(-weight for weight in reversed(_DOUBLINGS)), *_POSITIVE)
SETTINGS: Mapping[str, tuple[float, ...]] = {
    "load": _POSITIVE,
    "todo": _POSITIVE,
    "speed": _EITHER,
    "skill": _EITHER,
    "soon": _POSITIVE,
    "value_skill": _EITHER,
    "value_todo": _EITHER,
}
"""Feature → the weights that are tried; more work and a later start are never taken for an advantage."""
STARTS: tuple[Mapping[str, float], ...] = (
    {"load": 1.0},
    {"todo": 1.0},
    {"load": 1.0, "todo": 1.0, "speed": 1.0, "skill": 1.0},
    {"load": 1.0, "value_skill": 2.0},
    {"todo": 1.0, "value_skill": 2.0},
    {"load": 1.0, "todo": 1.0, "skill": 2.0, "value_skill": 2.0},
    {"todo": 1.0, "soon": 1.0, "value_todo": 0.5},
)
"""What every search begins with: what somebody who knows the trade would try."""


@dataclass(frozen=True, slots=True)
class Weight(Scale):
    """One weight of one team's index."""

    team: str
    feature: str


@dataclass(frozen=True)
class Space:
    """All that may be learned of a funnel's routing.

    Attributes
    ----------
    weights
        What is set, team by team.
    rules
        Team → the policy in which the index takes the place of the rankings.
    """

    weights: tuple[Weight, ...]
    rules: Mapping[str, Routing]

    @classmethod
    def of(cls, spec: FunnelSpec, teams: tuple[str, ...] = (), *, keep_rules: bool = False) -> Self:
        """Find what can be learned.

        Parameters
        ----------
        spec
            The funnel.
        teams
            Names of the only teams that learn; empty is all.
        keep_rules
            Keep each team's own rules on who may get a lead at all, on ties and on what happens if nobody is free.

        Raises
        ------
        SpecError, UnknownNameError
            If there is no such team, or no team with a choice.
        """
        learning = [find("team", spec.operation.teams, name) for name in teams] or spec.operation.teams
        weights = tuple(
            Weight(f"{team.name}: {feature}", SETTINGS[feature], team.name, feature)
            for team in learning
            for feature in _features(spec, team)
        )
        require(len(weights) > 0, "nothing to learn: no team has two reps to choose between; name another team")
        rules = {team.name: team.routing if keep_rules else Routing() for team in learning}
        return cls(weights, rules)

    def plan(self, point: Point) -> Scenario:
        """Return the plan of some weights; of those that say the same, the same one: its largest weight is 1."""
        set_to: dict[str, dict[str, float]] = {}
        for weight, place in zip(self.weights, point, strict=True):
            set_to.setdefault(weight.team, {})[weight.feature] = float(weight.settings[place])
        levers = [self._lever(team, features) for team, features in set_to.items() if any(features.values())]
        return Scenario(NAME, tuple(levers)) if levers else AS_IS

    def point(self, weights: Mapping[str, float]) -> Point:
        """Return where every team has these weights, those of features that aren't there left out."""
        return tuple(weight.settings.index(weights.get(weight.feature, 0.0)) for weight in self.weights)

    @property
    def starts(self) -> tuple[Point, ...]:
        """Where a search begins."""
        return tuple(dict.fromkeys(self.point(weights) for weights in STARTS))

    def _lever(self, team: str, features: Mapping[str, float]) -> ChangeRouting:
        largest = max(map(abs, features.values()))
        index = ByIndex(**{name: weight / largest for name, weight in features.items()})
        return ChangeRouting(replace(self.rules[team], rank=(index,)), team)


def index_of(plan: Scenario) -> dict[str, ByIndex]:
    """Return team → its index under a learned plan; a team that isn't there stays as it is."""
    return {
        str(lever.team): part
        for lever in plan.levers
        if isinstance(lever, ChangeRouting) and isinstance(lever.routing, Routing)
        for part in lever.routing.rank
        if isinstance(part, ByIndex)
    }


def _features(spec: FunnelSpec, team: Team) -> tuple[str, ...]:
    """Name the features that can tell a team's reps apart."""
    reps = [rep for rep in spec.operation.team_reps(team.name) if not rep.manager]
    if len(reps) < 2:
        return ()
    differ = {
        "speed": len({rep.speed for rep in reps}) > 1,
        "skill": len({_odds(spec, team, rep) for rep in reps}) > 1,
        "soon": len({(rep.calendar, rep.leave) for rep in reps}) > 1,
    }
    return tuple(name for name in SETTINGS if differ.get(name.removeprefix("value_"), True))


def _odds(spec: FunnelSpec, team: Team, rep: Rep) -> tuple[object, ...]:
    """Return what a rep adds to the odds, in a form that can be told from another's."""
    products = frozenset(rep.products) if spec.market.product_match else frozenset[str]()
    return (*(rep.skill_at(stage) for stage in team.stages), products)
