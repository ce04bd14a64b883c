"""Look: a kept run once more, drawn for whichever of its figures one wants to see."""

from sim.kpis import HEADLINES
from studies.charts import differences_chart, spread_chart
from studies.operations_view import operation_section
from studies.report import Figure
from studies.store import Run
from studies.wording import title_of

COMPARED, SCATTERED, FLOOR = "comparison", "kpis", ("stages", "teams")
"""The tables that charts are drawn from; a run may have some of them only."""


def headlines_of(run: Run) -> tuple[str, ...]:
    """Return the headline figures that a run holds, the one it was asked for first; none if it holds no runs."""
    if SCATTERED not in run.tables:
        return ()
    asked = run.manifest.settings.get("kpi")
    held = [kpi for kpi in HEADLINES if kpi in run.table(SCATTERED)]
    return tuple(sorted(held, key=lambda kpi: kpi != asked))


def figures_of(run: Run, kpi: str) -> tuple[Figure, ...]:
    """Draw what a run says about one headline figure.

    Parameters
    ----------
    run
        Any run folder.
    kpi
        One of `headlines_of`.

    Raises
    ------
    DataError
        If a table can't be read.
    """
    figures = []
    if COMPARED in run.tables:
        table = run.table(COMPARED)
        chart = differences_chart(table[table["kpi"] == kpi].set_index("scenario"), kpi)
        caption = "Dots: mean paired difference; lines: its interval; dashed: no difference."
        figures.append(Figure(f"What each plan changes in {title_of(kpi)}", caption, chart))
    chart = spread_chart(run.table(SCATTERED), kpi)
    figures.append(Figure(f"How {title_of(kpi)} scatters", "A tick is one run, the dot their mean.", chart))
    return tuple(figures)


def floor_of(run: Run) -> tuple[Figure, ...]:
    """Draw the funnel by stage, where the days go and how busy the teams are; nothing if the run didn't keep them."""
    if not set(FLOOR) <= set(run.tables):
        return ()
    return operation_section({name: run.table(name) for name in FLOOR}).figures
