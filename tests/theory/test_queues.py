"""The simulator against queueing theory, in standard errors; a service 5 % longer than stated must not pass."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from sim import queueing
from sim.discipline import Discipline
from sim.distributions import Distribution, Exponential, Fixed, LogNormal
from sim.eventlog import EventLog
from sim.market import Scoring, Stage
from sim.routing.by_speed import BySpeed
from sim.routing.policy import Routing
from sim.routing.random_choice import RandomChoice
from sim.routing.round_robin import RoundRobin
from sim.spec import FunnelSpec
from tests.theory.stations import (
    LIMIT,
    Station,
    errors_from,
    funnel,
    mean_wait,
    replicated,
    share_lost,
    stream,
    times_in_system,
)

pytestmark = pytest.mark.slow

type Figure = Callable[[EventLog, float], float]


def slowed(spec: FunnelSpec, factor: float = 1.05) -> FunnelSpec:
    """Plant an error: every service takes 5 % longer."""

    def slower(stage: Stage) -> Stage:
        effort: Distribution = stage.effort
        if isinstance(effort, Exponential):
            return replace(stage, effort=Exponential(effort.average * factor))
        if isinstance(effort, LogNormal):
            return replace(stage, effort=LogNormal(effort.median * factor, effort.sigma))
        assert isinstance(effort, Fixed)
        return replace(stage, effort=Fixed(effort.value * factor))

    return replace(spec, market=replace(spec.market, stages=tuple(slower(stage) for stage in spec.market.stages)))


def holds(
    spec: FunnelSpec, figure: Figure, theory: float, *, days: float, warm_up: float, replications: int = 12
) -> None:
    """Check the figure against theory, and that the planted error doesn't pass the same check."""
    values = replicated(spec, figure, days=days, warm_up=warm_up, replications=replications)
    assert abs(errors_from(values, theory)) < LIMIT, f"mean {values.mean():.4f}, theory {theory:.4f}"
    planted = replicated(slowed(spec), figure, days=days, warm_up=warm_up, replications=replications // 2)
    assert abs(errors_from(planted, theory)) > LIMIT, f"planted {planted.mean():.4f} passes for {theory:.4f}"


def test_one_rep_waits_as_m_m_1() -> None:
    spec = funnel((stream(0.6),), {"serve": Station(servers=1)})
    holds(spec, mean_wait(), queueing.mmc(1, 0.6, 1.0).mean_wait, days=9_000, warm_up=300)


def test_several_reps_wait_as_m_m_c() -> None:
    spec = funnel((stream(4.0),), {"serve": Station(servers=5)})
    holds(spec, mean_wait(), queueing.mmc(5, 4.0, 1.0).mean_wait, days=2_000, warm_up=100)


@pytest.mark.parametrize(
    ("service", "scv"),
    [(Fixed(1.0), 0.0), (LogNormal(np.exp(-0.125), 0.5), np.exp(0.25) - 1)],
    ids=["deterministic", "lognormal"],
)
def test_any_service_waits_as_pollaczek_and_khinchine_say(service: Distribution, scv: float) -> None:
    spec = funnel((stream(0.7),), {"serve": Station(servers=1, service=service)})
    holds(spec, mean_wait(), queueing.mg1(0.7, 1.0, scv).mean_wait, days=8_000, warm_up=300)


def test_impatient_buyers_leave_as_erlang_a_says() -> None:
    spec = funnel((stream(10.0),), {"serve": Station(servers=10, patience=Exponential(2.0))})
    theory = queueing.erlang_a(10, 10.0, 1.0, 2.0)
    holds(spec, share_lost, theory.abandonment, days=900, warm_up=50)


def test_buyers_with_one_patience_leave_as_theory_says() -> None:
    # 20 reps, 10 leads an hour, services of 2.1 h, patience 24 h: in hours, as the textbook case has it
    spec = funnel((stream(10.0),), {"serve": Station(servers=20, service=Exponential(2.1), patience=Fixed(24.0))})
    values = replicated(spec, share_lost, days=2_500, warm_up=400)
    assert abs(errors_from(values, 0.0476194)) < LIMIT
    planted = replicated(slowed(spec), share_lost, days=2_500, warm_up=400, replications=4)
    assert abs(errors_from(planted, 0.0476194)) > LIMIT


def test_a_tandem_with_drop_out_is_a_row_of_m_m_c() -> None:
    stations = {"first": Station(servers=4, advance=0.6), "second": Station(servers=3, service=Exponential(1.2))}
    spec = funnel((stream(3.0),), stations)
    holds(spec, mean_wait("first"), queueing.mmc(4, 3.0, 1.0).mean_wait, days=2_500, warm_up=100)
    holds(spec, mean_wait("second"), queueing.mmc(3, 1.8, 1.2).mean_wait, days=2_500, warm_up=100)


def test_better_tiers_go_first_as_cobham_says() -> None:
    channels = (stream(0.2, "hot", quality=6.0), stream(0.4, "cold", quality=-6.0))
    tiers = Scoring(concordance=1.0, tiers={"A": 50.0, "B": 0.0})
    spec = funnel(channels, {"serve": Station(servers=1, discipline=Discipline.TIER)}, tiers)
    theory = queueing.nonpreemptive_priority_mg1([0.2, 0.4], [1.0, 1.0], [1.0, 1.0])
    for channel, queue in zip(("hot", "cold"), theory, strict=True):

        def figure(log: EventLog, warm_up: float, channel: str = channel) -> float:
            return float(times_in_system(log, warm_up, channel).mean())

        holds(spec, figure, queue.mean_wait + 1.0, days=9_000, warm_up=300)


def test_deals_that_go_back_and_forth_wait_as_jackson_says() -> None:
    moves = ((0.0, 0.6, 0.2), (0.1, 0.0, 0.5), (0.25, 0.0, 0.0))
    names, rates, servers = ("a", "b", "c"), (2.0, 2.0, 1.5), (4, 3, 5)
    stations = {
        name: Station(
            servers=servers[i],
            service=Exponential(1 / rates[i]),
            advance=sum(moves[i]),
            next={names[j]: share / sum(moves[i]) for j, share in enumerate(moves[i]) if share},
        )
        for i, name in enumerate(names)
    }
    external = (4.0, 1.0, 0.5)
    channels = tuple(stream(rate, f"to {name}", entry=name) for name, rate in zip(names, external, strict=True))
    spec = funnel(channels, stations)
    theory = queueing.jackson(servers, external, moves, [1 / rate for rate in rates])
    for name, wait in zip(names, (0.142406, 0.274232, 0.031597), strict=True):
        assert theory.nodes[names.index(name)].mean_wait == pytest.approx(wait, abs=1e-6)
        values = replicated(spec, mean_wait(name), days=800, warm_up=60, replications=8)
        assert abs(errors_from(values, wait)) < LIMIT, name
    planted = replicated(slowed(spec), mean_wait("b"), days=1_600, warm_up=60, replications=10)
    assert abs(errors_from(planted, 0.274232)) > LIMIT


SPEEDS = (2.0, 1.0, 0.5)


def number_in_system(weights: Callable[[tuple[int, ...]], dict[int, float]], rate: float) -> float:
    """Solve the Markov chain of three unequal servers: a lead that finds idle servers goes to each with the given weight.

    States are the sets of busy servers, and the number waiting once all are busy.
    """
    sets = [tuple(i for i in range(3) if mask >> i & 1) for mask in range(8)]
    full, longest = 7, 400
    n = 8 + longest
    flow = np.zeros((n, n))
    for mask in range(8):
        idle = tuple(i for i in range(3) if i not in sets[mask])
        for server, share in weights(idle).items() if idle else ():
            flow[mask, mask | 1 << server] += rate * share
        for server in sets[mask]:
            flow[mask, mask & ~(1 << server)] += SPEEDS[server]
    flow[full, 8] = rate
    for waiting in range(longest):
        flow[8 + waiting, 7 + waiting if waiting else full] += sum(SPEEDS)
        if waiting + 1 < longest:
            flow[8 + waiting, 9 + waiting] += rate
    balance = flow - np.diag(flow.sum(axis=1))
    system = np.vstack([balance.T, np.ones(n)])
    chance = np.linalg.lstsq(system, np.append(np.zeros(n), 1.0), rcond=None)[0]
    numbers = np.array([len(members) for members in sets] + [4 + waiting for waiting in range(longest)])
    return float(chance @ numbers)


POLICIES = {
    "longest idle": (Routing(rank=(RoundRobin(),)), None),
    "random": (Routing(rank=(RandomChoice(),)), lambda idle: dict.fromkeys(idle, 1 / len(idle))),
    "fastest first": (Routing(rank=(BySpeed(),)), lambda idle: {idle[0]: 1.0}),
    "slowest first": (Routing(rank=(BySpeed(slowest=True),)), lambda idle: {idle[-1]: 1.0}),
}


@pytest.mark.parametrize("name", POLICIES)
def test_unequal_reps_hold_as_many_deals_as_their_markov_chain(name: str) -> None:
    routing, weights = POLICIES[name]
    # every policy that orders reps by idle time is as good as a random one (arXiv 1305.6249)
    theory = number_in_system(weights or POLICIES["random"][1], 2.2)
    spec = funnel((stream(2.2),), {"serve": Station(servers=3, routing=routing, speeds=SPEEDS)})

    def figure(log: EventLog, warm_up: float) -> float:
        return 2.2 * float(times_in_system(log, warm_up).mean())

    holds(spec, figure, theory, days=4_000, warm_up=150)


def test_fastest_first_holds_fewest_deals_and_slowest_first_most() -> None:
    loads = {name: number_in_system(weights or POLICIES["random"][1], 2.2) for name, (_, weights) in POLICIES.items()}
    assert loads["fastest first"] < loads["random"] == loads["longest idle"] < loads["slowest first"]
    # simulated elsewhere, to within 0.03
    assert [loads[name] for name in ("random", "fastest first", "slowest first")] == pytest.approx(
        [2.75, 2.54, 2.88], abs=0.03
    )


def test_reps_with_lists_of_their_own_wait_longer_than_a_common_queue() -> None:
    def own(routing: Routing) -> FunnelSpec:
        return funnel((stream(2.4),), {"serve": Station(servers=4, routing=routing, own_queues=True)})

    holds(
        own(Routing(rank=(RandomChoice(),))), mean_wait(), queueing.mmc(1, 0.6, 1.0).mean_wait, days=2_500, warm_up=300
    )
    turns = queueing.gi_m_1(lambda s: (2.4 / (2.4 + s)) ** 4, 0.6, 1.0).mean_wait
    holds(own(Routing(rank=(RoundRobin(),))), mean_wait(), turns, days=2_500, warm_up=300)
