"""Which column is what: the one thing that Headrace has to be told about a foreign export.

A mapping names columns and values, holds no data, and can therefore be written once for a CRM and shared. It describes
one of three shapes: a row for every stage change, a row for every deal with its dates side by side, or an event log of
activities.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator


class Shape(StrEnum):
    """How an export tells the history of a deal."""

    STAGE_HISTORY = "stage-history"
    """A row for every change of stage, amount or owner."""
    OPPORTUNITY_TABLE = "opportunity-table"
    """A row for every deal, its dates in columns."""
    EVENT_LOG = "event-log"
    """A row for every activity: case, activity, time and, where known, resource and lifecycle."""


def _listed(value: object) -> object:
    """Read a single name as a list of one, and an empty field as an empty list."""
    return (value,) if isinstance(value, str) and value else () if value in ("", None) else value


def _keyed(value: object) -> object:
    """Read a list of names, or a single one, as a table whose entries say nothing more."""
    value = _listed(value)
    return dict.fromkeys(value, "") if isinstance(value, list | tuple) else value


type Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
type Causes = Annotated[dict[str, str], BeforeValidator(_keyed)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Columns(_Part):
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

    def named(self) -> dict[str, str]:
        """Field → header, the fields that are mapped."""
        return {field: header for field, header in self.model_dump().items() if header}


class SideTable(_Part):
    """A second file that is looked up by a key: accounts, products, the closed deals of a lead table."""

    key: str
    """The side table's own key column."""
    on: str = ""
    """The column of the main table that holds the key; the key's name if left out."""
    optional: bool = False
    """Whether the export may come without this file; its columns are then unmapped."""


class RosterTable(_Part):
    """Which side table lists the reps, and what its columns say. Its key is the rep's name."""

    table: str
    team: str = ""
    manager: str = ""
    region: str = ""


class Touches(_Part):
    """Which activities are work on a deal, and how their beginning and end are marked."""

    activities: Names
    start: str = "START"
    end: str = "COMPLETE"
    ready: str = ""
    """The lifecycle mark of an item that waits for a rep."""


class Currency(_Part):
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

_SHAPED = frozenset().union(*ALLOWED.values())


