"""Counts by hand, and nothing of the future in them."""

from datetime import timedelta

import numpy as np
import pytest

from forecast.fiscal import FiscalCalendar
from forecast.grouped import Grid, group
from forecast.grouped.clock import clock_of, week_weights
from forecast.grouped.labels import band_cuts, band_names, band_of
from sim.errors import SpecError
from sim.eventlog import EventLog
from tests.forecast.stories import ORIGIN, log_of, steady

WEEKLY = Grid(7.0, (0, 1, 2), FiscalCalendar(), FiscalCalendar())


def counts(log: EventLog, day: float) -> dict[tuple[int, int], tuple[float, float, float]]:
    grouped = group(log, ORIGIN + timedelta(days=day), grid=WEEKLY)
    table, found = grouped.hazards, {}
    for stage, age, *three in zip(
        table.columns["stage"], table.columns["age"], table.at_risk, table.exits, table.advances, strict=True
    ):
        found[int(stage), int(age)] = tuple(map(float, three))
    return found


def test_steps_at_risk_exits_and_advances_are_counted_by_hand() -> None:
    deals = [
        [(0.0, "qualify"), (10.0, "proposal"), (13.0, "won")],  # two steps in qualify, one in proposal
        [(1.0, "qualify"), (4.0, "lost")],  # one step
        [(2.0, "qualify")],  # open: whole steps are at risk
    ]
    found = counts(log_of(deals, 23.5), 23.5)
    assert found == {(0, 0): (3.0, 1.0, 0.0), (0, 1): (2.0, 1.0, 1.0), (0, 2): (1.0, 0.0, 0.0), (1, 0): (1.0, 1.0, 1.0)}


def test_a_step_that_is_not_over_counts_for_nothing_even_if_the_deal_left_in_it() -> None:
    deals = [[(0.0, "qualify"), (8.0, "lost")], [(0.0, "qualify")]]
    assert counts(log_of(deals, 10.0), 10.0) == {(0, 0): (2.0, 0.0, 0.0)}


def test_where_deals_go_and_how_far_through_a_step_is_kept() -> None:
    log = log_of([[(0.0, "qualify"), (1.4, "proposal"), (9.1, "won")], [(0.0, "qualify"), (2.0, "won")]], 30.0)
    table = group(log, ORIGIN + timedelta(days=30), grid=WEEKLY).hazards
    assert table.destinations.tolist() == [[0, 1, 1], [0, 0, 1]]
    assert table.moment[0, 0] == pytest.approx((1.4 / 7 + 2 / 7 + 0.5) / 3)


def test_nothing_after_the_as_of_date_changes_a_count() -> None:
    known = steady(120)
    later = [*known, *[[(130.0 + k, "qualify"), (131.0 + k, "won")] for k in range(40)]]
    day = ORIGIN + timedelta(days=100)
    past, future = (group(log_of(deals, 200.0), day) for deals in (known, later))
    assert past.fingerprint == future.fingerprint
    assert group(log_of(known, 200.0), day + timedelta(days=20)).fingerprint != past.fingerprint


def test_arrivals_are_whole_weeks_back_from_the_as_of_date() -> None:
    log = log_of([[(day, "qualify")] for day in (0.5, 1.5, 6.0, 8.0, 20.0)], 21.0)
    grouped = group(log, ORIGIN + timedelta(days=21), grid=WEEKLY)
    assert grouped.arrivals[:, 0].tolist() == [3.0, 1.0, 1.0]


def test_deals_count_from_the_first_exit_where_earlier_ones_were_not_recorded() -> None:
    deals = [[(0.0, "qualify")] for _ in range(5)] + [[(100.0 + k, "qualify"), (103.0 + k, "lost")] for k in range(20)]
    found = counts(log_of(deals, 140.0), 140.0)
    assert found[0, 2][0] < 5 * 6  # not the hundred days in which nothing could be seen
    assert (0, 0) in found


def test_a_dimension_that_only_closed_deals_have_moves_nothing() -> None:
    log = log_of(steady(150), 200.0)
    closed = np.array([k % 3 != 2 for k in range(150)])
    leads = {**log.leads, "segment": np.where(closed, np.arange(150) % 2, -1).astype(np.int32)}
    filled = EventLog(log.origin, log.window, log.events, leads, {**log.vocabulary, "segment": ("a", "b")})
    grouped = group(filled, ORIGIN + timedelta(days=200))
    assert grouped.filled_late == ("segment",)
    assert "segment" not in grouped.levels
    honest = {**leads, "segment": (np.arange(150) % 2).astype(np.int32)}
    known = EventLog(log.origin, log.window, log.events, honest, {**log.vocabulary, "segment": ("a", "b")})
    assert "segment" in group(known, ORIGIN + timedelta(days=200)).levels


@pytest.mark.parametrize(("lost_without", "moves"), [(1.0, False), (0.2, True)])
def test_a_dimension_that_is_filled_in_on_the_way_moves_nothing(lost_without: float, moves: bool) -> None:
    deals = steady(300)
    log = log_of(deals, 400.0)
    went_on = np.array([len(story) == 3 for story in deals])
    filled = went_on | (np.arange(300) % 5 >= 5 * lost_without)
    segment = np.where(filled, np.arange(300) % 2, -1).astype(np.int32)
    leads = {**log.leads, "segment": segment}
    told = EventLog(log.origin, log.window, log.events, leads, {**log.vocabulary, "segment": ("a", "b")})
    grouped = group(told, ORIGIN + timedelta(days=400), effects=("segment",))
    assert ("segment" in grouped.levels) == moves
    assert ("segment" in grouped.filled_late) != moves


def test_amount_bands_end_at_quantiles_and_zero_is_unknown() -> None:
    amounts = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 100.0])
    cuts = band_cuts(amounts)
    codes = band_of(np.array([0.0, 1.0, 5.0, 100.0, np.nan]), cuts)
    assert [band_names(cuts)[code] for code in codes] == ["unknown", "up to 4", "up to 7", "more", "unknown"]


def test_a_week_of_the_clock_lasts_seven_days_and_quiet_days_are_short() -> None:
    times = np.concatenate([np.arange(0, 700, 7.0) + day for day in (0.5, 1.5, 2.5)])  # Monday to Wednesday
    weights = week_weights(times, ORIGIN, "UTC")
    clock = clock_of(weights, ORIGIN, (0.0, 70.0), 35.0, "UTC")
    assert clock.count(np.array([35.0, 42.0])) == pytest.approx([35.0, 42.0])
    sunday = clock.count(np.array([41.0, 42.0]))
    assert sunday[1] - sunday[0] < 0.1
    assert clock.calendar_of(clock.count(np.array([36.3, 40.0]))) == pytest.approx([36.3, 40.0])
    assert np.isinf(clock.calendar_of(np.array([np.inf]))).all()


def test_an_as_of_date_without_a_zone_is_refused() -> None:
    with pytest.raises(SpecError, match="time zone"):
        group(log_of(steady(9), 50.0), ORIGIN.replace(tzinfo=None) + timedelta(days=40))
