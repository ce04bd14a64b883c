"""The capacity-aware forecast as part of a study: the calibrated funnel simulated under draws of the posterior."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecast.calibration.calibrate import calibrate
from forecast.capacity import Run, Simulated, markets
from forecast.crm import History
from forecast.grouped import Grouped
from forecast.outlook import PARTS, Outlook
from forecast.posterior import Posterior
from sim.eventlog import Floats
from sim.simulate import COMPILED
from studies.executors import ALONE, Progress, Sharing, in_order
from studies.grid import Grid
from studies.wording import interval, quantity

REPLICATIONS = 2
"""Runs of each draw: the fewest that tell luck from what isn't known."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What was simulated, and the bookings that were made before the start of the simulation."""

    simulated: Simulated
    booked: dict[str, float]

    def totals(self, measure: str) -> Floats:
        """Return a measure's total of the running period by run, shape (runs,)."""
        return self.simulated.runs[measure].to_numpy(np.float64) + self.booked[measure]


def simulate_draws(
    history: History,
    grouped: Grouped,
    posterior: Posterior,
    outlook: Outlook,
    draws: int,
    *,
    seed: int,
    sharing: Sharing = ALONE,
    progress: Progress | None = None,
) -> Capacity:
    """Calibrate the funnel, move it by draws of the posterior, and simulate each to the end of the running period."""
    systems = [rep.name for rep in history.roster if rep.system]
    found = calibrate(history.log, grouped.as_of, zone=grouped.grid.calendar.zone, systems=systems)
    days = float(outlook.ends[0])
    drawn = tuple(markets(posterior, grouped, found.spec, days=days, n=draws, seed=seed))
    opening = found.fit_opening(history.opening(grouped.as_of))
    task = Run(found.spec, drawn, opening, days, seed, REPLICATIONS)
    with sharing.open(COMPILED) as workers:
        runs = pd.DataFrame(in_order(workers, task, range(draws * REPLICATIONS), progress))
    booked = {measure: float(outlook.draws(measure, 0, PARTS[:1])[0]) for measure in outlook.cubes}
    return Capacity(Simulated(runs), booked)


def capacity_grid(outlook: Outlook, capacity: Capacity, measure: str, unit: str) -> Grid:
    """Lay out both forecasts of the running period."""
    runs = capacity.totals(measure)
    statistical = outlook.draws(measure)
    ignorance, luck = capacity.simulated.spread(measure)
    rows = [
        ("statistical", *_numbers(statistical, unit), quantity(float(statistical.std()), unit), "", ""),
        ("with the team's capacity", *_numbers(runs, unit), quantity(float(runs.std()), unit),
         quantity(ignorance, unit), quantity(luck, unit)),
    ]  # fmt: skip
    columns = ("forecast", "mean", "median", "80 % range", "spread", "of it not known", "of it luck")
    note = (
        "The statistical forecast takes it that the team goes on as it did; the other one simulates its hours. Spreads "
        "are standard deviations; what isn't known shrinks with more data, luck doesn't."
    )
    return Grid.of(f"{outlook.periods[0]}, both ways", columns, rows, note)


def _numbers(draws: np.ndarray, unit: str) -> tuple[str, str, str]:
    low, middle, high = (float(value) for value in np.quantile(draws, [0.1, 0.5, 0.9]))
    return quantity(float(draws.mean()), unit), quantity(middle, unit), interval(low, high, unit)
