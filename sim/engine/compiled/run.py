"""The compiled engine at work: a layout is made once, and each replication of it is one call of the event loop."""

from contextlib import closing
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.arrivals import Arrivals, Leads, Luck
from sim.engine import causes
from sim.engine.compiled.layout import Layout
from sim.engine.compiled.loop import OVER, POLICY_FAILED, advance
from sim.engine.compiled.memory import block, release, resize
from sim.engine.compiled.records import LEAD, NONE, WORLD
from sim.engine.compiled.standing import Standing
from sim.engine.journal import Journal
from sim.engine.opening import check_opening, opening_leads, write_history
from sim.engine.reference import Processes
from sim.engine.result import event_log, frame
from sim.eventlog import ROW, EventLog
from sim.simulate import MakeReader, Reader

type Rows = npt.NDArray[np.void]

_ALL = 2**62
"""More rows than any run writes: they are fetched at its end."""
_AT_A_TIME = 16_384
"""Rows that are fetched at a time where no log is kept: half a megabyte, which stays near the processor."""

_LEAD_COLUMNS = {
    name: np.float64 if name in {"created", "amount", "list_share", "score", "quality"} else np.int64
    for name in Leads.__slots__
}
_DRAWN = tuple(name for name in Leads.__slots__ if name not in {"account", "entry"})
"""The columns of the opening's deals that may take luck to know."""
_GROWING = ("deals", "jobs", "marks", "rows", "heap_time", "heap_sequence", "heap_what", "heap_token")
_GROWING_QUEUES = ("now_sequence", "now_what", "now_token")


class _PolicyFailedError(Exception):
    """A user's policy has failed, or named a rep that isn't there; the reference engine can tell which and why."""


class Prepared:
    """A funnel ready to be run any number of times, from several threads if need be.

    Raises
    ------
    NotCompiledError
        If a routing policy of the user's own can't be compiled.
    SpecError
        If the opening doesn't fit the spec.
    """

    def __init__(self, defined: Processes) -> None:
        self.defined = defined
        self.spec, self.opening, self.days = defined.spec, defined.opening, defined.days
        check_opening(self.spec, self.opening)
        self.layout = Layout(self.spec, self.opening.as_of, self.days)
        self.standing = Standing.of(self.layout, self.opening)
        self.arrivals = Arrivals.of(self.spec, self.opening.as_of, self.days)
        journal = Journal(causes.vocabulary(self.spec))
        write_history(journal, self.spec, self.opening)
        rows = journal.rows()
        self.history = rows[np.argsort(rows["time"], kind="stable")]

    def log(self, seed: int, replication: int) -> EventLog:
        """Run one replication and return its log."""
        try:
            with closing(_Run(self, Luck(seed, replication), _ALL)) as run:
                run.go_on()
                return event_log(self.spec, self.opening, self.days, run.rows().copy(), run.carried, run.leads)
        except _PolicyFailedError:
            return self.defined.log(seed, replication)

    def feed[R: Reader](self, seed: int, replication: int, make: MakeReader[R]) -> R:
        """Run one replication, let a reader follow it, and return the reader; no log is kept."""
        try:
            with closing(_Run(self, Luck(seed, replication), _AT_A_TIME)) as run:
                reader = make(frame(self.spec, self.opening, self.days, run.carried, run.leads))
                over = False
                while not over:
                    over = run.go_on()
                    reader.take(run.rows())
                    run.forget_rows()
                return reader
        except _PolicyFailedError:
            return self.defined.feed(seed, replication, make)


class _Run:
    """One replication: the world, and the memory that it points to."""

    def __init__(self, prepared: Prepared, luck: Luck, rows_full: int) -> None:
        self.carried = opening_leads(prepared.spec, prepared.opening, luck)
        self.leads = prepared.arrivals.draw(luck)
        self._layout = prepared.layout
        self.world = np.zeros(1, WORLD)
        self._held: list[npt.NDArray[Any]] = []
        self._set(**self._layout.facts, seed=luck.seed, replication=luck.replication, rows_full=rows_full)
        self._set(free_deal=NONE, free_job=NONE, free_mark=NONE)
        for name, column in (self._layout.columns | {"rep_open": prepared.standing.loads}).items():
            self._point(name, column.copy())
        accounts = self._number_accounts()
        self._lay_leads(accounts[len(self.carried) :])
        self._place(prepared.standing, accounts[: len(self.carried)])
        self._write(prepared.history)

    def go_on(self) -> bool:
        """Let the clock run until the end or until enough rows are written; tell whether it is the end."""
        why = advance(self.world)
        if why == POLICY_FAILED:
            raise _PolicyFailedError
        return bool(why == OVER)

    def rows(self) -> Rows:
        """Return the rows written so far: a view that the next `go_on` makes stale."""
        return _view(int(self.world["rows"][0]), int(self.world["n_rows"][0]))

    def forget_rows(self) -> None:
        """Let the next rows take the place of those written so far."""
        self._set(n_rows=0)

    def close(self) -> None:
        """Give all memory back."""
        lanes = next(column for column in self._held if column.dtype.names and "sequences" in column.dtype.names)
        addresses = [int(self.world[name][0]) for name in (*_GROWING, *_GROWING_QUEUES)]
        addresses += [int(lane[name]) for lane in lanes for name in ("times", "sequences", "whats", "tokens")]
        for address in addresses:
            release(address)

    def _set(self, **facts: float) -> None:
        for name, value in facts.items():
            self.world[name] = value

    def _point(self, name: str, column: npt.NDArray[Any]) -> None:
        self._held.append(column)
        self.world[name] = column.ctypes.data

    def _number_accounts(self) -> npt.NDArray[np.int64]:
        both = np.concatenate([self.carried.account, self.leads.account])
        known, number = np.unique(both, return_inverse=True)
        self._owners = np.full(len(known), NONE, np.int64)
        self._point("account_owner", self._owners)
        return number.astype(np.int64)

    def _lay_leads(self, accounts: npt.NDArray[np.int64]) -> None:
        for name, kind in _LEAD_COLUMNS.items():
            column = accounts if name == "account" else getattr(self.leads, name)
            self._point(f"lead_{name}", np.ascontiguousarray(column, kind))
        self._set(n_leads=len(self.leads), first_row=len(self.carried))
        most = max(len(state.names) for state in self._layout.states)
        for name in ("candidates", "left"):
            self._point(name, np.zeros(most, np.bool_))
        self._point("rank_keys", np.zeros(most))
        self._point("lead_view", np.zeros(1, LEAD))

    def _place(self, standing: Standing, accounts: npt.NDArray[np.int64]) -> None:
        """Put the deals of the opening where they stand."""
        deals = standing.deals.copy()
        for name in _DRAWN:
            deals[name] = getattr(self.carried, name)
        deals["account"] = accounts
        held = deals["owner"] != NONE
        self._owners[accounts[held]] = deals["owner"][held]
        self._grow("deals", deals)
        self._set(n_deals=len(deals), deals_room=len(deals))

    def _write(self, rows: Rows) -> None:
        self._grow("rows", rows)
        self._set(n_rows=len(rows), rows_room=len(rows))

    def _grow(self, name: str, content: npt.NDArray[Any]) -> None:
        """Let a world field point to a block that may grow, with some content."""
        if content.nbytes:
            address = resize(0, content.nbytes)
            block(address, content.nbytes)[:] = content.view(np.uint8)
            self.world[name] = address


def _view(address: int, length: int) -> Rows:
    return block(address, length * ROW.itemsize).view(ROW) if length else np.empty(0, ROW)
