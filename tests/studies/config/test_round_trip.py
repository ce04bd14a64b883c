from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sim.routing.policy import Ties
from sim.routing.registry import POLICIES
from sim.spec import FunnelSpec
from studies.config import dump_spec, load_spec, parse_spec, save_spec
from studies.config.lengths import read_length, write_length
from tests.studies.config.funnels import RICH, funnels


@example(RICH)
@given(funnels())
def test_a_funnel_written_and_read_is_the_same_funnel(spec: FunnelSpec) -> None:
    again = parse_spec(dump_spec(spec))
    assert again == spec
    assert again.fingerprint == spec.fingerprint


def test_writing_what_was_read_gives_the_same_text() -> None:
    text = dump_spec(RICH)
    assert dump_spec(parse_spec(text)) == text


def test_a_saved_funnel_is_the_same_when_loaded(tmp_path: Path) -> None:
    save_spec(RICH, tmp_path / "funnel.yaml")
    assert load_spec(tmp_path / "funnel.yaml") == RICH


def test_equal_numbers_of_different_types_have_one_fingerprint() -> None:
    web = RICH.market.channels[0]
    typed = replace(
        RICH,
        market=replace(RICH.market, channels=(replace(web, rate_per_day=np.float64(40)), *RICH.market.channels[1:])),
    )
    whole = replace(
        RICH, market=replace(RICH.market, channels=(replace(web, rate_per_day=40), *RICH.market.channels[1:]))
    )
    assert typed.fingerprint == whole.fingerprint == RICH.fingerprint
    assert dump_spec(typed) == dump_spec(whole) == dump_spec(RICH)


@given(st.floats(0, 1e6) | st.integers(0, 100_000).map(lambda minutes: minutes / 1440))
def test_a_length_reads_back_to_the_last_bit(days: float) -> None:
    text = write_length(days)
    assert (read_length(text) if isinstance(text, str) else text) == days


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2 h", 1 / 12),
        ("30 min", 1 / 48),
        ("1.5 d", 1.5),
        ("90s", 90 / 86400),
        ("2 weeks", 14),
        ("3", 3),
        (" 1 Hour ", 1 / 24),
    ],
)
def test_a_length_takes_its_unit(text: str, days: float) -> None:
    assert read_length(text) == pytest.approx(days)


@pytest.mark.parametrize("days", [1 / 24, 5 / 1440, 0.25, 1.5, 45.0, 1 / 3])
def test_a_round_length_is_written_with_a_unit(days: float) -> None:
    assert isinstance(write_length(days), str)


def test_a_calendar_takes_the_holidays_of_a_country() -> None:
    text = dump_spec(RICH).replace(
        "time_zone: Europe/Berlin\n      holidays: [2026-12-24, 2026-12-25]", "country: CN\n      years: [2026]"
    )
    calendar = parse_spec(text).operation.calendars["office"]
    assert date(2026, 10, 1) in calendar.holidays
    assert date(2026, 10, 10) in dict(calendar.make_up_days)


def test_a_policy_can_be_named_and_changed_in_one_part() -> None:
    text = dump_spec(RICH).replace(
        "routing: by-region", "routing: {policy: by-region, nobody: hold, ties: least recent}"
    )
    routing = parse_spec(text).team_of("demo").routing
    assert routing == replace(POLICIES["by-region"], ties=Ties.LEAST_RECENT)


def test_an_anchor_saves_typing() -> None:
    text = dump_spec(RICH).replace("latency: {exponential: 1.5 d}", "latency: &soon {exponential: 1.5 d}")
    text = text.replace("lost_latency: 8 h", "lost_latency: *soon")
    assert parse_spec(text).market.stages[1].lost_latency == RICH.market.stages[0].latency
