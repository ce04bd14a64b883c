"""Pipeline, pipeline created and coverage."""

import numpy as np
import pytest
from hypothesis import given

from sim.errors import UnknownNameError
from sim.eventlog import EventLog
from sim.kpis import coverage, pipeline, pipeline_created, wip
from tests.sim.kpis.story import logs, tell

LIVES = (
    "-3 created; -3 entered qualify; -3 routed @ann; 2 advanced qualify; 2 entered discovery; 2 routed @cid",
    "1 created; 1 entered discovery; 4 advanced discovery; 4 entered proposal; 8 won proposal $45",
    "3 created; 3 entered qualify; 5 nurtured qualify",
    "6 created; 6 entered qualify; 7 lost qualify; 9 entered qualify",
)
LEADS = ({"amount": 10.0, "channel": "web"}, {"amount": 50.0}, {"amount": 20.0}, {"channel": "web"})


@pytest.fixture
def log() -> EventLog:
    return tell(*LIVES, leads=LEADS)


def test_pipeline_is_what_stands_in_a_stage_at_the_instant(log: EventLog) -> None:
    assert pipeline(log, at=0.0).loc["all"].tolist() == [1, 10]
    assert pipeline(log, at=4.5).loc["all"].tolist() == [3, 80]
    assert pipeline(log, at=8.0).loc["all"].tolist() == [2, 60]
    assert pipeline(log).loc["all"].tolist() == [2, 10]


def test_pipeline_is_told_by_stage_in_the_funnels_order_and_by_owner_of_the_moment(log: EventLog) -> None:
    by_stage = pipeline(log, ["stage"], at=4.5)
    assert by_stage["amount"].to_dict() == {"qualify": 20, "discovery": 10, "proposal": 50}
    assert pipeline(log, ["rep"], at=1.0)["amount"].to_dict() == {"ann": 10}
    assert pipeline(log, ["channel", "stage", "team"], at=2.5)["amount"].to_dict() == {
        ("web", "discovery", "field"): 10,
        ("any", "discovery", ""): 50,
    }


def test_early_stages_may_be_left_out_of_the_pipeline(log: EventLog) -> None:
    assert pipeline(log, at=4.5, stages=["discovery", "proposal"]).loc["all"].tolist() == [2, 60]
    assert pipeline(log, at=4.5, stages=[]).loc["all"].tolist() == [0, 0]
    with pytest.raises(UnknownNameError, match="no stage 'close'"):
        pipeline(log, stages=["close"])


def test_pipeline_is_created_by_a_deals_first_entry(log: EventLog) -> None:
    assert pipeline_created(log).loc["all"].tolist() == [3, 70]
    assert pipeline_created(log, stages=["discovery"]).loc["all"].tolist() == [2, 60]
    assert pipeline_created(log, period=(8.0, 10.0)).loc["all"].tolist() == [0, 0]
    assert pipeline_created(log, ["channel"])["deals"].to_dict() == {"any": 2, "web": 1}


def test_coverage_is_pipeline_over_what_is_missing_to_the_quota(log: EventLog) -> None:
    assert coverage(log, 40.0, at=4.5) == pytest.approx(80 / 40)
    assert coverage(log, 65.0) == pytest.approx(10 / 20)
    assert coverage(log, 65.0, since=9.0) == pytest.approx(10 / 65)
    assert np.isnan(coverage(log, 45.0))


def test_an_empty_log_has_no_pipeline() -> None:
    assert pipeline(tell()).loc["all"].tolist() == [0, 0]
    assert pipeline(tell(), ["stage"]).empty
    assert pipeline_created(tell()).loc["all"].tolist() == [0, 0]
    assert coverage(tell(), 10.0) == 0


@given(logs())
def test_pipeline_and_work_in_process_count_the_same_deals(log: EventLog) -> None:
    for at in (0.0, log.window[1] / 2, log.window[1]):
        standing = wip(log, (0.0, at), every=at or 1.0).iloc[-1].sum()
        assert pipeline(log, at=at).loc["all", "deals"] == standing
        assert pipeline(log, ["stage", "rep"], at=at)["deals"].sum() == standing
