"""Native PowerPoint tables that fit their slide: rows are as high as their text needs, and go on on the next slide."""

from collections.abc import Iterator
from dataclasses import dataclass

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.slide import Slide
from pptx.table import _Cell
from pptx.util import Pt

from studies.language import Words
from studies.pack.document import Table
from studies.pack.fit import LEADING, lines, width
from studies.pack.palette import BAND, INK, PAPER
from studies.pack.slide_look import paint
from studies.pack.speaking import say

SIZE = 12.0
_PAD_X, _PAD_Y = 5.0, 3.0
_LEAST, _MOST = 46.0, 230.0
"""Points that a column may ask for."""

type Texts = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """As many rows of a table as a slide holds, with the widths of the columns in points."""

    columns: Texts
    rows: tuple[Texts, ...]
    texts: int
    widths: tuple[float, ...]

    @property
    def heights(self) -> tuple[float, ...]:
        """Heights of head and rows in points."""
        return tuple(row_height(row, self.widths) for row in (self.columns, *self.rows))


def parts_of(table: Table, words: Words, box: tuple[float, float, float, float]) -> tuple[Part, ...]:
    """Share a table's rows out to as many slides as it needs."""
    rows = tuple(tuple(say(words, cell) for cell in row) for row in table.rows)
    widths = column_widths((table.columns, *rows), box[2])
    room = box[3] - row_height(table.columns, widths)
    return tuple(Part(table.columns, part, table.texts, widths) for part in _shared(rows, widths, room))


def _shared(rows: tuple[Texts, ...], widths: tuple[float, ...], room: float) -> Iterator[tuple[Texts, ...]]:
    part: list[Texts] = []
    left = room
    for row in rows:
        height = row_height(row, widths)
        if part and height > left:
            yield tuple(part)
            part, left = [], room
        part.append(row)
        left -= height
    yield tuple(part)


def column_widths(rows: tuple[Texts, ...], room: float) -> tuple[float, ...]:
    """Return widths that fill the room: each column asks for its widest text, within limits."""
    asked = [
        min(_MOST, max(_LEAST, *(width(text, SIZE) * 1.1 + 2 * _PAD_X for text in column)))
        for column in zip(*rows, strict=True)
    ]
    return tuple(room * each / sum(asked) for each in asked)


def row_height(row: Texts, widths: tuple[float, ...]) -> float:
    """Return the height that a row's longest cell needs, in points."""
    most = max(lines(text, SIZE, each - 2 * _PAD_X) for text, each in zip(row, widths, strict=True))
    return most * SIZE * LEADING + 2 * _PAD_Y


def add_table(slide: Slide, part: Part, box: tuple[float, float, float, float]) -> None:
    """Put a part of a table into a box (left, top, width, height in points) of a slide."""
    left, top, across, _ = box
    size = (len(part.rows) + 1, len(part.columns))
    frame = slide.shapes.add_table(*size, Pt(left), Pt(top), Pt(across), Pt(sum(part.heights)))
    table = frame.table
    table.horz_banding = False
    for place, each in enumerate(part.widths):
        table.columns[place].width = Pt(each)
    for at, (row, height) in enumerate(zip((part.columns, *part.rows), part.heights, strict=True)):
        table.rows[at].height = Pt(height)
        for place, text in enumerate(row):
            _write(table.cell(at, place), text, head=at == 0, right=place >= part.texts)


def _write(cell: _Cell, text: str, *, head: bool, right: bool) -> None:
    cell.text = text
    cell.margin_left = cell.margin_right = Pt(_PAD_X)
    cell.margin_top = cell.margin_bottom = Pt(_PAD_Y)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    cell.fill.solid()
    cell.fill.fore_color.rgb = paint(BAND if head else PAPER)
    for paragraph in cell.text_frame.paragraphs:
        paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.size, run.font.bold = Pt(SIZE), head
            run.font.color.rgb = paint(INK)
