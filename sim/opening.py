"""The opening: what is already in the funnel when the simulation starts, and how old it is."""

from dataclasses import dataclass
from datetime import datetime

from sim.errors import require


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDeal:
    """One lead or deal that is open at the as-of date.

    Attributes
    ----------
    label
        What the source system calls it.
    channel, region, segment, product, account
        Names; empty where unknown.
    stage
        The stage in which it stands.
    owner
        The rep who holds it, or None: it is routed (or pooled) again at the start.
    age
        Days since it was created, at the as-of date.
    stage_age
        Days since it entered its stage.
    touches
        Touches finished in this stage.
    last_touch_age
        Days since the last of them; with no touch, days since it entered the stage.
    amount
        List amount in account currency; NaN lets the market draw one.
    score
        Last known score in [0, 100]; NaN lets the market draw one.
    """

    label: str
    stage: str
    channel: str = ""
    region: str = ""
    segment: str = ""
    product: str = ""
    account: str = ""
    owner: str | None = None
    age: float = 0.0
    stage_age: float = 0.0
    touches: int = 0
    last_touch_age: float = 0.0
    amount: float = float("nan")
    score: float = float("nan")

    def __post_init__(self) -> None:
        """Refuse ages that contradict each other."""
        ordered = 0 <= self.last_touch_age <= self.stage_age <= self.age
        ages = f"age {self.age:g}, in stage {self.stage_age:g}, since last touch {self.last_touch_age:g}"
        require(ordered, f"open deal {self.label!r}: {ages}; days must satisfy 0 <= last touch <= stage <= age")
        require(self.touches >= 0, f"open deal {self.label!r}: touches must be 0 or more, got {self.touches}")


FIRST_YEAR, LAST_YEAR = 1900, 2200
"""The years in which a simulation may begin."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The deals that are open at ``as_of``, which is the simulation's time 0 (with a time zone)."""

    as_of: datetime
    deals: tuple[OpenDeal, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an as-of instant without a time zone: a shift would start at an unknown hour."""
        has_zone = self.as_of.tzinfo is not None
        require(has_zone, f"opening: as-of {self.as_of.isoformat()} has no time zone; give it one, such as +00:00")
        in_reach = FIRST_YEAR <= self.as_of.year <= LAST_YEAR  # beyond it calendars and time zones know nothing
        require(in_reach, f"opening: as-of year must be in [{FIRST_YEAR}, {LAST_YEAR}], got {self.as_of.year}")
