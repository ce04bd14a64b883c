"""Visits and the log's rows: the ground that every other figure stands on."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given

from sim.errors import SpecError, UnknownNameError
from sim.eventlog import EventLog, Kind
from sim.kpis.fates import fates, owners, with_owner
from sim.kpis.period import calendar_start, span
from sim.kpis.visits import Outcome, visits, visits_frame
from tests.sim.kpis.story import logs, tell


def test_a_visit_runs_from_its_entry_to_the_row_that_ends_it() -> None:
    log = tell(
        "0 created; 0 entered qualify; 2 advanced qualify; 2 entered discovery; 5 lost discovery !price",
        "1 created; 1 entered qualify; 4 nurtured qualify; 6 woken; 6 entered qualify",
        "3 created; 3 entered proposal; 4 advanced proposal; 4 won proposal $10",
    )
    table = visits_frame(log)
    assert table["lead"].tolist() == [0, 0, 1, 1, 2]
    assert table["stage"].tolist() == ["qualify", "discovery", "qualify", "qualify", "proposal"]
    assert table["outcome"].tolist() == ["advanced", "lost", "nurtured", "open", "advanced"]
    assert table["dwell"].tolist()[:3] == [2, 3, 3]
    assert np.isnan(table["left"][3])
    assert np.isnan(table["dwell"][3])
    assert table["age"].tolist() == [2, 3, 3, 4, 1]
    assert table["cause"].tolist()[1] == "price"
    assert table["cause"].isna().tolist() == [True, False, True, True, True]


def test_a_deal_that_a_crm_drags_to_another_stage_has_left_the_first() -> None:
    log = tell("0 entered qualify; 1 entered proposal; 3 entered discovery; 4 won discovery $5", simulated=False)
    table = visits_frame(log)
    assert table["outcome"].tolist() == ["advanced", "returned", "advanced"]
    assert visits(log).from_stage.tolist() == [-1, 0, 2]


def test_a_deal_that_wakes_or_is_reopened_comes_from_outside() -> None:
    log = tell("0 entered qualify; 1 nurtured qualify; 2 woken; 2 entered qualify; 3 lost qualify; 4 entered proposal")
    assert visits(log).from_stage.tolist() == [-1, -1, -1]


def test_a_duplicate_that_is_merged_leaves_its_stage() -> None:
    log = tell("0 created; 0 entered qualify; 1 merged")
    assert visits(log).outcome.tolist() == [Outcome.MERGED]
    assert not fates(log).is_lead.any()
    assert not fates(log).is_open.any()


def test_an_entry_into_no_stage_ends_a_visit_and_begins_none() -> None:
    stays = visits(tell("0 created; 0 entered qualify; 2 entered", simulated=False))
    assert stays.left.tolist() == [2]


def test_an_empty_log_has_no_visits() -> None:
    assert visits_frame(tell()).empty


def test_a_lead_is_open_again_when_it_comes_back_after_its_loss() -> None:
    log = tell("0 created; 0 entered qualify; 1 lost qualify; 3 entered discovery")
    assert fates(log).is_open.tolist() == [True]
    assert fates(log, at=2.0).end.tolist() == [Kind.LOST]
    assert fates(log, at=1.0).is_open.tolist() == [True]


def test_an_owner_holds_a_lead_until_it_is_taken_back() -> None:
    log = tell("0 created; 0 routed @ann; 2 recaptured @ann; 4 claimed @bob; 6 unassigned !nobody", "0 created")
    held = [[log.vocabulary["actor"][code] if code >= 0 else "" for code in owners(log, at)] for at in (1, 3, 5, 7)]
    assert held == [["ann", ""], ["", ""], ["bob", ""], ["", ""]]


def test_a_row_without_an_actor_belongs_to_the_owner_of_the_moment() -> None:
    log = tell(
        "0 created; 0 routed @ann; 1 breached; 2 routed @bob; 3 breached @cid; 4 breached",
        "0 created; 1 breached",
    )
    actors = with_owner(log, Kind.BREACHED).actor
    assert [log.vocabulary["actor"][code] if code >= 0 else "" for code in actors] == ["ann", "cid", "bob", ""]


def test_periods_that_follow_each_other_share_no_event_and_lose_none() -> None:
    log = tell("0 created; 5 touched @ann; 10 touched @ann", window=(0.0, 10.0))
    time = np.array([0.0, 5.0, 10.0])
    assert span(log, (0.0, 5.0)).holds(time).tolist() == [True, False, False]
    assert span(log, (5.0, 10.0)).holds(time).tolist() == [False, True, True]


@pytest.mark.parametrize("period", [(-1.0, 5.0), (5.0, 11.0), (6.0, 5.0)])
def test_a_period_beyond_the_window_is_refused_with_the_window_named(period: tuple[float, float]) -> None:
    with pytest.raises(SpecError, match=r"must lie in the log's window \[0, 10\]"):
        span(tell("0 created"), period)


def test_calendar_units_begin_at_local_midnight() -> None:
    log = tell("0 created", origin=datetime(2024, 3, 30, 12, tzinfo=ZoneInfo("Europe/Berlin")))
    time = np.array([0.0, 0.49, 0.51, 1.46, 2.0])  # the clock jumps on 31 March, so midnight comes an hour early
    days = calendar_start(log, time, "day").dt.strftime("%m-%d").tolist()
    assert days == ["03-30", "03-30", "03-31", "04-01", "04-01"]
    assert calendar_start(log, time[[0, 4]], "week").dt.strftime("%m-%d").tolist() == ["03-25", "04-01"]
    assert calendar_start(log, time[[0, 4]], "month").dt.strftime("%m-%d").tolist() == ["03-01", "04-01"]
    assert calendar_start(log, time[[0, 4]], "quarter").dt.strftime("%m-%d").tolist() == ["01-01", "04-01"]


def test_an_unknown_calendar_unit_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="no calendar unit 'year'"):
        calendar_start(tell("0 created"), np.zeros(1), "year")


@given(logs())
def test_leads_in_are_exits_and_open_at_every_instant(log: EventLog) -> None:
    for at in (0.0, log.window[1] / 2, log.window[1]):
        known = fates(log, at)
        created = np.isfinite(known.created).sum()
        assert created == np.isin(known.end, [Kind.LOST, Kind.WON, Kind.MERGED]).sum() + known.is_open.sum()


@given(logs())
def test_visits_of_a_lead_follow_each_other_and_lie_in_its_life(log: EventLog) -> None:
    stays = visits(log)
    assert (stays.left >= stays.entered).all()
    follows = stays.lead[1:] == stays.lead[:-1]
    assert (stays.entered[1:] >= stays.left[:-1])[follows].all()
    assert len(stays) == (log.events["kind"] == int(Kind.ENTERED)).sum()
