"""Queues with known answers, written as funnels: reps are servers, touches are services, days are the unit of time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from sim.calendar import ALWAYS
from sim.discipline import Discipline
from sim.distributions import Distribution, Exponential, Floats
from sim.eventlog import EventLog, Kind
from sim.market import Channel, Market, Scoring, Stage
from sim.opening import Opening
from sim.operation import Operation, Team
from sim.routing.policy import Routing
from sim.simulate import simulate
from sim.spec import FunnelSpec
from sim.workforce import Rep

ORIGIN = datetime(2026, 1, 1, tzinfo=UTC)
LIMIT = 4.0
"""Standard errors that a figure may lie from its theory."""


@dataclass(frozen=True, kw_only=True)
class Station:
    """One stage with its own team. A rep holds one deal at a time, so the others wait in the team's queue."""

    servers: int
    service: Distribution = Exponential(1.0)
    advance: float = 1.0
    patience: Distribution | None = None
    next: Mapping[str, float] | None = None
    routing: Routing = Routing()
    discipline: Discipline = Discipline.FIFO
    speeds: tuple[float, ...] = ()
    own_queues: bool = False


def funnel(
    channels: tuple[Channel, ...], stations: Mapping[str, Station], scoring: Scoring | None = None
) -> FunnelSpec:
    """Return the funnel whose stages are the stations, in their order."""
    stages, teams, reps = [], [], []
    for name, station in stations.items():
        stages.append(
            Stage(
                name=name,
                advance=station.advance,
                effort=station.service,
                patience=station.patience,
                next=station.next or {},
            )
        )
        teams.append(Team(name=f"team {name}", stages=(name,), routing=station.routing, discipline=station.discipline))
        for i in range(station.servers):
            speed = station.speeds[i] if station.speeds else 1.0
            limit = None if station.own_queues else 1
            reps.append(Rep(name=f"{name} {i}", team=f"team {name}", calendar="always", speed=speed, wip_limit=limit))
    market = Market(channels=channels, stages=tuple(stages), scoring=scoring or Scoring())
    operation = Operation(teams=tuple(teams), reps=tuple(reps), calendars={"always": ALWAYS})
    return FunnelSpec(market=market, operation=operation)


def stream(rate: float, name: str = "web", **more: object) -> Channel:
    """Return a Poisson stream of leads."""
    return Channel(name=name, rate_per_day=rate, **more)  # type: ignore[arg-type]


def replicated(
    spec: FunnelSpec, figure: Callable[[EventLog, float], float], *, days: float, warm_up: float, replications: int = 12
) -> Floats:
    """Return a figure of each of several independent runs, leads of the warm-up left out: shape (replications,)."""
    logs = (simulate(spec, Opening(ORIGIN), days=days, seed=3, replication=r) for r in range(replications))
    return np.array([figure(log, warm_up) for log in logs])


def errors_from(values: Floats, theory: float) -> float:
    """Return how many standard errors the mean of ``values`` lies from ``theory``."""
    return float((values.mean() - theory) / (values.std(ddof=1) / np.sqrt(len(values))))


def waits(log: EventLog, warm_up: float, stage: str | None = None) -> Floats:
    """Return the days from entering a stage until service, of the visits that began after the warm-up and were served."""
    rows = log.events
    here = np.ones(len(log), bool) if stage is None else rows["stage"] == log.code("stage", stage)
    order = np.lexsort((np.arange(len(log)), rows["lead"]))
    order = order[here[order] & log.of_kind(Kind.ENTERED, Kind.STARTED)[order]]
    time, kind = rows["time"][order], rows["kind"][order]
    starts = np.flatnonzero(kind == Kind.STARTED)
    entered = time[starts - 1]
    return np.asarray((time[starts] - entered)[entered >= warm_up])


def mean_wait(stage: str | None = None) -> Callable[[EventLog, float], float]:
    """Return the figure "mean wait of the served"."""
    return lambda log, warm_up: float(waits(log, warm_up, stage).mean())


def times_in_system(log: EventLog, warm_up: float, channel: str | None = None) -> Floats:
    """Return the days from arrival to the win, of the leads that came after the warm-up."""
    won = log.of_kind(Kind.WON)
    lead = log.events["lead"][won]
    days = log.events["time"][won] - log.leads["created"][lead]
    counts = log.leads["created"][lead] >= warm_up
    if channel is not None:
        counts &= log.leads["channel"][lead] == log.code("channel", channel)
    return np.asarray(days[counts])


def share_lost(log: EventLog, warm_up: float) -> float:
    """Return the share of leads that gave up, among those that came after the warm-up and have left."""
    created = log.leads["created"]
    lost, won = (
        np.isin(np.arange(log.n_leads), log.events["lead"][log.of_kind(kind)]) for kind in (Kind.LOST, Kind.WON)
    )
    after = created >= warm_up
    return float((lost & after).sum() / ((lost | won) & after).sum())
