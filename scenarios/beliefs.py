"""What isn't known of a market: numbers with a range, each of which can be assumed otherwise.

A range holds the number with 90 %. On its natural scale (log odds for a chance, logarithms for a factor) the number is
taken as normal, so a belief at z lies z standard deviations from the middle, and its range ends at ±1.645.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import expit, logit

from scenarios.levers.marketing import ScaleLeads, scaled
from scenarios.levers.named import change
from scenarios.pairing import Floats
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.errors import UnknownNameError, require
from sim.market import Stage
from sim.spec import FunnelSpec

RANGE = 1.6448536269514722
"""Standard deviations from the middle to either end of a range that holds 90 %."""


@dataclass(frozen=True, slots=True)
class Belief:
    """A number of the market that isn't known exactly.

    Attributes
    ----------
    kind
        One of `KINDS`.
    of
        Name of the stage or channel; empty is all of them.
    low, high
        Ends of the range that holds it with 90 %: a chance for ``advance``, otherwise a factor on what is estimated.
    basis
        Where the range comes from, with the grade of its evidence.
    """

    kind: str
    of: str
    low: float
    high: float
    basis: str

    def __post_init__(self) -> None:
        """Refuse kinds that aren't known and ranges that are none."""
        if self.kind not in KINDS:
            raise UnknownNameError("kind of belief", self.kind, KINDS, "a market")
        least, most = (0.0, 1.0) if self.is_chance else (0.0, float("inf"))
        fits = least < self.low < self.high < most
        got = f"{self.low:g}..{self.high:g}"
        require(
            fits, f"belief {self.name!r}: needs a range between {least:g} and {most:g}, such as 0.4..0.6, got {got}"
        )

    @property
    def name(self) -> str:
        """What it is, in words."""
        return f"{self.kind} {self.of}".strip()

    @property
    def is_chance(self) -> bool:
        """Whether the number is a probability; else it is a factor."""
        return self.kind == ADVANCE

    def value(self, z: float) -> float:
        """Return the number that lies ``z`` standard deviations from the middle."""
        to, back = (logit, expit) if self.is_chance else (np.log, np.exp)
        low, high = float(to(self.low)), float(to(self.high))
        return float(back((low + high) / 2 + z * (high - low) / (2 * RANGE)))

    def lever(self, z: float) -> "Assume":
        """Return what assumes the number to be ``z`` standard deviations from the middle."""
        return Assume(self.kind, self.of, self.value(z))


@dataclass(frozen=True, slots=True)
class Assume(Lever):
    """Take a number of the market to be otherwise: no deed of the company's, so it costs nothing."""

    kind: str
    of: str
    number: float

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the number in place."""
        return KINDS[self.kind](spec, self.of, self.number)

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - it is free
        """Return 0."""
        return 0.0

    def describe(self) -> str:
        """Say what is assumed."""
        times = "" if self.kind == ADVANCE else "×"
        return f"Assume {f'{self.kind} {self.of}'.strip()} {times}{self.number:.4g}."


def market_at(spec: FunnelSpec, beliefs: tuple[Belief, ...], z: Floats) -> FunnelSpec:
    """Return the funnel with every belief at its place; ``z`` has shape (beliefs,)."""
    for belief, at in zip(beliefs, z.tolist(), strict=True):
        spec = belief.lever(at).apply(spec)
    return spec


def draws(beliefs: int, count: int, seed: int) -> Floats:
    """Return places of independent beliefs, shape (count, beliefs)."""
    return np.random.default_rng([seed, 5]).standard_normal((count, beliefs))


def _advance(spec: FunnelSpec, stage: str, chance: float) -> FunnelSpec:
    return _stages(spec, stage, lambda each: replace(each, advance=chance))


def _leads(spec: FunnelSpec, channel: str, factor: float) -> FunnelSpec:
    return ScaleLeads(factor, channel or None).apply(spec)


def _effort(spec: FunnelSpec, stage: str, factor: float) -> FunnelSpec:
    return _stages(spec, stage, lambda each: replace(each, effort=scaled(each.effort, factor)))


def _latency(spec: FunnelSpec, stage: str, factor: float) -> FunnelSpec:
    def slow(each: Stage) -> Stage:
        lost = None if each.lost_latency is None else scaled(each.lost_latency, factor)
        return replace(each, latency=scaled(each.latency, factor), lost_latency=lost)

    return _stages(spec, stage, slow)


def _amounts(spec: FunnelSpec, segment: str, factor: float) -> FunnelSpec:
    amounts = spec.market.amounts
    if segment and segment not in amounts:
        raise UnknownNameError("segment", segment, amounts)
    moved = {
        name: {product: scaled(each, factor) if segment in {"", name} else each for product, each in table.items()}
        for name, table in amounts.items()
    }
    return replace(spec, market=replace(spec.market, amounts=moved))


def _stages(spec: FunnelSpec, stage: str, how: Callable[[Stage], Stage]) -> FunnelSpec:
    stages = change("stage", spec.market.stages, stage or None, how)
    return replace(spec, market=replace(spec.market, stages=stages))


ADVANCE = "advance"

KINDS: Mapping[str, Callable[[FunnelSpec, str, float], FunnelSpec]] = {
    ADVANCE: _advance,
    "leads": _leads,
    "amounts": _amounts,
    "effort": _effort,
    "latency": _latency,
}
"""Kind of belief → what puts a number of it, of a stage, channel or segment, into a funnel."""
