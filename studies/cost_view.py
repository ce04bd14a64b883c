"""What plans cost beside what they gain, and how often they reach the target: columns of the comparison's table."""

from collections.abc import Mapping

import pandas as pd

from scenarios.compare import HIGHER_IS_BETTER, Comparison
from sim.kpis.summary import MONEY
from studies.grid import Grid
from studies.request import Request
from studies.wording import DASH, quantity, unit_of

_VERDICT = 1
"""Columns at the end that stay there: the verdict."""


def with_costs(grid: Grid, main: Comparison, request: Request) -> Grid:
    """Add each plan's cost over the days, and what is gained for it, where prices are known."""
    costs = request.costs
    if not costs:
        return grid
    cells = {name: (quantity(costs[name], MONEY, sign=True), _gained(name, costs[name], main)) for name in costs}
    cells[main.baseline] = ("", "")
    per = "gain per cost" if unit_of(main.kpi) == MONEY else "gain per 1,000 spent"
    return _widened(grid, (f"cost in {request.days:g} d", per), cells, "Costs are what a plan adds to spending.")


def with_target(grid: Grid, main: Comparison, request: Request, kpis: pd.DataFrame) -> Grid:
    """Add the share of the runs in which each plan reaches the target, where there is one."""
    target = request.target
    if target is None:
        return grid
    reached = kpis[main.kpi] >= target if HIGHER_IS_BETTER.get(main.kpi, True) else kpis[main.kpi] <= target
    shares = reached.groupby(kpis["scenario"]).mean()
    cells = {str(name): (f"{share:.0%}",) for name, share in shares.items()}
    return _widened(grid, (f"reaches {quantity(target, unit_of(main.kpi))}",), cells, "")


def _gained(name: str, cost: float, main: Comparison) -> str:
    gain = float(main.table.loc[name, "difference"])  # type: ignore[arg-type] # a number of the table
    if cost <= 0 or pd.isna(gain):
        return DASH
    return f"{gain / cost:+.2f}" if unit_of(main.kpi) == MONEY else f"{1000 * gain / cost:+.3g}"


def _widened(grid: Grid, columns: tuple[str, ...], cells: Mapping[str, tuple[str, ...]], note: str) -> Grid:
    rows = ((*row[:-_VERDICT], *cells[row[0]], row[-_VERDICT]) for row in grid.rows)
    heads = (*grid.columns[:-_VERDICT], *columns, grid.columns[-_VERDICT])
    return Grid.of(grid.title, heads, rows, f"{grid.note} {note}".strip(), grid.texts)
