"""A table of deals tells its story by its dates; the stage only says how it stands now."""

from datetime import UTC, datetime
from typing import Any

MAPPING = """
kind: opportunity-table
time_zone: Europe/Berlin
columns:
  {lead: id, stage: stage, created: born, stage_changed: moved, closed: close, owner: owner, amount: amount, cause: why}
stages: [Q, P, N]
won: W
lost: {L: "", Dead: no decision}
"""
HEADER = "id,stage,born,moved,close,owner,amount,why\n"
DATED = """
kind: opportunity-table
time_zone: Europe/Berlin
columns: {lead: id, stage: stage, created: born, closed: close}
stages: [Q, P, N]
stage_dates: {Q: q, P: p, N: n}
won: W
lost: L
"""
DATED_HEADER = "id,stage,born,q,p,n,close\n"


def test_an_open_deal_stands_where_it_was_put_last(reading: Any, story: Any) -> None:
    rows = "1,P,2024-01-01,2024-01-05,2024-12-31,Ann,100,\n"
    assert story(reading(MAPPING, HEADER + rows)) == [
        "0 1 created Ann 100",
        "0 1 entered Q Ann",
        "0 1 routed Q Ann",
        "4 1 advanced Q Ann 100",
        "4 1 entered P Ann",
    ]


def test_a_planned_close_date_is_not_an_end(reading: Any) -> None:
    history = reading(MAPPING, HEADER + "1,P,2024-01-01,2024-01-05,2024-01-08,Ann,100,\n")
    assert [deal.stage for deal in history.opening().deals] == ["P"]


def test_a_closed_deal_ends_at_its_close_date(reading: Any, story: Any) -> None:
    rows = (
        "1,W,2024-01-01,2024-01-05,2024-01-08,Ann,100,\n"
        "2,Dead,2024-01-01,,2024-01-09,Ann,,\n"
        "3,L,2024-01-01,,2024-01-10,Ann,,price\n"
    )
    lines = story(reading(MAPPING, HEADER + rows))
    assert lines[-4:] == [
        "7 1 advanced Q Ann 100",
        "7 1 won Q Ann 100",
        "8 2 lost Q Ann no decision",
        "9 3 lost Q Ann price",
    ]


def test_a_deal_whose_stage_was_set_at_its_creation_never_stood_in_the_first(reading: Any, story: Any) -> None:
    rows = "1,N,2024-01-01 10:00:00,2024-01-01 10:00:20,,,,\n"
    kinds = [line.split()[2:4] for line in story(reading(MAPPING, HEADER + rows))]
    assert kinds == [["created"], ["entered", "N"]]


def test_each_stage_date_is_an_entry(reading: Any, story: Any) -> None:
    rows = "1,W,2024-01-01,2024-01-01,2024-01-03,2024-01-07,2024-01-09\n"
    assert story(reading(DATED, DATED_HEADER + rows)) == [
        "0 1 created", "0 1 entered Q", "2 1 advanced Q", "2 1 entered P", "6 1 advanced P", "6 1 entered N",
        "8 1 advanced N", "8 1 won N",
    ]  # fmt: skip


def test_dates_without_a_time_of_day_follow_what_led_to_them(reading: Any, story: Any) -> None:
    rows = "1,W,2024-01-01 09:00,,2024-01-02 12:00,2024-01-02,2024-01-02\n"
    history = reading(DATED, DATED_HEADER + rows)
    times = [float(line.split()[0]) for line in story(history)]
    assert times == [0.375, 0.375, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5]
    assert history.quality["same-day-order"].count == 1


def test_a_stage_date_after_the_close_is_not_read(reading: Any, story: Any) -> None:
    history = reading(DATED, DATED_HEADER + "1,L,2024-01-01,2024-01-01,2024-02-01,,2024-01-09\n")
    assert [line.split()[2] for line in story(history)] == ["created", "entered", "lost"]
    assert history.quality["stage-after-close"].examples == ("1",)


def test_a_deal_closed_before_it_was_created_is_set_aside(reading: Any) -> None:
    history = reading(DATED, DATED_HEADER + "1,L,2024-01-09,,,,2024-01-01\n2,Q,2024-01-01,,,,\n")
    assert history.quality["closed-before-created"].examples == ("1",)
    assert history.quality.set_aside["id"].tolist() == ["1"]
    assert history.log.n_leads == 1


def test_deals_without_the_dates_that_place_them_are_set_aside(reading: Any) -> None:
    history = reading(DATED, DATED_HEADER + "1,Q,,,,,\n2,W,2024-01-01,,,,\n3,Q,2024-01-01,,,,\n")
    assert history.quality["no-created"].examples == ("1",)
    assert history.quality["no-close-date"].examples == ("2",)
    assert history.quality.rows_used == 1


def test_of_two_rows_of_a_deal_the_one_with_the_latest_dates_is_used(reading: Any) -> None:
    rows = "1,P,2024-01-01,2024-01-05,,Ann,100,\n1,Q,2024-01-01,2024-01-01,,Bob,50,\n"
    history = reading(MAPPING, HEADER + rows)
    assert history.quality["id-twice"].count == 1
    assert [deal.stage for deal in history.opening().deals] == ["P"]


def test_a_stage_without_a_date_is_known_from_the_export_on(reading: Any, story: Any) -> None:
    mapping = MAPPING.replace("stage_changed: moved, ", "")
    rows = "1,P,2024-01-01,,,,,\n2,L,2024-01-01,,2024-01-31,,,\n"
    history = reading(mapping, HEADER + rows)
    assert "30 1 entered P" in story(history)
    assert [deal.stage for deal in history.opening(datetime(2024, 1, 15, tzinfo=UTC)).deals] == ["Q", "Q"]
    assert history.quality["no-stage-date"].count == 1


def test_dates_of_winning_and_losing_replace_a_stage(reading: Any, story: Any) -> None:
    mapping = """
kind: opportunity-table
time_zone: UTC
columns: {lead: id, created: born, won: won, lost: lost, closed_by: rep, cause: why}
stages: [open]
"""
    rows = "id,born,won,lost,rep,why\n1,2024-01-01,2024-01-02,,Ann,\n2,2024-01-01,,2024-01-03,Bob,price\n"
    assert story(reading(mapping, rows))[-3:] == [
        "1 1 advanced open Ann",
        "1 1 won open Ann",
        "2 2 lost open Bob price",
    ]


def test_fields_that_carry_no_date_are_named(reading: Any) -> None:
    history = reading(MAPPING, HEADER + "1,Q,2024-01-01,,,Ann,100,\n")
    assert history.quality["undated-field"].examples == ("owner", "amount")
