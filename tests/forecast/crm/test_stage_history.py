"""A stage history becomes the log that a person would tell of it."""

from typing import Any

import pytest

MAPPING = """
kind: stage-history
time_zone: UTC
columns: {lead: id, stage: stage, time: at, amount: amount, owner: owner, cause: why}
stages: {qualify: [Q], propose: [P], negotiate: [N]}
won: W
lost: [L]
nurtured: Rest
"""
HEADER = "id,stage,at,amount,owner,why\n"


def test_a_deal_walks_through_its_stages_and_is_won(reading: Any, story: Any) -> None:
    rows = "7,Q,2024-01-01,100,Ann,\n7,P,2024-01-03,120,Ann,\n7,N,2024-01-04,,Bob,\n7,W,2024-01-09,90,Bob,\n"
    assert story(reading(MAPPING, HEADER + rows)) == [
        "0 7 created 100",
        "0 7 entered qualify Ann",
        "0 7 routed qualify Ann",
        "2 7 advanced qualify Ann 120",
        "2 7 entered propose Ann",
        "3 7 advanced propose Bob 120",
        "3 7 entered negotiate Bob",
        "3 7 routed negotiate Bob",
        "8 7 advanced negotiate Bob 90",
        "8 7 won negotiate Bob 90",
    ]


def test_rows_that_only_change_the_amount_move_nothing_but_the_amount(reading: Any, story: Any) -> None:
    rows = "7,Q,2024-01-01,100,,\n7,Q,2024-01-03,120,,\n7,Q,2024-01-04,130,,\n"
    history = reading(MAPPING, HEADER + rows)
    assert story(history) == ["0 7 created 100", "0 7 entered qualify"]
    assert history.log.leads["amount"].tolist() == [130]
    assert history.quality.rows_used == 3


def test_the_order_of_the_rows_in_the_file_does_not_matter(reading: Any, story: Any) -> None:
    rows = [f"{deal},{stage},2024-01-{day:02},{day},Ann,x\n" for deal in "abc" for day, stage in enumerate("QPL", 1)]
    assert story(reading(MAPPING, HEADER + "".join(rows[::-1]))) == story(reading(MAPPING, HEADER + "".join(rows)))


def test_a_deal_that_comes_back_after_its_end_is_told_twice(reading: Any, story: Any) -> None:
    rows = "7,Q,2024-01-01,,,\n7,L,2024-01-03,,,price\n7,P,2024-01-04,,,\n7,W,2024-01-09,,,\n"
    history = reading(MAPPING, HEADER + rows)
    assert story(history)[2:] == [
        "2 7 lost qualify price",
        "3 7 entered propose",
        "8 7 advanced propose",
        "8 7 won propose",
    ]
    assert history.quality["reopened"].count == 1


def test_of_several_ends_in_a_row_only_the_last_counts(reading: Any, story: Any) -> None:
    rows = "7,Q,2024-01-01,,,\n7,L,2024-01-03,,,price\n7,W,2024-01-04,,,\n7,W,2024-01-05,50,,\n"
    history = reading(MAPPING, HEADER + rows)
    assert story(history)[2:] == ["3 7 advanced qualify", "3 7 won qualify 50"]
    assert history.quality["corrected-end"].count == 1


def test_a_move_back_enters_without_advancing(reading: Any, story: Any) -> None:
    rows = "7,Q,2024-01-01,,,\n7,N,2024-01-02,,,\n7,Q,2024-01-03,,,\n7,P,2024-01-04,,,\n"
    history = reading(MAPPING, HEADER + rows)
    assert story(history)[2:] == [
        "1 7 advanced qualify",
        "1 7 entered negotiate",
        "2 7 entered qualify",
        "3 7 advanced qualify",
        "3 7 entered propose",
    ]
    assert (history.quality["moved-back"].count, history.quality["skipped-stage"].count) == (1, 1)


