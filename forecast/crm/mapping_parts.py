"""The pieces of a mapping: columns, side tables, the roster, touches and currencies."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


class Shape(StrEnum):
    """How an export tells the history of a deal."""

    STAGE_HISTORY = "stage-history"
    """A row for every change of stage, amount or owner."""
    OPPORTUNITY_TABLE = "opportunity-table"
    """A row for every deal, its dates in columns."""
    EVENT_LOG = "event-log"
    """A row for every activity: case, activity, time and, where known, resource and lifecycle."""


def listed(value: object) -> object:
    """Read a single name as a list of one, and an empty field as an empty list."""
    return (value,) if isinstance(value, str) and value else () if value in ("", None) else value


def keyed(value: object) -> object:
    """Read a list of names, or a single one, as a table whose entries say nothing more."""
    value = listed(value)
    return dict.fromkeys(value, "") if isinstance(value, list | tuple) else value


type Names = Annotated[tuple[str, ...], BeforeValidator(listed)]
"""Names in the source's spelling; a single one needs no brackets."""

type Causes = Annotated[dict[str, str], BeforeValidator(keyed)]
"""Name → cause; a list is a table without causes."""


class Part(BaseModel):
    """A piece of a mapping: fields that it doesn't know are refused, and it never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Columns(Part):
    """The columns of the export: ours on the left, the source's header on the right.

    A header of a side table is written ``table.header``. Which fields a shape needs: `REQUIRED`.
    """

    lead: str
    """The record id of the lead or deal (the case of an event log)."""
    time: str = ""
    """When the row happened."""
    stage: str = ""
    """Stage of the row, or the stage in which the deal stands now."""
    activity: str = ""
    lifecycle: str = ""
    created: str = ""
    stage_changed: str = ""
    """When the deal entered the stage in which it stands now."""
    closed: str = ""
    """When the deal was won or lost; on open deals it may hold a plan, which is not read."""
    won: str = ""
    """When the deal was won, empty on all others (in place of a stage that says so)."""
    lost: str = ""
    owner: str = ""
    """Who owns the deal from this row on; in a table of deals, since its creation."""
    actor: str = ""
    """Who did what the row says."""
    closed_by: str = ""
    """Who won or lost the deal, where that is all that is known of its owner."""
    amount: str = ""
    """List amount as known at the row."""
    won_amount: str = ""
    """Booked amount, where it differs from the list amount."""
    currency: str = ""
    """Currency code of the amounts; needs ``currency.rates``."""
    cause: str = ""
    channel: str = ""
    region: str = ""
    segment: str = ""
    product: str = ""
    account: str = ""
    score: str = ""
    """Score of the lead, from 0 to 100."""

    def named(self) -> dict[str, str]:
        """Field → header, the fields that are mapped."""
        return {field: header for field, header in self.model_dump().items() if header}


class SideTable(Part):
    """A second file that is looked up by a key: accounts, products, the closed deals of a lead table."""

    key: str
    """The side table's own key column."""
    on: str = ""
    """The column of the main table that holds the key; the key's name if left out."""
    optional: bool = False
    """Whether the export may come without this file; its columns are then unmapped."""


class RosterTable(Part):
    """Which side table lists the reps, and what its columns say. Its key is the rep's name."""

    table: str
    team: str = ""
    manager: str = ""
    region: str = ""


class Touches(Part):
    """Which activities are work on a deal, and how their beginning and end are marked."""

    activities: Names
    start: str = "START"
    end: str = "COMPLETE"
    ready: str = ""
    """The lifecycle mark of an item that waits for a rep."""


class Currency(Part):
    """The account currency and what other currencies are worth in it."""

    account: str = ""
    rates: dict[str, Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(default_factory=dict)


REQUIRED: dict[Shape, tuple[str, ...]] = {
    Shape.STAGE_HISTORY: ("lead", "stage", "time"),
    Shape.OPPORTUNITY_TABLE: ("lead", "created"),
    Shape.EVENT_LOG: ("lead", "activity", "time"),
}
"""The fields without which a shape can't be read."""

ALLOWED: dict[Shape, frozenset[str]] = {
    Shape.STAGE_HISTORY: frozenset({"stage", "time", "created", "actor"}),
    Shape.OPPORTUNITY_TABLE: frozenset({"stage", "created", "stage_changed", "closed", "won", "lost", "closed_by"}),
    Shape.EVENT_LOG: frozenset({"activity", "time", "created", "lifecycle", "actor"}),
}
"""The fields that only some shapes know."""
