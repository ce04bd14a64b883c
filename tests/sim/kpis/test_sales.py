"""Bookings, win rates, sales cycle, loss causes and attainment."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given

from sim.errors import UnknownNameError
from sim.eventlog import EventLog
from sim.kpis import (
    attainment,
    bookings,
    loss_causes,
    per_lead_bookings,
    sales_cycle,
    win_rate_closed,
    win_rate_cohort,
)
from tests.sim.kpis.story import logs, tell

LIVES = (
    "-4 created; -4 routed @ann; 2 won proposal $100",
    "0 created; 0 routed @ann; 1 routed @cid; 6 won proposal $50 @cid",
    "1 created; 1 routed @bob; 3 lost qualify !price",
    "2 created; 2 routed @bob; 9 lost proposal !rival; 9.5 entered proposal",
    "3 created",
    "0 created; 4 lost qualify !price",
)
LEADS = (
    {"channel": "web", "amount": 120.0},
    {"channel": "fair", "amount": 60.0},
    {"channel": "web", "amount": 30.0},
    {"channel": "fair", "amount": 80.0},
    {"channel": "web"},
    {"channel": "web"},
)


@pytest.fixture
def log() -> EventLog:
    return tell(*LIVES, leads=LEADS)


def test_bookings_count_the_wins_of_the_period(log: EventLog) -> None:
    assert bookings(log).loc["all"].tolist() == [2, 150, 75]
    assert bookings(log, period=(0.0, 5.0)).loc["all"].tolist() == [1, 100, 100]
    assert per_lead_bookings(log).tolist() == [100, 50, 0, 0, 0, 0]
    assert per_lead_bookings(log, (3.0, 10.0)).tolist() == [0, 50, 0, 0, 0, 0]


def test_bookings_go_to_the_rep_of_the_win_else_to_the_owner(log: EventLog) -> None:
    assert bookings(log, ["rep"])["bookings"].to_dict() == {"ann": 100, "cid": 50}
    assert bookings(log, ["team"])["bookings"].to_dict() == {"inside": 100, "field": 50}


def test_bookings_are_told_by_two_dimensions_at_once(log: EventLog) -> None:
    table = bookings(log, ["channel", "day"])
    assert table["bookings"].to_dict() == {
        ("web", pd.Timestamp(date(2024, 1, 3))): 100,
        ("fair", pd.Timestamp(date(2024, 1, 7))): 50,
    }


def test_a_win_of_unknown_amount_is_a_win_without_bookings() -> None:
    row = bookings(tell("0 created; 1 won proposal", "0 created; 2 won proposal $8")).loc["all"]
    assert row.tolist() == [2, 8, 8]


def test_an_unknown_dimension_is_refused_with_the_known_ones(log: EventLog) -> None:
    with pytest.raises(UnknownNameError, match="no dimension 'source'; a KPI table has channel, region"):
        bookings(log, ["source"])


def test_the_closed_win_rate_divides_by_what_closed_in_the_period(log: EventLog) -> None:
    assert win_rate_closed(log).loc["all"].tolist() == [2, 3, 0.4]
    by_channel = win_rate_closed(log, ["channel"], (2.0, 5.0))
    assert by_channel.loc["web"].tolist() == pytest.approx([1, 2, 1 / 3])
    assert list(by_channel.index) == ["web"]


def test_the_cohort_win_rate_divides_by_the_leads_created_in_the_period(log: EventLog) -> None:
    # The fourth was lost and came back, the fifth never closed; the first came before the window.
    assert win_rate_cohort(log).loc["all"].tolist() == [5, 1, 2, 2, 0.2]
    assert win_rate_cohort(log, ["week"]).loc[pd.Timestamp(date(2024, 1, 1)), "leads"] == 5
    assert win_rate_cohort(log, period=(0.0, 1.0)).loc["all"].tolist() == [2, 1, 1, 0, 0.5]
    assert win_rate_cohort(log, ["rep"])["leads"].to_dict() == {"bob": 2, "cid": 1, "": 2}


def test_the_sales_cycle_is_of_wins_and_beside_it_of_every_closing(log: EventLog) -> None:
    row = sales_cycle(log).loc["all"]
    assert row[["wins", "mean", "median", "p90"]].tolist() == pytest.approx([2, 6, 6, 6])
    assert row[["closed", "mean_all", "median_all"]].tolist() == pytest.approx([5, (6 + 6 + 2 + 7 + 4) / 5, 6])


def test_a_closing_whose_creation_is_unknown_has_no_cycle() -> None:
    row = sales_cycle(tell("2 won proposal $5", simulated=False)).loc["all"]
    assert row["wins"] == 1
    assert np.isnan(row["mean"])


def test_losses_are_told_by_cause_with_the_commonest_first(log: EventLog) -> None:
    table = loss_causes(log)
    assert table.index.tolist() == ["price", "rival"]
    assert table["losses"].tolist() == [2, 1]
    assert table["amount"].tolist() == [30, 80]
    assert table["share"].tolist() == pytest.approx([2 / 3, 1 / 3])
    assert table["share_of_amount"].tolist() == pytest.approx([3 / 11, 8 / 11])


def test_losses_by_channel_have_shares_within_the_channel(log: EventLog) -> None:
    table = loss_causes(log, ["channel"])
    assert table["share"].to_dict() == {("web", "price"): 1, ("fair", "rival"): 1}


def test_losses_of_unknown_amount_have_no_share_of_it() -> None:
    table = loss_causes(tell("0 created; 1 lost qualify"))
    assert table.index.tolist() == [""]
    assert table["share"].tolist() == [1]
    assert table["share_of_amount"].isna().all()


def test_attainment_is_bookings_over_quota_and_unknown_without_one(log: EventLog) -> None:
    table = attainment(log, {"cid": 200.0, "ann": 80.0, "bob": 0.0, "dee": 10.0})
    assert table.index.tolist() == ["cid", "ann", "bob", "dee"]
    assert table["bookings"].tolist() == [50, 100, 0, 0]
    assert table["attainment"].tolist()[:2] == [0.25, 1.25]
    assert np.isnan(table["attainment"]["bob"])
    assert table["attainment"]["dee"] == 0


def test_an_empty_log_sells_nothing() -> None:
    assert bookings(tell()).loc["all", "bookings"] == 0
    assert np.isnan(bookings(tell()).loc["all", "average_deal"])
    assert bookings(tell(), ["rep", "month"]).empty
    assert np.isnan(win_rate_closed(tell()).loc["all", "win_rate_closed"])
    assert np.isnan(win_rate_cohort(tell()).loc["all", "win_rate_cohort"])
    assert sales_cycle(tell()).loc["all", "closed"] == 0
    assert loss_causes(tell()).empty
    assert loss_causes(tell(), ["channel"]).empty
    assert per_lead_bookings(tell()).tolist() == []
    assert attainment(tell(), {"ann": 5.0})["attainment"].tolist() == [0]


@given(logs())
def test_a_breakdown_adds_up_to_the_whole(log: EventLog) -> None:
    whole = bookings(log).loc["all", "bookings"]
    for by in (["channel"], ["rep", "month"], ["team", "day"]):
        assert bookings(log, by)["bookings"].sum() == whole
    assert per_lead_bookings(log).sum() == whole
    assert loss_causes(log)["losses"].sum() == win_rate_closed(log).loc["all", "losses"]
