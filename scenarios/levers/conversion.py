"""Conversion levers: how likely a buyer is to go on, as training, qualification or the offer would change it."""

from dataclasses import dataclass, replace

from scenarios.levers.named import change
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.errors import require
from sim.market import Stage
from sim.spec import FunnelSpec


@dataclass(frozen=True, slots=True)
class ShiftConversion(Lever):
    """Move a stage's chance to advance.

    Attributes
    ----------
    stage
        Name of the stage.
    points
        What is added to the chance, as a probability: 0.05 is five percentage points, -0.05 five points less. The
        chance meant is `sim.market.Stage.advance`, that of a lead of quality 0 touched in time; other leads move by
        as much in log odds, so the stage's conversion over all its leads moves by somewhat less where their chances
        differ.
    """

    stage: str
    points: float

    def __post_init__(self) -> None:
        """Refuse a shift beyond what a probability can move."""
        meant = f"; for {self.points:g} percentage points give {self.points / 100:g}"
        require(-1 <= self.points <= 1, f"shift conversion: points must be in [-1, 1], got {self.points:g}{meant}")

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the chance moved."""
        stages = change("stage", spec.market.stages, self.stage, self._shift)
        return replace(spec, market=replace(spec.market, stages=stages))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - it is free
        """Return 0: what it takes to get there is another lever's cost."""
        return 0.0

    def describe(self) -> str:
        """Say how far which stage is moved."""
        way = "Raise" if self.points >= 0 else "Lower"
        return f"{way} the chance to advance from stage {self.stage!r} by {100 * abs(self.points):g} percentage points."

    def _shift(self, stage: Stage) -> Stage:
        moved = stage.advance + self.points
        room = 1 - stage.advance if self.points > 0 else -stage.advance
        change = f"advance {stage.advance:g} {self.points:+g} gives {moved:g}"
        require(0 <= moved <= 1, f"stage {stage.name!r}: {change}, which is no probability; shift by at most {room:+g}")
        return replace(stage, advance=moved)
