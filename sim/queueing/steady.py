"""What a queue in steady state is judged by, and the conditions under which it has one."""

import math
from dataclasses import dataclass

from sim.errors import require


@dataclass(frozen=True, slots=True)
class SteadyQueue:
    """Long-run means of a queue in which everybody is served.

    Attributes
    ----------
    arrival_rate
        Arrivals per unit of time.
    utilisation
        Share of the servers' time that is worked, in [0, 1).
    wait_probability
        Share of arrivals that find every server busy.
    mean_wait
        Mean time in queue of all arrivals, those that need not wait included.
    mean_service
        Mean time in service.
    """

    arrival_rate: float
    utilisation: float
    wait_probability: float
    mean_wait: float
    mean_service: float

    @property
    def mean_queue(self) -> float:
        """Mean number in queue, by Little's law."""
        return self.arrival_rate * self.mean_wait

    @property
    def mean_time_in_system(self) -> float:
        """Mean wait and service together."""
        return self.mean_wait + self.mean_service

    @property
    def mean_in_system(self) -> float:
        """Mean number in queue and in service, by Little's law."""
        return self.arrival_rate * self.mean_time_in_system


def require_servers(servers: int, fewest: int = 1) -> None:
    """Raise `SpecError` unless ``servers`` is a whole number, at least ``fewest``."""
    whole = servers == math.floor(servers) if math.isfinite(servers) else False
    require(whole and servers >= fewest, f"servers must be a whole number, {fewest} or more, got {servers}")


def require_positive(**quantities: float) -> None:
    """Raise `SpecError` unless every quantity is positive and finite."""
    for name, value in quantities.items():
        require(0 < value < math.inf, f"{name} must be positive and finite, got {value:g}")


def require_rate(**rates: float) -> None:
    """Raise `SpecError` unless every rate is finite and not negative."""
    for name, value in rates.items():
        require(0 <= value < math.inf, f"{name} must be 0 or more and finite, got {value:g}")


def require_stable(queue: str, load: float, servers: int) -> None:
    """Raise `SpecError` if the offered load is as much as the servers can work, or more."""
    excess = f"offered load {load:.6g} erlangs, {servers} servers" if servers != 1 else f"utilisation {load:.6g}"
    fix = "let fewer in, serve them faster or add servers, or give them a patience"
    require(load < servers, f"{queue} has no steady state: {excess}; {fix}")
