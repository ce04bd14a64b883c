"""A small comparison, kept as the studies keep theirs: two plans, twenty runs of each."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios.compare import compare
from sim.kpis import PARTS
from studies.store import Question, new_run

PLANS = ("as is", "*two* more")
RUNS = 20


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


@pytest.fixture
def keep(tmp_path: Path) -> Callable[..., Path]:
    """A function that keeps a run under ``runs`` in the test's own folder and returns its folder."""

    def run(answer: str = "*two* more does best.", *, tables: bool = True) -> Path:
        question = Question(verb="compare", command=("headrace", "compare"), settings={"kpi": "wins"}, seed=1)
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
