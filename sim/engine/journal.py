"""The journal: where processes write what happened, row by row, until they become an event log."""

import numpy as np
import numpy.typing as npt

from sim.eventlog import EVENT_COLUMNS, NONE, ROW, Kind

type Row = tuple[float, int, int, int, int, float, int]

NOTHING = float("nan")
"""The amount of a row that has none."""


class Journal:
    """Rows in the order of writing; ``causes`` are all those that a row may have."""

    def __init__(self, causes: tuple[str, ...]) -> None:
        self._rows: list[Row] = []
        self._causes = {cause: code for code, cause in enumerate(causes)}

    def write(
        self,
        time: float,
        lead: int,
        kind: Kind,
        stage: int = NONE,
        actor: int = NONE,
        amount: float = NOTHING,
        cause: str | None = None,
    ) -> None:
        """Note one fact."""
        code = NONE if cause is None else self._causes[cause]
        self._rows.append((time, lead, kind, stage, actor, amount, code))

    def rows(self) -> npt.NDArray[np.void]:
        """Return the rows as `sim.eventlog.ROW` records, in the order of writing."""
        rows = np.empty(len(self._rows), ROW)
        for name, values in zip(EVENT_COLUMNS, zip(*self._rows, strict=True), strict=False):
            rows[name] = values
        return rows
