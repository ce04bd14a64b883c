"""The page of runs: with runs, without any, and with ones that are broken."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from sim.errors import SpecError
from studies.language import Language
from studies.library.ledger import decisions
from studies.library.remarks import lock_of, remarks_on
from studies.store import load_run
from studies.view import View
from ui import state

ROOT = Path(__file__).parents[2]

type Keep = Callable[..., Path]


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("HEADRACE_RUNS", str(tmp_path / "runs"))
    state.settings.clear()
    app = AppTest.from_file(str(ROOT / "ui" / "served" / "visit.py"), default_timeout=60)
    app._page_hash = calc_hash("runs")
    return app


def pick(app: AppTest, label: str, value: str) -> AppTest:
    return next(box for box in app.selectbox if box.label == label).set_value(value).run()


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.button if button.label == label).click().run()


def write(app: AppTest, label: str, text: str) -> None:
    next(box for box in (*app.text_input, *app.text_area) if box.label == label).set_value(text)


def table(app: AppTest, column: str) -> pd.DataFrame:
    """The first table on the page that has a column."""
    return next(each.value for each in app.dataframe if column in each.value.columns)


def charts(app: AppTest) -> list[str]:
    return [element.proto.spec for element in app.get("vega_lite_chart")]


def test_without_runs_the_page_says_how_to_make_one(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert "headrace demo" in app.info[0].value


def test_in_chinese_a_kept_table_names_plans_figures_and_verdicts_in_chinese(app: AppTest, keep: Keep) -> None:
    keep()
    app.query_params["view"] = View(language=Language.CHINESE).to_link()
    app.run()
    assert not app.exception
    shown = table(app, "判断")
    assert set(shown["方案"]) == {"维持现状", "*two* more"}
    assert set(shown["指标"]) == {"赢单数", "签约额"}
    assert {"基准", "更好"} <= set(shown["判断"])


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
    assert set(table(app, "scenario")["scenario"]) == {"as is", "*two* more"}
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
    both = table(app, "Deals won")
    assert list(both["Run"]) == [second.name] * 2 + [first.name] * 2
    assert list(both["Plan"]) == ["as is", "*two* more"] * 2
    assert set(both["Deals won"]) == {"10"}
    assert set(table(app, "Difference")["Difference"]) == {"€0", "0"}


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
        assert "scenario" in app.dataframe[-1].value.columns


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


def test_tags_and_a_note_are_kept_and_found_by(app: AppTest, keep: Keep) -> None:
    first, _ = keep("The first answer."), keep("The second answer.")
    app.run()
    pick(app, "Run", first.name)
    next(box for box in app.multiselect if box.label == "Tags").set_value(["board "])
    write(app, "Note", "for *March*")
    press(app, "Keep the remarks")
    assert not app.exception
    assert (remarks_on(load_run(first)).tags, remarks_on(load_run(first)).note) == (("board",), "for *March*")
    pick(app, "Tag", "board")
    assert app.subheader[0].value == "The first answer."
    assert list(table(app, "Tags")["Tags"]) == ["board"]


def test_what_is_looked_for_is_found_by_its_words_or_said_not_to_be_there(app: AppTest, keep: Keep) -> None:
    keep("The first answer."), keep("The second answer.")
    app.run()
    write(app, "Look for", "first")
    app.run()
    assert app.subheader[0].value == "The first answer."
    write(app, "Look for", "nowhere")
    app.run()
    assert app.info[0].value == "No answer fits."


def test_a_run_is_locked_under_a_name_and_a_changed_one_is_called_out(app: AppTest, keep: Keep) -> None:
    folder = keep()
    app.run()
    write(app, "Name of the version", "FY27 v2")
    app.run()
    press(app, "Lock as a version of the plan")
    settled = lock_of(load_run(folder))
    assert settled is not None
    assert settled.plan == "FY27 v2"
    assert "FY27 v2" in app.success[0].value
    assert "Lock as a version of the plan" not in [button.label for button in app.button]
    (folder / "report.html").write_text("forged", "utf-8")
    app.run()
    assert any("no longer what was locked" in error.value for error in app.error)


def test_a_decision_is_taken_down_with_what_it_is_predicted_to_bring(app: AppTest, keep: Keep, tmp_path: Path) -> None:
    keep()
    app.run()
    assert any("No decision is taken down yet" in info.value for info in app.info)
    write(app, "Why", "the *north*")
    write(app, "Who", "Ann")
    press(app, "Take it down")
    assert not app.exception
    (decision,) = decisions(tmp_path / "runs")
    assert (decision.scenario, decision.why, decision.who) == ("*two* more", "the *north*", "Ann")
    row = table(app, "Predicted bookings (8 of 10)").iloc[0]
    assert (row["Plan"], row["Who"], row["Came"]) == ("*two* more", "Ann", "–")
    assert "€" in row["Predicted bookings (8 of 10)"]


def test_a_reader_finds_nothing_that_writes(app: AppTest, keep: Keep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_READ_ONLY", "1")
    state.settings.clear()
    keep()
    app.run()
    assert not app.exception
    assert app.button.len == 0
    assert app.text_area.len == 0


def test_whoever_may_not_write_is_refused_even_where_the_button_is_pressed(
    app: AppTest, keep: Keep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = keep()
    monkeypatch.setattr(state, "may_change", lambda: True)  # a page that forgot to hide its buttons
    monkeypatch.setattr(state, "writable", refused)
    for label in ("Take it down", "Keep the remarks", "Lock as a version of the plan"):
        app.run()
        write(app, "Name of the version", "FY27 v2")
        press(app.run(), label)
        assert any("for reading only" in error.value for error in app.error)
    assert decisions(tmp_path / "runs") == ()
    assert lock_of(load_run(folder)) is None
    assert remarks_on(load_run(folder)).tags == ()


def refused() -> Path:
    raise SpecError("this server is for reading only")


def test_the_folder_to_write_in_is_given_to_editors_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADRACE_RUNS", str(tmp_path))
    monkeypatch.setenv("HEADRACE_EDITORS", "ann@example.com")
    state.settings.clear()
    for person, may in (("ann@example.com", True), ("Ann@Example.com", True), ("bo@example.com", False), ("", False)):
        monkeypatch.setattr(state, "person", lambda person=person: person)
        if may:
            assert state.writable() == tmp_path
        else:
            with pytest.raises(SpecError, match="for reading only for you"):
                state.writable()
