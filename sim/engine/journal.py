"""The journal: where processes write what happened, row by row, until it becomes an event log."""

from collections.abc import Mapping
from datetime import datetime

import numpy as np
import numpy.typing as npt

from sim.eventlog import EVENT_COLUMNS, NONE, Codes, EventLog, Kind

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

    def to_log(
        self,
        origin: datetime,
        days: float,
        leads: Mapping[str, npt.NDArray[np.generic]],
        vocabulary: Mapping[str, tuple[str, ...]],
        actor_team: Codes,
        labels: tuple[str, ...],
    ) -> EventLog:
        """Return the log of a run over [0, ``days``)."""
        columns = zip(*self._rows, strict=True) if self._rows else ((),) * len(EVENT_COLUMNS)
        return EventLog.from_rows(
            origin=origin,
            window=(0.0, days),
            events={name: np.array(values) for name, values in zip(EVENT_COLUMNS, columns, strict=True)},
            leads=leads,
            vocabulary={**vocabulary, "cause": tuple(self._causes)},
            actor_team=actor_team,
            labels=labels,
        )
