"""The grid: into which steps of age and which parts of the fiscal calendar a history is cut."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from forecast.fiscal import FiscalCalendar
from sim.errors import require
from sim.eventlog import Floats

type Ints = npt.NDArray[np.int64]

POSITIONS = ("first third", "second third", "last third", "last sixth")
"""Parts of a fiscal period: the third one ends where the last sixth (the final two weeks of a quarter) begins."""
_CUTS = np.array([1 / 3, 2 / 3, 5 / 6])
_EDGES = (0, 1, 2, 3, 4, 6, 8, 11, 15, 20, 26, 34, 45, 60, 80, 110, 150)
_FINE_DAYS = 45.0
"""Up to this horizon a step is a day; beyond, a week."""
_LAST_SHARE = 0.995
"""The open-ended last age bucket begins at the first edge above this share of the exits' ages."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How a history is cut.

    Attributes
    ----------
    step
        Days of one step of a deal's age in its stage, and of the forecast.
    edges
        First step of each age bucket, rising from 0; the last bucket has no end, so it holds the zombies.
    calendar
        The fiscal periods that are reported, in which deals may hurry towards the end.
    shocks
        The periods that have luck of their own, common to all deals.
    """

    step: float = 7.0
    edges: tuple[int, ...] = _EDGES[:11]
    calendar: FiscalCalendar = field(default_factory=FiscalCalendar)
    shocks: FiscalCalendar = field(default_factory=FiscalCalendar)

    def __post_init__(self) -> None:
        """Refuse a step that isn't positive, and edges that don't rise from 0."""
        require(self.step > 0, f"grid: step must be above 0 days, got {self.step:g}")
        rises = self.edges[:1] == (0,) and all(a < b for a, b in zip(self.edges, self.edges[1:], strict=False))
        require(rises, f"grid: edges must rise from 0, got {self.edges}")

    @property
    def ages(self) -> tuple[str, ...]:
        """Names of the age buckets, in steps."""
        ends = [*(str(edge - 1) for edge in self.edges[1:]), ""]
        names = (f"{a}" if str(a) == b else f"{a}-{b}" for a, b in zip(self.edges, ends, strict=True))
        return tuple(f"{name[:-1]}+" if name.endswith("-") else name for name in names)

    def bucket(self, steps: Ints) -> Ints:
        """Return the age bucket of each age in whole steps: same shape."""
        return np.searchsorted(np.array(self.edges), steps, side="right") - 1


def part_of_period(share: Floats) -> Ints:
    """Return the code in `POSITIONS` for how far through its period something is, a share in [0, 1): same shape."""
    return np.searchsorted(_CUTS, share, side="right")


def choose_grid(exit_ages: Floats, horizon: float, calendar: FiscalCalendar, shocks: FiscalCalendar) -> Grid:
    """Return a grid for a horizon in days: daily steps for short ones, weekly ones for quarters.

    Parameters
    ----------
    exit_ages
        Days that deals had been in their stage when they left it.
    horizon
        Days to be forecast.
    calendar, shocks
        Reported periods, and periods with luck of their own.
    """
    step = 1.0 if horizon <= _FINE_DAYS else 7.0
    oldest = float(np.quantile(exit_ages, _LAST_SHARE)) / step if len(exit_ages) else 0.0
    last = next((k for k, edge in enumerate(_EDGES) if edge > oldest), len(_EDGES) - 1)
    return Grid(step, _EDGES[: max(3, last + 1)], calendar, shocks)
