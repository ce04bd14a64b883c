"""The report: one HTML file that holds everything, opens without a network, prints, and is readable on a phone.

Charts are drawn to SVG here, so the file carries no script; beside each stands the table that it was drawn from.
"""

import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from studies.charts import Chart
from studies.grid import Grid
from studies.language import Language, words_of

_INK = "#010203"
"""The colour that stands for the reader's own text colour, light or dark."""

_FAINT = "#010204"


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with what it shows, and the table that it was drawn from."""

    title: str
    caption: str
    chart: Chart
    grid: Grid | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: sentences, then tables, then charts."""

    title: str
    sentences: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What a report says.

    Attributes
    ----------
    title
        What was asked.
    answer
        The answer in one sentence.
    sections
        In reading order.
    provenance
        What the answer rests on: command, seed, fingerprint, versions. No times, so that equal runs give equal bytes.
    language
        Of all that is said in it; the page's own few words follow.
    """

    title: str
    answer: str
    sections: tuple[Section, ...]
    provenance: Mapping[str, str] = field(default_factory=dict)
    language: Language = Language.ENGLISH


def render(report: Report) -> str:
    """Return the report as one HTML page."""
    environment = Environment(
        loader=PackageLoader("studies"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = words_of("studies", report.language)
    return environment.get_template("report.html").render(report=report, to_svg=to_svg, words=words)


def to_svg(chart: Chart, title: str) -> str:
    """Draw a chart as SVG in the page's own text colour; ``title`` tells a screen reader what it shows."""
    target = io.StringIO()
    _in_ink(chart).save(target, format="svg")
    svg = target.getvalue()
    for colour, opacity in ((_INK, "1"), (_FAINT, "0.25")):
        svg = re.sub(rf'(fill|stroke)="{colour}"', rf'\1="currentColor" \1-opacity="{opacity}"', svg)
    return svg.replace("<svg ", f'<svg role="img" aria-label="{escape(title)}" ', 1)


def _in_ink(chart: Chart) -> Any:  # noqa: ANN401 - Altair's configure methods return their own kind of chart
    # A font that is much the same everywhere: the drawing is laid out here, and read with the fonts of another machine.
    font = "Arial, Helvetica, Liberation Sans, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
    words = {"labelColor": _INK, "titleColor": _INK, "labelFont": font, "titleFont": font, "titleFontWeight": "normal"}
    return (
        chart.configure(background="transparent", font=font, padding={"left": 24, "right": 8, "top": 4, "bottom": 4})
        .configure_view(stroke=None)
        .configure_axis(
            **words, gridColor=_FAINT, domainColor=_FAINT, tickColor=_FAINT, labelLimit=260, labelFontSize=12
        )
        .configure_legend(labelColor=_INK, titleColor=_INK, orient="top", labelFont=font, titleFont=font)
        .configure_header(labelColor=_INK, titleColor=_INK, labelFont=font, labelFontSize=13)
        .configure_rule(color=_INK)
    )
