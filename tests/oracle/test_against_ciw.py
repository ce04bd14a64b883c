"""Event by event as a simulator that others wrote: no statistics, no tolerance but that of the last decimals.

Ciw is given the same arrivals, efforts, ways, thinking times, patience and tiers; every stay at every node must begin,
be served by the same rep, and end at the same time. ``HEADRACE_NETWORKS=500`` asks for more networks.
"""

import os
from collections.abc import Callable

import pytest

from sim.arrivals import Luck
from sim.discipline import Discipline
from sim.simulate import simulate
from tests.oracle.in_ciw import simulate_in_ciw
from tests.oracle.itineraries import Traveller, delayed, travellers
from tests.oracle.networks import Network, network
from tests.oracle.records import COMPARED, Record, differences, records_of
from tests.theory.measure import START

SEED = 7
FAST, THOROUGH = 20, 100
ASKED = int(os.environ.get("HEADRACE_NETWORKS", THOROUGH))
NUMBERS = [*range(FAST), *(pytest.param(number, marks=pytest.mark.slow) for number in range(FAST, max(FAST, ASKED)))]


def ours(case: Network, engine: str = "reference") -> list[Record]:
    return records_of(simulate(case.spec, START, days=case.days, seed=SEED, engine=engine), case.spec)


def luck_of(case: Network) -> list[Traveller]:
    return travellers(case.spec, START, case.days, Luck(SEED, 0))


@pytest.mark.parametrize("number", NUMBERS)
def test_every_record_agrees(number: int, engine: str, record_property: Callable[[str, object], None]) -> None:
    case = network(number)
    found = ours(case, engine)
    record_property(COMPARED, len(found))
    assert len(found) > 10
    assert differences(found, simulate_in_ciw(case.spec, case.days, luck_of(case))) == []


def first_busy(wanted: Discipline) -> Network:
    """Return the first network where many wait in queues of that discipline."""
    for case in map(network, range(FAST)):
        nodes = {place for place, team in enumerate(case.spec.operation.teams) if team.discipline is wanted}
        if sum(record.node in nodes and record.start > record.arrival for record in ours(case)) > 50:
            return case
    raise AssertionError(f"no busy queue in the order {wanted.name} in the first {FAST} networks")


def test_an_effort_that_is_off_by_a_tenth_of_a_second_is_caught() -> None:
    case = network(0)
    found, everybody = ours(case), luck_of(case)
    served = [record for record in found if record.kind == "service" and record.end < case.days]
    for record in served[:: len(served) // 5]:
        planted = delayed(everybody, record.lead, record.step, by=1e-6)
        caught = differences(found, simulate_in_ciw(case.spec, case.days, planted))
        assert caught, record


def test_a_patience_that_is_off_by_a_tenth_of_a_second_is_caught() -> None:
    case = network(0)
    found, everybody = ours(case), luck_of(case)
    gone = next(record for record in found if record.kind == "renege")
    planted = delayed(everybody, gone.lead, gone.step, by=0.0, patience_by=1e-6)
    caught = differences(found, simulate_in_ciw(case.spec, case.days, planted))
    assert caught, gone


@pytest.mark.parametrize(
    ("kept", "planted"),
    [
        (Discipline.FIFO, Discipline.FRESHEST),
        (Discipline.FRESHEST, Discipline.FIFO),
        (Discipline.TIER, Discipline.FIFO),
    ],
    ids=lambda discipline: discipline.name,
)
def test_another_order_of_the_queue_is_caught(kept: Discipline, planted: Discipline) -> None:
    case = first_busy(kept)
    swapped = [planted if team.discipline is kept else team.discipline for team in case.spec.operation.teams]
    caught = differences(ours(case), simulate_in_ciw(case.spec, case.days, luck_of(case), swapped))
    assert caught, case


def test_a_lead_too_many_is_caught() -> None:
    case = network(0)
    caught = differences(ours(case), simulate_in_ciw(case.spec, case.days, luck_of(case)[:-1]))
    assert caught, case


def test_the_networks_hold_everything_that_can_be_compared() -> None:
    """Reneging, feedback, teams with several stages, unequal reps, thinking, kept deals and all three orders."""
    cases = [network(number) for number in range(FAST)]
    stages = [(case, stage) for case in cases for stage in case.spec.market.stages]
    teams = [team for case in cases for team in case.spec.operation.teams]
    places = {case.number: {name: i for i, name in enumerate(case.spec.stage_names)} for case in cases}
    goes_back = [
        places[case.number].get(goal, 99) <= places[case.number][stage.name]
        for case, stage in stages
        for goal in stage.next
    ]
    assert any(goes_back)
    assert any(len(team.stages) > 1 for team in teams)
    assert {team.discipline for team in teams} >= {Discipline.FIFO, Discipline.FRESHEST, Discipline.TIER}
    assert {len(case.spec.operation.teams) for case in cases} == set(range(1, 7))
    assert len({team.ownership for team in teams}) == 2
    assert any(record.kind == "renege" for case in cases for record in ours(case))
