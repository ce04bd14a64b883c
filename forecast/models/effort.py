"""Effort: how long a touch keeps a rep, by stage; lognormal cells (`forecast.models.cells`), in days.

Only touches that began and ended within half a day tell of it: what is carried over a night would count the night. The
simulator takes its effort from the calibration, which knows everyone's hours; a draw moves it by as much as the draw
lies from the posterior's middle.
"""

import numpy as np

from forecast.grouped.effort import Effort
from forecast.models.cells import Beliefs, Cells, sample_cells
from forecast.priors import Priors


def sample(effort: Effort, priors: Priors, draws: int, rng: np.random.Generator) -> Cells:
    """Draw mean and spread of log days, the stages as cells."""
    beliefs = Beliefs(priors["effort_level"], priors["effort_group_spread"], priors["effort_spread"])
    return sample_cells(effort.n, effort.total, effort.square, beliefs, draws, rng)
