"""Pricing levers: what deals bring, and how many buyers that costs."""

import math
from dataclasses import KW_ONLY, dataclass, replace

from scenarios.levers.marketing import scaled
from scenarios.levers.named import change
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.buyer import advance_chance
from sim.distributions import Discrete, Distribution, Empirical, Fixed, Uniform
from sim.errors import SpecError, require
from sim.market import Market, check_positive
from sim.spec import FunnelSpec

ASSUMED = "assumed"
"""The source of an elasticity that nobody has named."""


@dataclass(frozen=True, slots=True)
class ChangePrice(Lever):
    """Raise or lower list prices; buyers answer at one stage.

    Deals of the opening whose amount is known keep it: they have their quote.

    Attributes
    ----------
    factor
        1.1 is a tenth dearer.
    elasticity
        Elasticity of the odds to advance: -1.5 takes 1.5% off them for a price that is 1% higher.
    stage
        Name of the stage where buyers answer; None is the last of the chain.
    source
        Where the elasticity comes from, such as a test in spring.
    """

    factor: float
    elasticity: float
    _: KW_ONLY
    stage: str | None = None
    source: str = ASSUMED

    def __post_init__(self) -> None:
        """Refuse a price of nothing, and buyers who like dearness."""
        check_positive("price: factor", self.factor)
        _check_elasticity("price", self.elasticity)

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with those prices."""
        amounts = {
            segment: {product: scaled(worth, self.factor) for product, worth in products.items()}
            for segment, products in spec.market.amounts.items()
        }
        market = _answer(spec.market, self.stage, self.factor, self.elasticity)
        return replace(spec, market=replace(market, amounts=amounts))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - it is free
        """Return 0: what it costs shows in the bookings."""
        return 0.0

    def describe(self) -> str:
        """Say how prices change and how buyers answer."""
        answer = f"the odds at {_place(self.stage)} change by {self.factor**self.elasticity - 1:+.1%}"
        return f"Multiply list prices by {self.factor:g}; {answer} (elasticity {self.elasticity:g}, {self.source})."


@dataclass(frozen=True, slots=True)
class ChangeDiscount(Lever):
    """Give more or less away when a deal is won; buyers answer at one stage.

    Attributes
    ----------
    points
        Added to the share of the list amount that is given away: 0.05 is five points more, -0.05 five less.
    elasticity, stage, source
        As in `ChangePrice`, of the price that is paid on average.
    """

    points: float
    elasticity: float
    _: KW_ONLY
    stage: str | None = None
    source: str = ASSUMED

    def __post_init__(self) -> None:
        """Refuse buyers who like dearness, and percents."""
        _check_elasticity("discount", self.elasticity)
        meant = f"; for {self.points:g} points give {self.points / 100:g}"
        require(-1 < self.points < 1, f"discount: points must be in (-1, 1), got {self.points:g}{meant}")

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with that discount."""
        before = spec.market.discount
        after = _moved(before, self.points) if self.points else before
        market = _answer(spec.market, self.stage, (1 - after.mean) / (1 - before.mean), self.elasticity)
        return replace(spec, market=replace(market, discount=after))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - it is free
        """Return 0: what it costs shows in the bookings."""
        return 0.0

    def describe(self) -> str:
        """Say how the discount changes."""
        more = "more" if self.points >= 0 else "less"
        how = f"elasticity {self.elasticity:g} at {_place(self.stage)}, {self.source}"
        return f"Give {100 * abs(self.points):g} points {more} discount; buyers answer ({how})."


def _check_elasticity(what: str, elasticity: float) -> None:
    require(
        elasticity <= 0, f"{what}: elasticity must be 0 or less, got {elasticity:g}; a higher price wins nobody over"
    )


def _answer(market: Market, stage: str | None, ratio: float, elasticity: float) -> Market:
    """Return the market in which buyers at a stage answer to a price that is ``ratio`` times as high."""
    shift = elasticity * math.log(ratio)
    stages = change(
        "stage",
        market.stages,
        stage or market.stages[-1].name,
        lambda here: replace(here, advance=advance_chance(here.advance, shift)),
    )
    return replace(market, stages=stages)


def _place(stage: str | None) -> str:
    return "the last stage" if stage is None else f"stage {stage!r}"


def _moved(discount: Distribution, points: float) -> Distribution:
    """Return the distribution of a discount plus ``points``."""
    low, high = (discount.ppf(u) + points for u in (1e-9, 1 - 1e-9))
    inside = low >= 0 and high < 1
    require(inside, f"discount: {points:+g} gives shares from {low:.3g} to {high:.3g}; they must stay in [0, 1)")
    match discount:
        case Fixed(value):
            return Fixed(value + points)
        case Uniform(least, most):
            return Uniform(least + points, most + points)
        case Empirical(quantiles):
            return Empirical(tuple(value + points for value in quantiles))
        case Discrete(values, chances):
            return Discrete(tuple(value + points for value in values), chances)
    kind = type(discount).__name__
    raise SpecError(f"discount: can't add points to a {kind}; describe it as fixed, uniform, empirical or discrete")
