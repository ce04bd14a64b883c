"""Figures that are known exactly, to the digits in which they are known, and our queues beside them."""

import numpy as np
import pytest

from sim.discipline import Discipline
from sim.distributions import Distribution, Exponential, Fixed, LogNormal
from sim.queueing import deterministic_patience, erlang_a, erlang_b, gi_m_1, mg1, mmc, nonpreemptive_priority
from sim.routing.policy import Routing
from sim.routing.random_choice import RandomChoice
from sim.routing.round_robin import RoundRobin
from tests.theory.measure import Estimate, Touches, agrees, all_agree, desk, estimate, run, waits

SLOW = 1.05
"""Work that takes 5 % longer: the error that every test must tell from luck."""
LONG = pytest.mark.slow
FEW, MANY = 12_000, 100_000
SIZES = [FEW, pytest.param(MANY, marks=LONG)]
AT_ONCE = Fixed(1e-6)


def given_luck(values: np.ndarray, found: Touches, rate: float, service: float = 1.0) -> Estimate:
    """Estimate a mean over touches, given the luck with efforts and arrivals."""
    return estimate(values, (found.effort, service), (found.gap, 1 / rate))


@pytest.mark.parametrize("leads", SIZES)
def test_ten_servers_at_nine_tenths(leads: int, engine: str) -> None:
    theory, slower = mmc(10, 9.0, 1.0).mean_wait, mmc(10, 9.0, SLOW).mean_wait
    assert theory == pytest.approx(0.668731524, abs=5e-10)
    work = Exponential(1.0)
    agrees(waits(run(desk(10, [9.0], work), leads, engine, seed=11), work, 9.0), theory, planted=slower)


LAWS = {"exponential": Exponential(1.0), "fixed": Fixed(1.0), "lognormal": LogNormal(np.exp(-0.125), 0.5)}


@pytest.mark.parametrize(
    ("law", "leads"), [("exponential", FEW), *(pytest.param(law, MANY, marks=LONG) for law in LAWS)]
)
def test_where_nobody_waits_erlang_knows_the_share_lost_whatever_the_law_of_work(
    law: str, leads: int, engine: str
) -> None:
    work = LAWS[law]
    theory, slower = erlang_b(10, 9.0), erlang_b(10, 9.0 * SLOW)
    assert theory == pytest.approx(0.167963226, abs=5e-10)
    found = run(desk(10, [9.0], work, patience=AT_ONCE), leads, engine, seed=12)
    spread = not isinstance(work, Fixed)
    luck = [(found.effort, 1.0)] * spread + [(found.gap, 1 / 9.0)]
    agrees(estimate(1.0 * ~found.served, *luck), theory, planted=slower)


@pytest.mark.parametrize("leads", [pytest.param(MANY, marks=LONG)])
def test_a_call_centre_of_fifty(leads: int, engine: str) -> None:
    theory, slower = erlang_a(50, 48.0, 1.0, 2.0), erlang_a(50, 48.0, SLOW, 2.0)
    published = (0.03091, 3.709 / 60, 2.968, 0.9303)
    told = (theory.abandonment, theory.mean_wait, theory.mean_queue, theory.utilisation)
    assert told == pytest.approx(published, rel=2e-4)
    found = run(desk(50, [48.0], Exponential(1.0), patience=Exponential(2.0)), leads, engine, seed=13)
    agrees(given_luck(1.0 * ~found.served, found, 48.0), theory.abandonment, planted=slower.abandonment)
    agrees(given_luck(found.wait, found, 48.0), theory.mean_wait, planted=slower.mean_wait)


DEADLINES = {
    "5 servers": (5, 4.0, 1.0, 1.0, 0.0487134, 0.1839084),
    "10 servers": (10, 12.0, 1.0, 0.5, 0.1995542, 0.2292844),
    "20 servers": (20, 10.0, 2.1, 24.0, 0.0476194, 21.90021),
}
"""Servers, rate, mean service, patience, share that gives up, mean wait of those served.

The twenty take the time of thousands of leads to come to their steady state.
"""


