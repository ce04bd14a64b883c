"""The page of runs: with runs, without any, and with ones that are broken."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from ui import state

ROOT = Path(__file__).parents[2]

type Keep = Callable[..., Path]


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("HEADRACE_RUNS", str(tmp_path / "runs"))
    state.settings.clear()
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app._page_hash = calc_hash("runs")
    return app


def pick(app: AppTest, label: str, value: str) -> AppTest:
    return next(box for box in app.selectbox if box.label == label).set_value(value).run()


def charts(app: AppTest) -> list[str]:
    return [element.proto.spec for element in app.get("vega_lite_chart")]


def test_without_runs_the_page_says_how_to_make_one(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert "headrace demo" in app.info[0].value


def test_a_run_is_shown_with_its_answer_charts_and_tables(app: AppTest, keep: Keep) -> None:
    keep()
    app.run()
    assert not app.exception
    assert app.subheader[0].value == r"\*two\* more does best."
    assert [title.value for title in app.markdown if title.value.startswith("####")] == [
        "#### What each plan changes: Deals won",
        "#### What each plan brings: Deals won",
    ]
    assert len(charts(app)) == 2
    assert set(app.dataframe[0].value["scenario"]) == {"as is", "*two* more"}
    assert app.warning.len == 0


def test_the_newest_run_comes_first_and_another_can_be_chosen(app: AppTest, keep: Keep) -> None:
    first, _ = keep("The first answer."), keep("The second answer.")
    app.run()
    assert app.subheader[0].value == r"The second answer."
    pick(app, "Run", first.name)
    assert app.subheader[0].value == r"The first answer."


def test_two_runs_stand_side_by_side_figure_by_figure(app: AppTest, keep: Keep) -> None:
    first, second = keep("The first answer."), keep("The second answer.")
    app.run()
    pick(app, "Hold it against", first.name)
    table = app.dataframe[0].value
    assert list(table["Run"]) == [second.name] * 2 + [first.name] * 2
    assert list(table["Plan"]) == ["as is", "*two* more"] * 2
    assert set(table["Deals won"]) == {"10"}


def test_the_figure_that_was_asked_for_comes_first_and_another_redraws_the_charts(app: AppTest, keep: Keep) -> None:
    keep()
    app.run()
    before = charts(app)
    pick(app, "Figure", "bookings")
    after = charts(app)
    assert not app.exception
    assert before != after
    assert any("Bookings" in title.value for title in app.markdown)


def test_every_table_can_be_read(app: AppTest, keep: Keep) -> None:
    keep()
    app.run()
    for name in ("comparison", "kpis", "stages", "teams"):
        pick(app, "Table", name)
        assert not app.exception
        assert "scenario" in app.dataframe[0].value.columns


def test_a_run_without_tables_is_shown_by_its_answer(app: AppTest, keep: Keep) -> None:
    keep("Nothing to compute with.", tables=False)
    app.run()
    assert not app.exception
    assert app.subheader[0].value == "Nothing to compute with."
    assert charts(app) == []


def test_a_changed_result_is_called_out_by_name(app: AppTest, keep: Keep) -> None:
    (keep() / "report.html").write_text("forged", "utf-8")
    app.run()
    assert not app.exception
    assert "report.html" in app.warning[0].value


def test_an_unreadable_table_is_an_error_in_words_and_no_traceback(app: AppTest, keep: Keep) -> None:
    (keep() / "kpis.parquet").write_bytes(b"not parquet")
    app.run()
    assert not app.exception
    assert "kpis" in app.error[0].value


def test_a_broken_manifest_hides_its_run_and_no_other(app: AppTest, keep: Keep) -> None:
    (keep("Lost.") / "manifest.json").write_text('{"format": 1}', "utf-8")
    keep("Still here.")
    app.run()
    assert not app.exception
    assert app.subheader[0].value == "Still here."
