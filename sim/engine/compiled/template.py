"""What every run of a layout begins with: a world to be copied, and in one piece all the memory that a run changes.

What no run changes stands in the layout once, and all worlds point to it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engine.compiled.layout import Layout
from sim.engine.compiled.records import LANE, LEAD, NONE, WORLD

_CHANGING = (
    "teams", "reps", "lines", "groups", "servers", "lanes", "team_clock", "team_worth", "rep_open", "rep_available",
    "rep_todo", "rep_away", "rep_room", "rep_assigned", "rep_today", "rep_turn", "rep_before", "rep_after",
    "rep_credit", "rep_value_credit", "rep_memory", "drawers",
)  # fmt: skip
_ALIGNED = 16
"""Bytes: each part of a run's memory begins at a multiple of it."""

type Bytes = npt.NDArray[np.uint8]


class Template:
    """A layout's world before anything has happened; ``loads`` is each rep's number of deals at the start."""

    def __init__(self, layout: Layout, loads: npt.NDArray[np.int64]) -> None:
        self.layout = layout
        self._world = np.zeros(1, WORLD)
        for name in ("free_deal", "free_job", "free_mark", "free_later"):
            self._world[name] = NONE
        for name, fact in layout.facts.items():
            self._world[name] = fact
        changing = {name: layout.columns[name] for name in _CHANGING} | {"rep_open": loads} | _scratch(layout)
        for name in layout.columns.keys() - changing.keys():
            self._world[name] = layout.columns[name].ctypes.data
        self._begins, self._memory = _end_to_end(changing)
        self._places = places(*changing)

    def copy(self) -> tuple[npt.NDArray[np.void], Bytes]:
        """Return a run's own world, and the memory that it points to."""
        world, memory = self._world.copy(), self._memory.copy()
        world.view(np.int64)[self._places] = memory.ctypes.data + self._begins
        return world, memory

    def lanes(self, memory: Bytes) -> npt.NDArray[np.void]:
        """Return the lanes of timers in a run's memory."""
        count = len(self.layout.columns["lanes"])
        begin = int(self._begins[_CHANGING.index("lanes")])
        return memory[begin : begin + count * LANE.itemsize].view(LANE)


def places(*names: str) -> npt.NDArray[np.int64]:
    """Return where some fields stand in a world that is viewed as whole numbers."""
    where = dict(WORLD.fields or {})
    return np.array([where[name][1] for name in names], np.int64) // 8


def _scratch(layout: Layout) -> dict[str, npt.NDArray[Any]]:
    """Return what routing writes on while it chooses, large enough for the largest team."""
    most = max(len(state.names) for state in layout.states)
    flags = {name: np.zeros(most, np.bool_) for name in ("candidates", "left")}
    return flags | {"rank_keys": np.zeros(most), "lead_view": np.zeros(1, LEAD)}


def _end_to_end(columns: dict[str, npt.NDArray[Any]]) -> tuple[npt.NDArray[np.int64], Bytes]:
    """Return where each column begins, and all of them in one piece of memory."""
    sizes = [-(-column.nbytes // _ALIGNED) * _ALIGNED for column in columns.values()]
    begins = np.cumsum([0, *sizes])
    memory = np.zeros(begins[-1], np.uint8)
    for begin, column in zip(begins, columns.values(), strict=False):
        memory[begin : begin + column.nbytes] = np.frombuffer(column.tobytes(), np.uint8)
    return begins[:-1], memory
