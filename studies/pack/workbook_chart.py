"""Native Excel charts on a sheet's own cells: changing a number changes its bar, and its range too."""

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.data_source import NumDataSource, NumRef
from openpyxl.chart.error_bar import ErrorBars
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.layout import Layout, ManualLayout
from openpyxl.chart.marker import DataPoint
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from studies.pack.document import Bars
from studies.pack.palette import INK, LINE
from studies.pack.pictures import colours
from studies.pack.slide_chart import number_format

_WIDTH = 24.0
"""Centimetres."""


def add_chart(sheet: Worksheet, chart: Bars, top: int, anchor: int) -> None:
    """Draw a chart of the cells whose head stands in row ``top``, below them at row ``anchor``."""
    drawing = BarChart()
    drawing.type, drawing.style, drawing.gapWidth = "bar", 10, 60
    drawing.grouping = "stacked" if chart.stacked else "clustered"
    drawing.overlap = 100 if chart.stacked else 0
    drawing.width, drawing.height = _WIDTH, max(7.0, 1.0 * len(chart.categories) * len(chart.series) + 3.5)
    column = 2
    for place, series in enumerate(chart.series):
        drawing.series.append(_series(sheet, chart, place, column, top))
        column += 3 if series.low else 1
    drawing.set_categories(Reference(sheet, min_col=1, min_row=top + 1, max_row=top + len(chart.categories)))
    _axes(drawing, chart)
    sheet.add_chart(drawing, f"A{anchor}")


def _series(sheet: Worksheet, chart: Bars, place: int, column: int, top: int) -> Series:
    rows = {"min_row": top, "max_row": top + len(chart.categories)}
    series = Series(Reference(sheet, min_col=column, **rows), title_from_data=True)
    fills = colours(chart, place)
    series.graphicalProperties = GraphicalProperties(solidFill=fills[0][1:])
    series.invertIfNegative = False
    if chart.series[place].marks:
        series.dPt = [
            DataPoint(idx=at, invertIfNegative=False, spPr=GraphicalProperties(solidFill=fill[1:]))
            for at, fill in enumerate(fills)
        ]
    if chart.series[place].low:
        down, up = (_cells(sheet, column + step, top, len(chart.categories)) for step in (1, 2))
        series.errBars = ErrorBars(errBarType="both", errValType="cust", minus=down, plus=up)
        series.errBars.spPr = GraphicalProperties()
        series.errBars.spPr.line.solidFill = INK[1:]
    elif not chart.stacked and not chart.ranged:
        series.dLbls = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
        series.dLbls.numFmt = number_format(chart)
    return series


def _cells(sheet: Worksheet, column: int, top: int, count: int) -> NumDataSource:
    letter = get_column_letter(column)
    cells = f"{quote_sheetname(sheet.title)}!${letter}${top + 1}:${letter}${top + count}"
    return NumDataSource(numRef=NumRef(f=cells))


def _axes(drawing: BarChart, chart: Bars) -> None:
    names, values = drawing.x_axis, drawing.y_axis
    names.scaling.orientation, names.tickLblPos, names.delete = "maxMin", "low", False
    values.title, values.delete, values.crosses = chart.axis, False, "max"
    values.number_format = number_format(chart)
    values.majorGridlines.spPr = GraphicalProperties()
    values.majorGridlines.spPr.line.solidFill = LINE[1:]
    drawing.layout = Layout(manualLayout=ManualLayout(xMode="edge", yMode="edge", x=0.28, y=0.08, w=0.68, h=0.72))
    if len(chart.series) > 1:
        drawing.legend.position = "t"
    else:
        drawing.legend = None
