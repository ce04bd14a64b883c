"""The limit where a team has time to spare but sleeps at night: late first touches and short patience cost, no more."""

from dataclasses import replace
from datetime import UTC, datetime, time

import numpy as np
import pytest

from scenarios.bound import first_touch
from scenarios.bound.crews import crews_of
from scenarios.bound.first_touch import Desk, reach, split_loss, surviving
from scenarios.bound.limit import bound
from scenarios.bound.timing import Grid
from sim.calendar import WorkingCalendar
from sim.distributions import Distribution, Exponential, Fixed
from sim.market import Channel, Market, Stage
from sim.opening import OpenDeal, Opening
from sim.operation import Operation, Team
from sim.spec import FunnelSpec
from sim.workforce import Rep
from tests.scenarios.test_bound import above, booked

MONDAY = Opening(datetime(2026, 1, 5, tzinfo=UTC))
DAYS = 21.0
HOUR = 1 / 24


def office(patience: Distribution | None = None, slope: float = 0.4) -> FunnelSpec:
    """150 leads a day at any hour, to whom soon is better, and ten reps from nine to five with hardly any work."""
    stage = Stage(name="call", advance=0.5, latency=Exponential(1.0), speed_slope=slope, patience=patience)
    market = Market(
        channels=(Channel(name="web", rate_per_day=150.0),),
        stages=(stage,),
        amounts={"any": {"any": Fixed(1000.0)}},
    )
    operation = Operation(
        teams=(Team(name="desk", stages=("call",)),),
        reps=tuple(Rep(name=f"rep {i}", team="desk", calendar="office", wip_limit=None) for i in range(10)),
        calendars={"office": WorkingCalendar.office("office", time(9), time(17))},
    )
    return FunnelSpec(market=market, operation=operation)


@pytest.fixture(scope="module")
def prompt() -> np.ndarray:
    """What is booked when everybody gets a touch as soon as the office is open."""
    return booked(office(), MONDAY, DAYS, seed=5, replications=40)


def test_promptness_comes_near_the_limit_and_never_above(prompt: np.ndarray) -> None:
    most = bound(office(), MONDAY, days=DAYS).bookings
    assert above(prompt, most) < 4
    assert prompt.mean() / most > 0.93


def test_short_patience_lowers_the_limit_and_nobody_exceeds_it(prompt: np.ndarray) -> None:
    spec = office(patience=Fixed(0.5))
    most = bound(spec, MONDAY, days=DAYS).bookings
    patient = booked(spec, MONDAY, DAYS, seed=5, replications=40)
    assert above(patient, most) < 4
    assert patient.mean() / most > 0.85
    assert above(prompt, most) > 4  # whoever has patience books more than those limits allow who haven't


@pytest.mark.parametrize("later", [(6 * HOUR, 0.0), (0.0, -6 * HOUR)])
def test_a_simplification_on_the_unfavourable_side_is_caught(
    prompt: np.ndarray, later: tuple[float, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Touches are wanted some hours too late, or their delay is counted from some hours too early."""

    def planted(stage: Stage, desk: Desk, grid: Grid, since: np.ndarray, until: np.ndarray) -> first_touch.Reach:
        return reach(stage, desk, grid, since + later[0], until + later[1])

    monkeypatch.setattr("scenarios.bound.demand.reach", planted)
    assert above(prompt, bound(office(), MONDAY, days=DAYS).bookings) > 4


@pytest.mark.parametrize("lost", [0.0, 0.1, 0.25, 0.4, 0.7, 1.9])
def test_a_loss_between_two_levels_never_lowers_the_chance(lost: float) -> None:
    stage = Stage(name="call", advance=0.5, speed_slope=1.0, speed_reference=1.0)
    level, share = split_loss(stage, np.array([2.0**lost]))
    low = level[0] * 0.5
    odds = np.linspace(-20.0, 20.0, 401)
    mixed = share[0] * chance(odds - low) + (1 - share[0]) * chance(odds - low - 0.5)
    excess = mixed - chance(odds - lost)
    assert excess.min() > -1e-12
    assert excess.max() < 0.01
    assert low <= lost + 1e-12 < low + 0.5 + 1e-9


def chance(odds: np.ndarray) -> np.ndarray:
    return np.asarray(1 / (1 + np.exp(-odds)))


def test_who_comes_by_night_waits_for_the_morning() -> None:
    spec = office()
    grid = Grid.over(DAYS)
    desk = Desk.of(crews_of(spec, MONDAY.as_of, grid))
    evening = np.array([18 * HOUR])
    ways = reach(spec.market.stages[0], desk, grid, evening, evening + HOUR)
    parts = ways.parted(np.ones(1))
    lost = 0.4 * np.log2(14)  # from 19 h to 9 h
    assert sum(part.sum() for part in parts.values()) == pytest.approx(1.0)
    assert min(parts) <= lost <= max(parts)
    for part in parts.values():
        assert grid.edges[desk.slots[np.flatnonzero(part)[0]]] == pytest.approx(33 * HOUR, abs=grid.cell)


def test_a_desk_opens_when_the_first_of_its_people_comes() -> None:
    desk = Desk(np.array([0.1, 0.2, 1.1]), np.array([0.4, 0.4, 1.4]), np.array([0]), np.array([0]))
    assert desk.opens(np.array([0.0, 0.3, 0.5, 1.2, 2.0])).tolist() == [0.1, 0.3, 1.1, 1.2, np.inf]


def test_patience_that_has_lasted_goes_on_as_the_law_says() -> None:
    assert surviving(Exponential(1.0), np.array([3.0]), 2.0)[0] == pytest.approx(np.exp(-1.0))
    assert surviving(Fixed(1.0), np.array([2.5, 3.5]), 2.0).tolist() == [1.0, 0.0]  # older than the law: afresh
    assert surviving(None, np.array([99.0]), 0.0).tolist() == [1.0]


def test_open_deals_want_their_touch_at_once_where_the_lead_in_is_over() -> None:
    """The simulator doesn't take it that a deal's lead-in has outlasted its age."""
    stage = replace(office(slope=0.0).market.stages[0], lead_in=Exponential(1.0), latency=Fixed(0.0))
    market = replace(office().market, channels=(Channel(name="none", rate_per_day=0.0),), stages=(stage,))
    deals = tuple(OpenDeal(label=f"D-{i}", stage="call", amount=1000.0, age=3.0, stage_age=3.0) for i in range(40))
    spec, opening = replace(office(), market=market), Opening(MONDAY.as_of, deals)
    won = booked(spec, opening, 0.75, seed=2, replications=60)
    most = bound(spec, opening, days=0.75).bookings
    assert above(won, most) < 4
    assert won.mean() / most > 0.97
