"""Speed to first touch."""

import numpy as np
import pytest
from hypothesis import given

from sim.eventlog import EventLog
from sim.kpis import first_touch_curve, speed_to_first_touch
from tests.sim.kpis.story import logs, tell

FIVE_LEADS = (
    "0 created; 1 started @ann; 2 touched @ann; 4 touched @ann",
    "0 created; 4 touched @ann",
    "0 created; 3 lost qualify !silence",
    "7 created",
    "5 created; 5.5 merged",
)


def test_a_lost_lead_counts_as_never_reached_and_an_open_one_as_long_as_it_was_watched() -> None:
    row = speed_to_first_touch(tell(*FIVE_LEADS), within=2.0).loc["all"]
    # Of 4 leads one is touched after 2 days, one lost after 3, one open and watched for 3, and one touched after 4.
    assert row[["leads", "untouched"]].tolist() == [4, 1]
    assert row["within"] == pytest.approx(1 / 4)
    assert row["never"] == pytest.approx(1 / 4)
    assert row["median"] == 4
    assert np.isnan(row["p90"])


def test_the_touch_counts_when_it_is_finished() -> None:
    assert first_touch_curve(tell("0 created; 1 started @ann; 3 touched @ann")).index.tolist() == [3]


def test_a_cohort_is_created_in_the_period_and_followed_beyond_it() -> None:
    row = speed_to_first_touch(tell(*FIVE_LEADS), period=(0.0, 1.0)).loc["all"]
    assert row["leads"] == 3
    assert row["median"] == 4
    assert row["never"] == pytest.approx(1 / 3)


def test_groups_are_measured_apart() -> None:
    log = tell(*FIVE_LEADS, leads=[{"channel": "web"}, {"channel": "fair"}, {"channel": "fair"}, {"channel": "web"}])
    table = speed_to_first_touch(log, by=["channel"])
    assert table["leads"].to_dict() == {"web": 2, "fair": 2}
    assert table["median"]["web"] == 2
    assert table["never"]["fair"] == pytest.approx(1 / 2)


def test_a_crm_without_touches_says_that_it_does_not_know() -> None:
    row = speed_to_first_touch(tell("0 created; 2 lost qualify", simulated=False)).loc["all"]
    assert row["leads"] == 1
    assert row[["median", "p90", "within", "never"]].isna().all()


def test_a_simulated_funnel_without_reps_reaches_nobody() -> None:
    row = speed_to_first_touch(tell("0 created; 2 lost qualify")).loc["all"]
    assert row["never"] == 1
    assert row["within"] == 0


def test_an_empty_log_has_no_speed() -> None:
    row = speed_to_first_touch(tell()).loc["all"]
    assert row["leads"] == 0
    assert np.isnan(row["median"])


@given(logs())
def test_shares_within_ever_longer_promises_rise_towards_all_but_the_never_reached(log: EventLog) -> None:
    shares = [speed_to_first_touch(log, within=days).loc["all"] for days in (0.5, 2.0, 100.0)]
    if shares[0]["leads"]:
        assert shares[0]["within"] <= shares[1]["within"] <= shares[2]["within"] <= 1 - shares[2]["never"] + 1e-12
