"""The event log: one row a fact, never updated, written by a CRM and by the simulator alike.

Everything that Headrace reports is a query over this table, so a number means the same whether it comes from a
company's history or from a simulated quarter. Texts are kept once, in vocabularies; the columns hold their codes, so a
year of 100,000 leads is a few tens of megabytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.errors import DataError, UnknownNameError

type Floats = npt.NDArray[np.float64]
type Codes = npt.NDArray[np.int32]

type Column = npt.NDArray[Any]
"""A table's column: which type a name has is in `EVENT_COLUMNS` and `LEAD_COLUMNS`."""

type Columns = Mapping[str, Column]
"""A table as columns of one length."""

NONE = -1
"""The code of "no value": no stage, no actor, no cause, no attribute."""


class Kind(IntEnum):
    """What a row says happened. The numbers are public: they are what Parquet files hold."""

    CREATED = 0
    SCORED = 1
    MERGED = 2
    ROUTED = 3
    """A rep became the owner; the actor is the rep."""
    UNASSIGNED = 4
    """Nobody could be found; the cause says why."""
    CLAIMED = 5
    """A rep took the deal out of the public pool."""
    STARTED = 6
    """A rep began a touch."""
    TOUCHED = 7
    """A rep finished a touch: the first activity a CRM would log."""
    LATENCY_ENDED = 8
    """The buyer has answered; the deal wants the next touch, or is decided."""
    ENTERED = 9
    """The deal stands in the row's stage from here on."""
    ADVANCED = 10
    """The row's stage is left for a later one."""
    LOST = 11
    NURTURED = 12
    WOKEN = 13
    ALERTED = 14
    REMINDED = 15
    BREACHED = 16
    RECAPTURED = 17
    """The deal was taken back from its owner (the actor) after a breach."""
    ESCALATED = 18
    EXPERT_REQUESTED = 19
    EXPERT_STARTED = 20
    EXPERT_FINISHED = 21
    WON = 22
    RENEWED = 23
    EXPANDED = 24
    CHURNED = 25
    REFERRED = 26
    REP_JOINED = 27
    REP_LEFT = 28
    RELEASED = 29
    """The deal was taken from its owner (the actor), who has left the company."""


OBSERVABLE = frozenset(
    {
        Kind.CREATED, Kind.SCORED, Kind.ROUTED, Kind.UNASSIGNED, Kind.CLAIMED, Kind.TOUCHED, Kind.ENTERED,
        Kind.ADVANCED, Kind.LOST, Kind.NURTURED, Kind.WOKEN, Kind.WON, Kind.RENEWED, Kind.EXPANDED, Kind.CHURNED,
        Kind.REFERRED, Kind.REP_JOINED, Kind.REP_LEFT, Kind.STARTED,
    }
)  # fmt: skip
"""The kinds that a CRM can observe (starts only where it logs them); calibration reads no others."""

EXITS = frozenset({Kind.LOST, Kind.WON})
"""The kinds that end a lead's way through the funnel; a nurtured lead may come back."""

EVENT_COLUMNS = ("time", "lead", "kind", "stage", "actor", "amount", "cause")
"""The event table's columns.

Days since the origin, row of the lead table, `Kind`, three vocabulary codes, account currency.
"""

ROW = np.dtype(
    [
        ("time", "f8"), ("amount", "f8"), ("lead", "i4"), ("actor", "i4"), ("cause", "i4"), ("kind", "i2"),
        ("stage", "i2"),
    ]
)  # fmt: skip
"""The event table's columns as one record of 32 bytes: how the simulator writes them."""

LEAD_COLUMNS = ("channel", "number", "region", "segment", "product", "account", "created", "amount", "score", "quality")
"""The lead table's columns: what is known of a lead for good. `quality` is latent: a CRM holds NaN there."""

CODED_LEAD_COLUMNS = ("channel", "region", "segment", "product", "account")
"""Lead columns that hold vocabulary codes."""

VOCABULARIES = ("stage", "actor", "cause", "team", *CODED_LEAD_COLUMNS)
"""The vocabularies that a log carries, each a tuple of texts."""

