"""Fairness of assignment."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import UnknownNameError
from sim.kpis import assignments, fairness, gini
from sim.kpis.fairness import mean_gini
from tests.sim.kpis.story import tell

LIVES = ("-1 routed @bob; 1 routed @ann", "2 routed @ann", "3 routed @ann; 4 claimed @bob", "5 routed @cid", "6 routed")
LEADS = ({"amount": 10.0}, {"amount": 20.0}, {"amount": 60.0})


def test_assignments_are_counted_each_time_they_are_made() -> None:
    table = assignments(tell(*LIVES, leads=LEADS))
    assert table["assigned"].to_dict() == {"ann": 3, "bob": 1, "cid": 1}
    assert table["amount"].to_dict() == {"ann": 90, "bob": 60, "cid": 0}
    assert assignments(tell(*LIVES, leads=LEADS), (5.0, 10.0))["assigned"].to_dict() == {"ann": 0, "bob": 0, "cid": 1}


def test_teams_are_told_apart() -> None:
    table = fairness(tell(*LIVES, leads=LEADS))
    assert table[["reps", "assigned"]].to_numpy().tolist() == [[2, 4], [1, 1]]
    assert table.loc["inside", ["gini_assigned", "gini_amount"]].tolist() == pytest.approx([0.25, 0.1])
    assert table.loc["field", "gini_assigned"] == 0
    assert np.isnan(table.loc["field", "gini_amount"])


def test_a_rep_who_got_nothing_counts_if_the_roster_is_given() -> None:
    table = fairness(tell("1 routed @ann"), reps=["ann", "bob"])
    assert table.loc["inside", ["reps", "gini_assigned"]].tolist() == [2, 0.5]


def test_an_unknown_rep_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="no actor 'dee'"):
        fairness(tell("1 routed @ann"), reps=["dee"])


def test_an_empty_log_is_neither_fair_nor_unfair() -> None:
    assert fairness(tell()).empty
    assert np.isnan(gini(np.zeros(0)))
    assert np.isnan(gini(np.zeros(3)))


def test_the_mean_over_teams_is_weighted_by_what_they_got() -> None:
    counts, team = np.array([3.0, 1.0, 6.0, 6.0, 0.0]), np.array([0, 0, 1, 1, 2], np.int32)
    assert mean_gini(counts, team) == pytest.approx((0.25 * 4 + 0 * 12) / 16)
    assert np.isnan(mean_gini(np.zeros(2), np.zeros(2, np.int32)))


@given(st.lists(st.integers(0, 50).map(float), min_size=1, max_size=12).filter(any))
def test_gini_is_half_the_mean_absolute_difference_over_the_mean(values: list[float]) -> None:
    given_values = np.array(values)
    difference = np.abs(given_values[:, None] - given_values).mean()
    assert gini(given_values) == pytest.approx(difference / 2 / given_values.mean())


def test_one_who_has_everything_leaves_one_over_n_to_perfect_inequality() -> None:
    assert gini(np.array([0.0, 0.0, 7.0, 0.0])) == pytest.approx(0.75)
    assert gini(np.full(5, 3.0)) == pytest.approx(0)
