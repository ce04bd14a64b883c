"""Tables of a layout: numbers, codes, distributions and hours laid end to end."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.calendar import OpenHours
from sim.distributions import Distribution

type Fields = dict[str, Any]
"""The fields of a record by name."""


@dataclass(slots=True)
class Tables:
    """Numbers, codes, distributions and hours laid end to end, and where each begins."""

    numbers: list[float] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    dists: list[Fields] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    ends: list[float] = field(default_factory=list)
    lanes: int = 0
    _hours: dict[tuple[float, ...], int] = field(default_factory=dict)

    def add_numbers(self, values: npt.ArrayLike) -> int:
        """Add numbers and return where they begin."""
        begin = len(self.numbers)
        self.numbers += np.asarray(values, np.float64).tolist()
        return begin

    def add_codes(self, values: list[int]) -> int:
        """Add codes and return where they begin."""
        begin = len(self.codes)
        self.codes += values
        return begin

    def add_dist(self, distribution: Distribution) -> int:
        """Add a distribution and return its place."""
        table = distribution.table
        self.dists.append({"kind": distribution.kind, "start": self.add_numbers(table), "length": len(table)})
        return len(self.dists) - 1

    def add_hours(self, hours: OpenHours) -> tuple[int, int]:
        """Add intervals, those of equal calendars once, and return where they begin and how many there are."""
        key = (*hours.starts.tolist(), *hours.ends.tolist())
        if key not in self._hours:
            self._hours[key] = len(self.starts)
            self.starts += hours.starts.tolist()
            self.ends += hours.ends.tolist()
        return self._hours[key], len(hours.starts)

    def add_lane(self) -> int:
        """Open a lane for timers with one delay, and return its place."""
        self.lanes += 1
        return self.lanes - 1
