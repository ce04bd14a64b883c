"""The index: what each feature counts by hand, and that policies with names are corners of its weights."""

from collections.abc import Callable

import numpy as np
import pytest

from sim.errors import SpecError
from sim.routing.account_owner import AccountOwner
from sim.routing.by_index import NAMES, ByIndex, mean_of, worth_of
from sim.routing.by_speed import BySpeed
from sim.routing.least_open import LeastOpen
from sim.routing.policy import Ranking, Routing
from sim.routing.round_robin import RoundRobin
from sim.routing.state import TeamState
from tests.sim.routing.desk import PRODUCTS, Desk, lead, team

REPS = 6
CORNERS: list[tuple[Ranking, ByIndex]] = [
    (LeastOpen(), ByIndex(load=0.3)),
    (RoundRobin(), ByIndex(turn=2.0)),
    (BySpeed(), ByIndex(speed=1.5)),
    (BySpeed(slowest=True), ByIndex(speed=-0.1)),
    (AccountOwner(), ByIndex(owner=1.0)),
]


def anybody(luck: np.random.Generator) -> TeamState:
    state = team(REPS, speed=luck.choice([0.8, 1.0, 1.3], REPS), odds=luck.normal(size=(REPS, 1, PRODUCTS + 1)))
    state.todo[:] = luck.integers(0, 5, REPS)
    return state


@pytest.mark.parametrize(("named", "corner"), CORNERS, ids=str)
def test_a_policy_with_a_name_is_a_corner_of_the_weights(named: Ranking, corner: ByIndex) -> None:
    luck, same = np.random.default_rng(3), 0
    for number in range(400):
        state = anybody(luck)
        state.open_deals[:] = luck.integers(0, 9, REPS)
        state.last_turn[:] = luck.integers(0, 8, REPS)
        state.away[:] = luck.random(REPS) < 0.3
        view = lead(number, owner=int(luck.integers(-1, REPS)))
        ones, others = (Desk(Routing(rank=(part,)), state) for part in (named, corner))
        candidates = ones.routing.candidates(state, view, ones.none)
        chosen = [desk.routing.choose(state, view, candidates) for desk in (ones, others)]
        assert chosen[0] == chosen[1]
        same += chosen[0] >= 0
    assert same > 300


def test_a_wrong_sign_is_no_corner() -> None:
    state = team(3)
    state.open_deals[:] = [2, 0, 1]
    assert Desk(Routing(rank=(ByIndex(load=1.0),)), state).route(lead()) == 1
    state.open_deals[:] = [2, 0, 1]
    assert Desk(Routing(rank=(ByIndex(load=-1.0),)), state).route(lead()) == 0


def points(state: TeamState, value: float = 500.0, **weights: float) -> list[float]:
    keys = np.empty(len(state.names))
    ByIndex(**weights).rank(state, lead(value=value, owner=2, now=4.0), np.ones(len(keys), np.bool_), keys)
    return [round(-key, 6) for key in keys.tolist()]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({"load": 3.0}, [0.0, -2.0, -4.0]),
        ({"todo": 2.0}, [-1.0, 0.0, -2.0]),
        ({"speed": 2.0}, [1.0, 2.0, 3.0]),
        ({"skill": 2.0}, [0.2, -0.4, 0.0]),
        ({"soon": 1.0}, [1.0, 0.5, 0.0]),
        ({"turn": 1.0}, [0.0, 0.25, 0.5]),
        ({"owner": 1.0}, [0.0, 0.0, 1.0]),
        ({"value_skill": 2.0}, [0.1, -0.2, 0.0]),
        ({"value_todo": 4.0}, [-1.0, 0.0, -2.0]),
        ({"skill": 1.0, "speed": 2.0}, [1.1, 1.8, 3.0]),
    ],
    ids=str,
)
def test_each_feature_counts_as_told(weights: dict[str, float], expected: list[float]) -> None:
    odds = np.tile(np.array([0.1, -0.2, 0.0])[:, None, None], (1, 1, PRODUCTS + 1))
    state = team(3, speed=[0.5, 1.0, 1.5], odds=odds)
    state.open_deals[:], state.todo[:] = [0, 2, 4], [1, 0, 2]
    state.available_at[:], state.last_turn[:] = [4.0, 5.0, np.inf], [3, 2, 0]
    state.worth_seen[:] = [4.0, 2000.0]
    assert points(state, value=1500.0, **weights) == expected


def test_worth_is_seen_beside_what_the_team_has_had() -> None:
    seen = np.zeros(2)
    assert worth_of(700.0, seen) == 0.0
    desk = Desk(Routing(rank=(ByIndex(load=1.0),)), team(2))
    for value in (100.0, 300.0):
        desk.route(lead(value=value))
    assert desk.team.worth_seen.tolist() == [2.0, 400.0]
    assert [worth_of(value, desk.team.worth_seen) for value in (0.0, 200.0, 600.0)] == [-1.0, 0.0, 0.5]
    assert worth_of(0.0, np.zeros(2)) == 0.0


def test_valuable_leads_go_to_the_skilled_and_poor_ones_elsewhere() -> None:
    odds = np.tile(np.array([0.0, 1.0])[:, None, None], (1, 1, PRODUCTS + 1))
    desk = Desk(Routing(rank=(ByIndex(value_skill=1.0),)), team(2, odds=odds))
    desk.team.worth_seen[:] = [10.0, 5000.0]
    assert [desk.route(lead(value=value)) for value in (2000.0, 50.0)] == [1, 0]


def test_what_is_specific_to_a_product_counts_for_that_product_alone() -> None:
    odds = np.zeros((2, 1, PRODUCTS + 1))
    odds[1, 0, 1], odds[0, 0, -1] = 1.0, 1.0
    desk = Desk(Routing(rank=(ByIndex(skill=1.0),)), team(2, odds=odds))
    assert [desk.route(lead(number, product=product)) for number, product in enumerate((1, -1))] == [1, 0]


def test_only_candidates_make_the_mean() -> None:
    assert mean_of(np.array([1, 5, 100]), np.array([True, True, False])) == 3.0
    assert mean_of(np.array([1.0]), np.array([False])) == 0.0


def test_an_index_says_how_it_is_asked_for() -> None:
    assert str(ByIndex(load=1.0, value_skill=-0.25)) == "index load 1 value_skill -0.25"
    assert list(ByIndex(turn=3.0).weights) == list(NAMES)


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (ByIndex, "index: no weight differs from 0, so it can't choose; give one or more, such as load 1"),
        (lambda: ByIndex(skill=float("nan")), "index: skill must be a finite number, got nan"),
        (lambda: ByIndex(load=float("inf")), "index: load must be a finite number, got inf"),
    ],
)
def test_an_index_that_can_not_choose_is_refused(build: Callable[[], ByIndex], told: str) -> None:
    with pytest.raises(SpecError, match=told):
        build()
