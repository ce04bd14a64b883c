"""What a person looks at, as a value that fits into a link: the company, the settings, the plans.

A link is foreign input. It is read as JSON into the types below, with bounds on everything, and whatever doesn't fit is
refused with a sentence.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from sim.errors import DataError, HeadraceError
from studies.composed import routing_of
from studies.language import Language

LONGEST_LINK = 6000
"""Characters of a view in a link; browsers and proxies cut longer ones."""
MOST_PLANS = 8
MOST_FUTURES = 100
"""Futures that a plan is ever played in."""

type Name = Annotated[str, Field(max_length=80)]
type Key = Annotated[str, Field(pattern=r"^([0-9a-f]{16}|example)?$")]
"""A company: the embedded example, or an upload by its hash; empty before one is chosen."""


def _known_policy(name: str) -> str:
    if name:
        try:
            routing_of(name)
        except HeadraceError as error:
            raise ValueError(str(error)) from None
    return name


type Policy = Annotated[Name, AfterValidator(_known_policy)]
"""Name of a policy that ships or is put together from shipped parts: no link makes a server run a file of its own."""


type Asked = Literal["changed", "trust", "limit", "trace", "diagnosis", "goal", "sensitivity", "hiring"]
"""A question that takes a while; it stands in the link, so a reload finds its answer."""


type Thoroughness = Literal["quick", "thorough"]
type Money = Annotated[float, Field(ge=0, le=1e9)]


class Part(BaseModel):
    """A piece of a view: fields that it doesn't know are refused, and it never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False)


class Hire(Part):
    """Reps more or fewer in a team, the new ones in a region if one is named."""

    team: Name
    change: Annotated[int, Field(ge=-20, le=20)]
    region: Name = ""


class Odds(Part):
    """Points by which a stage's chance to advance moves."""

    stage: Name
    points: Annotated[float, Field(ge=-0.3, le=0.3)]


class Plan(Part):
    """A plan as the panel of levers puts it together; the default changes nothing."""

    name: Name = ""
    policy: Policy = ""
    hires: Annotated[tuple[Hire, ...], Field(max_length=10)] = ()
    leads: Annotated[float, Field(ge=0.25, le=3)] = 1.0
    promise_hours: Annotated[float, Field(ge=0, le=72)] = 0.0
    odds: Annotated[tuple[Odds, ...], Field(max_length=10)] = ()

    @property
    def is_idle(self) -> bool:
        """Whether it changes nothing."""
        return self == Plan(name=self.name)


class GoalTerms(Part):
    """What a search for the target reckons with: prices as of `scenarios.prices.Prices`, and how hard it tries."""

    rep_month: Money = 10_000.0
    rep_month_of: Annotated[dict[Name, Money], Field(max_length=10)] = Field(default_factory=dict)
    hiring: Money = 0.0
    effort: Thoroughness = "quick"


class View(Part):
    """Everything that decides what is on the screen."""

    language: Language = Language.ENGLISH
    company: Key = ""
    as_of: date | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "EUR"
    fiscal_month: Annotated[int, Field(ge=1, le=12)] = 1
    period: Literal["quarter", "month"] = "quarter"
    target: Annotated[float, Field(ge=0, le=1e15)] = 0.0
    policies: Annotated[tuple[Policy, ...], Field(max_length=6)] = ()
    plan: Plan = Plan()
    plans: Annotated[tuple[Plan, ...], Field(max_length=MOST_PLANS)] = ()
    futures: Annotated[int, Field(ge=8, le=MOST_FUTURES)] = 40
    goal: GoalTerms = GoalTerms()
    asked: Annotated[tuple[Asked, ...], Field(max_length=8)] = ()

    def to_link(self) -> str:
        """Write it as short JSON: what is as by default is left out."""
        return self.model_dump_json(exclude_defaults=True)


def read_view(text: str) -> View:
    """Read a view from a link, or raise `DataError` saying what in it is wrong."""
    if len(text) > LONGEST_LINK:
        raise DataError(f"the link: {len(text):,} characters; at most {LONGEST_LINK:,} are read")
    try:
        return View.model_validate_json(text or "{}")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])[:80]
        raise DataError(f"the link: {where or 'text'}: {first['msg'].lower()}; ask for a new one") from None
