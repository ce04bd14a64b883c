"""The market.

How leads arrive, how buyers behave and what deals are worth. It is what we estimate, never what we decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sim.distributions import Distribution, Fixed
from sim.errors import SpecError, require

WON = "won"
"""The name of the place behind the last stage; no stage may be called so."""

type Mix = Mapping[str, float]
"""Names and their shares, adding up to 1."""

_ANY: Mix = {"any": 1.0}
_FLAT_MONTHS = (1.0,) * 12
_FLAT_WEEK = (1.0,) * 7
_FLAT_HOURS = (1.0,) * 24


def check_mix(where: str, mix: Mix) -> None:
    """Refuse shares that are negative or don't add up to 1."""
    for name, share in mix.items():
        require(0 <= share <= 1, f"{where}: share of {name!r} must be in [0, 1], got {share:g}")
    total = sum(mix.values())
    require(abs(total - 1) < 1e-6, f"{where}: shares must add up to 1, got {total:g}")


def check_chance(where: str, value: float) -> None:
    """Refuse a probability outside [0, 1]."""
    require(0 <= value <= 1, f"{where} must be in [0, 1], got {value:g}")


def check_positive(where: str, value: float) -> None:
    """Refuse a number that isn't above 0."""
    require(value > 0, f"{where} must be above 0, got {value:g}")


