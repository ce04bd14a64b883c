"""A scenario is a named plan: levers pulled one after the other on a funnel.

A lever is a function from a funnel to a funnel. Nothing is changed in place, so the baseline stays what it was and
two plans can be run side by side.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from scenarios.prices import Horizon, Prices
from sim.errors import require
from sim.spec import FunnelSpec


class Lever(ABC):
    """One thing that the company could do."""

    @abstractmethod
    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the lever pulled; a lever of size zero returns an equal one.

        Raises
        ------
        SpecError, UnknownNameError
            If the lever doesn't fit the funnel.
        """

    @abstractmethod
    def describe(self) -> str:
        """Say in one plain sentence what is done."""

    @abstractmethod
    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
        """Return what the lever, pulled on ``spec``, adds to spending over the horizon; savings are below 0."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A plan: a name and the levers pulled, in their order; without levers it is things as they are."""

    name: str
    levers: tuple[Lever, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a plan without a name, and levers that aren't any."""
        require(self.name.strip() != "", "a scenario has an empty name; give it one")
        for lever in self.levers:
            is_lever = isinstance(lever, Lever)
            require(is_lever, f"scenario {self.name!r}: {lever!r} is no lever; see scenarios.levers")

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel under this plan."""
        for lever in self.levers:
            spec = lever.apply(spec)
        return spec

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
        """Return what the plan adds to spending over the horizon, each lever pulled after those before it."""
        total = 0.0
        for lever in self.levers:
            total += lever.cost(spec, horizon, prices)
            spec = lever.apply(spec)
        return total

    def describe(self) -> str:
        """Say in plain sentences what is done."""
        return " ".join(lever.describe() for lever in self.levers) or "Everything stays as it is."


AS_IS = Scenario("as is")
"""The plan that changes nothing: the baseline of every comparison."""
