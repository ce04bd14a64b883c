"""The public pool and the team's queue, worked by hand."""

from datetime import date

import pytest

from sim.discipline import Discipline
from sim.distributions import Fixed
from sim.eventlog import Kind
from sim.market import Scoring, Stage
from sim.operation import Ownership, PoolRules
from sim.routing.at_work import AtWork
from sim.routing.by_region import ByRegion
from sim.routing.daily_cap import DailyCap
from sim.routing.policy import Nobody, Routing, Ties
from sim.routing.random_choice import RandomChoice
from sim.routing.weighted_round_robin import WeightedRoundRobin
from tests.sim.engine.scene import BY_LIST, at, many, play, rep, scene, times, told

CALL = Stage(name="call", advance=1.0, effort=Fixed(0.3))
PULL = Routing(push=False, ties=Ties.LIST)
TIERS = Scoring(concordance=1.0, tiers={"A": 50.0, "B": 0.0})


def test_an_idle_rep_claims_at_once_and_a_busy_one_when_done() -> None:
    log = play(scene(at(0.0, 0.1, 0.2), [CALL], [rep("Ada")], routing=PULL, pool=PoolRules()))
    assert told(log, Kind.UNASSIGNED, Kind.CLAIMED, Kind.STARTED, Kind.TOUCHED) == [
        "0 0 unassigned",
        "0 0 claimed Ada",
        "0 0 started Ada",
        "0.1 1 unassigned",
        "0.2 2 unassigned",
        "0.3 0 touched Ada",
        "0.3 1 claimed Ada",
        "0.3 1 started Ada",
        "0.6 1 touched Ada",
        "0.6 2 claimed Ada",
        "0.6 2 started Ada",
        "0.9 2 touched Ada",
    ]


def test_nobody_claims_outside_their_hours() -> None:
    log = play(scene(at(0.0), [CALL], [rep("Ada", "office"), rep("Ben", "late")], routing=PULL, pool=PoolRules()))
    assert told(log, Kind.CLAIMED) == ["0.375 0 claimed Ada"]


def test_cherry_picking_takes_the_best_lead_and_blind_claiming_any() -> None:
    good, bad = at(0.0, quality=-9.0) + at(0.0, 0.1, quality=9.0)[1:], at(0.0, 0.1, 0.2, quality=-9.0)[2:]
    leads = (good[0], bad[0], good[1])
    order = {}
    for pick in (Discipline.SCORE, Discipline.FIFO, Discipline.FRESHEST):
        spec = scene(leads, [CALL], [rep("Ada")], routing=PULL, pool=PoolRules(pick=pick), market={"scoring": TIERS})
        order[pick] = [line.split()[1] for line in told(play(spec), Kind.CLAIMED)]
    assert order == {
        Discipline.SCORE: ["0", "1", "2"],
        Discipline.FIFO: ["0", "1", "2"],
        Discipline.FRESHEST: ["0", "2", "1"],
    }


def test_no_more_is_claimed_in_a_day_than_allowed() -> None:
    log = play(scene(many(5), [CALL], [rep("Ada")], routing=PULL, pool=PoolRules(claims_per_day=2)))
    assert times(log, Kind.CLAIMED) == pytest.approx([0.0, 0.3, 1.0, 1.3, 2.0])


def test_no_more_is_claimed_than_may_be_held() -> None:
    slow = Stage(name="call", advance=1.0, effort=Fixed(0.1), latency=Fixed(1.0))
    log = play(scene(many(3), [slow], [rep("Ada")], routing=PULL, pool=PoolRules(holding_limit=2)))
    # two are held until the first buyer has answered, at 0.1 + 1
    assert times(log, Kind.CLAIMED) == pytest.approx([0.0, 0.1, 1.1])


def test_two_idle_reps_share_the_pool_by_the_rules_of_routing() -> None:
    fair = Routing(push=False, rank=(WeightedRoundRobin(),))
    leads = at(*[0.5 * i for i in range(40)])
    log = play(
        scene(leads, [CALL], [rep("Ada", weight=3.0), rep("Ben", weight=1.0)], routing=fair, pool=PoolRules()),
        days=30.0,
    )
    claims = [line.split()[-1] for line in told(log, Kind.CLAIMED)]
    assert (claims.count("Ada"), claims.count("Ben")) == (30, 10)


def test_who_gets_room_at_lunch_claims_when_the_afternoon_begins() -> None:
    """Ada works from 8 to 12 and from 13 to 17; the buyer answers her only deal at 12:14."""
    stage = Stage(name="call", advance=1.0, effort=Fixed(0.01), latency=Fixed(0.15))
    log = play(scene(at(0.35, 0.36), [stage], [rep("Ada", "split")], routing=PULL, pool=PoolRules(holding_limit=1)))
    assert times(log, Kind.CLAIMED) == pytest.approx([0.35, 13 / 24])


