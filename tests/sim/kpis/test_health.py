"""Funnel health: stock against the steady state of the funnel's own flows."""

import numpy as np
import pytest

from sim.eventlog import EventLog
from sim.kpis import funnel_health, funnel_shape
from tests.sim.kpis.story import STAGES, tell


def _funnel(extra: tuple[int, int, int] = (0, 0, 0), fewer: tuple[int, int, int] = (0, 0, 0)) -> EventLog:
    """Let two leads come each day, stay four days in each of three stages and be won; then add or remove open leads."""
    lives = [
        f"{day} created; {day} entered qualify; {day + 4} advanced qualify; {day + 4} entered discovery;"
        f"{day + 8} advanced discovery; {day + 8} entered proposal;"
        f"{day + 12} advanced proposal; {day + 12} won proposal"
        for day in np.arange(-20, 120)
    ]
    standing = [np.arange(119, 115, -1), np.arange(115, 111, -1), np.arange(111, 107, -1)]
    gone = {int(day) for days, count in zip(standing, fewer, strict=True) for day in days[:count]}
    lives = [life for day, life in zip(range(-20, 120), lives, strict=True) if day not in gone] * 2
    lives += [
        f"-9 created; -9 entered {stage}" for stage, count in zip(STAGES, extra, strict=True) for _ in range(count)
    ]
    known = ["; ".join(piece for piece in life.split(";") if float(piece.split()[0]) < 120) for life in lives]
    return tell(*known, window=(0.0, 120.0))


def test_a_steady_funnel_is_balanced() -> None:
    table = funnel_health(_funnel())
    assert table["stock"].tolist() == [8, 8, 8]
    assert table["inflow"].tolist() == pytest.approx([2, 2, 2])
    assert table["steady_stock"].tolist() == pytest.approx([8, 8, 8])
    assert table["verdict"].tolist() == ["as expected"] * 3
    assert funnel_shape(table).shape == "balanced"


@pytest.mark.parametrize(
    ("extra", "shape", "stage"),
    [
        ((9, 0, 0), "top-heavy", "qualify"),
        ((0, 9, 0), "congested in the middle", "discovery"),
        ((6, 6, 9), "bottom-heavy", "proposal"),
    ],
)
def test_old_deals_that_lie_about_make_their_stage_heavy(extra: tuple[int, int, int], shape: str, stage: str) -> None:
    found = funnel_shape(funnel_health(_funnel(extra)))
    assert (found.shape, found.stage) == (shape, stage)
    assert found.ratio == pytest.approx((8 + max(extra)) / 8, rel=0.05)


@pytest.mark.parametrize(
    ("fewer", "shape"),
    [((4, 0, 0), "thin at the top"), ((0, 4, 0), "gap in the middle"), ((0, 0, 4), "thin at the bottom")],
)
def test_a_stage_that_has_run_dry_is_a_gap(fewer: tuple[int, int, int], shape: str) -> None:
    table = funnel_health(_funnel(fewer=fewer))
    assert sorted(table["stock"]) == [0, 8, 8]
    assert sorted(table["verdict"]) == ["as expected", "as expected", "thin"]
    assert funnel_shape(table).shape == shape


def test_inflow_is_what_the_period_would_pass_on_not_what_arrived_there() -> None:
    # Ten come, four leave: two advance, two are lost. One of the two in discovery goes back.
    log = tell(
        *["0 entered qualify; 1 advanced qualify; 1 entered discovery"],
        *["0 entered qualify; 1 advanced qualify; 1 entered discovery; 3 entered qualify"],
        *["0 entered qualify; 1 lost qualify"] * 2,
        *["0 entered qualify"] * 6,
    )
    table = funnel_health(log)
    # q = 1 + d r, d = q / 2, with r = 1 because the only visit that left discovery went back: q = 2.
    assert table["inflow"].tolist() == pytest.approx([2, 1, 0])
    assert table["dwell"].tolist()[:2] == [1, 2]
    assert table["steady_stock"].tolist()[:2] == pytest.approx([2, 2])
    assert table["verdict"].tolist() == ["heavy", "as expected", "unknown"]


def test_leads_that_only_go_in_circles_have_no_steady_state() -> None:
    log = tell("0 entered qualify; 1 advanced qualify; 1 entered discovery; 2 entered qualify")
    table = funnel_health(log)
    assert table["inflow"].isna().all()
    assert set(table["verdict"]) == {"unknown"}


def test_an_empty_log_has_no_verdict_and_a_balanced_shape() -> None:
    table = funnel_health(tell())
    assert set(table["verdict"]) == {"unknown"}
    shape = funnel_shape(table)
    assert (shape.shape, shape.stage) == ("balanced", "")
    assert np.isnan(shape.ratio)
