"""Every page: with a company, with none, and with a view that can't be; in both languages."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from studies.language import Language
from studies.view import Hire, Odds, Plan, View
from tests.ui.conftest import Visit, settled

PAGES = ("start", "funnel", "forecast", "routing", "what-if", "hiring", "runs", "evidence")
NEEDING = ("funnel", "forecast", "routing", "what-if", "hiring", "evidence")
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


def link_of(app: AppTest) -> str:
    """The view in the address; the page writes it as a text, the test as a list."""
    return "".join(app.query_params["view"])


def choose(app: AppTest, label: str, values: list[str]) -> None:
    next(box for box in app.multiselect if box.label == label).set_value(values).run()


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


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
    assert '"nobody"' not in link_of(app)
    assert len(app.metric) == 3


def test_an_answer_that_is_kept_stands_among_the_runs_with_its_report(visit: Visit, company: str) -> None:
    for policy in ("least-open", "random"):
        app = visit("routing", view(company, policies=(policy,)))
        keep = next(button for button in app.button if button.label == "Keep this answer")
        keep.click().run()
        assert any("Kept as " in text for text in said(app))
    runs = visit("runs", view(company))
    assert not runs.exception
    assert charts(runs) == 2
    names = next(box for box in runs.selectbox if box.label == "Hold it against").options
    assert len(names) >= 1


def test_a_policy_is_put_together_and_tried_beside_the_others(visit: Visit, company: str) -> None:
    app = visit("routing", view(company, policies=("least-open",)))
    choose(app, "Who may get a lead", ["by-region"])
    choose(app, "Who of them gets it", ["account-owner", "random"])
    press(app, "Try it beside the others")
    app = settled(app)
    assert not app.exception
    assert "by-region:account-owner>random" in link_of(app)
    assert list(app.dataframe[0].value["Plan"])[2] == "by region: the account's owner, then at random"


def test_one_lead_is_followed_under_two_policies(visit: Visit, company: str) -> None:
    app = visit("routing", view(company, policies=("random",), asked=("trace",)))
    assert not app.exception
    stories = [each.value for each in app.table if "What happened" in each.value.columns]
    assert len(stories) == 2
    assert all(len(story) > 2 for story in stories)


def test_the_share_of_the_most_that_can_be_booked_is_told(visit: Visit, company: str) -> None:
    app = visit("routing", view(company, policies=("random",), asked=("limit",)))
    assert not app.exception
    assert any("No way to hand out leads books more than €" in text for text in said(app))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(("page", "question", "told"), [
    ("funnel", "diagnosis", ("Where it sits", "问题在哪里")),
    ("what-if", "sensitivity", ("moves the answer most", "对答案影响最大")),
    ("what-if", "goal", ("The price of certainty", "确定性的价格")),
    ("hiring", "hiring", ("Hours by month", "各月工时")),
    ("evidence", "sensitivity", ("of what isn't known", "占未知部分")),
    ("forecast", "changed", ("What changed in four weeks", "四周以来的变化")),
])  # fmt: skip
def test_a_question_that_takes_a_while_is_answered_in_the_page_s_language(
    visit: Visit, company: str, page: str, question: str, told: tuple[str, str], language: Language
) -> None:
    app = visit(page, view(company, asked=(question,), language=language, target=3_000_000))
    assert not app.exception
    assert not app.error
    assert any(told[list(Language).index(language)] in text for text in said(app))
    assert [text for text in said(app) if LEFT_OPEN.search(text)] == []


def test_a_question_that_is_asked_no_more_leaves_the_link_and_is_given_up(visit: Visit, company: str) -> None:
    app = visit("hiring", view(company, asked=("hiring",)))
    app.toggle[0].set_value(False).run()
    assert "hiring" not in link_of(app)
    assert "hiring" not in app.session_state["watched"]


def test_a_reader_is_told_that_deeper_questions_are_kept_and_starts_none(
    visit: Visit, company: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADRACE_READ_ONLY", "1")
    app = visit("hiring", view(company, asked=("hiring",)))
    assert "for reading only for you" in app.info[0].value
    assert "hiring" not in app.session_state["watched"]


def test_a_reader_cannot_upload_or_keep_anything(visit: Visit, company: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_READ_ONLY", "1")
    app = visit("start", view(company))
    assert not app.get("file_uploader")
    app = visit("routing", view(company, policies=("least-open",)))
    assert "Keep this answer" not in [button.label for button in app.button]