def test_a_lead_waits_in_the_queue_for_the_first_rep_with_room() -> None:
    log = play(scene(at(0.0, 0.1), [CALL], [rep("Ada", wip_limit=1)]))
    assert told(log, Kind.UNASSIGNED, Kind.ROUTED) == ["0 0 routed Ada", "0.1 1 unassigned", "0.3 1 routed Ada"]
    causes = log.to_frame().query("kind == 'unassigned'")["cause"].tolist()
    assert causes == ["held in queue"]


def test_nobody_overtakes_the_queue_when_a_leave_ends() -> None:
    """Ada is back at midnight and at work at nine; who comes in between stands behind who waited all Monday."""
    monday = ((date(2026, 1, 5), date(2026, 1, 5)),)
    log = play(scene(at(0.2, 1.1), [CALL], [rep("Ada", "office", leave=monday, wip_limit=1)]))
    assert [line.split()[1] for line in told(log, Kind.ROUTED)] == ["0", "1"]


def test_a_daily_cap_holds_leads_until_the_next_day() -> None:
    capped = Routing(eligible=(DailyCap(most=1),), ties=Ties.LIST)
    log = play(scene(many(3), [CALL], [rep("Ada")], routing=capped))
    assert times(log, Kind.ROUTED) == pytest.approx([0.0, 1.0, 2.0])


def test_a_lead_waits_for_somebody_who_comes_to_work() -> None:
    strict = Routing(eligible=(AtWork(),), ties=Ties.LIST)
    log = play(scene(at(0.0, 0.8), [CALL], [rep("Ada", "office"), rep("Ben", "late")], routing=strict))
    assert told(log, Kind.ROUTED) == ["0.375 0 routed Ada", "1.375 1 routed Ada"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Nobody.HOLD, ["0 0 unassigned"]),
        (Nobody.POOL, ["0 0 unassigned"]),
        (Nobody.DEFAULT_OWNER, ["0 0 routed Ben", "0 0 started Ben"]),
        (Nobody.MANAGER, ["0 0 escalated Mia", "0 0 started Mia"]),
        (Nobody.UNASSIGNED, ["0 0 unassigned"]),
    ],
)
def test_what_happens_when_nobody_serves_the_region(rule: Nobody, expected: list[str]) -> None:
    routing = Routing(eligible=(ByRegion(),), nobody=rule, default_owner="Ben", ties=Ties.LIST)
    channels = at(0.0, regions={"north": 1.0}) + at(50.0, regions={"south": 1.0})[:0]
    elsewhere = at(0.0, 50.0, regions={"south": 1.0})[1:]
    reps = [rep("Ada", regions=("south",)), rep("Ben", regions=("south",)), rep("Mia", manager=True)]
    log = play(scene((*channels, *elsewhere), [CALL], reps, routing=routing, pool=PoolRules()))
    assert told(log, Kind.UNASSIGNED, Kind.ROUTED, Kind.ESCALATED, Kind.STARTED) == expected


def test_a_rep_who_keeps_the_deal_gives_all_its_touches_and_a_service_desk_whoever_is_free() -> None:
    stage = Stage(name="call", advance=1.0, touches=Fixed(3.0), effort=Fixed(0.3), latency=Fixed(0.1))
    reps = [rep("Ada", wip_limit=1), rep("Ben", wip_limit=1)]
    owners = {}
    for ownership in Ownership:
        log = play(scene(at(0.0, 0.1, 0.2), [stage], reps, ownership=ownership))
        first = [line.split()[-1] for line in told(log, Kind.STARTED) if line.split()[1] == "0"]
        owners[ownership] = first
    assert owners[Ownership.DEAL] == ["Ada", "Ada", "Ada"]
    assert set(owners[Ownership.TOUCH]) == {"Ada", "Ben"}


def test_each_touch_of_a_service_desk_is_dealt_afresh() -> None:
    stage = Stage(name="call", advance=1.0, touches=Fixed(2.0), effort=Fixed(0.01), latency=Fixed(0.1))
    routing = Routing(rank=(RandomChoice(),))
    log = play(scene(many(200), [stage], [rep("Ada"), rep("Ben")], ownership=Ownership.TOUCH, routing=routing))
    by_lead: dict[str, list[str]] = {}
    for line in told(log, Kind.STARTED):
        by_lead.setdefault(line.split()[1], []).append(line.split()[-1])
    same = sum(first == second for first, second in by_lead.values())
    assert 60 < same < 140


def test_full_lists_of_equal_tiers_keep_their_order_of_arrival() -> None:
    """A look at the queue that finds nobody must not send the first in line to its end."""
    spec = scene(
        at(*[0.01 * i for i in range(8)]),
        [CALL],
        [rep("Ada", wip_limit=1)],
        discipline=Discipline.TIER,
        routing=BY_LIST,
    )
    order = [int(line.split()[1]) for line in told(play(spec), Kind.STARTED)]
    tiers = Scoring().tiers
    assert len(tiers) == 3
    log = play(spec)
    cuts = list(tiers.values())
    tier = [next(i for i, cut in enumerate(cuts) if score >= cut) for score in log.leads["score"].tolist()]
    assert order[1:] == sorted(order[1:], key=lambda lead: (tier[lead], lead))
