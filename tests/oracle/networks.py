"""Random queueing networks as funnels: what this simulator and another, foreign one can both say.

A team is a node. Its reps work around the clock and hold one deal at a time; whoever finds nobody free waits in the
team's queue. All durations that matter are continuous, so no two events coincide and no order is left open.
"""

from dataclasses import dataclass
from random import Random

from sim.calendar import ALWAYS
from sim.discipline import Discipline
from sim.distributions import Discrete, Distribution, Exponential, Fixed, LogNormal, Uniform, Weibull, geometric_counts
from sim.market import Channel, Market, Scoring, Stage
from sim.operation import Operation, Ownership, Team
from sim.routing.policy import Routing, Ties
from sim.spec import FunnelSpec
from sim.workforce import Rep

MOST_NODES = 6
BY_THE_LIST = Routing(ties=Ties.LIST)
NOW = Fixed(0.0)
ONCE = Fixed(1.0)


@dataclass(frozen=True)
class Network:
    """A network with its name, its horizon in days and its seed."""

    number: int
    spec: FunnelSpec
    days: float

    def __str__(self) -> str:
        return f"network {self.number}"


def network(number: int) -> Network:
    """Return the network of that number: always the same one."""
    luck = Random(number)  # noqa: S311 - a network, not a secret
    teams = luck.randint(1, MOST_NODES)
    stages = [f"stage {i}" for i in range(luck.randint(teams, MOST_NODES))]
    owner = [*range(teams), *(luck.randrange(teams) for _ in stages[teams:])]
    areas = [tuple(name for name, team in zip(stages, owner, strict=True) if team == i) for i in range(teams)]
    market = _market(luck, stages)
    ranked = luck.random() < 0.4
    operation = Operation(
        teams=tuple(_team(luck, f"team {i}", area, market, ranked=ranked) for i, area in enumerate(areas)),
        reps=tuple(rep for i in range(teams) for rep in _reps(luck, f"team {i}")),
        calendars={"always": ALWAYS},
    )
    return Network(number, FunnelSpec(market=market, operation=operation), days=luck.uniform(15.0, 40.0))


def _market(luck: Random, names: list[str]) -> Market:
    channels = [
        Channel(
            name=f"channel {i}",
            rate_per_day=luck.uniform(1.0, 4.0),
            quality=luck.choice((-1.0, 0.0, 1.0)),
            entry=luck.choice((None, *names)),
        )
        for i in range(luck.randint(1, 3))
    ]
    return Market(
        channels=tuple(channels),
        stages=tuple(_stage(luck, place, names) for place in range(len(names))),
        scoring=Scoring(concordance=luck.choice((0.5, 0.8, 1.0)), tiers={"A": 70.0, "B": 40.0, "C": 0.0}),
    )


def _stage(luck: Random, place: int, names: list[str]) -> Stage:
    multiple = luck.random() < 0.4
    thinks = luck.random() < 0.4
    return Stage(
        name=names[place],
        advance=luck.choice((0.3, 0.7, 0.9, 1.0)),
        effort=_duration(luck, luck.uniform(0.1, 0.9)),
        touches=luck.choice((Fixed(2.0), Discrete((1.0, 3.0), (0.6, 0.4)), geometric_counts(1.7)))
        if multiple
        else ONCE,
        lost_touches=luck.choice((None, Fixed(1.0))),
        latency=_duration(luck, luck.uniform(0.1, 1.5)) if thinks else NOW,
        lost_latency=luck.choice((None, None, Exponential(0.5))),
        patience=luck.choice((None, Fixed(luck.uniform(0.3, 2.0)), Exponential(luck.uniform(0.5, 2.0)))),
        quality_slope=luck.choice((0.0, 0.8)),
        next=_ways(luck, place, names),
    )


def _duration(luck: Random, mean: float) -> Distribution:
    shape = luck.choice((0.7, 2.0))
    return luck.choice(
        (
            Exponential(mean),
            Uniform(0.2 * mean, 1.8 * mean),
            LogNormal(mean, 0.6),
            Weibull(shape, mean),
        )
    )


def _ways(luck: Random, place: int, names: list[str]) -> dict[str, float]:
    """Return shares of the places to go to: on, ahead, back, and into the same stage again."""
    if luck.random() < 0.3:
        return {}
    goals = luck.sample(names, k=min(len(names), luck.randint(1, 3)))
    shares = [luck.uniform(0.1, 0.6) / len(goals) for _ in goals]
    return {**dict(zip(goals, shares, strict=True)), "won": 1.0 - sum(shares)}


def _team(luck: Random, name: str, area: tuple[str, ...], market: Market, *, ranked: bool) -> Team:
    unranked = luck.choice((Discipline.FIFO, Discipline.FIFO, Discipline.FRESHEST))
    here = [stage for stage in market.stages if stage.name in area]
    kept = len(here) == 1 and _is_one_visit(here[0])
    return Team(
        name=name,
        stages=area,
        routing=BY_THE_LIST,
        discipline=Discipline.TIER if ranked else unranked,
        ownership=luck.choice(tuple(Ownership)) if kept else Ownership.TOUCH,
    )


def _is_one_visit(stage: Stage) -> bool:
    """Tell whether a rep who keeps the deal through the stage is busy with it all that time, and gone afterwards."""
    one_touch = stage.touches == ONCE and stage.lost_touches in {None, ONCE}
    at_once = stage.latency == NOW and stage.lost_latency is None
    return one_touch and at_once and stage.name not in stage.next


def _reps(luck: Random, team: str) -> list[Rep]:
    alike = luck.random() < 0.5
    return [
        Rep(
            name=f"{team} rep {i}",
            team=team,
            calendar="always",
            wip_limit=1,
            speed=1.0 if alike else luck.choice((0.5, 1.0, 2.0)),
            admin_share=0.0 if alike else luck.choice((0.0, 0.2)),
        )
        for i in range(luck.randint(1, 4))
    ]
