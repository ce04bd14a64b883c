"""Every page: with a company, with none, and with a view that can't be; in both languages."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from studies.language import Language
from studies.view import Hire, Odds, Plan, View
from tests.ui.conftest import Visit, settled

PAGES = ("start", "funnel", "forecast", "routing", "what-if", "runs", "evidence")
NEEDING = ("funnel", "forecast", "routing", "what-if", "evidence")
LEFT_OPEN = re.compile(r"\{\w+\}|\bNone\b(?! of)|\bnan\b")

pytestmark = pytest.mark.slow


def view(company: str, **more: object) -> View:
    return View.model_validate({"company": company, "futures": 8, "target": 300_000, **more})


def said(app: AppTest) -> list[str]:
    """Everything that is written on the page."""
    parts = (app.title, app.header, app.subheader, app.markdown, app.caption, app.info, app.warning, app.error)
    return [str(element.value) for part in parts for element in part] + [
        f"{metric.label}: {metric.value}" for metric in app.metric
    ]


def charts(app: AppTest) -> int:
    return len(app.get("vega_lite_chart"))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_with_a_company_is_whole_in_each_language(
    visit: Visit, company: str, page: str, language: Language
) -> None:
    app = visit(page, view(company, language=language))
    assert not app.exception
    assert not app.error
    assert app.title[0].value
    assert [text for text in said(app) if LEFT_OPEN.search(text)] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_a_company_says_where_to_choose_one(visit: Visit, page: str) -> None:
    app = visit(page, "")
    assert not app.exception
    assert not app.error
    assert ("No company is chosen yet." in said(app)) == (page in NEEDING)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("link", ['{"company": "../../etc"}', '{"company": "', '{"policies": ["own.py:f"]}'])
def test_a_page_with_a_broken_link_starts_afresh_and_says_so(visit: Visit, page: str, link: str) -> None:
    app = visit(page, link)
    assert not app.exception
    assert "This link can't be read" in app.warning[0].value


@pytest.mark.parametrize("page", PAGES)
def test_a_company_that_is_not_on_this_server_is_told_in_words(visit: Visit, page: str) -> None:
    app = visit(page, View(company="0123456789abcdef"))
    assert not app.exception
    if page in {"start", *NEEDING}:
        assert any("on this server" in text for text in said(app))


def test_the_forecast_names_the_chance_of_a_target_in_tens_of_futures(visit: Visit, company: str) -> None:
    app = visit("forecast", view(company))
    assert re.search(r"\d+ of 10 futures reach €300K|fewer than 1 of 20", app.subheader[0].value)
    assert charts(app) >= 2
    app.number_input[0].set_value(0.0).run()
    assert "half of all futures" in app.subheader[0].value


def test_policies_are_compared_on_the_same_leads(visit: Visit, company: str) -> None:
    app = visit("routing", view(company, policies=("least-open", "random")))
    assert charts(app) == 2
    assert list(app.dataframe[0].value["Plan"]) == ["As today", "Fewest open deals", "At random"]
    assert any("all 8 futures played" in text for text in said(app))
    app.multiselect[0].set_value([]).run()
    assert "at least one" in app.info[0].value


def test_a_lever_that_is_pulled_brings_an_answer_and_two_are_taken_apart(visit: Visit, company: str) -> None:
    app = visit("what-if", view(company))
    assert "Pull a lever" in app.info[0].value
    app.slider[0].set_value(2).run()
    app = settled(app)
    assert not app.exception
    assert len(app.metric) == 3
    plan = Plan(hires=(Hire(team="sales", change=1, region="north"),), policy="random", leads=1.2, promise_hours=2.0,
                odds=(Odds(stage="proposal", points=0.05),))  # fmt: skip
    app = visit("what-if", view(company, plan=plan, plans=(plan, Plan(name="*two*", policy="random"))))
    assert not app.exception
    assert charts(app) == 1
    assert any("What each change contributes" in text for text in said(app))


def test_of_a_plan_for_another_company_only_what_fits_is_played(visit: Visit, company: str) -> None:
    app = visit("what-if", view(company, plan=Plan(hires=(Hire(team="nobody", change=1),), policy="random")))
    assert not app.exception
    assert not app.error
    assert '"nobody"' not in app.query_params["view"][0]
    assert len(app.metric) == 3


def test_an_answer_that_is_kept_stands_among_the_runs_with_its_report(visit: Visit, company: str) -> None:
    app = visit("routing", view(company, policies=("least-open",)))
    keep = next(button for button in app.button if button.label == "Keep this answer")
    keep.click().run()
    assert any("Kept as " in text for text in said(app))
    runs = visit("runs", view(company))
    assert not runs.exception
    assert charts(runs) == 2
    names = next(box for box in runs.selectbox if box.label == "Hold it against").options
    assert len(names) >= 1


def test_a_reader_cannot_upload_or_keep_anything(visit: Visit, company: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_READ_ONLY", "1")
    app = visit("start", view(company))
    assert not app.get("file_uploader")
    app = visit("routing", view(company, policies=("least-open",)))
    assert "Keep this answer" not in [button.label for button in app.button]
