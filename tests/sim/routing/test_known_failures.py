"""What has gone wrong in lead assignment elsewhere, as tests that must never fail here."""

from collections import Counter
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from sim.errors import SpecError, UnknownNameError
from sim.eventlog import Kind
from sim.market import Stage
from sim.operation import PoolRules
from sim.routing.at_work import AtWork
from sim.routing.by_region import ByRegion
from sim.routing.daily_cap import DailyCap
from sim.routing.least_open import LeastOpen
from sim.routing.policy import Nobody, Routing, Ties
from sim.routing.registry import POLICIES, policy
from sim.routing.round_robin import RoundRobin
from sim.routing.state import LeadView
from sim.routing.user_function import UserFunction
from sim.routing.value_balanced import ValueBalanced
from sim.routing.weighted_round_robin import WeightedRoundRobin
from tests.sim.engine.scene import at, many, play, rep, scene, told
from tests.sim.routing.desk import Desk, lead, team

PUSHED = [name for name, routing in POLICIES.items() if routing.push]
TAKE_TURNS = ["round-robin", "weighted-round-robin", "value-balanced", "by-region", "by-product"]


@pytest.mark.parametrize("name", PUSHED)
@pytest.mark.parametrize(("per_day", "days"), [(1, 30), (10, 60)])
def test_no_rep_starves_beside_others_who_are_alike(name: str, per_day: int, days: int) -> None:
    """Odoo gave all 30 leads to the oldest of 7 members, and half as many to three of them at ten a day."""
    counts = np.zeros(7)
    for run in range(20):
        desk = Desk(policy(name), team(7))
        for number in range(per_day * days):
            if number % per_day == 0:
                desk.close_all()
            desk.route(lead(10_000 * run + number, now=number / per_day))
        counts += desk.counts
        if name in TAKE_TURNS:
            assert max(desk.counts) - min(desk.counts) <= 1
    fair = 20 * per_day * days / 7
    assert np.abs(counts - fair).max() < 4 * np.sqrt(fair), counts


def test_ties_in_list_order_do_starve_the_last_which_is_why_they_are_not_the_rule() -> None:
    desk = Desk(Routing(rank=(LeastOpen(),), ties=Ties.LIST), team(7))
    for day in range(30):
        desk.close_all()
        desk.route(lead(day, now=float(day)))
    assert desk.counts == [30, 0, 0, 0, 0, 0, 0]
    assert all(routing.ties is Ties.RANDOM for routing in POLICIES.values())


@pytest.mark.parametrize("name", TAKE_TURNS)
def test_an_absence_leaves_no_echo(name: str) -> None:
    """A window of 30 days made a holiday come back as a hole every 30 days."""
    desk = Desk(policy(name), team(5))
    days: list[Counter[int]] = []
    for day in range(120):
        desk.team.away[0] = 10 <= day < 24
        days.append(Counter(desk.route(lead(10 * day + i, now=day + i / 10)) for i in range(10)))
    assert all(today[0] == 0 for today in days[10:24])
    for today in days[25:]:  # the first day back may bring one lead more
        assert 1 <= today[0] <= 3
    assert days[24][0] <= 4
    assert sum(today[0] for today in days[24:]) == pytest.approx(96 * 2, abs=2)


@pytest.mark.parametrize("name", PUSHED)
def test_nobody_is_given_a_lead_while_away(name: str) -> None:
    desk, luck = Desk(policy(name), team(4)), np.random.default_rng(3)
    for number in range(300):
        desk.team.away[:] = luck.random(4) < 0.6
        chosen = desk.route(lead(number, now=float(number), owner=0))
        assert (chosen == -1) if desk.team.away.all() else not desk.team.away[chosen]


