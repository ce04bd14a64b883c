"""What the rows say, in one language for every shape of export: this lead was created, entered a stage, was won.

A fact knows its row, so whatever is left out later can be traced to the source; and it knows its time, so what was
known at a date is the facts up to that date, and nothing else can leak.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from forecast.crm.export import Export
from forecast.crm.findings import Rows
from forecast.crm.instants import NO_TIME, Micros
from forecast.crm.parsing import Flags
from sim.eventlog import NONE, Codes, Floats


class What(IntEnum):
    """What a fact says; facts of one lead and instant happened in this order, several stages in the funnel's."""

    STATED = 0
    """A later row states that its lead was created then; nothing else that the row says was known then."""
    CREATED = 1
    ENTERED = 2
    READY = 3
    """An item of work waits for a rep."""
    STARTED = 4
    FINISHED = 5
    NURTURED = 6
    """The deal rests: nobody works on it until it wakes."""
    LOST = 7
    WON = 8


MOVES = (What.ENTERED, What.NURTURED, What.LOST, What.WON)
"""The facts that say where a deal stands."""

EXITS = (What.LOST, What.WON)

ATTRIBUTES = ("channel", "region", "segment", "product", "account")
"""Fields that describe a lead by a name."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts in columns, and the columns of the rows that they came from.

    Attributes
    ----------
    what, time, row, stage, actor, cause
        One entry a fact: `What`, microseconds since 1970 in UTC, row of the main table, and codes of ``texts``; a touch
        holds its activity where a move holds its stage.
    lead, owner, amount, won_amount, score, attributes
        One entry a row of the main table; amounts in account currency. Without ``won_amount`` a win books the list
        amount.
    texts
        What the codes mean: ``lead``, ``stage``, ``activity``, ``person``, ``cause`` and the `ATTRIBUTES`. Stages are
        in the funnel's order if ``ordered``, else in order of appearance.
    ordered
        Whether the mapping gave the order of the stages.
    timed
        Whether times carry a time of day; else only dates are known.
    """

    what: npt.NDArray[np.int8]
    time: Micros
    row: Rows
    stage: Codes
    actor: Codes
    cause: Codes
    lead: Codes
    owner: Codes
    amount: Floats
    won_amount: Floats | None
    score: Floats
    attributes: Mapping[str, Codes]
    texts: Mapping[str, tuple[str, ...]]
    ordered: bool
    timed: bool

    def __len__(self) -> int:
        """Count the facts."""
        return len(self.what)

    @property
    def lead_of(self) -> Codes:
        """The lead of each fact."""
        return self.lead[self.row]

    def take(self, which: Flags | Rows) -> "Facts":
        """Return some of the facts, in the order asked for."""
        parts = {name: getattr(self, name)[which] for name in FACT_COLUMNS}
        return replace(self, **parts)

    def until(self, instant: int) -> "Facts":
        """Return what was known at an instant: the facts up to then, but nothing stated by rows that came later."""
        return self.take(np.asarray(self.time <= instant)).backed()

    def backed(self) -> "Facts":
        """Leave out what is stated by rows that tell nothing else."""
        telling = np.zeros(len(self.lead), bool)
        telling[self.row[self.telling]] = True
        return self.take(self.telling | telling[self.row])

    @property
    def telling(self) -> Flags:
        """Flag the facts that happened when their row was written, so that all it says was known then."""
        return np.asarray(self.what != What.STATED)

    def said(self, column: Codes) -> Codes:
        """Return what the row of each fact says in a column of codes, as far as it was known at the fact."""
        return np.where(self.telling, column[self.row], NONE).astype(np.int32)

    def numbers(self, column: Floats) -> Floats:
        """Return what the row of each fact says in a column of numbers, as far as it was known at the fact."""
        return np.where(self.telling, column[self.row], np.nan)

    def is_a(self, *kinds: What) -> Flags:
        """Flag the facts of the given kinds."""
        return np.isin(self.what, [int(kind) for kind in kinds])


FACT_COLUMNS = tuple(field.name for field in fields(Facts))[:6]
"""The columns with one entry a fact."""


class FactList:
    """Gathers facts, column by column, while a shape is being read."""

    def __init__(self) -> None:
        """Begin without any."""
        self._parts: list[dict[str, npt.NDArray[np.generic]]] = []

    def add(
        self,
        what: What,
        rows: Rows,
        times: Micros,
        *,
        stage: Codes | int = NONE,
        actor: Codes | int = NONE,
        cause: Codes | int = NONE,
    ) -> None:
        """Add a fact for each of the rows that has a time; the arrays have one entry for each of ``rows``."""
        timed = times != NO_TIME
        full = {"what": int(what), "stage": stage, "actor": actor, "cause": cause}
        part = {name: np.broadcast_to(np.asarray(value), rows.shape)[timed] for name, value in full.items()}
        self._parts.append({**part, "row": rows[timed], "time": times[timed]})

    def column(self, name: str) -> npt.NDArray[np.generic]:
        """Return one column over all facts."""
        kind = {"what": np.int8, "row": np.int64, "time": np.int64}.get(name, np.int32)
        return np.concatenate([np.empty(0, kind), *(part[name] for part in self._parts)]).astype(kind)


def gathered(
    export: Export, facts: FactList, owner: Codes, texts: Mapping[str, tuple[str, ...]], *, timed: bool
) -> Facts:
    """Put the gathered facts together with the export's columns."""
    attributes = {name: export.texts(name) for name in ATTRIBUTES}
    return Facts(
        **{name: facts.column(name) for name in FACT_COLUMNS},  # type: ignore[arg-type]
        lead=export.lead.codes,
        owner=owner,
        amount=export.amounts("amount"),
        won_amount=export.amounts("won_amount") if export.has("won_amount") else None,
        score=export.scores(),
        attributes={name: column.codes for name, column in attributes.items()},
        texts={
            "activity": (),
            **texts,
            "lead": export.lead.texts,
            **{name: attributes[name].texts for name in ATTRIBUTES},
        },
        ordered=bool(export.mapping.stages),
        timed=timed,
    ).backed()
