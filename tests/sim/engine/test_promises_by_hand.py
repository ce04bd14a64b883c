"""SLA steps, worked by hand."""

import pytest

from sim.discipline import Discipline
from sim.distributions import Fixed
from sim.eventlog import Kind
from sim.market import Scoring, Stage
from sim.operation import PoolRules, Sla, SlaAction, SlaStep
from sim.routing.policy import Routing, Ties
from tests.sim.engine.scene import at, play, rep, scene, times, told

CALL = Stage(name="call", advance=1.0, effort=Fixed(1.0))
MOVES = (Kind.ROUTED, Kind.CLAIMED, Kind.ESCALATED, Kind.RECAPTURED, Kind.BREACHED, Kind.STARTED, Kind.UNASSIGNED)


def promise(*steps: tuple[float, SlaAction], **more: object) -> Sla:
    return Sla(steps=tuple(SlaStep(after=after, action=action) for after, action in steps), **more)


def test_a_reminder_moves_the_deal_to_the_front_of_the_list() -> None:
    """Of the two that wait, the fresher would be next; but the older has just been called to mind."""
    sla = promise((0.85, SlaAction.REMIND), working=False)
    log = play(scene(at(0.0, 0.1, 0.2), [CALL], [rep("Ada")], discipline=Discipline.FRESHEST, sla=sla))
    assert told(log, Kind.REMINDED, Kind.STARTED) == [
        "0 0 started Ada",
        "0.95 1 reminded Ada",
        "1 1 started Ada",
        "1.05 2 reminded Ada",
        "2 2 started Ada",
    ]
    plain = play(scene(at(0.0, 0.1, 0.2), [CALL], [rep("Ada")], discipline=Discipline.FRESHEST))
    assert told(plain, Kind.STARTED) == ["0 0 started Ada", "1 2 started Ada", "2 1 started Ada"]


def test_a_breach_brings_the_deal_to_the_next_rep() -> None:
    sla = promise((0.25, SlaAction.NEXT_REP), working=False)
    log = play(scene(at(0.0), [CALL], [rep("Ada", "late"), rep("Ben", "office"), rep("Cem")], sla=sla))
    assert told(log, *MOVES) == [
        "0 0 routed Ada",
        "0.25 0 breached Ada",
        "0.25 0 recaptured Ada",
        "0.25 0 routed Ben",
        "0.375 0 started Ben",  # at nine in the morning, an eighth of a day later
    ]


def test_the_clock_of_working_time_stands_still_at_night() -> None:
    """Ada works from 12 to 18: a quarter of a working day of hers has passed at 18 only."""
    sla = promise((0.2, SlaAction.NEXT_REP))
    busy = play(scene(at(0.0, 0.0), [CALL], [rep("Ada", "late", wip_limit=9), rep("Ben", wip_limit=1)], sla=sla))
    assert told(busy, Kind.BREACHED) == ["0.7 1 breached Ada"]  # 0.5 + 0.2; lead 0 is begun at noon


def test_where_there_is_nobody_else_the_deal_stays() -> None:
    """Taking it from the only rep would leave it to nobody for good."""
    sla = promise((0.25, SlaAction.NEXT_REP), working=False)
    log = play(scene(at(0.0), [CALL], [rep("Ada", "late")], sla=sla))
    assert told(log, *MOVES) == ["0 0 routed Ada", "0.25 0 breached Ada", "0.5 0 started Ada"]


def test_nobody_gets_a_deal_twice_and_the_last_one_keeps_it() -> None:
    sla = promise((0.1, SlaAction.NEXT_REP), working=False, most_hops=9)
    log = play(scene(at(0.0), [CALL], [rep("Ada", "late"), rep("Ben", "late"), rep("Cem", "late")], sla=sla))
    assert told(log, Kind.ROUTED) == ["0 0 routed Ada", "0.1 0 routed Ben", "0.2 0 routed Cem"]
    assert times(log, Kind.BREACHED) == pytest.approx([0.1, 0.2, 0.3])
    assert told(log, Kind.STARTED) == ["0.5 0 started Cem"]


@pytest.mark.parametrize(("most_hops", "owners"), [(0, ["Ada"]), (1, ["Ada", "Ben"])])
def test_a_deal_is_taken_back_no_more_often_than_allowed(most_hops: int, owners: list[str]) -> None:
    sla = promise((0.1, SlaAction.NEXT_REP), working=False, most_hops=most_hops)
    log = play(scene(at(0.0), [CALL], [rep("Ada", "late"), rep("Ben", "late"), rep("Cem", "late")], sla=sla))
    assert [line.split()[-1] for line in told(log, Kind.ROUTED)] == owners
    assert len(times(log, Kind.BREACHED)) == most_hops + 1


