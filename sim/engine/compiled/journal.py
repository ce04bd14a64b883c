"""Writing rows: where the engine notes what happened."""

import math
from typing import Any

from sim.engine.compiled.memory import resize
from sim.engine.compiled.records import NONE, row_of
from sim.eventlog import ROW
from sim.linking import flow

_ROW_BYTES = ROW.itemsize


@flow
def note(w: Any, deal: Any, kind: int, actor: int) -> None:
    """Write a fact about a deal at its present stage."""
    write(w, w.now, deal.row, kind, deal.stage, actor, math.nan, NONE)


@flow
def note_cause(w: Any, deal: Any, kind: int, actor: int, cause: int) -> None:
    """Write a fact that has a cause."""
    write(w, w.now, deal.row, kind, deal.stage, actor, math.nan, cause)


@flow
def write(w: Any, time: float, lead: int, kind: int, stage: int, actor: int, amount: float, cause: int) -> None:
    """Write one row."""
    if w.n_rows == w.rows_room:
        w.rows_room = max(1024, 2 * w.rows_room)
        w.rows = resize(w.rows, _ROW_BYTES * w.rows_room)
    row = row_of(w, w.n_rows)
    w.n_rows += 1
    row.time, row.amount = time, amount
    row.lead, row.actor, row.cause = lead, actor, cause
    row.kind, row.stage = kind, stage