@pytest.mark.parametrize("rank", [WeightedRoundRobin(), ValueBalanced()], ids=lambda rank: type(rank).__name__)
def test_weights_of_zero_are_no_reason_to_crash(rank: WeightedRoundRobin | ValueBalanced) -> None:
    nobody = Desk(Routing(rank=(rank,)), team(4, weight=np.zeros(4)))
    some = Desk(Routing(rank=(rank,)), team(4, weight=np.array([0.0, 1.0, 0.0, 3.0])))
    for number in range(200):
        nobody.route(lead(number))
        some.route(lead(number))
    assert min(nobody.counts) > 0
    assert some.counts == [0, 50, 0, 150]
    some.team.away[[1, 3]] = True
    assert some.route(lead(201)) in {0, 2}


@pytest.mark.parametrize("name", PUSHED)
def test_a_new_rep_gets_work(name: str) -> None:
    """SuiteCRM leaves users without records out of the count, so they are never chosen."""
    desk = Desk(policy(name), team(4))
    for number in range(150):
        desk.team.away[3] = number < 90
        desk.route(lead(number, now=float(number)))
    assert desk.counts[3] > 0


@pytest.mark.parametrize("name", TAKE_TURNS)
def test_who_joins_is_not_flooded_and_who_leaves_resets_no_count(name: str) -> None:
    """Counts that begin again with each change of the roster flood whoever is new to it, or back again."""
    desk = Desk(policy(name), team(4))
    for number in range(180):
        desk.team.away[3] = number < 90
        desk.team.away[0] = number >= 150
        desk.route(lead(number, now=float(number)))
    assert [desk.given[90:150].count(rep) for rep in range(4)] == pytest.approx([15] * 4, abs=1)
    assert [desk.given[150:].count(rep) for rep in range(4)] == pytest.approx([0, 10, 10, 10], abs=1)


def test_least_open_counts_no_closed_deals() -> None:
    """A busy year behind a rep is no work in front of them."""
    desk = Desk(Routing(rank=(LeastOpen(),)), team(2))
    desk.team.away[1] = True
    for number in range(100):
        desk.route(lead(number))
    desk.team.away[1] = False
    desk.close_all()
    desk.team.open_deals[1] = 1
    assert desk.route(lead(101)) == 0


def test_a_lead_that_nobody_may_get_is_not_given_to_somebody() -> None:
    desk = Desk(Routing(eligible=(ByRegion(),)), team(3, serves_region=np.zeros((3, 3), np.bool_)))
    assert desk.route(lead()) == -1
    relaxed = Desk(replace(desk.routing, relax=True), desk.team)
    assert relaxed.route(lead()) in {0, 1, 2}


def test_a_declined_lead_goes_to_somebody_else_while_there_is_somebody() -> None:
    desk = Desk(Routing(rank=(RoundRobin(),)), team(2))
    first = desk.route(lead(0))
    excluded = desk.none
    excluded[first] = True
    assert desk.route(lead(0), excluded) == 1 - first
    excluded[:] = True
    assert desk.route(lead(0), excluded) == -1


@pytest.mark.parametrize("name", ["random", "least-open"])
def test_a_new_rule_moves_only_the_leads_it_matches(name: str) -> None:
    """Filters narrow the choice for some leads; whoever else would have been chosen is chosen still."""
    before = Desk(policy(name), team(6))
    rule = np.ones((6, 3), np.bool_)
    rule[:3, 1] = False  # the first three don't serve region 1 any more
    after = Desk(replace(policy(name), eligible=(ByRegion(),)), team(6, serves_region=rule))
    for number in range(300):
        view = lead(number, region=number % 3)
        moved = before.route(view) != after.route(view)
        assert not moved or (view.region == 1 and before.given[-1] < 3)
        before.close_all()
        after.close_all()


def test_a_new_colleague_takes_leads_but_moves_none_between_the_others() -> None:
    before, after = Desk(policy("random"), team(5)), Desk(policy("random"), team(6))
    for number in range(300):
        view = lead(number)
        before.route(view)
        assert after.route(view) in {before.given[-1], 5}
    assert after.counts[5] == pytest.approx(50, abs=26)


