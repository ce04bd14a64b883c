"""Which of a lead's rows was the last at an instant, by hand."""

import numpy as np

from sim.eventlog import NONE
from sim.kpis.rows import last_until

LEADS, TIMES = np.array([0, 0, 2, 2]), np.array([-3.0, 1.0, 0.5, 9.0])


def test_the_last_row_of_the_lead_itself_counts_up_to_the_very_instant() -> None:
    asked = np.array([0, 0, 0, 2, 2]), np.array([-3.0, 0.9, 1.0, 8.9, 400.0])
    assert last_until((LEADS, TIMES), asked).tolist() == [0, 0, 1, 2, 3]


def test_another_leads_row_and_a_later_one_are_none() -> None:
    asked = np.array([0, 1, 2, 3]), np.array([-3.1, 50.0, 0.4, 50.0])
    assert last_until((LEADS, TIMES), asked).tolist() == [NONE] * 4


def test_where_there_are_no_rows_there_is_no_last_one() -> None:
    nothing = np.zeros(0, np.int64), np.zeros(0)
    assert last_until(nothing, (np.array([1]), np.array([2.0]))).tolist() == [NONE]
    assert last_until((LEADS, TIMES), nothing).tolist() == []
