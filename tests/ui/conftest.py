"""The app with a small company that was uploaded, and a small comparison: two plans, twenty runs of each."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from scenarios.compare import compare
from sim.kpis import PARTS
from studies.companies import keep_company
from studies.mapping_assistant import mapping_text
from studies.store import Question, new_run
from studies.uploads import read_upload
from studies.view import View
from tests.studies.small_company import write_company
from ui import state

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0
"""Seconds that a job may take on a slow machine."""
PLANS = ("as is", "*two* more")
RUNS = 20
SETTINGS = {"kpi": "wins", "as_of": "2026-01-05T00:00:00+00:00", "days": 90.0}


def kpis() -> pd.DataFrame:
    luck = np.random.default_rng(7).gamma(4.0, 25_000.0, RUNS)
    return pd.concat(
        pd.DataFrame(
            {
                "scenario": plan,
                "draw": 0,
                "replication": np.arange(RUNS),
                "bookings": luck * (1 + 0.1 * place),
                "wins": 10.0,
            }
        )
        for place, plan in enumerate(PLANS)
    ).reset_index(drop=True)


def stages() -> pd.DataFrame:
    rows = kpis()[["scenario", "replication"]].merge(pd.DataFrame({"stage": ["qualify", "proposal"]}), how="cross")
    figures = dict.fromkeys(("entered", "conversion", "wip", "median", "mean", *PARTS), 1.0)
    return rows.assign(**figures)


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs with one company; jobs about it are done once for all tests."""
    return tmp_path_factory.mktemp("app") / "runs"


@pytest.fixture(scope="session")
def company(runs: Path) -> str:
    """The key of a small company that was uploaded."""
    write_company(runs.parent)
    sheet = read_upload("history.csv", (runs.parent / "history.csv").read_bytes())
    return keep_company("Small *company*", [sheet], mapping_text("generic-stage-history"), date(2025, 5, 1), runs)


type Visit = Callable[..., AppTest]
"""Opens a page with a view, and waits for the jobs that the page has started."""


@pytest.fixture
def visit(runs: Path, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """A function that opens a page of the app."""
    monkeypatch.setenv("HEADRACE_RUNS", str(runs))
    state.settings.clear()

    def open_page(page: str, view: View | str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "ui" / "served" / "visit.py"), default_timeout=PATIENCE)
        app.query_params["view"] = view if isinstance(view, str) else view.to_link()
        if page != "start":
            app._page_hash = calc_hash(page)
        app.run()
        return settled(app)

    return open_page


def settled(app: AppTest) -> AppTest:
    """Run the app again until the jobs that it watches are over."""
    before: set[str] = set()
    while before != (watched := set(app.session_state["watched"].values() if "watched" in app.session_state else ())):
        for key in watched - before:
            job = state.jobs().find(key)
            assert job is None or job.wait(PATIENCE)
        before = watched
        app.run()
    return app


@pytest.fixture
def keep(tmp_path: Path) -> Callable[..., Path]:
    """A function that keeps a run under ``runs`` in the test's own folder and returns its folder."""

    def run(answer: str = "*two* more does best.", *, tables: bool = True) -> Path:
        question = Question(verb="compare", command=("headrace", "compare"), settings=SETTINGS, seed=1)
        with new_run(question, root=tmp_path / "runs") as draft:
            draft.answer = answer
            draft.text("report.html", "<p>two more</p>\n")
            if tables:
                draft.table("kpis", kpis())
                every = [compare(kpis(), kpi).table.reset_index().assign(kpi=kpi) for kpi in ("bookings", "wins")]
                draft.table("comparison", pd.concat(every, ignore_index=True).astype({"verdict": "str"}))
                draft.table("stages", stages())
                draft.table("teams", kpis()[["scenario", "replication"]].assign(team="closers", utilisation=0.8))
        return draft.folder

    return run
