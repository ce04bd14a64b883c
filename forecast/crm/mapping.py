"""Which column is what: the one thing that Headrace has to be told about a foreign export.

A mapping names columns and values, holds no data, and can therefore be written once for a CRM and shared. It describes
one of three shapes: a row for every stage change, a row for every deal with its dates side by side, or an event log of
activities.
"""

from datetime import datetime
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator

from forecast.crm.mapping_parts import (
    ALLOWED,
    REQUIRED,
    Causes,
    Columns,
    Currency,
    Names,
    Part,
    RosterTable,
    Shape,
    SideTable,
    Touches,
    keyed,
)  # fmt: skip

_SHAPED = frozenset().union(*ALLOWED.values())


class Mapping(Part):
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
        stages = keyed(value)
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