def test_leads_of_one_instant_take_turns_too() -> None:
    """The list of a trade show comes in at once: by the time of the last assignment alone, all would tie."""
    desk = Desk(policy("round-robin"), team(7))
    for number in range(300):
        desk.route(lead(number, now=1.0))
    assert max(desk.counts) - min(desk.counts) <= 1


def test_manual_assignments_count_for_round_robin() -> None:
    desk = Desk(Routing(rank=(RoundRobin(),)), team(3))
    first = [desk.route(lead(number)) for number in range(3)]
    desk.team.remember(first[0], 1.0)
    assert [desk.route(lead(number)) for number in range(3, 6)] == [first[1], first[2], first[0]]


def test_a_daily_cap_leaves_leads_to_the_next_day_and_no_longer() -> None:
    desk = Desk(Routing(eligible=(DailyCap(most=2),)), team(2))
    assert [desk.route(lead(number, now=0.5)) >= 0 for number in range(6)] == [True] * 4 + [False] * 2
    assert desk.route(lead(7, now=1.0)) >= 0


def test_a_lead_that_waits_for_months_is_not_forgotten() -> None:
    """An assignment that looks at the leads of the last seven days loses what waits for longer."""
    away = ((date(2026, 1, 5), date(2026, 4, 4)),)
    atwork = Routing(eligible=(AtWork(),), ties=Ties.LIST)
    log = play(scene(at(0.0), [Stage(name="call", advance=1.0)], [rep("Ada", leave=away)], routing=atwork), days=100)
    assert told(log, Kind.UNASSIGNED, Kind.ROUTED) == ["0 0 unassigned", "90 0 routed Ada"]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [(Nobody.HOLD, "held in queue"), (Nobody.POOL, "in the pool"), (Nobody.UNASSIGNED, "nobody eligible")],
)
def test_every_lead_above_a_daily_cap_is_in_the_log_with_the_reason(rule: Nobody, reason: str) -> None:
    capped = Routing(eligible=(DailyCap(most=1),), ties=Ties.LIST, nobody=rule)
    full = scene(many(3), [Stage(name="call", advance=1.0)], [rep("Ada")], routing=capped, pool=PoolRules())
    frame = play(full, days=0.5).to_frame()
    assert frame.query("kind == 'unassigned'")["cause"].tolist() == [reason] * 2


def shown(view: LeadView, now: float, load: object, reps: object, state: np.ndarray) -> int:
    """Name rep 2, and count in the policy's own memory how often it was asked."""
    state[2, 0] += 1
    return 2


def test_a_users_function_names_the_rep_and_keeps_its_memory() -> None:
    desk = Desk(Routing(rank=(UserFunction(shown),)), team(4))
    assert [desk.route(lead(number)) for number in range(5)] == [2] * 5
    assert desk.team.memory[2, 0] == 5
    desk.team.away[2] = True
    assert desk.route(lead(6)) in {0, 1, 3}


def test_a_users_function_without_opinion_leaves_it_to_the_next_ranking() -> None:
    desk = Desk(Routing(rank=(UserFunction(lambda *_: -1), RoundRobin())), team(3))
    for number in range(30):
        desk.route(lead(number))
    assert desk.counts == [10, 10, 10]


@pytest.mark.parametrize("answer", [-2, 3, 17])
def test_a_users_function_that_names_nobody_there_is_told_so(answer: int) -> None:
    def choose_rep(*_: object) -> int:
        return answer

    desk = Desk(Routing(rank=(UserFunction(choose_rep),)), team(3))
    told = f"policy 'choose_rep': returned rep {answer}; it must return a position from 0 to 2, or -1"
    with pytest.raises(SpecError, match=told):
        desk.route(lead())


def test_an_unknown_policy_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="no routing policy 'robin'; Headrace has random, round-robin"):
        policy("robin")


def test_a_default_owner_rule_needs_an_owner() -> None:
    with pytest.raises(SpecError, match="routing: nobody is 'default owner', but default_owner is missing; name a rep"):
        Routing(nobody=Nobody.DEFAULT_OWNER)
