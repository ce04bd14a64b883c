"""Workbooks, read back: numbers are numbers, charts stand on cells, and no text becomes a formula."""

import io
from collections.abc import Callable
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from studies.language import Language
from studies.pack.document import Pack, Page, Quantity, Table
from studies.pack.harmless import harmless
from studies.pack.workbook import write_workbook
from tests.studies.pack.kept_runs import EVERY

type Tell = Callable[[str, Language], Pack]


def cells_of(data: bytes) -> dict[object, tuple[str, str]]:
    book = load_workbook(io.BytesIO(data))
    return {
        cell.value: (cell.data_type, cell.number_format)
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def with_table(pack: Pack, table: Table) -> Pack:
    return Pack(pack.language, pack.title, (Page("c", table=table),), pack.stamp, pack.origin, pack.made)


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("language", Language)
def test_every_page_has_its_sheet_with_a_chart_where_it_has_one(told: Tell, kind: str, language: Language) -> None:
    pack = told(kind, language)
    book = load_workbook(io.BytesIO(write_workbook(pack)))
    sheets = book.worksheets
    assert len(sheets) == len(pack.pages) + 1
    for sheet, page in zip(sheets, pack.pages, strict=False):
        assert sheet["A1"].value == harmless(page.claim)
        assert len(sheet._charts) == (page.chart is not None)
        assert pack.stamp in [cell.value for cell in sheet["A"]]


def test_numbers_are_numbers_with_a_format_and_negative_ones_stay_numbers(told: Tell) -> None:
    row = ("a", Quantity(-1234.5, "account currency"), Quantity(-0.02, "share", signed=True), Quantity(2.0, "days"))
    pack = with_table(told("other", Language.ENGLISH), Table.of("t", "abcd", [row]))
    cells = cells_of(write_workbook(pack))
    assert cells[-1234.5] == ("n", "#,##0")
    assert cells[-0.02] == ("n", "+0.0%;-0.0%;0.0%")
    assert cells[2] == ("n", "#,##0.0")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://x")'])
def test_text_that_looks_like_a_formula_is_escaped(told: Tell, text: str) -> None:
    pack = with_table(told("other", Language.ENGLISH), Table.of("t", "a", [(text,)]))
    cells = cells_of(write_workbook(pack))
    escaped = [value for value in cells if str(value).startswith("'")]
    assert len(escaped) == 1
    assert {kind for kind, _ in cells.values()} == {"s"}


@pytest.mark.parametrize("text", ["plain", "a=b", "a-b", "", "–", "增长"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert harmless(text) == text


def test_characters_that_no_office_file_can_hold_are_left_out() -> None:
    assert harmless("a\x00b\x1b") == "ab"


def test_a_chinese_workbook_is_chinese_and_names_a_font_for_it(told: Tell) -> None:
    data = write_workbook(told("compare", Language.CHINESE))
    book = load_workbook(io.BytesIO(data))
    assert book.worksheets[0].title.startswith("1 逐个方案")
    assert book.worksheets[0]["A1"].font.name == "Microsoft YaHei"


def test_the_ranges_of_a_chart_are_cells_that_can_be_changed(told: Tell) -> None:
    with ZipFile(io.BytesIO(write_workbook(told("compare", Language.ENGLISH)))) as archive:
        chart = archive.read("xl/charts/chart1.xml").decode()
    assert "errBars" in chart
    assert "'1 Plan by plan bookings'!$C$" in chart or "'1 Plan by plan  bookings'!$C$" in chart