_EVENT_TYPES = {
    "time": np.float64,
    "lead": np.int64,
    "kind": np.int16,
    "stage": np.int32,
    "actor": np.int32,
    "amount": np.float64,
    "cause": np.int32,
}
_LEAD_TYPES = {
    **dict.fromkeys(LEAD_COLUMNS, np.float64),
    **dict.fromkeys(CODED_LEAD_COLUMNS, np.int32),
    "number": np.int64,
}


@dataclass(frozen=True)
class EventLog:
    """A history of leads, observed or simulated.

    Attributes
    ----------
    origin
        The instant of time 0, with a time zone.
    window
        First and last instant observed, in days since the origin. Rows before the window's start tell how the deals
        that were open at the start came to stand where they stand.
    events
        Column name → array, the names of `EVENT_COLUMNS`, all of one length, sorted by time; rows of one instant stay
        in the order in which they happened.
    leads
        Column name → array, the names of `LEAD_COLUMNS`, one row a lead; `events["lead"]` is a row number of this
        table.
    vocabulary
        Vocabulary name (`VOCABULARIES`) → its texts; a column's code is an index into them, `NONE` is "no value". The
        stages stand in the funnel's order.
    actor_team
        One code of the vocabulary ``team`` for each actor, `NONE` for those outside the teams.
    labels
        What the source system calls the first leads (their record ids): all of them, some or none. `lead_labels` calls
        the others ``channel-number``.
    """

    origin: datetime
    window: tuple[float, float]
    events: Mapping[str, Column]
    leads: Mapping[str, Column]
    vocabulary: Mapping[str, tuple[str, ...]]
    actor_team: Codes = field(default_factory=lambda: np.empty(0, np.int32))
    labels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Give every column its type and check that the tables fit together."""
        if self.origin.tzinfo is None:
            raise DataError(
                f"event log: origin {self.origin.isoformat()} has no time zone; give it one, such as +00:00"
            )
        object.__setattr__(self, "events", _typed(self.events, _EVENT_TYPES, "events"))
        object.__setattr__(self, "leads", _typed(self.leads, _LEAD_TYPES, "leads"))
        object.__setattr__(self, "vocabulary", {name: tuple(self.vocabulary.get(name, ())) for name in VOCABULARIES})
        if not len(self.actor_team):
            object.__setattr__(self, "actor_team", np.full(len(self.vocabulary["actor"]), NONE, np.int32))
        if len(self) and (np.diff(self.events["time"].astype(np.float64)) < 0).any():
            raise DataError("event log: events are not sorted by time; build it with EventLog.from_rows, which sorts")

    def __len__(self) -> int:
        """Count the events."""
        return len(self.events["time"])

    @property
    def n_leads(self) -> int:
        """Count the leads."""
        return len(self.leads["number"])

    @classmethod
    def from_rows(
        cls,
        *,
        origin: datetime,
        window: tuple[float, float],
        events: Mapping[str, npt.ArrayLike],
        leads: Mapping[str, npt.ArrayLike],
        vocabulary: Mapping[str, tuple[str, ...]],
        actor_team: Codes | None = None,
        labels: tuple[str, ...] = (),
    ) -> "EventLog":
        """Build a log from event columns in any order of time.

        Rows of one instant keep the order in which they are given.
        """
        columns = {name: np.asarray(values) for name, values in events.items()}
        order: slice | npt.NDArray[np.int64] = slice(None)
        if (columns["time"][1:] < columns["time"][:-1]).any():
            order = np.argsort(columns["time"], kind="stable")
        return cls(
            origin=origin,
            window=window,
            events={name: values[order] for name, values in columns.items()},
            leads={name: np.asarray(values) for name, values in leads.items()},
            vocabulary=vocabulary,
            actor_team=np.empty(0, np.int32) if actor_team is None else actor_team,
            labels=labels,
        )

    def column(self, name: str) -> Column:
        """Return one event column."""
        return self.events[name]

    def records(self, most: int = 65_536) -> Iterator[npt.NDArray[np.void]]:
        """Yield the events as records of `ROW`, in the log's order, at most ``most`` at a time."""
        for first in range(0, len(self), most):
            part = np.empty(min(most, len(self) - first), ROW)
            for name in EVENT_COLUMNS:
                part[name] = self.events[name][first : first + most]
            yield part

    def code(self, vocabulary: str, text: str) -> int:
        """Return the code of ``text``, or raise `UnknownNameError` naming what there is."""
        texts = self.vocabulary[vocabulary]
        if text not in texts:
            raise UnknownNameError(vocabulary, text, texts, "this log")
        return texts.index(text)

    def lead_labels(self, leads: npt.NDArray[np.int64] | None = None) -> tuple[str, ...]:
        """Name all leads, or those in the given rows of the table: the source system's id, or ``channel-number``."""
        rows = np.arange(self.n_leads) if leads is None else leads
        channels, named = self.vocabulary["channel"], len(self.labels)
        columns = (rows, self.leads["channel"][rows], self.leads["number"][rows])
        told = zip(*(column.tolist() for column in columns), strict=True)
        return tuple(self.labels[row] if row < named else f"{channels[code]}-{number}" for row, code, number in told)

    def select(self, mask: npt.NDArray[np.bool_]) -> "EventLog":
        """Keep the events where ``mask`` (one flag an event) is true; the leads stay as they are."""
        return replace(self, events={name: values[mask] for name, values in self.events.items()})

    def of_kind(self, *kinds: Kind) -> npt.NDArray[np.bool_]:
        """Flag the events of the given kinds."""
        return np.isin(self.events["kind"], [int(kind) for kind in kinds])

    def until(self, as_of: float) -> "EventLog":
        """Return what was known at ``as_of`` (days since the origin): later events, and leads created later, are gone.

        Lead rows keep their numbers, so only the tail of the table may be cut: rows created after ``as_of`` that
        precede an older lead stay as rows without events.
        """
        known = replace(
            self.select(np.asarray(self.events["time"] <= as_of)), window=(min(self.window[0], as_of), as_of)
        )
        keep = int(known.events["lead"].max(initial=NONE)) + 1
        return replace(
            known, leads={name: values[:keep] for name, values in self.leads.items()}, labels=self.labels[:keep]
        )

    def instant(self, time: float) -> datetime:
        """Turn days since the origin into a date and time in the origin's zone."""
        return (self.origin.astimezone(UTC) + timedelta(days=time)).astimezone(self.origin.tzinfo)

    def to_frame(self) -> pd.DataFrame:
        """Return the events with texts instead of codes, for reading and export."""
        frame = pd.DataFrame({name: self.events[name] for name in ("time", "lead", "amount")})
        kinds = pd.Index([kind.name.lower() for kind in Kind])
        frame["kind"] = pd.Categorical.from_codes(self.events["kind"], kinds)
        for name in ("stage", "actor", "cause"):
            frame[name] = pd.Categorical.from_codes(self.events[name], pd.Index(self.vocabulary[name], dtype="str"))
        return frame[list(EVENT_COLUMNS)]

    def leads_frame(self) -> pd.DataFrame:
        """Return the lead table with texts instead of codes, its index the lead's row number."""
        frame = pd.DataFrame(dict(self.leads))
        for name in CODED_LEAD_COLUMNS:
            frame[name] = pd.Categorical.from_codes(self.leads[name], pd.Index(self.vocabulary[name], dtype="str"))
        frame.insert(0, "label", list(self.lead_labels()))
        return frame


def _typed(columns: Mapping[str, Column], types: Mapping[str, type], what: str) -> dict[str, Column]:
    missing = [name for name in types if name not in columns]
    if missing:
        raise DataError(f"event log: {what} lack the column {missing[0]!r}; needed are {', '.join(types)}")
    typed: dict[str, Column] = {name: np.ascontiguousarray(columns[name], kind) for name, kind in types.items()}
    lengths = {name: len(values) for name, values in typed.items()}
    if len(set(lengths.values())) > 1:
        raise DataError(f"event log: columns of {what} differ in length: {lengths}")
    return typed
