"""Several teams: each stage waits as a queue of its own, even where leads drop out, skip ahead or come back."""

from collections.abc import Sequence

import numpy as np
import pytest

from sim.calendar import ALWAYS
from sim.distributions import Exponential, geometric_counts
from sim.market import Channel, Market, Stage
from sim.operation import Operation, Ownership, Team
from sim.queueing import jackson, mmc
from sim.simulate import simulate
from sim.spec import FunnelSpec
from tests.theory.measure import START, Touches, agrees, all_agree, desk, estimate, run, staff, touches, waits

SLOW = 1.05
LONG = pytest.mark.slow


def funnel(outside: Sequence[float], stages: Sequence[Stage], servers: Sequence[int]) -> FunnelSpec:
    """Return a funnel in which each stage has a team of its own and a channel that enters there."""
    names = [stage.name for stage in stages]
    channels = [
        Channel(name=f"to {name}", rate_per_day=rate, entry=name) for name, rate in zip(names, outside, strict=True)
    ]
    return FunnelSpec(
        market=Market(channels=tuple(channels), stages=tuple(stages)),
        operation=Operation(
            teams=tuple(Team(name=f"team {name}", stages=(name,)) for name in names),
            reps=tuple(rep for name, size in zip(names, servers, strict=True) for rep in staff(f"team {name}", size)),
            calendars={"always": ALWAYS},
        ),
    )


def visits(spec: FunnelSpec, leads: float, engine: str, *, seed: int) -> list[Touches]:
    """Simulate about so many leads; return each stage's touches, without the start and the unfinished end."""
    days = leads / sum(channel.rate_per_day for channel in spec.market.channels)
    log = simulate(spec, START, days=days, seed=seed, engine=engine)
    found = (touches(log, stage) for stage in range(len(spec.market.stages)))
    return [each.of((each.wanted > 0.05 * days) & (each.wanted < 0.99 * days)) for each in found]


@pytest.mark.parametrize("leads", [12_000, pytest.param(100_000, marks=LONG)])
def test_each_stage_of_a_funnel_waits_as_if_it_stood_alone(leads: int, engine: str) -> None:
    """Burke: what leaves an M/M/c is a Poisson stream again; thinned by losses it still is."""
    rate, onward = 8.0, (0.6, 0.5, 0.5)
    services, servers = (0.4, 0.75, 1.0), (4, 5, 4)
    stages = [Stage(name=f"stage {i}", advance=onward[i], effort=Exponential(services[i])) for i in range(3)]
    found = visits(funnel([rate, 0.0, 0.0], stages, servers), leads, engine, seed=3)
    nodes = []
    for i, arrivals in enumerate([rate, rate * 0.6, rate * 0.6 * 0.5]):
        theory, slower = (mmc(servers[i], arrivals, services[i] * factor) for factor in (1.0, SLOW))
        nodes.append((waits(found[i], stages[i].effort, arrivals), theory.mean_wait, slower.mean_wait))
    all_agree(nodes)


@pytest.mark.parametrize("leads", [pytest.param(60_000, marks=LONG)])
def test_a_published_funnel_of_four_stages_waits_as_jackson_says(leads: int, engine: str) -> None:
    services, servers, onward = (2.1, 5.25, 8.0, 16.0), (24, 36, 27, 27), (0.6, 0.5, 0.5, 0.3)
    stages = [Stage(name=f"stage {i}", advance=onward[i], effort=Exponential(services[i])) for i in range(4)]
    found = visits(funnel([10.0, 0.0, 0.0, 0.0], stages, servers), leads, engine, seed=4)
    published, nodes = (0.297426, 0.393646, 1.199369, 2.398738), []
    for i, arrivals in enumerate((10.0, 6.0, 3.0, 1.5)):
        theory, slower = (mmc(servers[i], arrivals, services[i] * factor) for factor in (1.0, SLOW))
        assert theory.mean_wait == pytest.approx(published[i], abs=5e-7)
        nodes.append((waits(found[i], stages[i].effort, arrivals), theory.mean_wait, slower.mean_wait))
    all_agree(nodes)


@pytest.mark.parametrize("leads", [12_000, pytest.param(100_000, marks=LONG)])
def test_leads_that_skip_ahead_and_come_back_wait_as_in_jacksons_network(leads: int, engine: str) -> None:
    outside, servers, services = (4.0, 1.0, 0.5), (4, 3, 5), (0.5, 0.5, 2 / 3)
    onward = np.array([[0.0, 0.6, 0.2], [0.1, 0.0, 0.5], [0.25, 0.0, 0.0]])
    names, stages = ("a", "b", "c"), []
    for i, row in enumerate(onward):
        ways = {names[j]: share for j, share in enumerate(row.tolist()) if share}
        won = {"won": 1 - sum(ways.values())} if i == 0 else {}  # the first stage's leavers are won, the others' lost
        share = 1.0 if won else sum(ways.values())
        shares = {name: value / share for name, value in {**ways, **won}.items()}
        stages.append(Stage(name=names[i], advance=share, effort=Exponential(services[i]), next=shares))
    found = visits(funnel(outside, stages, servers), leads, engine, seed=1)
    theory = jackson(servers, outside, onward, services)
    slower = jackson(servers, outside, onward, [SLOW * mean for mean in services])
    published, nodes = (0.142406, 0.274232, 0.031597), []
    for i, node in enumerate(theory.nodes):
        assert node.mean_wait == pytest.approx(published[i], abs=5e-7)
        waiting = waits(found[i], stages[i].effort, node.arrival_rate)
        nodes.append((waiting, node.mean_wait, slower.nodes[i].mean_wait))
    all_agree(nodes)


@pytest.mark.parametrize("leads", [10_000, pytest.param(80_000, marks=LONG)])
def test_touches_that_anybody_may_give_wait_as_in_a_network_with_thinking_time(leads: int, engine: str) -> None:
    """A service desk: after each touch the buyer thinks, and whoever is free gives the next; the desk is an M/M/c."""
    rate, average, work = 1.5, 2.0, Exponential(1.0)
    spec = desk(4, [rate], work, touches=geometric_counts(average), latency=Exponential(3.0))
    team = spec.operation.teams[0]
    spec = FunnelSpec(
        market=spec.market,
        operation=Operation(
            teams=(Team(name=team.name, stages=team.stages, ownership=Ownership.TOUCH),),
            reps=spec.operation.reps,
            calendars=spec.operation.calendars,
        ),
    )
    found = run(spec, leads, engine, seed=2)
    theory, slower = (mmc(4, rate * average, factor) for factor in (1.0, SLOW))
    agrees(estimate(found.wait, (found.effort, 1.0)), theory.mean_wait, planted=slower.mean_wait)