class Mapping(_Part):
    """What an export holds, column by column; read from YAML by `forecast.crm.load_mapping`."""

    kind: Shape
    name: str = ""
    description: str = ""
    encoding: str = "utf-8"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal: Literal[".", ","] = "."
    thousands: str | None = None
    """Grouping mark of amounts; left out it is the comma, or the point where the comma is the decimal mark."""
    missing: Names = ("NULL", "null", "N/A", "n/a", "#N/A", "NaN", "nan")
    """Texts that mean "no value", besides the empty one."""
    time_zone: str = ""
    """Zone of times that carry none; left out they are read as UTC, and the report says so."""
    date_formats: Names = ()
    """strptime formats to try, in this order, on times that aren't ISO 8601."""
    extracted: datetime | None = None
    """When the export was made: later times are mistakes."""
    currency: Currency = Field(default_factory=Currency)
    columns: Columns
    tables: dict[str, SideTable] = Field(default_factory=dict)
    roster: RosterTable | None = None
    aliases: dict[str, dict[str, str]] = Field(default_factory=dict)
    """Header → wrong spelling → right spelling. Nothing else is ever respelled."""
    stages: dict[str, Names] = Field(default_factory=dict)
    """The funnel in order: stage → the source's names (or activities) for it. Empty lets the rows' own order decide."""
    stage_dates: dict[str, Names] = Field(default_factory=dict)
    """Stage → the column with the time of entering it, or several of which the first that is there counts (tables of
    deals only)."""
    created: Names = ()
    """Activities that create a lead (event logs only)."""
    won: Names = ()
    lost: Causes = Field(default_factory=dict)
    """Source names of lost deals → the cause they imply, or nothing."""
    nurtured: Names = ()
    """Source names of deals that rest: they have left the funnel, but may come back into it."""
    ignored: Names = ()
    """Source names that are known and deliberately not read."""
    touches: Touches | None = None
    backward: Literal["keep", "ignore"] = "keep"
    """What to do with a deal that moves back to an earlier stage: let it stand there, or leave it where it was."""
    system_actors: Names = ()
    """Actors that are no persons."""

    @field_validator("stages", mode="before")
    @classmethod
    def _stages(cls, value: object) -> object:
        """Let a stage without further names go by its own."""
        stages = _keyed(value)
        return {name: names or (name,) for name, names in stages.items()} if isinstance(stages, dict) else stages

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value and value not in available_timezones():
            raise ValueError(
                f"no time zone {value!r}; give an IANA name such as Europe/Amsterdam, Asia/Shanghai or UTC"
            )
        return value

    @field_validator("date_formats")
    @classmethod
    def _known_directives(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for form in value:
            try:
                datetime.strptime("", form)  # noqa: DTZ007 - nothing is read, only the form is tried
            except ValueError as error:
                wrong = "directive" in str(error) or "stray" in str(error) or "redefinition" in str(error)
                if wrong or "%Z" in form or "%" not in form:
                    raise ValueError(f"{form!r} is no date format; write it like %d/%m/%Y %H:%M, zones as %z") from None
        return value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        try:
            "".encode(value)
        except LookupError:
            raise ValueError(
                f"no encoding {value!r}; common ones are utf-8, utf-16, gb18030 and windows-1252"
            ) from None
        return value

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        self._check_columns()
        self._check_tables()
        self._check_values()
        self._check_table_of_deals()
        return self

    def _check_columns(self) -> None:
        named = self.columns.named()
        if missing := [field for field in REQUIRED[self.kind] if field not in named]:
            needed = ", ".join(REQUIRED[self.kind])
            raise ValueError(f"columns: {self.kind} needs {needed}; {missing[0]} is not mapped")
        if strange := [field for field in named if field in _SHAPED - ALLOWED[self.kind]]:
            raise ValueError(f"columns: {strange[0]} means nothing in a {self.kind}; remove it or change the kind")
        if ("currency" in named) != bool(self.currency.rates):
            raise ValueError("currency: columns.currency and currency.rates go together; give both or neither")
        if self.currency.rates and not self.currency.account:
            raise ValueError("currency: rates need currency.account, the currency that they lead to")

    def _check_tables(self) -> None:
        if self.roster and self.roster.table not in self.tables:
            raise ValueError(f"roster: no table {self.roster.table!r}; tables has {', '.join(self.tables) or 'none'}")
        if "main" in self.tables:
            raise ValueError("tables: 'main' is the name of the main table; call the side table something else")
        if self.thousands is not None and self.thousands == self.decimal:
            raise ValueError(f"thousands: {self.thousands!r} is the decimal mark too; change one of them")

    def _check_values(self) -> None:
        meanings = [(name, f"stage {stage}") for stage, names in self.stages.items() for name in names]
        meanings += [(name, "won") for name in self.won] + [(name, "lost") for name in self.lost]
        meanings += [(name, "nurtured") for name in self.nurtured] + [(name, "ignored") for name in self.ignored]
        meanings += [(name, "a touch") for name in (self.touches.activities if self.touches else ())]
        seen: dict[str, str] = {}
        for name, meaning in meanings:
            if name in seen:
                raise ValueError(f"{name!r} means both {seen[name]} and {meaning}; keep one")
            seen[name] = meaning
        if self.kind is Shape.EVENT_LOG and not (self.won or self.lost):
            raise ValueError("won, lost: an event log needs at least one activity that wins or loses a lead")
        if self.kind is not Shape.EVENT_LOG and (self.created or self.touches):
            raise ValueError(f"created and touches name activities, which a {self.kind} has not; remove them")

    def _check_table_of_deals(self) -> None:
        named = self.columns.named()
        if self.kind is not Shape.OPPORTUNITY_TABLE:
            if self.stage_dates:
                raise ValueError(f"stage_dates: only an opportunity-table has them, this is a {self.kind}; remove them")
            return
        if not self.stages:
            raise ValueError("stages: an opportunity-table needs its stages in the funnel's order")
        if strange := [stage for stage in self.stage_dates if stage not in self.stages]:
            raise ValueError(f"stage_dates: no stage {strange[0]!r}; stages has {', '.join(self.stages)}")
        if unnamed := [stage for stage, headers in self.stage_dates.items() if not headers]:
            raise ValueError(f"stage_dates: no column for {unnamed[0]!r}; name one or remove the line")
        if (self.won or self.lost) and not {"stage", "closed"} <= named.keys():
            raise ValueError(
                "won, lost: they need columns.stage and columns.closed, or columns.won and columns.lost instead"
            )

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the account: naive times are read in it, days begin in it."""
        return ZoneInfo(self.time_zone or "UTC")

    @property
    def grouping(self) -> str:
        """The thousands mark in force."""
        return self.thousands if self.thousands is not None else "," if self.decimal == "." else "."
