"""Look: a kept run once more, by whichever of its figures one wants to see."""

from collections.abc import Sequence

from sim.kpis import HEADLINES
from studies.store import Run

COMPARED, SCATTERED, FLOOR = "comparison", "kpis", ("stages", "teams")
"""The tables that charts are drawn from; a run may have some of them only."""


def headlines_of(run: Run) -> tuple[str, ...]:
    """Return the headline figures that a run holds, the one it was asked for first; none if it holds no runs."""
    if SCATTERED not in run.tables:
        return ()
    asked = run.manifest.settings.get("kpi")
    held = [kpi for kpi in HEADLINES if kpi in run.table(SCATTERED)]
    return tuple(sorted(held, key=lambda kpi: kpi != asked))


def means_of(run: Run, kpis: Sequence[str]) -> dict[str, dict[str, float]]:
    """Return the means of some of a run's headline figures by plan."""
    means = run.table(SCATTERED).groupby("scenario", sort=False)[list(kpis)].mean()
    return {str(plan): {kpi: float(row[kpi]) for kpi in kpis} for plan, row in means.iterrows()}
