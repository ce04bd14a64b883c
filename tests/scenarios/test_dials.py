"""Dials: settings, plans made of them, and what they refuse."""

from dataclasses import replace

import pytest

from scenarios.dials import Dial, at_their_limit, check_dials, plan_at, size, steps
from scenarios.levers.marketing import ScaleLeads
from scenarios.levers.routing import ChangeRouting
from scenarios.proposals import coordinates, neighbours, propose
from sim.errors import SpecError

LEADS = Dial("leads", steps("leads", 0.8, 1.2, 0.1), 1.0, lambda f: ScaleLeads(float(f)), lambda f: f"leads ×{f:g}")
ROUTING = Dial("routing", ("as is", "random"), "as is", lambda name: ChangeRouting(str(name)), str)
DIALS = (LEADS, ROUTING)


def test_steps_are_the_numbers_that_people_would_write() -> None:
    assert LEADS.settings == (0.8, 0.9, 1.0, 1.1, 1.2)


def test_a_dial_at_as_is_pulls_no_lever() -> None:
    assert plan_at(DIALS, (2, 0)).name == "as is"
    assert plan_at(DIALS, (2, 0)).levers == ()
    assert plan_at(DIALS, (4, 1)).name == "leads ×1.2, random"
    assert plan_at(DIALS, (4, 1)).levers == (ScaleLeads(1.2), ChangeRouting("random"))


def test_only_numbers_have_an_end_to_stand_at() -> None:
    assert at_their_limit(DIALS, (4, 1)) == ("leads at 1.2",)
    assert at_their_limit(DIALS, (2, 0)) == ()


@pytest.mark.parametrize(("low", "high", "step"), [(1.0, 0.8, 0.1), (0.8, 1.2, 0.0), (0.0, 1e6, 0.01)])
def test_ranges_that_are_none_are_refused(low: float, high: float, step: float) -> None:
    with pytest.raises(SpecError, match="dial 'leads'"):
        steps("leads", low, high, step)


def test_a_dial_with_one_setting_and_two_dials_of_a_name_are_refused() -> None:
    with pytest.raises(SpecError, match="two settings"):
        Dial("routing", ("as is",), "as is", LEADS.lever, str)
    with pytest.raises(SpecError, match="given twice"):
        check_dials((LEADS, LEADS))
    with pytest.raises(SpecError, match="no dial"):
        check_dials(())


def test_proposals_learn_and_the_same_seed_proposes_the_same() -> None:
    fine = replace(LEADS, settings=steps("leads", 0.5, 1.5, 0.01))
    dials = (fine, ROUTING)
    scores = {(place, choice): abs(place - 60) + 50.0 * choice for place in range(0, 101, 10) for choice in range(2)}
    found = propose(dials, scores, 1, 30)
    assert found == propose(dials, scores, 1, 30)
    good = [abs(place - 60) <= 20 and choice == 0 for place, choice in found]
    assert sum(good) > 0.4 * len(found)  # blindly a fifth of them would be


def test_neighbours_differ_in_a_dial_or_two() -> None:
    found = list(neighbours(DIALS, (2, 0)))
    assert len(found) == len(set(found))
    assert set(found) == {(1, 0), (3, 0), (2, 1), (1, 1), (3, 1)}


def test_a_choice_has_a_column_of_its_own() -> None:
    assert coordinates(DIALS, [(0, 0), (4, 1), (2, 1)]).tolist() == [[-1, 0], [1, 1], [0, 1]]
    assert size(DIALS) == 10