def check_not_negative(where: str, value: float) -> None:
    """Refuse a number below 0."""
    require(value >= 0, f"{where} must be 0 or more, got {value:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A burst of leads on one day, such as a trade show.

    ``size`` leads, in the CRM ``upload_lag`` days after ``day`` begins.
    """

    day: date
    size: Distribution
    upload_lag: Distribution = field(default_factory=lambda: Fixed(0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """Where leads come from.

    Attributes
    ----------
    name
        Unique; part of the leads' address.
    rate_per_day
        Mean arrivals a day at the origin of time, before the factors below.
    month, weekday, hour
        Factors on the rate: January first (12), Monday first (7), midnight first (24), in the market's time zone.
    trend_per_year
        Growth of the logarithm of the rate a year.
    dispersion
        Variance of a gamma factor with mean 1 that each week's rate is multiplied by; 0 is a Poisson stream.
    batches
        Bursts beside the stream. A batch's place in the tuple is part of its leads' address: append, don't reorder.
    regions, segments, products
        Shares among this channel's leads.
    quality
        Mean of the leads' latent quality, which has standard deviation 1.
    entry
        Stage that its leads enter; None is the first.
    """

    name: str
    rate_per_day: float
    month: tuple[float, ...] = _FLAT_MONTHS
    weekday: tuple[float, ...] = _FLAT_WEEK
    hour: tuple[float, ...] = _FLAT_HOURS
    trend_per_year: float = 0.0
    dispersion: float = 0.0
    batches: tuple[Batch, ...] = ()
    regions: Mix = field(default_factory=lambda: _ANY)
    segments: Mix = field(default_factory=lambda: _ANY)
    products: Mix = field(default_factory=lambda: _ANY)
    quality: float = 0.0
    entry: str | None = None

    def __post_init__(self) -> None:
        """Refuse rates, factors and shares outside their ranges."""
        where = f"channel {self.name!r}"
        check_not_negative(f"{where}: rate_per_day", self.rate_per_day)
        check_not_negative(f"{where}: dispersion", self.dispersion)
        for name, factors, length in (("month", self.month, 12), ("weekday", self.weekday, 7), ("hour", self.hour, 24)):
            require(len(factors) == length, f"{where}: {name} needs {length} factors, got {len(factors)}")
            require(min(factors) >= 0, f"{where}: {name} factors must be 0 or more, got {min(factors):g}")
        for name, mix in (("regions", self.regions), ("segments", self.segments), ("products", self.products)):
            check_mix(f"{where}: {name}", mix)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Entry criterion of a stage: a noisy look at whether the latent quality reaches ``threshold``.

    ``sensitivity`` is the chance that a lead which does is let in, ``specificity`` that one which doesn't is turned
    away; ``effort`` (days of rep time) is what finding out costs, added to the stage's first touch.
    """

    threshold: float
    sensitivity: float = 1.0
    specificity: float = 1.0
    effort: float = 0.0

    def __post_init__(self) -> None:
        """Refuse chances outside [0, 1] and negative effort."""
        check_chance("gate: sensitivity", self.sensitivity)
        check_chance("gate: specificity", self.specificity)
        check_not_negative("gate: effort", self.effort)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage as the buyer lives it: touches that take effort, answers that take time, and competing ways out.

    Attributes
    ----------
    name
        Unique.
    advance
        Chance to advance for a lead of quality 0, first touched within ``speed_reference``, by a rep of skill 0.
    lead_in
        Days from entering until the first touch is wanted: a quote is sent, and followed up some days later.
    touches
        Number of touches until the buyer decides to advance; at least 1 is made.
    effort
        Rep's working time for one touch, in days.
    latency
        Buyer's time after each touch, in days.
    lost_touches, lost_latency
        The same for leads that will not advance; None means no difference.
    patience
        Days from entering that the buyer waits for the stage's first touch before giving up, or None for ever.
    quality_slope
        Log odds of advancing per unit of quality.
    speed_slope
        Log odds lost per doubling of the first touch's delay beyond ``speed_reference`` days (≥ 0), at most
        ``speed_most`` in all.
    channel_effects, segment_effects, product_effects
        Log odds added, by name; 0 for names not listed.
    causes
        Shares of the causes among leads that don't advance and aren't nurtured.
    nurture
        Share of leads that don't advance but go to nurture.
    next
        Where advancing leads go: shares by stage name or `WON`; empty is the next stage of the chain.
    least_score
        Lowest score with which a lead is let in; a lead below it is a bad fit.
    gate
        Entry criterion beside it, or None.
    automatic, automatic_latency
        Share of visits that are handled by a system, with no rep and no touch, and the time that takes; their odds are
        those of a prompt touch by a rep of skill 0.
    """

    name: str
    advance: float
    lead_in: Distribution = field(default_factory=lambda: Fixed(0.0))
    touches: Distribution = field(default_factory=lambda: Fixed(1.0))
    effort: Distribution = field(default_factory=lambda: Fixed(0.0))
    latency: Distribution = field(default_factory=lambda: Fixed(0.0))
    lost_touches: Distribution | None = None
    lost_latency: Distribution | None = None
    patience: Distribution | None = None
    quality_slope: float = 0.0
    speed_slope: float = 0.0
    speed_reference: float = 1 / 24
    speed_most: float = 3.0
    channel_effects: Mapping[str, float] = field(default_factory=dict)
    segment_effects: Mapping[str, float] = field(default_factory=dict)
    product_effects: Mapping[str, float] = field(default_factory=dict)
    causes: Mix = field(default_factory=lambda: {"no decision": 1.0})
    nurture: float = 0.0
    next: Mix = field(default_factory=dict)
    least_score: float = 0.0
    gate: Gate | None = None
    automatic: float = 0.0
    automatic_latency: Distribution = field(default_factory=lambda: Fixed(0.0))

    def __post_init__(self) -> None:
        """Refuse probabilities, slopes and shares outside their ranges."""
        where = f"stage {self.name!r}"
        if self.name == WON:
            raise SpecError(f"{where}: {WON!r} is the place behind the last stage; give the stage another name")
        check_chance(f"{where}: advance", self.advance)
        check_chance(f"{where}: nurture", self.nurture)
        check_chance(f"{where}: automatic", self.automatic)
        check_not_negative(f"{where}: speed_slope", self.speed_slope)
        check_positive(f"{where}: speed_reference", self.speed_reference)
        check_not_negative(f"{where}: speed_most", self.speed_most)
        check_mix(f"{where}: causes", self.causes)
        if self.next:
            check_mix(f"{where}: next", self.next)


@dataclass(frozen=True, slots=True, kw_only=True)
class Nurture:
    """The sequence for leads with no intent now: a message every ``cadence`` days, until they wake or opt out.

    ``wake`` and ``opt_out`` are chances per message; a woken lead enters stage ``returns_to``, at most ``most_returns``
    times.
    """

    returns_to: str
    cadence: float = 30.0
    wake: float = 0.05
    opt_out: float = 0.02
    most_returns: int = 3

    def __post_init__(self) -> None:
        """Refuse chances that can't be."""
        check_positive("nurture: cadence", self.cadence)
        check_chance("nurture: wake", self.wake)
        check_chance("nurture: opt_out", self.opt_out)
        both = self.wake + self.opt_out
        require(0 < both <= 1, f"nurture: wake + opt_out must be in (0, 1], got {both:g}")
        check_not_negative("nurture: most_returns", self.most_returns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """How well the score sees quality, how fast it fades, and where the tiers begin.

    Attributes
    ----------
    concordance
        Chance that of two leads the one with the higher quality has the higher score: 0.5 is blind, 1 is perfect.
    half_life
        Days after which a score counts half.
    tiers
        Tier name → lowest score in [0, 100], best tier first; the last one should begin at 0.
    """

    concordance: float = 0.7
    half_life: float = 60.0
    tiers: Mapping[str, float] = field(default_factory=lambda: {"A": 80.0, "B": 50.0, "C": 0.0})

    def __post_init__(self) -> None:
        """Refuse tiers that rise, and a concordance below chance."""
        require(0.5 <= self.concordance <= 1, f"scoring: concordance must be in [0.5, 1], got {self.concordance:g}")
        check_positive("scoring: half_life", self.half_life)
        cuts = list(self.tiers.values())
        require(len(cuts) > 0, "scoring: tiers needs at least one tier, such as {'A': 0}")
        require(cuts == sorted(cuts, reverse=True), f"scoring: tiers must fall from best to last, got {cuts}")
        require(cuts[-1] <= 0, f"scoring: the last tier must begin at 0, got {cuts[-1]:g}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandShift:
    """More or fewer leads for a while: a slump, a campaign, a region that closes.

    Below 1 the factor is each lead's chance to come, by the lead's own luck, so that the others stay as they were.
    Above 1 the rate of the stream is multiplied, which brings the same leads sooner; bursts stay as they are.

    Attributes
    ----------
    factor
        0 is no leads at all, 1 is as usual.
    first, last
        First and last date, in the market's time zone; None is from the beginning, or for good.
    channel
        Name of the channel; None is every one.
    region
        Region whose leads are meant; None is every one. For one region the factor is at most 1.
    """

    factor: float
    first: date | None = None
    last: date | None = None
    channel: str | None = None
    region: str | None = None

    def __post_init__(self) -> None:
        """Refuse a negative factor, one that a region can't have, and dates in the wrong order."""
        check_not_negative("demand: factor", self.factor)
        may = self.region is None or self.factor <= 1
        require(may, f"demand: factor for region {self.region!r} must be in [0, 1], got {self.factor:g}")
        if self.first is not None and self.last is not None:
            require(
                self.first <= self.last,
                f"demand: from {self.first} to {self.last} ends before it begins; swap the dates",
            )

    def holds_on(self, day: date) -> bool:
        """Tell whether it holds on a date."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Everything about leads and buyers.

    Attributes
    ----------
    channels, stages
        At least one each; stages in the order of the chain.
    amounts
        Segment → product → list amount in account currency; the name ``any`` stands for all that aren't named.
    discount
        Share of the list amount given away when won, in [0, 1).
    scoring, nurture
        How scores come about; what happens to leads without intent (None: stages may not send leads to nurture).
    accounts
        Number of accounts per region and segment that leads come from: few means that accounts come back often.
    day_factors
        Factors on arrivals for single days, such as public holidays.
    demand
        Shifts of demand for a while; where several hold, their factors are multiplied. A shift's place in the tuple is
        part of the luck: append, don't reorder.
    time_zone
        Zone in which months, weekdays and hours are counted (IANA name).
    overload_slope, comfortable_load
        Log odds lost per open deal of the rep beyond ``comfortable_load``.
    product_match
        Log odds added where the rep's products name the deal's.
    """

    channels: tuple[Channel, ...]
    stages: tuple[Stage, ...]
    amounts: Mapping[str, Mapping[str, Distribution]] = field(default_factory=lambda: {"any": {"any": Fixed(0.0)}})
    discount: Distribution = field(default_factory=lambda: Fixed(0.0))
    scoring: Scoring = field(default_factory=Scoring)
    nurture: Nurture | None = None
    accounts: int = 1_000_000
    day_factors: Mapping[date, float] = field(default_factory=dict)
    demand: tuple[DemandShift, ...] = ()
    time_zone: str = "UTC"
    overload_slope: float = 0.0
    comfortable_load: int = 0
    product_match: float = 0.0

    def __post_init__(self) -> None:
        """Refuse an empty funnel and numbers outside their ranges; cross-references are checked by the spec."""
        require(len(self.channels) > 0, "market: needs at least one channel")
        require(len(self.stages) > 0, "market: needs at least one stage")
        check_positive("market: accounts", self.accounts)
        check_not_negative("market: overload_slope", self.overload_slope)
        check_not_negative("market: comfortable_load", self.comfortable_load)
        for day, factor in self.day_factors.items():
            check_not_negative(f"market: day_factors {day.isoformat()}", factor)

    def amount(self, segment: str, product: str) -> Distribution:
        """Return the list amount of a segment and product, falling back to ``any``."""
        products = self.amounts.get(segment) or self.amounts["any"]
        return products.get(product) or products["any"]
