"""Native PowerPoint charts: bars with their ranges as error bars, and a worksheet behind them that can be edited."""

from math import isnan
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_TICK_LABEL_POSITION,
)
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.slide import Slide
from pptx.util import Pt

from sim.kpis.summary import SHARE
from studies.language import Language
from studies.pack.document import Bars, Series
from studies.pack.harmless import harmless
from studies.pack.palette import INK, LINE, QUIET
from studies.pack.pictures import colours
from studies.pack.slide_look import name_fonts, paint

_SIZE, _SMALL = Pt(13), Pt(12)

type Drawing = Any
"""python-pptx's charts and their parts; half of them have no declared types."""


def add_chart(slide: Slide, chart: Bars, box: tuple[float, float, float, float], language: Language) -> None:
    """Put a chart into a box (left, top, width, height in points) of a slide."""
    kind = XL_CHART_TYPE.BAR_STACKED if chart.stacked else XL_CHART_TYPE.BAR_CLUSTERED
    shapes: Drawing = slide.shapes
    frame = shapes.add_chart(kind, *(Pt(length) for length in box), _data(chart))
    frame.name = chart.title
    drawing = frame.chart
    drawing.has_title = False
    drawing.font.size, drawing.font.color.rgb = _SMALL, paint(INK)
    _lay_out(drawing, chart)
    _axes(drawing, chart)
    for place, series in enumerate(chart.series):
        _dress(drawing.plots[0].series[place], series, colours(chart, place))
    for element, series in zip(drawing.element.iter(qn("c:ser")), chart.series, strict=True):
        if series.low:
            _add_ranges(element, series)
    name_fonts(drawing.element, language)


def number_format(chart: Bars) -> str:
    """Return the number format of offices for the values of a chart: so many digits as tell the bars apart."""
    if chart.unit == SHARE:
        return "0%"
    largest = max((abs(value) for series in chart.series for value in series.values if not isnan(value)), default=0.0)
    return "#,##0" if largest >= 100 else "#,##0.0" if largest >= 10 else "#,##0.00"


def _data(chart: Bars) -> CategoryChartData:
    data = CategoryChartData(number_format=number_format(chart))
    data.categories = [harmless(name) for name in chart.categories]
    for series in chart.series:
        data.add_series(harmless(series.name), [None if isnan(value) else value for value in series.values])
    return data


def _lay_out(drawing: Drawing, chart: Bars) -> None:
    plot = drawing.plots[0]
    plot.gap_width, plot.vary_by_categories = 60, False
    plot.overlap = 100 if chart.stacked else 0
    drawing.has_legend = len(chart.series) > 1
    if drawing.has_legend:
        drawing.legend.position, drawing.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        drawing.legend.font.size = _SIZE
    if not chart.ranged and not chart.stacked:
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = number_format(chart), False
        labels.position, labels.font.size = XL_LABEL_POSITION.OUTSIDE_END, _SMALL


def _axes(drawing: Drawing, chart: Bars) -> None:
    names, values = drawing.category_axis, drawing.value_axis
    names.reverse_order = True  # from top to bottom, as in the other formats
    for crossing in drawing.element.iterfind(f".//{qn('c:valAx')}/{qn('c:crosses')}"):
        crossing.set("val", "max")  # which would put the values' axis on top; the library has no word for it
    names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    names.format.line.color.rgb = paint(QUIET)
    names.tick_labels.font.size = _SIZE
    values.has_title = True
    values.axis_title.text_frame.text = chart.axis
    font = values.axis_title.text_frame.paragraphs[0].runs[0].font
    font.size, font.bold = _SMALL, False
    values.major_gridlines.format.line.color.rgb = paint(LINE)
    values.format.line.fill.background()
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = number_format(chart), False


def _dress(drawing: Drawing, series: Series, fills: tuple[str, ...]) -> None:
    drawing.invert_if_negative = False
    drawing.format.fill.solid()
    drawing.format.fill.fore_color.rgb = paint(fills[0])
    if series.marks:
        for place, fill in enumerate(fills):
            point = drawing.points[place].format.fill
            point.solid()
            point.fore_color.rgb = paint(fill)


def _add_ranges(element: Any, series: Series) -> None:  # noqa: ANN401 - an lxml element
    up = _literal("plus", [high - value for value, high in zip(series.values, series.high, strict=True)])
    down = _literal("minus", [value - low for value, low in zip(series.values, series.low, strict=True)])
    line = f'<c:spPr><a:ln w="19050"><a:solidFill><a:srgbClr val="{INK[1:]}"/></a:solidFill></a:ln></c:spPr>'
    ranges = parse_xml(
        f'<c:errBars {nsdecls("c", "a")}><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/>'
        f"{up}{down}{line}</c:errBars>"
    )
    element.find(qn("c:cat")).addprevious(ranges)  # the schema's order: error bars, then categories


def _literal(name: str, lengths: list[float]) -> str:
    points = "".join(
        f'<c:pt idx="{place}"><c:v>{max(0.0, length)!r}</c:v></c:pt>'
        for place, length in enumerate(lengths)
        if not isnan(length)
    )
    head = f'<c:formatCode>General</c:formatCode><c:ptCount val="{len(lengths)}"/>'
    return f"<c:{name}><c:numLit>{head}{points}</c:numLit></c:{name}>"
