"""The models as funnels: a stage and a team for each pool, ties in list order, and no draw that isn't needed."""

from datetime import UTC, datetime
from time import process_time

import numpy as np

from bench.peers.models import Done, Model, Queue
from sim.calendar import ALWAYS
from sim.distributions import Exponential, Fixed
from sim.eventlog import EventLog, Kind
from sim.market import Channel, Market, Stage
from sim.opening import Opening
from sim.operation import Operation, Team
from sim.routing.policy import Routing, Ties
from sim.simulate import simulate as simulate_funnel
from sim.spec import FunnelSpec
from sim.units import HOUR
from sim.workforce import Rep

START = Opening(as_of=datetime(2026, 1, 5, tzinfo=UTC))
BY_THE_LIST = Routing(ties=Ties.LIST)


def simulate(model: Model, seed: int, engine: str) -> Done:
    """Simulate a model once; the time holds drawing the leads and putting the log together."""
    spec, days = funnel(model), model.until * HOUR
    begun = process_time()
    log = simulate_funnel(spec, START, days=days, seed=seed, engine=engine)
    seconds = process_time() - begun
    return _counted(log, seconds)


def funnel(model: Model) -> FunnelSpec:
    """Return a model as a funnel whose hours are the model's units of time."""
    stages = (_desk(model),) if isinstance(model, Queue) else _tandem_stages(model)
    sizes = (model.servers,) if isinstance(model, Queue) else model.pools
    names = [stage.name for stage in stages]
    return FunnelSpec(
        market=Market(channels=(Channel(name="leads", rate_per_day=model.rate / HOUR),), stages=stages),
        operation=Operation(
            teams=tuple(Team(name=f"team {name}", stages=(name,), routing=BY_THE_LIST) for name in names),
            reps=tuple(rep for name, size in zip(names, sizes, strict=True) for rep in _reps(f"team {name}", size)),
            calendars={"always": ALWAYS},
        ),
    )


def _desk(model: Queue) -> Stage:
    return Stage(name="desk", advance=1.0, effort=Exponential(model.service * HOUR))


def _tandem_stages(model: Model) -> tuple[Stage, ...]:
    patience = Fixed(model.patience * HOUR)
    return tuple(
        Stage(name=f"stage {i}", advance=onward, effort=Exponential(service * HOUR), patience=patience)
        for i, (service, onward) in enumerate(zip(model.services, model.onward, strict=True))
    )


def _reps(team: str, size: int) -> list[Rep]:
    return [Rep(name=f"{team} rep {i}", team=team, calendar="always", wip_limit=1) for i in range(size)]


def _counted(log: EventLog, seconds: float) -> Done:
    kind, time, lead, stage = (log.events[name] for name in ("kind", "time", "lead", "stage"))
    arrivals, starts, ends = (int((kind == each).sum()) for each in (Kind.CREATED, Kind.STARTED, Kind.TOUCHED))
    lost = (kind == Kind.LOST) & (log.events["cause"] == _code(log, "no response"))
    first = (kind == Kind.STARTED) & (stage == 0)
    waits = time[first] - log.leads["created"][lead[first]]
    return Done(arrivals, starts, ends, int(lost.sum()), float(np.mean(waits)) / HOUR, seconds)


def _code(log: EventLog, cause: str) -> int:
    causes = log.vocabulary["cause"]
    return causes.index(cause) if cause in causes else -2