@pytest.mark.parametrize(
    ("queue", "leads"),
    [("5 servers", FEW), *(pytest.param(queue, MANY, marks=LONG) for queue in DEADLINES)],
)
def test_a_deadline(queue: str, leads: int, engine: str) -> None:
    servers, rate, service, patience, gives_up, waits_for = DEADLINES[queue]
    theory = deterministic_patience(servers, rate, service, patience)
    slower = deterministic_patience(servers, rate, service * SLOW, patience)
    assert (theory.abandonment, theory.mean_wait_served) == pytest.approx((gives_up, waits_for), rel=2e-6)
    work = Exponential(service)
    found = run(desk(servers, [rate], work, patience=Fixed(patience)), leads, engine, seed=14, warm_up=0.25)
    agrees(given_luck(1.0 * ~found.served, found, rate, service), theory.abandonment, planted=slower.abandonment)
    served = np.where(found.served, found.wait, np.nan)
    agrees(given_luck(served, found, rate, service), theory.mean_wait_served, planted=slower.mean_wait_served)


@pytest.mark.parametrize("leads", [pytest.param(60_000, marks=LONG)])
def test_two_classes_at_one_server(leads: int, engine: str) -> None:
    rates = (0.2, 0.6)
    theory, slower = (nonpreemptive_priority(1, rates, factor) for factor in (1.0, SLOW))
    assert [queue.mean_time_in_system for queue in theory] == pytest.approx([2.0, 6.0])
    spec = desk(1, rates, Exponential(1.0), discipline=Discipline.TIER, qualities=(9.0, -9.0))
    found = run(spec, leads, engine, seed=15)
    nodes = []
    for tier in (0, 1):
        waiting = np.where(found.channel == tier, found.wait, np.nan)
        nodes.append((given_luck(waiting, found, 0.8), theory[tier].mean_wait, slower[tier].mean_wait))
    all_agree(nodes)


@pytest.mark.parametrize("leads", [pytest.param(60_000, marks=LONG)])
@pytest.mark.parametrize(
    ("touches", "work", "spread", "published"),
    [(Fixed(1.0), Fixed(1.0), 0.0, 4.5), (Fixed(2.0), Exponential(0.5), 0.5, 6.75)],
    ids=["fixed", "Erlang's with two phases"],
)
def test_one_server_at_nine_tenths(
    touches: Distribution, work: Distribution, spread: float, published: float, leads: int, engine: str
) -> None:
    """A rep who keeps the deal through two exponential touches serves it for as long as Erlang's law says."""
    theory, slower = mg1(0.9, 1.0, spread).mean_wait, mg1(0.9, SLOW, spread).mean_wait
    assert theory == pytest.approx(published)
    found = run(desk(1, [0.9], work, touches=touches), leads, engine, seed=16)
    luck = [(found.effort, work.mean)] * (spread > 0) + [(found.gap, 1 / 0.9)]
    agrees(estimate(found.wait, *luck), theory, planted=slower)


def turns_of(reps: int, rate: float, service: float) -> float:
    """Return the mean wait of reps who get leads in turn: arrivals by Erlang's law with a phase for each rep."""
    return gi_m_1(lambda s: (rate / (rate + s)) ** reps, rate / reps, service).mean_wait


@pytest.mark.parametrize("leads", [pytest.param(60_000, marks=LONG)])
@pytest.mark.parametrize(
    ("reps", "rate", "random", "in_turn", "pooled"),
    [(10, 9.0, 9.0, 4.660276, 0.668732), (2, 1.8, 9.0, 6.588284, 4.263158)],
)
def test_lists_of_their_own_at_nine_tenths(
    reps: int, rate: float, random: float, in_turn: float, pooled: float, leads: int, engine: str
) -> None:
    work = Exponential(1.0)
    cases = [
        (RandomChoice(), None, random, [mg1(rate / reps, factor).mean_wait for factor in (1.0, SLOW)]),
        (RoundRobin(), None, in_turn, [turns_of(reps, rate, factor) for factor in (1.0, SLOW)]),
        (RoundRobin(), 1, pooled, [mmc(reps, rate, factor).mean_wait for factor in (1.0, SLOW)]),
    ]
    for ranking, limit, published, (theory, slower) in cases:
        assert theory == pytest.approx(published, abs=5e-7)
        found = run(desk(reps, [rate], work, routing=Routing(rank=(ranking,)), limit=limit), leads, engine, seed=17)
        agrees(waits(found, work, rate), theory, planted=slower)