def test_a_move_back_can_be_ignored(reading: Any, story: Any) -> None:
    rows = "7,Q,2024-01-01,,,\n7,N,2024-01-02,,,\n7,Q,2024-01-03,,,\n7,P,2024-01-04,,,\n7,W,2024-01-05,,,\n"
    history = reading(MAPPING + "backward: ignore\n", HEADER + rows)
    assert story(history)[2:] == [
        "1 7 advanced qualify", "1 7 entered negotiate", "4 7 advanced negotiate", "4 7 won negotiate",
    ]  # fmt: skip
    assert (history.quality["moved-back"].count, history.quality["moved-back"].done) == (2, "repaired")


def test_a_deal_rests_in_nurture_and_wakes(reading: Any, story: Any) -> None:
    rows = "7,Q,2024-01-01,,,\n7,Rest,2024-01-02,,,\n7,Rest,2024-01-03,,,\n7,Q,2024-02-01,,,\n7,L,2024-02-02,,,\n"
    assert story(reading(MAPPING, HEADER + rows))[2:] == [
        "1 7 nurtured qualify", "31 7 woken qualify", "31 7 entered qualify", "32 7 lost qualify",
    ]  # fmt: skip


def test_at_one_instant_stages_follow_the_funnel_and_the_end_comes_last(reading: Any, story: Any) -> None:
    rows = "7,W,2024-01-01,,,\n7,P,2024-01-01,,,\n7,Q,2024-01-01,,,\n"
    assert [line.removeprefix("0 7 ") for line in story(reading(MAPPING, HEADER + rows))] == [
        "created", "entered qualify", "advanced qualify", "entered propose", "advanced propose", "won propose",
    ]  # fmt: skip


def test_an_end_without_a_stage_is_told_and_reported(reading: Any, story: Any) -> None:
    history = reading(MAPPING, HEADER + "7,W,2024-01-01,10,,\n8,Q,2024-01-01,,,\n")
    assert story(history) == ["0 7 created 10", "0 7 won 10", "0 8 created", "0 8 entered qualify"]
    assert history.quality["ended-nowhere"].examples == ("7",)


def test_creation_comes_from_its_own_column_and_never_after_the_first_row(reading: Any, story: Any) -> None:
    mapping = MAPPING.replace("why}", "why, created: born}")
    rows = "id,stage,at,amount,owner,why,born\n7,Q,2024-01-03,,,,2024-01-01\n8,Q,2024-01-03,,,,2024-01-05\n"
    history = reading(mapping, rows)
    assert [line for line in story(history) if "created" in line] == ["0 7 created", "2 8 created"]
    assert history.quality["created-late"].examples == ("8",)


def test_without_stages_in_the_mapping_most_deals_give_their_order(reading: Any) -> None:
    mapping = MAPPING.replace("stages: {qualify: [Q], propose: [P], negotiate: [N]}\n", "")
    ways = ["NQ", "QP", "QP", "Q", "Q", "Q", "QPN", "PN"]  # many stop early: a mean place on the way would mislead
    rows = [
        f"{deal},{stage},2024-01-{day:02},,,\n" for deal, way in enumerate(ways) for day, stage in enumerate(way, 1)
    ]
    assert reading(mapping, HEADER + "".join(rows)).log.vocabulary["stage"] == ("Q", "P", "N")


def test_leads_are_numbered_in_order_of_creation_within_their_channel(reading: Any) -> None:
    mapping = MAPPING.replace("why}", "why, channel: from}")
    rows = "id,stage,at,amount,owner,why,from\nb,Q,2024-01-03,,,,web\na,Q,2024-01-03,,,,web\nc,Q,2024-01-01,,,,fair\n"
    frame = reading(mapping, rows).log.leads_frame()
    assert frame[["label", "channel", "number"]].to_numpy().tolist() == [
        ["c", "fair", 0],
        ["a", "web", 0],
        ["b", "web", 1],
    ]


@pytest.mark.parametrize(("stage", "words"), [("q", "unknown"), ("", "none")])
def test_a_row_with_no_stage_that_is_known_is_set_aside(reading: Any, stage: str, words: str) -> None:
    history = reading(MAPPING, f"{HEADER}7,Q,2024-01-01,,,\n7,{stage},2024-01-02,,,\n")
    code = {"unknown": "unknown-stage", "none": "no-stage"}[words]
    assert history.quality[code].done == "set aside"
    assert history.quality.set_aside[["row", "code"]].to_numpy().tolist() == [[2, code]]
