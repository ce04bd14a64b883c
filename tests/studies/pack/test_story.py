"""What a pack says of each kind of run, before any format."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from sim.kpis.summary import COUNT, DAYS, MONEY, SHARE
from studies.language import Language, words_of
from studies.pack.document import Bars, Pack, Page, Quantity, Series
from studies.pack.plan_names import plan_of
from studies.pack.scale import scaled
from studies.pack.speaking import futures, say
from studies.pack.story import tell
from studies.store import MANIFEST, Run, load_run
from tests.studies.pack.kept_runs import KINDS, backtest

ENGLISH, CHINESE = (words_of("studies", language) for language in Language)

type Tell = Callable[[str, Language], Pack]


@pytest.mark.parametrize(
    ("kind", "claims"),
    [
        ("compare", ["Account owner first does best: bookings +90K (+4.4%)", "Account owner first: "]),
        ("simulate", ["Wins over the next 30 days: 104 to 132 in 8 of 10 futures"]),
        (
            "forecast",
            ["2026 Q1: bookings of 1.6M to 2.6M in 8 of 10 futures", "30% of the bookings expected in 2026 Q1"],
        ),
        ("hindcast", ["5 of 5 actual figures lay in the range given for 8 of 10 futures"]),
        ("backtest", ["Headrace was 50% nearer to the truth than the best simple rule (last period again)"]),
        ("other", ["It depends", "levers"]),
        ("extended", ["It depends", "Figures of every run", "staffing"]),
    ],
)
def test_each_kind_of_run_is_told_by_what_it_found(told: Tell, kind: str, claims: list[str]) -> None:
    pages = told(kind, Language.ENGLISH).pages
    assert [page.claim[: len(claim)] for page, claim in zip(pages, claims, strict=False)] == claims
    assert "assumptions" in pages[-1].claim


def test_a_target_is_told_in_futures_and_in_percent(told: Tell) -> None:
    first = told("forecast", Language.ENGLISH).pages[0]
    assert first.meaning.startswith("The target of 2M is reached in 8 of 10 futures (83%)")
    assert first.chart is not None
    assert first.chart.categories[-1] == "target"


def test_a_rule_that_was_right_each_time_is_said_to_have_been(tmp_path: Path) -> None:
    run = backtest(tmp_path)
    scores = run.table("scores")
    scores.loc[scores["method"] == "last period", "crps"] = 0.0
    scores.to_parquet(run.folder / "scores.parquet")
    claim = tell(load_run(run.folder), Language.ENGLISH).pages[0].claim
    assert claim == "Last period again was right each time, and Headrace wasn't"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", Language)
def test_every_pack_says_where_its_figures_come_from(told: Tell, kind: str, language: Language) -> None:
    pack = told(kind, language)
    day = {Language.ENGLISH: "1 January 2026", Language.CHINESE: "2026年1月1日"}[language]
    for part in (load_name(kind), "7", "abababababab", day):
        assert part in pack.stamp


def load_name(kind: str) -> str:
    return {"other": "invented", "extended": "hiring-plan"}.get(kind, kind)


def test_own_data_and_defaults_are_told_apart_and_defaults_are_graded(told: Tell) -> None:
    table = told("compare", Language.ENGLISH).pages[-1].table
    assert table is not None
    basis = {row[0]: (row[2], row[4]) for row in table.rows}
    assert basis["Odds to advance, and why deals are lost"] == ("your data", "–")
    assert basis["How much work deals make, and who does it: calendar 'everybody'"] == ("default", "D: judgement")
    beliefs = told("forecast", Language.ENGLISH).pages[-1].table
    assert beliefs is not None
    assert sum(row[2] == "default" for row in beliefs.rows) == 21
    assert "Oyer (1998)" in " ".join(str(row[3]) for row in beliefs.rows)


def test_a_run_of_an_older_version_is_told_without_what_it_did_not_keep(runs: Mapping[str, Run]) -> None:
    path = runs["other"].folder / MANIFEST
    old = {name: value for name, value in json.loads(path.read_text("utf-8")).items() if name != "as_of"}
    path.write_text(json.dumps(old), "utf-8")
    assert load_run(path.parent).manifest.known_until == ""


@pytest.mark.parametrize(
    ("value", "english", "chinese"),
    [
        (Quantity(1_234_567, MONEY), "1.23M", "123万"),
        (Quantity(-84_097, MONEY, signed=True), "-84.1K", "-8.41万"),
        (Quantity(0.021, SHARE, signed=True), "+2.1 points", "+2.1 个百分点"),
        (Quantity(0.5, DAYS), "12.0 h", "12.0 小时"),
        (Quantity(3.25, COUNT), "3.2", "3.2"),
        (Quantity(float("nan"), MONEY), "–", "–"),
        ("as it is", "as it is", "as it is"),
    ],
)
def test_a_number_is_written_as_its_readers_write_it(value: Quantity | str, english: str, chinese: str) -> None:
    assert say(ENGLISH, value) == english
    assert say(CHINESE, value) == chinese


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.8, "8 of 10 futures"),
        (0.25, "1 of 4 futures"),
        (0.02, "2 of 100 futures"),
        (0.97, "97 of 100 futures"),
        (0.001, "fewer than 1 of 100 futures"),
        (1.0, "more than 99 of 100 futures"),
    ],
)
def test_a_chance_is_told_as_futures(share: float, said: str) -> None:
    assert futures(ENGLISH, share) == said


def test_the_plans_that_headrace_names_have_names_in_chinese_and_others_stay() -> None:
    assert plan_of(CHINESE, "account-owner") == "客户负责人优先"
    assert plan_of(CHINESE, "closers +2 reps") == "closers +2 人"
    assert plan_of(CHINESE, "our own") == "our own"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("closers +1, least-open", "closers +1 人，在谈最少者优先"),
        ("closers +2 north", "closers（north）+2 人"),
        ("leads × 1.2", "线索 × 1.2"),
        ("web ×0.8", "web 线索 × 0.8"),
        ("first touch within 2 h", "2 小时内首次联系"),
        ("proposal +5 points", "proposal +5 个百分点"),
        ("closers: a month later", "closers：推迟一个月"),
        ("by-region:account-owner>random", "按区域：客户负责人，其次随机"),
        ("the plan", "整个方案"),
        ("Two more: north, fast", "Two more: north, fast"),
    ],
)
def test_what_a_plan_changes_is_named_in_chinese(name: str, said: str) -> None:
    assert plan_of(CHINESE, name) == said


def test_large_values_are_scaled_with_the_scale_in_the_title() -> None:
    page = Page("", chart=Bars("", "bookings", MONEY, ("a",), (Series("s", (3e6,), (2e6,), (4e6,)),)))
    english, chinese = scaled(page, ENGLISH).chart, scaled(page, CHINESE).chart
    assert english is not None
    assert chinese is not None
    assert (english.axis, english.series[0].values, english.series[0].low) == ("bookings, millions", (3.0,), (2.0,))
    assert (chinese.axis, chinese.series[0].high) == ("bookings（万）", (400.0,))
