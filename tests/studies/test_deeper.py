"""Deeper questions: each is answered for a company that was uploaded, and kept as a run."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sim.errors import SpecError
from studies.changes import staffed_teams
from studies.companies import keep_company
from studies.deeper import QUESTIONS, ask
from studies.executors import ALONE
from studies.jobs import Job
from studies.kept import Place
from studies.language import Language
from studies.mapping_assistant import mapping_text
from studies.outlooks import Known, know
from studies.pack.story import answer_in
from studies.routing_trials import trials
from studies.stopped import GivenUp
from studies.store import load_run
from studies.trace import TraceRequest, list_leads, tell_lead
from studies.uploads import read_upload
from studies.view import GoalTerms, View
from tests.studies.small_company import write_company

VERBS = {"diagnosis": "diagnose", "hiring": "hiring-plan", "goal": "seek", "sensitivity": "sensitivity"}
TABLES = {
    "diagnosis": {"causes", "parts", "hours", "shape", "leads"},
    "hiring": {"positions", "months"},
    "goal": {"price", "points"},
    "sensitivity": {"tornado", "indices"},
}
JOB = Job("asked")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> tuple[Known, Path]:
    root = tmp_path_factory.mktemp("deeper")
    write_company(root)
    sheet = read_upload("history.csv", (root / "history.csv").read_bytes())
    runs = root / "runs"
    company = keep_company("Small", [sheet], mapping_text("generic-stage-history"), date(2025, 5, 1), runs)
    return know(View(company=company), runs, JOB), runs


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_deeper_question_is_answered_and_kept_as_a_run(known: tuple[Known, Path], question: str) -> None:
    what, runs = known
    answered = ask(question, what, what.booked + 200_000.0, runs, ALONE, JOB)
    run = load_run(answered.folder)
    assert run.manifest.verb == VERBS[question]
    assert run.manifest.answer == answered.answer != ""
    assert run.changed() == ()
    assert set(answered.tables) == TABLES[question]
    assert all(len(table) for table in answered.tables.values())
    told = answer_in(run, Language.CHINESE)
    assert re.search("[\u4e00-\u9fff]", told)
    assert not answered.answer.startswith(told)


def test_a_goal_reckons_with_the_prices_that_it_is_given(known: tuple[Known, Path]) -> None:
    what, runs = known
    (team,) = staffed_teams(what.funnel.spec) if what.funnel else ()
    terms = GoalTerms(rep_month=1.0, rep_month_of={team: 2.0}, hiring=3.0)
    run = load_run(ask("goal", what, what.booked + 200_000.0, runs, ALONE, JOB, terms).folder)
    prices = run.manifest.settings["prices"]
    assert prices == {"rep_month": 1.0, "rep_month_of": {team: 2.0}, "hiring": 3.0, "training": 0.0, "lead": {}}


def test_without_a_target_no_goal_is_sought(known: tuple[Known, Path]) -> None:
    what, runs = known
    with pytest.raises(SpecError, match="no target is left to reach"):
        ask("goal", what, 0.0, runs, ALONE, JOB)


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_that_is_given_up_leaves_nothing_behind(known: tuple[Known, Path], question: str) -> None:
    what, runs = known
    before = set(runs.iterdir())
    job = Job("given up")
    job.stop()
    with pytest.raises(GivenUp):
        ask(question, what, what.booked + 200_000.0, runs, ALONE, job)
    assert set(runs.iterdir()) == before


def test_one_lead_s_story_is_told_in_either_language(known: tuple[Known, Path]) -> None:
    what, _ = known
    assert what.funnel is not None
    request = TraceRequest(funnel=what.funnel, plans=trials(["random"]), days=what.days)
    lead = str(list_leads(request).leads.index[0])
    english, chinese = (tell_lead(replace(request, language=language), lead, Place()) for language in Language)
    for one, other in zip(english.traced, chinese.traced, strict=True):
        assert [moment.time for moment in one.moments] == [moment.time for moment in other.moments]
        assert one.moments[0].sentence.startswith("arrives (")
        assert other.moments[0].sentence.startswith("到来（")
