import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from sim.kpis import PARTS
from studies.charts import (
    COLOURS,
    differences_chart,
    dwell_chart,
    funnel_chart,
    spread,
    spread_chart,
    utilisation_chart,
)
from studies.grid import Grid, findings_grid
from studies.report import Figure, Report, Section, render, to_svg
from studies.wording import interval, quantity, title_of

KPIS = pd.DataFrame({"scenario": ["as is"] * 3 + ["more"] * 3, "bookings": [1.0, 2.0, 3.0, 2.0, 3.0, 4.0]})
STAGES = pd.DataFrame(
    [
        {"scenario": plan, "stage": stage, "entered": 10.0 + run, **dict.fromkeys(PARTS, 1.5)}
        for run in range(3)
        for plan in ("as is", "more")
        for stage in ("qualify", "proposal")
    ]
)
TEAMS = pd.DataFrame({"scenario": ["as is", "more"], "team": ["sales", ""], "utilisation": [0.5, 0.25]})
DIFFERENCES = pd.DataFrame(
    {
        "difference": [0.0, 1.0],
        "low_all": [0.0, -0.5],
        "high_all": [0.0, 2.5],
        "verdict": ["baseline", "too close to call"],
    },
    index=pd.Index(["as is", "more"], name="scenario"),
)
CHARTS = {
    "differences": differences_chart(DIFFERENCES, "bookings"),
    "spread": spread_chart(KPIS, "bookings"),
    "funnel": funnel_chart(STAGES),
    "dwell": dwell_chart(STAGES),
    "utilisation": utilisation_chart(TEAMS),
}
GRID = Grid.of("A <table>", ("plan", "mean"), [("as is & more", "1.5")], "A note.")
REPORT = Report(
    "Two plans",
    "More is better, <b>perhaps</b>.",
    (
        Section(
            "The comparison", ("A sentence.",), (GRID,), (Figure("Bookings", "A caption.", CHARTS["spread"], GRID),)
        ),
    ),
    {"seed": "1"},
)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, _: object) -> None:
        self.seen.add(tag)
        if tag not in {"meta", "path", "line", "rect"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"path", "line", "rect"}:
            assert self.open.pop() == tag


def test_a_report_opens_without_a_network_and_runs_no_script() -> None:
    page = render(REPORT)
    assert "<script" not in page
    assert set(re.findall(r"https?://[^\"' ]+", page)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.findall(r'(?:src|href)="(?!#)', page)


def test_a_report_is_well_formed_and_says_everything() -> None:
    page = render(REPORT)
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert {"h1", "h2", "table", "caption", "svg", "figcaption", "details", "dl"} <= tags.seen
    for text in (
        "Two plans",
        "The comparison",
        "A sentence.",
        "A note.",
        "A caption.",
        "as is &amp; more",
        "A &lt;table&gt;",
    ):
        assert text in page


def test_a_text_of_the_data_cannot_become_markup() -> None:
    page = render(REPORT)
    assert "<b>perhaps</b>" not in page
    assert "&lt;b&gt;perhaps&lt;/b&gt;" in page


def test_a_report_is_readable_in_the_dark_on_a_phone_and_on_paper() -> None:
    page = render(REPORT)
    for rule in ("prefers-color-scheme: dark", 'name="viewport"', "@media print", "overflow-x: auto", "currentColor"):
        assert rule in page


def test_the_same_report_has_the_same_bytes() -> None:
    assert render(REPORT) == render(REPORT)


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_can_be_drawn_and_is_named_for_a_screen_reader(name: str) -> None:
    svg = to_svg(CHARTS[name], 'A "chart"')
    assert 'role="img" aria-label="A &quot;chart&quot;"' in svg
    assert "#010203" not in svg
    assert "as is" in svg or name == "differences"


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("differences", "difference of bookings (account currency)"),
        ("spread", "bookings (account currency)"),
        ("funnel", "leads entering the stage"),
        ("dwell", "mean days in the stage"),
        ("utilisation", "share of working time spent on deals"),
    ],
)
def test_every_chart_says_its_unit(name: str, unit: str) -> None:
    assert unit in to_svg(CHARTS[name], name)


def test_the_colours_are_told_apart_by_lightness_too() -> None:
    assert len(set(COLOURS)) == len(COLOURS)
    light = [
        sum(weight * int(colour[i : i + 2], 16) for weight, i in ((0.3, 1), (0.59, 3), (0.11, 5)))
        for colour in COLOURS[:4]
    ]
    assert min(abs(a - b) for place, a in enumerate(light) for b in light[:place]) > 5


def test_a_spread_gives_the_mean_and_the_middle_of_the_runs() -> None:
    row = spread(KPIS, ["scenario"], "bookings").to_dict("records")[0]
    assert row == {"scenario": "as is", "mean": 2.0, "low": pytest.approx(1.2), "high": pytest.approx(2.8)}


def test_findings_read_as_sentences() -> None:
    finding = {
        "severity": "error",
        "code": "x",
        "count": 1200,
        "what": "rows",
        "done": "kept",
        "why": "why",
        "examples": "a, b",
    }
    grid = findings_grid(pd.DataFrame([finding]))
    assert grid.rows == (("error", "1,200", "rows", "kept", "why", "a, b"),)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234.4, "account currency", "1,234"),
        (118_565.0, "account currency", "119 k"),
        (-2_324_397.0, "account currency", "-2.32 M"),
        (999_600.0, "account currency", "1.00 M"),
        (0.1234, "share", "12.3 %"),
        (3.0, "count", "3"),
        (3.25, "count", "3.2"),
        (12_345.6, "count", "12,346"),
        (1 / 48, "days", "30.0 min"),
        (0.5, "days", "12.0 h"),
        (-3.25, "days", "-3.2 d"),
        (0.0, "days", "0.0 d"),
        (float("nan"), "days", "–"),
    ],
)
def test_a_number_is_written_with_its_unit(value: float, unit: str, text: str) -> None:
    assert quantity(value, unit) == text


def test_a_difference_shows_its_sign_and_shares_differ_in_points() -> None:
    assert quantity(0.021, "share", sign=True) == "+2.1 points"
    assert interval(-0.5, 1.5, "count", sign=True) == "-0.5 to +1.5"
    assert interval(float("nan"), 1.0, "count") == "–"
    assert title_of("first_touch_within_day") == "first touch within a day"
    assert title_of("bookings") == "bookings"
