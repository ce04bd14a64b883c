"""A pack as an Excel workbook: a sheet a page, numbers as numbers with their formats, and charts on the cells below.

No text of the data can become a formula (`studies.pack.harmless`); a negative number stays a number.
"""

import io
import re
from math import isnan

from openpyxl import Workbook
from openpyxl.cell.cell import Cell as Square
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from sim.kpis.summary import COUNT, DAYS, MONEY, SHARE
from studies.language import Language, Words, words_of
from studies.pack.document import Bars, Cell, Pack, Page, Quantity, Series, Table
from studies.pack.fit import lines, width
from studies.pack.frozen_zip import frozen
from studies.pack.harmless import harmless
from studies.pack.palette import BAND, CHINESE, INK, LATIN, LINE, QUIET
from studies.pack.workbook_chart import add_chart

_FORMATS = {
    COUNT: ("#,##0.##", "+#,##0.##;-#,##0.##;0"),
    MONEY: ("#,##0", "+#,##0;-#,##0;0"),
    SHARE: ("0.0%", "+0.0%;-0.0%;0.0%"),
    DAYS: ("#,##0.0", "+#,##0.0;-#,##0.0;0.0"),
}
"""Unit → number format, and the one that shows a plus too."""
_FORBIDDEN = re.compile(r"[\\/?*\[\]:]")
_NAME, _POINT = 31, 5.6
"""Characters that the name of a sheet may have; points of a column's unit of width."""
_LEAST, _MOST, _SPAN = 12.0, 46.0, 8
"""Widths of columns in characters, and how many columns a sentence runs across."""
_RULE = Side(style="thin", color=LINE[1:])


def write_workbook(pack: Pack) -> bytes:
    """Return the workbook."""
    words = words_of("studies", pack.language)
    book = Workbook()
    book.remove(book.worksheets[0])
    for number, page in enumerate(pack.pages, start=1):
        title = (
            page.chart.title if page.table is None and page.chart else page.table.title if page.table else pack.title
        )
        _Sheet(book.create_sheet(_name(number, title)), pack, words).fill(page)
    origin = Table.of(words("pack.origin"), (words("origin.name"), words("origin.value")), pack.origin, texts=2)
    _Sheet(book.create_sheet(_name(len(pack.pages) + 1, words("pack.origin"))), pack, words).fill(
        Page(words("pack.origin"), table=origin)
    )
    _sign(book, pack)
    target = io.BytesIO()
    book.save(target)
    return frozen(target.getvalue(), pack.made)


def _name(number: int, title: str) -> str:
    return f"{number} {_FORBIDDEN.sub(' ', title)}"[:_NAME].strip()


class _Sheet:
    """A sheet that is being filled from top to bottom."""

    def __init__(self, sheet: Worksheet, pack: Pack, words: Words) -> None:
        self.sheet, self.pack, self.words = sheet, pack, words
        self.face = CHINESE if pack.language is Language.CHINESE else LATIN
        self.row = 1

    def fill(self, page: Page) -> None:
        """Write claim, meaning, table, stamp and chart, and set the sheet up for printing."""
        self._widths(page)
        self._sentence(page.claim, 15, INK, bold=True)
        if page.meaning:
            self._sentence(page.meaning, 11, INK)
        self.row += 1
        if page.table is not None:
            self._table(page.table)
            if page.table.note:
                self._sentence(page.table.note, 9, QUIET)
        self._sentence(self.pack.stamp, 9, QUIET)
        if page.chart is not None:
            self._chart(page.chart)
        self._set_up()

    def _widths(self, page: Page) -> None:
        texts = [list(page.table.columns), *map(self._texts, page.table.rows)] if page.table else []
        for place in range(_SPAN):
            widest = max((width(row[place], 1) * 2 + 2 for row in texts if place < len(row)), default=_LEAST)
            self.sheet.column_dimensions[get_column_letter(place + 1)].width = min(_MOST, max(_LEAST, widest))

    def _texts(self, row: tuple[Cell, ...]) -> list[str]:
        return [cell if isinstance(cell, str) else "0" * 12 for cell in row]

    def _sentence(self, text: str, size: float, colour: str, *, bold: bool = False) -> None:
        self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=1, end_column=_SPAN)
        square = self._write(1, text)
        square.font = Font(name=self.face, size=size, bold=bold, color=colour[1:])
        square.alignment = Alignment(wrap_text=True, vertical="top")
        room = sum(self.sheet.column_dimensions[get_column_letter(place + 1)].width for place in range(_SPAN)) * _POINT
        self.sheet.row_dimensions[self.row].height = lines(text, size, room) * size * 1.4 + 4
        self.row += 1

    def _table(self, table: Table) -> None:
        self._line(table.columns, table.texts, head=True)
        for row in table.rows:
            self._line(row, table.texts)

    def _line(self, row: tuple[Cell, ...], texts: int, *, head: bool = False) -> None:
        for place, cell in enumerate(row):
            square = self._write(place + 1, cell)
            square.font = Font(name=self.face, size=10, bold=head, color=INK[1:])
            square.alignment = Alignment(
                horizontal="left" if place < texts else "right", vertical="top", wrap_text=True
            )
            square.border = Border(bottom=_RULE)
            if head:
                square.fill = PatternFill("solid", fgColor=BAND[1:])
        self.row += 1

    def _write(self, column: int, cell: Cell) -> Square:
        square = self.sheet.cell(self.row, column)
        if isinstance(cell, Quantity):
            square.value = None if isnan(cell.value) else cell.value
            square.number_format = _FORMATS[cell.unit][cell.signed]
        else:
            square.value = harmless(cell)
            square.data_type = "s"
        return square

    def _chart(self, chart: Bars) -> None:
        self.row += 1
        self._sentence(self.words("pack.numbers", title=chart.title), 11, INK, bold=True)
        top = self.row
        names = [name for series in chart.series for name in self._heads(series)]
        self._line(("", *names), 1, head=True)
        for place, name in enumerate(chart.categories):
            self._line((name, *self._numbers(chart, place)), 1)
        add_chart(self.sheet, chart, top, self.row + 1)

    def _heads(self, series: Series) -> tuple[str, ...]:
        return (series.name, self.words("pack.down"), self.words("pack.up")) if series.low else (series.name,)

    def _numbers(self, chart: Bars, place: int) -> list[Quantity]:
        found: list[float] = []
        for series in chart.series:
            value = series.values[place]
            found.append(value)
            if series.low:
                found += [value - series.low[place], series.high[place] - value]
        unit = SHARE if chart.unit == SHARE else COUNT
        return [Quantity(value, unit) for value in found]

    def _set_up(self) -> None:
        setup = self.sheet.page_setup
        setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight = "landscape", 9, 1, 0
        self.sheet.sheet_properties.pageSetUpPr.fitToPage = True
        self.sheet.oddFooter.left.text = self.pack.stamp.replace("&", "&&")
        self.sheet.sheet_view.showGridLines = False


def _sign(book: Workbook, pack: Pack) -> None:
    core = book.properties
    core.title, core.creator, core.lastModifiedBy = pack.title, "Headrace", "Headrace"
    core.subject, core.language = pack.stamp, pack.language.value
