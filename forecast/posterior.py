"""The posterior: draws of everything that is believed, with coordinates that say what each number is of.

One xarray data set, so that it is saved as NetCDF as it is. Dimensions: ``draw``, ``stage``, ``to`` (stages and won),
``term`` (families of effects), and one for each family.

    exit_level, advance_level        (draw, stage)          log odds in a step
    exit_age, exit_shock, ...        (draw, stage, <term>)  added to them; likewise advance_...
    exit_spread, advance_spread      (draw, stage, term)    standard deviations of the families
    destination                      (draw, stage, to)      where those go that go on
    arrival_now                      (draw)                 log leads a week and channel, at the as-of date
    arrival_channel, arrival_month   (draw, channel | month) added to it
    arrival_drift, arrival_dispersion (draw)                of a week's change; beyond Poisson
    amount_mean, amount_spread       (draw, cell)           of log list amounts
    without, same, change, change_spread (draw)             what is left of the list amount when won
    effort_mean, effort_spread       (draw, stage)          of the log of a touch's length in days
    cause_share                      (draw, stage, cause)   shares of the causes among a stage's losses
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from sim.eventlog import Floats

LAPLACE, NUTS = "laplace", "nuts"
METHODS = {
    LAPLACE: "nested Laplace approximation (fast)",
    NUTS: "NUTS (reference)",
}


@dataclass(frozen=True)
class Posterior:
    """Draws of everything that is believed.

    Attributes
    ----------
    data
        The draws; its attributes say where they come from (`provenance`).
    """

    data: xr.Dataset

    def __getitem__(self, name: str) -> Floats:
        """Return a variable's draws."""
        return np.asarray(self.data[name].to_numpy(), np.float64)

    def names(self, dimension: str) -> tuple[str, ...]:
        """Return the names along a dimension."""
        return tuple(str(name) for name in self.data.coords[dimension].to_numpy())

    @property
    def draws(self) -> int:
        """Count the draws."""
        return int(self.data.sizes["draw"])

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the families of effects on the odds."""
        return self.names("term")

    @property
    def provenance(self) -> Mapping[str, str]:
        """Method, hash of data and model, as-of date, seed, and what the checks of the fit say."""
        return {str(name): str(value) for name, value in self.data.attrs.items()}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is wrong with the fit, in sentences; empty if nothing is."""
        return tuple(json.loads(self.provenance.get("warnings", "[]")))
