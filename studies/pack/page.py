"""A pack as one HTML page, in the dress of every report."""

from studies.grid import Grid
from studies.language import words_of
from studies.pack.document import Pack, Page, Table
from studies.pack.pictures import drawn
from studies.pack.speaking import say
from studies.report import Figure, Report, Section, render


def write_page(pack: Pack) -> bytes:
    """Return the page: no script, no network; it prints, and is readable on a phone."""
    first, *others = pack.pages
    words = words_of("studies", pack.language)
    sections = (_section(first, words("pack.finding"), pack), *(_section(page, page.claim, pack) for page in others))
    return render(Report(pack.title, first.claim, sections, dict(pack.origin), pack.language)).encode()


def _section(page: Page, title: str, pack: Pack) -> Section:
    said = (page.meaning,) if page.meaning else ()
    grids = () if page.table is None else (_grid(page.table, pack),)
    chart = page.chart
    figures = () if chart is None else (Figure(chart.title, pack.stamp, drawn(chart)),)
    return Section(title, said, grids, figures)


def _grid(table: Table, pack: Pack) -> Grid:
    words = words_of("studies", pack.language)
    note = f"{table.note}{words('unit.gap')}{pack.stamp}" if table.note else pack.stamp
    rows = (tuple(say(words, cell) for cell in row) for row in table.rows)
    return Grid.of(table.title, table.columns, rows, note, table.texts)
