"""The compiled engine at work: a layout is made once, and each replication of it is one call of the event loop."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.arrivals import Leads, Luck
from sim.engine import causes
from sim.engine.compiled.functions import NotCompiledError
from sim.engine.compiled.layout import Layout
from sim.engine.compiled.loop import OVER, POLICY_FAILED, advance
from sim.engine.compiled.memory import block, release, resize
from sim.engine.compiled.records import NONE
from sim.engine.compiled.standing import Standing
from sim.engine.compiled.template import Template, places
from sim.engine.crowd import Crowd, Drawn
from sim.engine.journal import Journal
from sim.engine.opening import check_opening, write_history
from sim.engine.reference import Processes
from sim.engine.result import event_log, frame
from sim.eventlog import ROW, EventLog
from sim.simulate import MakeReader, Reader, SlowPolicyWarning

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
_LEADS_AT = places(*(f"lead_{name}" for name in _LEAD_COLUMNS))
_GROWING_AT = places("deals", "jobs", "marks", "rows", "heap", "later", "now_events", "waiting", "waiting_slots")


class _PolicyFailedError(Exception):
    """A user's policy has failed, or named a rep that isn't there; the reference engine can tell which and why."""


def prepare(plans: Sequence[Processes]) -> "tuple[Prepared | Processes, ...]":
    """Prepare plans on one opening: those with the same market share a crowd; what can't be compiled stays as it is.

    Raises
    ------
    SpecError
        If the opening doesn't fit a spec.
    """
    ready: list[Prepared | Processes] = []
    crowds: list[Crowd] = []
    for defined in plans:
        check_opening(defined.spec, defined.opening)
        crowd = next((known for known in crowds if known.market == defined.spec.market), None)
        if crowd is None:
            crowd = Crowd(defined.spec, defined.opening, defined.days)
            crowds.append(crowd)
        try:
            ready.append(Prepared(defined, crowd))
        except NotCompiledError as reason:
            cost = "the reference engine does the work, which takes some 40 times as long"
            warnings.warn(SlowPolicyWarning(f"{reason}; {cost}"), stacklevel=5)
            ready.append(defined)
    return tuple(ready)


def feed_all[R: Reader](
    plans: "Sequence[Prepared | Processes]", seed: int, replication: int, makes: Sequence[MakeReader[R]]
) -> Iterator[R]:
    """Run one replication of each plan and yield its reader; the crowd that several share is drawn once."""
    drawn: dict[Crowd, Drawn] = {}
    for plan, make in zip(plans, makes, strict=True):
        if isinstance(plan, Processes):
            yield plan.feed(seed, replication, make)
            continue
        if plan.crowd not in drawn:
            drawn[plan.crowd] = plan.crowd.draw(Luck(seed, replication))
        yield plan.feed(seed, replication, make, drawn[plan.crowd])


class Prepared:
    """A funnel ready to be run any number of times, from several threads if need be.

    Raises
    ------
    NotCompiledError
        If a routing policy of the user's own can't be compiled.
    """

    def __init__(self, defined: Processes, crowd: Crowd) -> None:
        self.defined, self.crowd = defined, crowd
        self.spec, self.opening, self.days = defined.spec, defined.opening, defined.days
        layout = Layout(self.spec, self.opening.as_of, self.days)
        self.standing = Standing.of(layout, self.opening, crowd.odds)
        self.template = Template(layout, self.standing.loads)
        self._frame = frame(self.spec, self.opening, self.days)
        journal = Journal(causes.vocabulary(self.spec))
        write_history(journal, self.spec, self.opening)
        rows = journal.rows()
        self.history = rows[np.argsort(rows["time"], kind="stable")]

    def log(self, seed: int, replication: int) -> EventLog:
        """Run one replication and return its log."""
        luck = Luck(seed, replication)
        drawn = self.crowd.draw(luck)
        try:
            with closing(_Run(self, luck, drawn, _ALL)) as run:
                run.go_on()
                return event_log(self.spec, self.opening, self.days, run.rows().copy(), drawn.carried, drawn.leads)
        except _PolicyFailedError:
            return self.defined.log(seed, replication)

    def feed[R: Reader](self, seed: int, replication: int, make: MakeReader[R], drawn: Drawn | None = None) -> R:
        """Run one replication, let a reader follow it, and return the reader; no log is kept.

        ``drawn`` is the crowd under that luck, for who has it already.
        """
        luck = Luck(seed, replication)
        drawn = self.crowd.draw(luck) if drawn is None else drawn
        try:
            with closing(_Run(self, luck, drawn, _AT_A_TIME)) as run:
                reader = make(replace(self._frame, leads=drawn.table))
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

    def __init__(self, prepared: Prepared, luck: Luck, drawn: Drawn, rows_full: int) -> None:
        self.drawn = drawn
        self._template = prepared.template
        self.world, self._memory = self._template.copy()
        self._set(seed=luck.seed, replication=luck.replication, rows_full=rows_full)
        self._lay_leads()
        self._place(prepared.standing)
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
        growing = self.world.view(np.int64)[_GROWING_AT].tolist()
        for address in (*growing, *self._template.lanes(self._memory)["events"].tolist()):
            release(address)

    def _set(self, **facts: float) -> None:
        for name, value in facts.items():
            self.world[name] = value

    def _lay_leads(self) -> None:
        carried, leads, facts = self.drawn.carried, self.drawn.leads, self._template.layout.facts
        self._accounts = np.concatenate([carried.account, leads.account])
        if facts["tracks_owners"]:
            self._accounts = self.drawn.accounts
            self._owners = np.full(int(self._accounts.max(initial=0)) + 1, NONE, np.int64)
            self.world["account_owner"] = self._owners.ctypes.data
        named = {name: getattr(leads, name) for name in _LEAD_COLUMNS} | {"account": self._accounts[len(carried) :]}
        self._leads = [np.ascontiguousarray(named[name], kind) for name, kind in _LEAD_COLUMNS.items()]
        self.world.view(np.int64)[_LEADS_AT] = [column.ctypes.data for column in self._leads]
        self._set(n_leads=len(leads), first_row=len(carried))

    def _place(self, standing: Standing) -> None:
        """Put the deals of the opening where they stand."""
        deals = standing.deals.copy()
        for name in _DRAWN:
            deals[name] = getattr(self.drawn.carried, name)
        deals["account"] = self._accounts[: len(deals)]
        if self._template.layout.facts["tracks_owners"]:
            held = deals["owner"] != NONE
            self._owners[deals["account"][held]] = deals["owner"][held]
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
