"""A pack as a PowerPoint presentation: a slide a claim, with native charts and tables that can be edited.

The layout is a plain grid on a 16:9 slide, in points: the claim on top, then the chart or the table, one line of
meaning, and the stamp at the foot.
"""

import io

from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.presentation import Presentation as Slides
from pptx.slide import Slide
from pptx.text.text import TextFrame
from pptx.util import Length, Pt

from studies.language import Words, words_of
from studies.pack.document import Pack, Page, Table
from studies.pack.fit import largest
from studies.pack.frozen_zip import frozen
from studies.pack.palette import INK, QUIET, SERIES
from studies.pack.slide_chart import add_chart
from studies.pack.slide_look import name_fonts, paint
from studies.pack.slide_table import add_table, parts_of

WIDTH, HEIGHT = 960.0, 540.0
"""Of a slide, in points."""
MARGIN = 44.0
_INNER = WIDTH - 2 * MARGIN
TITLE = (MARGIN, 34.0, _INNER, 76.0)
BODY = (MARGIN, 122.0, _INNER, 308.0)
MEANING = (MARGIN, 438.0, _INNER, 54.0)
STAMP = (MARGIN, 502.0, _INNER - 90, 20.0)
NUMBER = (WIDTH - MARGIN - 80, 502.0, 80.0, 20.0)
"""Boxes: left, top, width, height."""
_ACCENT = (MARGIN, 24.0, 56.0, 4.0)
TITLE_SIZES = (28.0, 25.0, 22.0, 20.0, 18.0, 16.0)
MEANING_SIZES = (18.0, 16.0, 14.0, 12.0)
STAMP_SIZES = (11.0, 10.0, 9.0)

type Box = tuple[float, float, float, float]


def write_slides(pack: Pack) -> bytes:
    """Return the presentation."""
    words = words_of("studies", pack.language)
    slides: Slides = Presentation()
    slides.slide_width, slides.slide_height = Pt(WIDTH), Pt(HEIGHT)
    for page in pack.pages:
        _add_page(slides, page, pack, words)
    for number, slide in enumerate(slides.slides, start=1):
        _text(slide, NUMBER, str(number), (11.0,), QUIET)
        name_fonts(slide.element, pack.language)
    _sign(slides, pack)
    target = io.BytesIO()
    slides.save(target)
    return frozen(target.getvalue(), pack.made)


def _add_page(slides: Slides, page: Page, pack: Pack, words: Words) -> None:
    if page.chart is not None or page.table is None:
        slide = _slide(slides, page.claim, page.meaning, pack.stamp)
        if page.chart is not None:
            add_chart(slide, page.chart, BODY, pack.language)
    if page.table is not None:
        claim = page.claim if page.chart is None else page.table.title
        meaning = page.meaning if page.chart is None else page.table.note
        _add_table(slides, page.table, (claim, meaning, pack.stamp), words)


def _add_table(slides: Slides, table: Table, said: tuple[str, str, str], words: Words) -> None:
    claim, meaning, stamp = said
    parts = parts_of(table, words, BODY)
    for place, part in enumerate(parts, start=1):
        title = claim if len(parts) == 1 else words("pack.continued", title=claim, n=place, m=len(parts))
        add_table(_slide(slides, title, meaning, stamp), part, BODY)


def _slide(slides: Slides, claim: str, meaning: str, stamp: str) -> Slide:
    slide: Slide = slides.slides.add_slide(slides.slide_layouts.get_by_name("Title Only") or slides.slide_layouts[5])
    if (title := slide.shapes.title) is not None:
        title.left, title.top, title.width, title.height = _points(TITLE)
        _fill(title.text_frame, claim, _size(claim, TITLE_SIZES, TITLE), INK, bold=True)
    accent = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *_points(_ACCENT))
    accent.fill.solid()
    accent.fill.fore_color.rgb = paint(SERIES[0])
    accent.line.fill.background()
    accent.shadow.inherit = False
    if meaning:
        _text(slide, MEANING, meaning, MEANING_SIZES, INK)
    _text(slide, STAMP, stamp, STAMP_SIZES, QUIET)
    return slide


def _text(slide: Slide, box: Box, text: str, sizes: tuple[float, ...], colour: str) -> None:
    frame = slide.shapes.add_textbox(*_points(box)).text_frame
    _fill(frame, text, _size(text, sizes, box), colour)


def _size(text: str, sizes: tuple[float, ...], box: Box) -> float:
    return largest(text, sizes, box[2], box[3])


def _fill(frame: TextFrame, text: str, size: float, colour: str, *, bold: bool = False) -> None:
    frame.word_wrap, frame.vertical_anchor, frame.auto_size = True, MSO_ANCHOR.TOP, MSO_AUTO_SIZE.NONE
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Pt(0)
    frame.text = text
    for paragraph in frame.paragraphs:
        paragraph.alignment = PP_ALIGN.LEFT
        for run in paragraph.runs:
            run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, paint(colour)


def _points(box: Box) -> tuple[Length, Length, Length, Length]:
    left, top, width, height = (Pt(length) for length in box)
    return left, top, width, height


def _sign(slides: Slides, pack: Pack) -> None:
    core = slides.core_properties
    core.title, core.author, core.last_modified_by = pack.title, "Headrace", "Headrace"
    core.subject, core.language, core.comments = pack.stamp, pack.language.value, ""
    core.created = core.modified = pack.made.replace(tzinfo=None)  # the library writes it as UTC
