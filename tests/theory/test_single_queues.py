"""One team, one stage: what the textbooks say about waiting for it."""

import math

import pytest

from sim.distributions import Distribution, Exponential, Fixed, LogNormal
from sim.queueing import deterministic_patience, erlang_a, mg1, mmc
from sim.routing.policy import Routing
from tests.theory.measure import PULL, agrees, desk, estimate, run, waits

SLOW = 1.05
"""Work that takes 5 % longer: the error that every test must tell from luck."""

LONG = pytest.mark.slow
SIZES = [15_000, pytest.param(150_000, marks=LONG)]


@pytest.mark.parametrize("leads", SIZES)
@pytest.mark.parametrize("routing", [Routing(), PULL], ids=["held in queue", "claimed from the pool"])
@pytest.mark.parametrize(("servers", "rate"), [(1, 0.7), (5, 4.0)])
def test_waiting_for_a_team_is_erlangs(servers: int, rate: float, routing: Routing, leads: int, engine: str) -> None:
    work = Exponential(1.0)
    found = run(desk(servers, [rate], work, routing=routing), leads, engine)
    agrees(waits(found, work, rate), mmc(servers, rate, 1.0).mean_wait, planted=mmc(servers, rate, SLOW).mean_wait)


@pytest.mark.parametrize("leads", SIZES)
@pytest.mark.parametrize(
    ("work", "spread"),
    [(Fixed(1.0), 0.0), (LogNormal(math.exp(-0.125), 0.5), math.exp(0.25) - 1)],
    ids=["fixed", "lognormal"],
)
def test_waiting_for_one_rep_depends_on_the_spread_of_the_work(
    work: Distribution, spread: float, leads: int, engine: str
) -> None:
    rate = 0.7
    found = run(desk(1, [rate], work), leads, engine)
    waiting = waits(found, work, rate) if spread else estimate(found.wait, (found.gap, 1 / rate))
    agrees(waiting, mg1(rate, 1.0, spread).mean_wait, planted=mg1(rate, SLOW, spread).mean_wait)


@pytest.mark.parametrize("leads", SIZES)
def test_impatient_buyers_leave_as_in_erlang_a(leads: int, engine: str) -> None:
    servers, rate, patience = 5, 5.5, 1.0
    work = Exponential(1.0)
    found = run(desk(servers, [rate], work, patience=Exponential(patience)), leads, engine)
    theory, slower = erlang_a(servers, rate, 1.0, patience), erlang_a(servers, rate, SLOW, patience)
    luck = ((found.effort, 1.0), (found.gap, 1 / rate))
    agrees(estimate(1.0 * ~found.served, *luck), theory.abandonment, planted=slower.abandonment)
    agrees(estimate(found.wait, *luck), theory.mean_wait, planted=slower.mean_wait)
    served = found.of(found.served)
    agrees(estimate(served.wait, (served.effort, 1.0)), theory.mean_wait_served, planted=slower.mean_wait_served)


@pytest.mark.parametrize("leads", SIZES)
def test_buyers_with_a_deadline_leave_as_barrer_computed(leads: int, engine: str) -> None:
    servers, rate, patience = 5, 5.0, 0.5
    work = Exponential(1.0)
    found = run(desk(servers, [rate], work, patience=Fixed(patience)), leads, engine)
    theory, slower = (
        deterministic_patience(servers, rate, 1.0, patience),
        deterministic_patience(servers, rate, SLOW, patience),
    )
    luck = ((found.effort, 1.0), (found.gap, 1 / rate))
    agrees(estimate(1.0 * ~found.served, *luck), theory.abandonment, planted=slower.abandonment)
    agrees(estimate(found.wait, *luck), theory.mean_wait, planted=slower.mean_wait)
    assert found.wait.max() <= patience + 1e-9
