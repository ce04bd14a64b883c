"""Sentences, numbers and dates in the languages that Headrace speaks."""

from datetime import date

import pytest

from sim.errors import UnknownNameError
from studies.language import Language, Words


def test_a_sentence_has_its_places_filled() -> None:
    assert Words(Language.ENGLISH, {"runs.found": "{count} runs"})("runs.found", count=3) == "3 runs"


def test_a_sentence_that_is_not_there_is_an_error_that_names_those_that_are() -> None:
    with pytest.raises(UnknownNameError, match=r"no text 'runs.fuond'.*runs\.found"):
        Words(Language.ENGLISH, {"runs.found": "{count} runs"})("runs.fuond")


@pytest.mark.parametrize(
    ("language", "money", "day"),
    [(Language.ENGLISH, "-€1,234,568", "1 March 2026"), (Language.CHINESE, "-€1,234,568", "2026年3月1日")],
)
def test_numbers_and_dates_follow_the_habits_of_the_language(language: Language, money: str, day: str) -> None:
    words = Words(language, {})
    assert words.money(-1_234_567.8, "EUR") == money
    assert words.date(date(2026, 3, 1)) == day
    assert words.number(1234.56, 1) == "1,234.6"
    assert words.percent(0.1234, 1) == "12.3%"
