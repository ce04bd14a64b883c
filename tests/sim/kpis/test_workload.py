"""Utilisation and the experts' queues."""

import numpy as np
import pytest
from hypothesis import given

from sim.eventlog import EventLog, Floats
from sim.kpis import expert_queues, team_utilisation, utilisation
from sim.kpis.dwell import Part, parts_of
from sim.kpis.jobs import touches
from sim.kpis.visits import visits
from tests.sim.kpis.story import logs, tell

LIVES = (
    "-2 entered qualify; -1 started @ann; 1 touched @ann; 4 started @ann; 5 touched @ann",
    "0 entered qualify; 2 started @bob; 3 lost qualify; 3.5 touched @bob",
    "0 entered proposal; 9 started @cid",
    "0 entered proposal; 1 expert_requested @legal; 2 expert_started @legal; 4 expert_finished @legal",
    "0 entered proposal; 1 expert_requested @legal; 4 expert_started @legal; 9 expert_finished @legal",
    "0 entered proposal; 8 expert_requested @legal; 9 lost proposal",
)


def test_busy_time_lies_in_the_period_and_jobs_are_those_finished_in_it() -> None:
    table = utilisation(tell(*LIVES), {"ann": 4.0, "legal": 10.0, "dee": 5.0, "cid": 0.0})
    assert table.index.tolist() == ["ann", "legal", "dee", "cid", "bob"]
    assert table["busy"].tolist() == [2, 7, 0, 1, 1.5]
    assert table["jobs"].tolist() == [2, 2, 0, 0, 1]
    assert table["team"].tolist() == ["inside", "", "", "field", "inside"]
    assert table["utilisation"].tolist()[:3] == [0.5, 0.7, 0]
    assert table["utilisation"].isna().tolist() == [False, False, False, True, True]
    assert utilisation(tell(*LIVES), {"ann": 1.0}, period=(4.5, 6.0))["busy"]["ann"] == 0.5


def test_working_time_is_counted_by_the_reps_calendar() -> None:
    def half_days(begin: Floats, end: Floats) -> Floats:
        return (end - begin) / 2

    table = utilisation(tell(*LIVES), {"ann": 1.0, "bob": 2.0}, {"ann": half_days})
    assert table["busy"][["ann", "bob"]].tolist() == [1, 1.5]


def test_teams_add_up_over_the_members_whose_time_is_given() -> None:
    log = tell(*LIVES)
    table = team_utilisation(log, {"ann": 4.0, "bob": 3.0, "legal": 10.0})
    assert table.loc["inside"].tolist() == [2, 3, 3.5, 7, 0.5]
    assert table.loc["", "utilisation"] == 0.7
    assert "field" not in table.index


def test_a_touch_cut_short_by_a_new_owner_ends_there() -> None:
    log = tell("0 entered qualify; 1 started @ann; 3 routed @bob; 4 started @bob; 6 touched @bob")
    table = utilisation(log, {"ann": 10.0, "bob": 10.0})
    assert table["busy"].tolist() == [2, 2]
    assert table["jobs"].tolist() == [0, 1]


def test_a_touch_that_goes_on_over_a_new_assignment_is_one_touch() -> None:
    log = tell("0 entered qualify; 1 started @ann; 2 routed @bob; 3 touched @ann; 4 started @bob; 6 touched @bob")
    assert utilisation(log, {"ann": 10.0, "bob": 10.0})["busy"].tolist() == [2, 2]


def test_experts_have_a_queue_of_their_own() -> None:
    row = expert_queues(tell(*LIVES)).loc["legal"]
    assert row["requested"] == 3
    assert row["mean_wait"] == pytest.approx((1 + 3) / 2)
    assert row["mean_queue"] == pytest.approx((1 + 3 + 2) / 10)  # the last one waits still, though its deal is lost
    assert row["mean_busy"] == pytest.approx(0.7)
    assert expert_queues(tell(*LIVES), (8.0, 10.0)).loc["legal", "requested"] == 1
    assert np.isnan(expert_queues(tell(*LIVES), (8.0, 10.0)).loc["legal", "mean_wait"])


def test_a_crm_without_starts_does_not_know_who_was_busy() -> None:
    table = utilisation(tell("0 entered qualify; 1 touched @ann", simulated=False), {"ann": 5.0})
    assert table[["busy", "utilisation"]].isna().all(axis=None)


def test_an_empty_log_keeps_nobody_busy() -> None:
    assert utilisation(tell("0 created"), {"ann": 5.0})["utilisation"].tolist() == [0]
    assert utilisation(tell(), {"ann": 5.0})["utilisation"].isna().all()  # nothing shows that starts would be logged
    assert utilisation(tell(), {}).empty
    assert team_utilisation(tell(), {}).empty
    assert expert_queues(tell()).empty


@given(logs())
def test_what_reps_work_is_what_deals_get(log: EventLog) -> None:
    stays = visits(log)
    effort = parts_of(log, stays)[:, Part.EFFORT].sum()
    jobs = touches(log)
    assert (jobs.end - jobs.begin).sum() == effort
