"""An event log tells of moves and of work; a start and an end by the same rep make one touch."""

from typing import Any

MAPPING = """
kind: event-log
time_zone: UTC
columns: {lead: case, activity: what, time: when, actor: who, lifecycle: life}
created: [New, Imported]
stages: {qualify: [New], propose: [Offer]}
won: Signed
lost: {Refused: price, Silence: ""}
touches: {activities: [Call, Visit], ready: SCHEDULE}
ignored: [Noise]
"""
HEADER = "case,what,when,who,life\n"


def rows(*lines: str) -> str:
    """Rows of a case on one day: hour, activity, actor, lifecycle."""
    parts = [line.split() for line in lines]
    return HEADER + "".join(f"7,{what},2024-01-01 {hour},{who.strip('-')},{life}\n" for hour, what, who, life in parts)


def test_activities_create_move_and_end_a_lead(reading: Any, story: Any) -> None:
    text = rows(
        "06:00 New Web COMPLETE", "12:00 Offer Ann COMPLETE", "13:00 Noise Ann COMPLETE", "18:00 Refused Ann COMPLETE"
    )
    history = reading(MAPPING, text)
    assert story(history) == [
        "0.25 7 created Web",
        "0.25 7 entered qualify Web",
        "0.5 7 advanced qualify Ann",
        "0.5 7 entered propose Ann",
        "0.75 7 lost propose Ann price",
    ]
    assert history.quality["ignored"].count == 1


def test_a_created_lead_stands_in_the_first_stage(reading: Any, story: Any) -> None:
    assert story(reading(MAPPING, rows("06:00 Imported Web COMPLETE"))) == [
        "0.25 7 created Web",
        "0.25 7 entered qualify Web",
    ]


def test_a_start_and_an_end_make_a_touch_of_the_stage_in_which_it_began(reading: Any, story: Any) -> None:
    text = rows(
        "06:00 New Web COMPLETE", "09:00 Call - SCHEDULE", "12:00 Call Ann START", "12:00 Offer Ann COMPLETE",
        "18:00 Call Ann COMPLETE",
    )  # fmt: skip
    lines = story(reading(MAPPING, text))
    assert [line for line in lines if "ended" in line or "started" in line or "touched" in line] == [
        "0.375 7 latency_ended qualify",
        "0.5 7 started propose Ann",
        "0.75 7 touched propose Ann",
    ]


def test_touches_of_two_reps_on_one_item_are_told_apart(reading: Any, story: Any) -> None:
    text = rows(
        "00:00 New Web COMPLETE", "06:00 Call Ann START", "09:00 Call Bob START", "12:00 Call Ann COMPLETE",
        "18:00 Call Bob COMPLETE",
    )  # fmt: skip
    assert story(reading(MAPPING, text))[2:] == [
        "0.25 7 started qualify Ann",
        "0.375 7 started qualify Bob",
        "0.5 7 touched qualify Ann",
        "0.75 7 touched qualify Bob",
    ]


def test_ends_without_starts_are_set_aside_and_starts_without_ends_too(reading: Any, story: Any) -> None:
    text = rows(
        "00:00 New Web COMPLETE", "06:00 Call Ann COMPLETE", "09:00 Call Ann START", "12:00 Call Ann START",
        "15:00 Call Ann COMPLETE",
    )  # fmt: skip
    history = reading(MAPPING, text)
    assert sum("started" in line for line in story(history)) == sum("touched" in line for line in story(history)) == 1
    assert (history.quality["end-without-start"].count, history.quality["start-without-end"].count) == (1, 1)


def test_work_under_way_on_an_open_deal_is_kept(reading: Any, story: Any) -> None:
    text = rows("00:00 New Web COMPLETE", "06:00 Call Ann START")
    assert story(reading(MAPPING, text))[-1] == "0.25 7 started qualify Ann"
    ended = reading(MAPPING, text + "7,Silence,2024-01-02 00:00,Ann,COMPLETE\n")
    assert not any("started" in line for line in story(ended))
    assert ended.quality["start-without-end"].count == 1


def test_a_lead_whose_creation_the_export_misses_is_created_at_its_first_row(reading: Any, story: Any) -> None:
    text = rows("06:00 New Web COMPLETE") + "8,Offer,2024-01-01 12:00,Ann,COMPLETE\n"
    history = reading(MAPPING, text)
    assert story(history)[-2:] == ["0.5 8 created", "0.5 8 entered propose Ann"]
    assert history.quality["creation-not-seen"].examples == ("8",)


def test_a_lifecycle_mark_that_nobody_named_is_set_aside(reading: Any) -> None:
    text = rows("06:00 New Web COMPLETE", "07:00 Call Ann SUSPEND")
    assert reading(MAPPING, text).quality["unknown-lifecycle"].count == 1


def test_the_opening_counts_the_touches_of_the_present_stage(reading: Any) -> None:
    text = rows(
        "00:00 New Web COMPLETE", "01:00 Call Ann START", "02:00 Call Ann COMPLETE", "03:00 Offer Ann COMPLETE",
        "06:00 Call Ann START", "12:00 Call Ann COMPLETE", "13:00 Visit Bob START", "18:00 Visit Bob COMPLETE",
    )  # fmt: skip
    (deal,) = reading(MAPPING, text + "8,Imported,2024-01-02 00:00,,COMPLETE\n").opening().deals[:1]
    assert (deal.stage, deal.touches, deal.age, deal.stage_age, deal.last_touch_age) == ("propose", 2, 1.0, 0.875, 0.25)


SCORED = MAPPING.replace("lifecycle: life}", "lifecycle: life, score: points}")


def test_the_last_score_of_a_lead_is_read_and_one_outside_0_to_100_is_not(reading: Any) -> None:
    lines = (
        "7,New,2024-01-01 06:00,Web,COMPLETE,40",
        "7,Offer,2024-01-02 06:00,Ann,COMPLETE,62.5",
        "8,New,2024-01-03 06:00,Web,COMPLETE,250",
    )
    history = reading(SCORED, "case,what,when,who,life,points\n" + "".join(f"{line}\n" for line in lines))
    assert [str(score) for score in history.log.leads["score"]] == ["62.5", "nan"]
    assert history.quality["impossible-score"].count == 1