def test_an_escalation_makes_the_manager_the_owner() -> None:
    sla = promise((0.1, SlaAction.REMIND), (0.2, SlaAction.ESCALATE), working=False)
    log = play(scene(at(0.0), [CALL], [rep("Ada", "late"), rep("Mia", manager=True)], sla=sla))
    assert told(log, Kind.REMINDED, *MOVES, Kind.WON) == [
        "0 0 routed Ada",
        "0.1 0 reminded Ada",
        "0.2 0 breached Ada",
        "0.2 0 recaptured Ada",
        "0.2 0 escalated Mia",
        "0.2 0 started Mia",
        "1.2 0 won Mia",
    ]


def test_a_deal_that_nobody_began_goes_back_to_the_pool_and_cools_down() -> None:
    """Ada, who let it lie, may claim it back only a day later; Ben may as soon as he is free."""
    sla = promise((0.3, SlaAction.POOL), working=False)
    pool = PoolRules(cool_down=1.0)
    push = Routing(ties=Ties.LIST)
    alone = play(scene(at(0.0, 0.1), [CALL], [rep("Ada")], sla=sla, pool=pool, routing=push))
    assert told(alone, *MOVES) == [
        "0 0 routed Ada",
        "0 0 started Ada",
        "0.1 1 routed Ada",
        "0.4 1 breached Ada",
        "0.4 1 recaptured Ada",
        "0.4 1 unassigned",
        "1.4 1 claimed Ada",
        "1.4 1 started Ada",
    ]
    both = play(scene(at(0.0, 0.1), [CALL], [rep("Ada"), rep("Ben", "late")], sla=sla, pool=pool, routing=push))
    assert told(both, Kind.CLAIMED) == ["0.5 1 claimed Ben"]


def test_the_promise_stops_with_the_beginning_of_the_touch() -> None:
    sla = promise((0.5, SlaAction.NEXT_REP), working=False)
    log = play(scene(at(0.0), [CALL], [rep("Ada"), rep("Ben")], sla=sla))
    assert times(log, Kind.BREACHED) == []


def test_the_promise_holds_for_first_touches_only() -> None:
    stage = Stage(name="call", advance=1.0, touches=Fixed(2.0), effort=Fixed(1.0), latency=Fixed(0.5))
    sla = promise((0.2, SlaAction.NEXT_REP), working=False)
    log = play(scene(at(0.0, 1.1), [stage], [rep("Ada", wip_limit=9)], sla=sla))
    # Ada gives lead 0 its second touch from 1.5 on, and lead 1 waits for its first
    assert told(log, Kind.BREACHED) == []
    assert told(log, Kind.STARTED)[:3] == ["0 0 started Ada", "1.1 1 started Ada", "2.1 0 started Ada"]


def test_a_promise_may_hold_for_the_best_tiers_alone() -> None:
    sla = promise((0.2, SlaAction.REMIND), working=False, tiers=("A",))
    tiers = Scoring(concordance=1.0, tiers={"A": 50.0, "B": 0.0})
    good, bad = at(0.0, quality=9.0)[0], at(0.0, 0.0, quality=-9.0)[1]
    log = play(scene((good, bad), [CALL], [rep("Ada", "late")], sla=sla, market={"scoring": tiers}))
    assert told(log, Kind.REMINDED) == ["0.2 0 reminded Ada"]


def test_the_earliest_deadline_goes_first_and_what_has_none_is_due_when_wanted() -> None:
    sla = promise((0.5, SlaAction.NEXT_REP), working=False, tiers=("A",))
    tiers = Scoring(concordance=1.0, tiers={"A": 50.0, "B": 0.0})
    brief = Stage(name="call", advance=1.0, effort=Fixed(0.3))
    good, bad = at(0.0, 0.1, quality=9.0), at(0.0, 0.1, 0.2, quality=-9.0)[2]
    order = {}
    for discipline in (Discipline.DEADLINE, Discipline.FIFO):
        spec = scene((*good, bad), [brief], [rep("Ada")], discipline=discipline, sla=sla, market={"scoring": tiers})
        order[discipline] = [line.split()[1] for line in told(play(spec), Kind.STARTED)]
    assert order == {Discipline.DEADLINE: ["0", "2", "1"], Discipline.FIFO: ["0", "1", "2"]}
