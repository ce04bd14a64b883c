"""The estimates.

Each number of a calibrated funnel with its standard error, its basis, and whether data or an assumption gave it.
"""

from dataclasses import asdict, dataclass, field

import pandas as pd


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number.

    ``where`` and ``what`` say which (``stage 'sql'``, ``advance``); ``error`` is its standard error (NaN where none is
    known); ``n`` the number of observations behind it; ``how`` the method, or ``assumed``.
    """

    where: str
    what: str
    value: float
    error: float
    n: int
    how: str


@dataclass(slots=True)
class Estimates:
    """All estimates of one calibration, in the order in which they were made."""

    rows: list[Estimate] = field(default_factory=list)

    def note(self, where: str, what: str, value: float, *, error: float = float("nan"), n: int = 0, how: str) -> None:
        """Add one estimate."""
        self.rows.append(Estimate(where, what, float(value), float(error), int(n), how))

    def to_frame(self) -> pd.DataFrame:
        """Return one row an estimate, the columns named as the attributes of `Estimate`."""
        return pd.DataFrame([asdict(row) for row in self.rows], columns=list(Estimate.__dataclass_fields__))
