"""Conversion of a cohort and of a period."""

import numpy as np
import pytest
from hypothesis import given

from sim.errors import UnknownNameError
from sim.eventlog import EventLog
from sim.kpis import conversion_curve, conversion_of_cohort, conversion_of_period
from tests.sim.kpis.story import STAGES, logs, tell

THREE_LEADS = (
    (
        "-3 created; -3 entered qualify; 2 advanced qualify; 2 entered discovery;"
        "4 advanced discovery; 4 entered proposal; 9 won proposal"
    ),
    "0 created; 0 entered qualify; 3 lost qualify !price",
    "1 created; 1 entered qualify; 4 advanced qualify; 4 entered discovery",
    "6 created; 6 entered qualify",
)


def test_a_cohort_is_followed_to_the_windows_end() -> None:
    table = conversion_of_cohort(tell(*THREE_LEADS), (0.0, 3.0))
    qualify = table.loc["qualify"]
    assert qualify[["entered", "advanced", "lost", "open"]].tolist() == [2, 1, 1, 0]
    assert qualify[["conversion", "loss", "still_open"]].tolist() == [0.5, 0.5, 0]
    assert table["entered"].tolist() == [2, 1, 0]
    assert np.isnan(table["conversion"]["proposal"])


def test_a_period_counts_those_who_left_in_it_whenever_they_came() -> None:
    table = conversion_of_period(tell(*THREE_LEADS))
    assert table["left"].tolist() == [3, 1, 1]
    assert table["advanced"].tolist() == [2, 1, 1]
    assert table["conversion"].tolist() == pytest.approx([2 / 3, 1, 1])
    assert conversion_of_period(tell(*THREE_LEADS), (3.0, 4.0))["loss"]["qualify"] == 1


def test_the_curve_allows_for_open_visits() -> None:
    curve = conversion_curve(tell(*THREE_LEADS), "qualify")
    assert curve.index.tolist() == [3]  # one advances and one is lost after 3 days, the third was watched for 4 days
    assert curve["advanced"].tolist() == pytest.approx([1 / 3])
    assert curve["open"].tolist() == pytest.approx([1 / 3])


def test_an_unknown_stage_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match="no stage 'propsal'; this log has qualify, discovery, proposal"):
        conversion_curve(tell(*THREE_LEADS), "propsal")


def test_an_empty_log_converts_nothing() -> None:
    assert conversion_of_cohort(tell())["entered"].tolist() == [0, 0, 0]
    assert conversion_of_period(tell())["conversion"].isna().all()
    assert conversion_curve(tell(), "qualify").empty


@given(logs())
def test_those_who_enter_are_those_who_leave_and_those_who_stay(log: EventLog) -> None:
    table = conversion_of_cohort(log)
    ends = table[["advanced", "lost", "nurtured", "returned", "merged", "open"]].sum(axis=1)
    assert (table["entered"] == ends).all()


@given(logs())
def test_the_periods_of_a_window_add_up_to_it(log: EventLog) -> None:
    cut = log.window[1] / 2
    halves = conversion_of_period(log, (0.0, cut))["left"] + conversion_of_period(log, (cut, log.window[1]))["left"]
    assert (halves == conversion_of_period(log)["left"]).all()


@given(logs())
def test_where_nothing_is_open_the_curve_ends_at_the_plain_conversion(log: EventLog) -> None:
    table = conversion_of_cohort(log)
    for stage in STAGES:
        curve = conversion_curve(log, stage)
        if len(curve) and not table["open"][stage]:
            assert curve["advanced"].iloc[-1] == pytest.approx(table["conversion"][stage])
