"""Packs of runs that were really made, of a company small enough to be simulated in a blink."""

from collections.abc import Callable
from pathlib import Path

import pytest

from studies import posterior_file
from studies.cli import OK, run
from studies.language import Language
from studies.pack.story import tell
from studies.store import load_run
from tests.studies.small_company import write_company

pytestmark = pytest.mark.slow

HISTORY = ["history.csv", "--mapping", "generic-stage-history"]
VERBS = {
    "simulate": ["simulate", "our-funnel", "--days", "30", "--replications", "3"],
    "compare": ["compare", "our-funnel", "--policies", "least-open", "--days", "30", "--replications", "3"],
    "forecast": ["forecast", *HISTORY, "--as-of", "2025-05-01", "--draws", "60", "--target", "1500000"],
    "hindcast": ["hindcast", *HISTORY, "--as-of", "2025-04-01", "--until", "2025-05-01", "--replications", "3"],
    "quality": ["quality", *HISTORY],
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    write_company(folder)
    return folder


@pytest.fixture
def made(company: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    monkeypatch.chdir(company)
    monkeypatch.setattr(posterior_file, "cache_folder", lambda: tmp_path / "cache")
    if not Path("our-funnel").exists():
        assert run(["calibrate", *HISTORY, "--as-of", "2025-05-01", "--output", "our-funnel"]) == OK

    def make(verb: str) -> Path:
        assert run([*VERBS[verb], "--output", str(tmp_path / verb)]) == OK
        return tmp_path / verb

    return make


@pytest.mark.parametrize("verb", VERBS)
def test_a_run_of_each_verb_becomes_a_pack_in_every_format(made: Callable[[str], Path], verb: str) -> None:
    folder = made(verb)
    for language in Language:
        pages = tell(load_run(folder), language).pages
        assert len(pages) >= 2
    for format_ in ("html", "pptx", "xlsx", "pdf"):
        assert run(["report", str(folder), "--format", format_, "--output", str(folder.parent / f"p.{format_}")]) == OK


def test_a_comparison_keeps_the_estimates_and_the_day_that_its_pack_names(made: Callable[[str], Path]) -> None:
    pack = tell(load_run(made("compare")), Language.ENGLISH)
    assert "data as of 1 May 2025" in pack.stamp
    table = pack.pages[-1].table
    assert table is not None
    assert "How many leads come" in [row[0] for row in table.rows]
    assert {row[2] for row in table.rows} >= {"your data", "the model"}
