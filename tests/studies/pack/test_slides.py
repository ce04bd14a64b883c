"""Presentations, read back: native charts and tables, nothing off the slide and nothing over anything else."""

import io
from collections.abc import Callable, Iterator
from itertools import combinations
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pptx.shapes.base import BaseShape
from pptx.slide import Slide

from studies.language import Language
from studies.pack.document import Pack
from studies.pack.fit import LEADING, largest, lines, width
from studies.pack.slides import write_slides
from tests.studies.pack.kept_runs import EVERY

type Tell = Callable[[str, Language], Pack]


def slides_of(data: bytes) -> Iterator[Slide]:
    yield from Presentation(io.BytesIO(data)).slides


def misplaced(slide: Slide, size: tuple[int, int]) -> list[str]:
    """What sticks out of the slide, and what lies over something else."""
    shapes = list(slide.shapes)
    out = [shape.name for shape in shapes if not inside(shape, size)]
    return out + [f"{one.name} over {other.name}" for one, other in combinations(shapes, 2) if overlap(one, other)]


def inside(shape: BaseShape, size: tuple[int, int]) -> bool:
    left, top, right, bottom = edges(shape)
    return left >= 0 and top >= 0 and right <= size[0] and bottom <= size[1]


def overlap(one: BaseShape, other: BaseShape) -> bool:
    (a, b, c, d), (e, f, g, h) = edges(one), edges(other)
    return a < g and e < c and b < h and f < d


def edges(shape: BaseShape) -> tuple[int, int, int, int]:
    return shape.left, shape.top, shape.left + shape.width, shape.top + shape.height


def too_full(slide: Slide) -> list[str]:
    """Texts that need more room than their box has."""
    return [
        shape.name
        for shape in slide.shapes
        if shape.has_text_frame and (text := shape.text_frame.text) and not fits(shape, text)
    ]


def fits(shape: BaseShape, text: str) -> bool:
    size = shape.text_frame.paragraphs[0].runs[0].font.size.pt
    return lines(text, size, shape.width.pt) * size * LEADING <= shape.height.pt + 1


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize("language", Language)
def test_nothing_sticks_out_of_a_slide_or_lies_over_anything_else(told: Tell, kind: str, language: Language) -> None:
    deck = Presentation(io.BytesIO(write_slides(told(kind, language))))
    for slide in deck.slides:
        assert misplaced(slide, (deck.slide_width, deck.slide_height)) == []
        assert too_full(slide) == []


def test_a_shape_moved_over_another_or_off_the_slide_is_found(told: Tell) -> None:
    deck = Presentation(io.BytesIO(write_slides(told("compare", Language.ENGLISH))))
    slide = deck.slides[0]
    title = slide.shapes.title
    title.top = slide.shapes[2].top
    assert any("over" in found for found in misplaced(slide, (deck.slide_width, deck.slide_height)))
    title.left = -1
    assert title.name in misplaced(slide, (deck.slide_width, deck.slide_height))
    title.text_frame.paragraphs[0].runs[0].text *= 20
    assert title.name in too_full(slide)


def test_the_claim_is_the_title_and_the_chart_is_a_chart_that_can_be_edited(told: Tell) -> None:
    pack = told("compare", Language.ENGLISH)
    first = next(slides_of(write_slides(pack)))
    assert first.shapes.title.text == pack.pages[0].claim
    chart = next(shape.chart for shape in first.shapes if shape.has_chart)
    values = chart.plots[0].series[0].values
    expected = pack.pages[0].chart
    assert expected is not None
    assert tuple(values) == pytest.approx(expected.series[0].values)
    assert b"c:errBars" in chart.part.blob
    assert b'<c:crosses val="max"/></c:valAx>' in chart.part.blob  # the axis stands below the bars
    book = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert book.active["B2"].value == pytest.approx(values[0])


def test_a_name_that_looks_like_a_formula_is_text_in_the_chart_s_workbook(told: Tell) -> None:
    first = next(slides_of(write_slides(told("compare", Language.ENGLISH))))
    chart = next(shape.chart for shape in first.shapes if shape.has_chart)
    sheet = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    assert [(cell.value, cell.data_type) for cell in sheet["A"]][-1] == ("'=1+1", "s")


def test_tables_are_tables_and_hold_every_row(told: Tell) -> None:
    pack = told("forecast", Language.ENGLISH)
    tables = [shape.table for slide in slides_of(write_slides(pack)) for shape in slide.shapes if shape.has_table]
    rows = sum(len(table.rows) - 1 for table in tables)
    assert rows == sum(len(page.table.rows) for page in pack.pages if page.table is not None)
    assert len(tables) > len(pack.pages)  # the assumptions go on on a second slide


@pytest.mark.parametrize("kind", ["compare", "forecast"])
def test_chinese_slides_are_chinese_and_name_a_font_for_it(told: Tell, kind: str) -> None:
    data = write_slides(told(kind, Language.CHINESE))
    first = next(slides_of(data))
    assert any(letter in first.shapes.title.text for letter in "最未来")
    with ZipFile(io.BytesIO(data)) as archive:
        slide = archive.read("ppt/slides/slide1.xml").decode()
        chart = archive.read(next(name for name in archive.namelist() if name.startswith("ppt/charts/chart"))).decode()
    assert 'lang="zh-CN"' in slide
    assert 'ea typeface="Microsoft YaHei"' in slide
    assert 'ea typeface="Microsoft YaHei"' in chart


def test_every_slide_says_where_it_comes_from(told: Tell) -> None:
    pack = told("hindcast", Language.ENGLISH)
    for slide in slides_of(write_slides(pack)):
        assert pack.stamp in [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]


def test_a_chinese_letter_takes_twice_the_room_and_a_long_text_a_smaller_size() -> None:
    assert width("未来", 10) == 20
    assert width("ab", 10) < 12
    assert lines("word " * 40, 10, 100) > 8
    assert largest("short", (20, 10), 100, 30) == 20
    assert largest("long " * 20, (20, 10), 200, 50) == 10
