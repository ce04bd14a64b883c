"""A page in Chinese holds no English: beyond names that somebody gave, only those in a list that stands here."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from studies.language import Language
from studies.view import Hire, Odds, Plan
from tests.ui.conftest import Visit
from tests.ui.reading import words_on
from tests.ui.test_pages import view

GIVEN = {"Small", "company", "qualify", "proposal", "team", "web", "partner", "north", "south", "Ann", "Bo", "Cy"}
"""Names of the company's own; ``team`` is part of one that its calibration made of a stage."""
NAMES = {
    "Headrace", "Tarnbeck", "Software", "CRM", "CSV", "TSV", "Excel", "Parquet", "YAML", "MB", "HTML", "PPTX", "XLSX",
    "PDF", "EUR", "USD", "GBP", "CNY", "CHF", "JPY", "SEK", "INR", "BRL", "English", "SLA", "Sobol", "Aalen",
    "Johansen", "Kaplan", "Meier", "Oyer", "Quarterly", "Journal", "of", "Economics",
}  # fmt: skip
"""Products, formats, currencies, people and a journal."""
COMMANDS = re.compile(r"headrace compare --scenarios plans\.yaml|headrace (demo|learn-routing)|report\.html|保存在 \S+"
                      r"|:material/\w+:|:\w+-badge\[|\d{4}-\d\d-\d\d-[\w-]+")  # fmt: skip
"""What is typed or copied as it stands, and marks that the screen shows as pictures."""
PLAN = Plan(
    hires=(Hire(team="team 1: qualify", change=1, region="north"),), policy="by-region:account-owner>random", leads=1.2,
    promise_hours=2.0, odds=(Odds(stage="proposal", points=0.05),),
)  # fmt: skip
PAGES: dict[str, dict[str, object]] = {
    "start": {},
    "funnel": {"asked": ("diagnosis",)},
    "forecast": {"asked": ("changed",)},
    "routing": {"asked": ("trace", "limit"), "policies": ("least-open", "random", "by-region:least-open")},
    "what-if": {"asked": ("goal", "sensitivity"), "plan": PLAN, "plans": (PLAN, Plan(policy="random"))},
    "hiring": {"asked": ("hiring",)},
    "evidence": {"asked": ("sensitivity",)},
    "runs": {},
}
"""Page → what is asked of it; the last one shows what the others have kept."""


def english_in(texts: list[str]) -> list[str]:
    """The texts that hold English words beyond the lists above."""
    found = {text: set(re.findall(r"[A-Za-z]{2,}", COMMANDS.sub("", text))) for text in texts}
    return [text for text, words in found.items() if words - GIVEN - NAMES]


def in_chinese(visit: Visit, company: str, page: str) -> AppTest:
    return visit(page, view(company, language=Language.CHINESE, **{"target": 3_000_000, **PAGES[page]}))


@pytest.mark.slow
def test_no_page_in_chinese_holds_an_english_sentence(visit: Visit, company: str) -> None:
    english = {}
    for page in PAGES:
        app = in_chinese(visit, company, page)
        assert not app.exception
        english[page] = english_in(words_on(app))
    assert english == {page: [] for page in PAGES}


def test_an_english_word_on_a_page_is_found() -> None:
    assert english_in(["从 qualify 继续前进的最少", "在 CRM 中", "主要原因：lead quality"]) == [
        "主要原因：lead quality"
    ]
    assert english_in(["No team is short of hours."]) != []
