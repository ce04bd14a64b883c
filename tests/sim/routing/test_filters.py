"""What each filter lets through, by hand, and how filters, limits and rankings are put together."""

import numpy as np
import pytest

from sim.errors import SpecError
from sim.routing.at_work import AtWork
from sim.routing.by_product import ByProduct
from sim.routing.by_region import ByRegion
from sim.routing.by_speed import BySpeed
from sim.routing.by_tier import ByTier
from sim.routing.daily_cap import DailyCap
from sim.routing.least_open import LeastOpen
from sim.routing.policy import Routing, Ties
from sim.routing.round_robin import RoundRobin
from sim.workforce import JUNIOR, MID, SENIOR
from tests.sim.routing.desk import Desk, lead, team


def served(*rows: tuple[int, ...]) -> np.ndarray:
    return np.array(rows, np.bool_)


def test_a_region_is_served_by_those_who_name_it() -> None:
    state = team(3, serves_region=served((1, 0, 0), (0, 1, 0), (1, 1, 1)))
    assert ByRegion().allows(state, lead(region=1)).tolist() == [False, True, True]


def test_a_product_is_sold_by_those_who_name_it() -> None:
    state = team(2, serves_product=served((1, 0), (1, 1)))
    assert ByProduct().allows(state, lead(product=1)).tolist() == [False, True]


@pytest.mark.parametrize(
    ("rule", "tier", "expected"),
    [
        (ByTier(), 0, [False, False, True]),
        (ByTier(), 1, [True, True, True]),
        (ByTier(exclusive=True), 1, [True, True, False]),
        (ByTier(tiers=2, seniority=MID), 1, [False, True, True]),
    ],
)
def test_the_best_tiers_go_to_the_most_senior(rule: ByTier, tier: int, expected: list[bool]) -> None:
    state = team(3, seniority=np.array([JUNIOR, MID, SENIOR]))
    assert rule.allows(state, lead(tier=tier)).tolist() == expected


def test_at_work_means_now_or_soon() -> None:
    state = team(3)
    state.available_at[:] = [2.0, 2.2, 3.0]
    assert AtWork().allows(state, lead(now=2.0)).tolist() == [True, False, False]
    assert AtWork(within=0.5).allows(state, lead(now=2.0)).tolist() == [True, True, False]


def test_a_cap_counts_one_day_only() -> None:
    state = team(2)
    for _ in range(3):
        state.remember(0, 4.1)
    assert DailyCap(most=3).allows(state, lead(now=4.9)).tolist() == [False, True]
    assert DailyCap(most=4).allows(state, lead(now=4.9)).tolist() == [True, True]
    assert DailyCap(most=3).allows(state, lead(now=5.0)).tolist() == [True, True]


def test_managers_the_full_and_the_absent_get_nothing() -> None:
    state = team(4, eligible=[False, True, True, True], wip_limit=[9, 2, 9, 9])
    state.open_deals[:] = [0, 2, 0, 0]
    state.away[2] = True
    assert Routing.has_room(state).tolist() == [False, False, False, True]


def test_relaxing_gives_up_the_last_filter_first() -> None:
    state = team(3, seniority=[SENIOR, SENIOR, JUNIOR], serves_region=served((0, 1, 1), (0, 1, 1), (1, 1, 1)))
    rules = Routing(eligible=(ByTier(), ByRegion()), relax=True)
    nobody = np.zeros(3, np.bool_)
    assert rules.candidates(state, lead(tier=0, region=1), nobody).tolist() == [True, True, False]
    assert rules.candidates(state, lead(tier=0, region=0), nobody).tolist() == [True, True, False]
    state.away[:2] = True
    assert rules.candidates(state, lead(tier=0, region=0), nobody).tolist() == [False, False, True]
    strict = Routing(eligible=(ByTier(), ByRegion()))
    assert not strict.candidates(state, lead(tier=0, region=0), nobody).any()


def test_a_later_ranking_decides_what_the_earlier_ones_leave_open() -> None:
    desk = Desk(Routing(rank=(BySpeed(), LeastOpen())), team(3, speed=[1.0, 2.0, 2.0]))
    assert sorted(desk.route(lead(number)) for number in range(4)) == [1, 1, 2, 2]
    slow = Desk(Routing(rank=(BySpeed(slowest=True), LeastOpen())), team(3, speed=[1.0, 2.0, 2.0]))
    assert slow.route(lead()) == 0


def test_ties_are_broken_as_told() -> None:
    listed = Desk(Routing(ties=Ties.LIST), team(3))
    assert [listed.route(lead(number)) for number in range(3)] == [0, 0, 0]
    recent = Desk(Routing(ties=Ties.LEAST_RECENT), team(3))
    assert [recent.route(lead(number)) for number in range(4)] == [0, 1, 2, 0]
    luck = Desk(Routing(), team(3))
    assert {luck.route(lead(number)) for number in range(30)} == {0, 1, 2}


def test_round_robin_goes_by_the_last_assignment_and_not_by_a_place_in_the_list() -> None:
    desk = Desk(Routing(rank=(RoundRobin(),), ties=Ties.LIST), team(3))
    assert [desk.route(lead(number)) for number in range(3)] == [0, 1, 2]
    desk.team.away[0] = True
    assert [desk.route(lead(number)) for number in range(3, 5)] == [1, 2]
    desk.team.away[0] = False
    assert [desk.route(lead(number)) for number in range(5, 9)] == [0, 1, 2, 0]


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda: DailyCap(most=0), "daily cap: most must be 1 or more, got 0"),
        (lambda: AtWork(within=-1.0), "at work: within must be 0 or more days, got -1"),
    ],
)
def test_a_filter_that_lets_nothing_through_is_refused(build: object, told: str) -> None:
    with pytest.raises(SpecError, match=told):
        build()
