"""Qualification levers: who is let into a stage, and how well the score tells who is worth it."""

from dataclasses import dataclass, replace

from scenarios.levers.named import change
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.errors import require
from sim.market import Gate
from sim.spec import FunnelSpec


@dataclass(frozen=True, slots=True)
class SetScoreThreshold(Lever):
    """Let only leads with a score from a threshold on into a stage; the others are turned away as a bad fit.

    Attributes
    ----------
    stage
        Name of the stage.
    score
        Lowest score let in, 0 to 100; 0 lets everybody in.
    """

    stage: str
    score: float

    def __post_init__(self) -> None:
        """Refuse what is no score."""
        require(0 <= self.score <= 100, f"score threshold: score must be in [0, 100], got {self.score:g}")

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the threshold."""
        how = change("stage", spec.market.stages, self.stage, lambda stage: replace(stage, least_score=self.score))
        return replace(spec, market=replace(spec.market, stages=how))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - it is free
        """Return 0: a rule costs nothing by itself."""
        return 0.0

    def describe(self) -> str:
        """Say who is let in."""
        return f"Let only leads with a score of {self.score:g} or more into stage {self.stage!r}."


@dataclass(frozen=True, slots=True)
class SetGate(Lever):
    """Give a stage an entry criterion, another one, or none.

    Attributes
    ----------
    stage
        Name of the stage.
    gate
        The criterion; None opens the stage to all.
    """

    stage: str
    gate: Gate | None

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the gate."""
        stages = change("stage", spec.market.stages, self.stage, lambda stage: replace(stage, gate=self.gate))
        return replace(spec, market=replace(spec.market, stages=stages))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - it is free
        """Return 0: the time that looking takes shows in what isn't done in it."""
        return 0.0

    def describe(self) -> str:
        """Say what is asked."""
        if self.gate is None:
            return f"Open stage {self.stage!r} to all."
        seen, turned = (f"{100 * share:g}%" for share in (self.gate.sensitivity, self.gate.specificity))
        how = f"the look sees {seen} of those and turns {turned} of the others away"
        return f"Let only leads of quality {self.gate.threshold:g} or more into stage {self.stage!r}: {how}."


@dataclass(frozen=True, slots=True)
class SharpenScore(Lever):
    """Let the score tell better, or worse, which leads are good.

    Attributes
    ----------
    concordance
        Chance that of two leads the better one has the higher score: 0.5 is blind, 1 is perfect.
    """

    concordance: float

    def __post_init__(self) -> None:
        """Refuse a score that is worse than blind."""
        require(0.5 <= self.concordance <= 1, f"score: concordance must be in [0.5, 1], got {self.concordance:g}")

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with that score; no lead's quality changes."""
        scoring = replace(spec.market.scoring, concordance=self.concordance)
        return replace(spec, market=replace(spec.market, scoring=scoring))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - it is free
        """Return 0: what a better model costs is the company's to add."""
        return 0.0

    def describe(self) -> str:
        """Say how good the score is."""
        return f"Let the score order {100 * self.concordance:g}% of all pairs of leads rightly."
