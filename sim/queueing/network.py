"""Pools in a network: whoever leaves one queue goes on to another, comes back, or leaves for good."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.errors import require
from sim.queueing.erlang import mmc
from sim.queueing.steady import SteadyQueue

type Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Network:
    """Long-run means of a network of pools.

    Attributes
    ----------
    nodes
        One queue a pool, with all the arrivals it gets.
    external_rate
        Arrivals from outside per unit of time, all pools together.
    """

    nodes: tuple[SteadyQueue, ...]
    external_rate: float

    @property
    def mean_time_in_system(self) -> float:
        """Mean time from arrival to leaving for good, by Little's law."""
        return sum(node.mean_in_system for node in self.nodes) / self.external_rate


def throughput(external_rates: npt.ArrayLike, routing: npt.ArrayLike) -> Floats:
    """Solve the traffic equations: what arrives at a node comes from outside or from a node.

    Parameters
    ----------
    external_rates
        Arrivals from outside at each node, shape (nodes,).
    routing
        Probability of going on from the node of a row to the node of a column, shape (nodes, nodes). What a row lacks
        to 1 leaves for good.

    Returns
    -------
    numpy.ndarray
        Arrivals per unit of time at each node, shape (nodes,).

    Raises
    ------
    SpecError
        If shapes or probabilities contradict each other, or somebody could never leave.
    """
    outside, onward = np.asarray(external_rates, dtype=float), np.asarray(routing, dtype=float)
    n = outside.size
    shapes = f"network: {n} external rates and routing of shape {onward.shape}"
    require(onward.shape == (n, n), f"{shapes}; give one row and one column a node")
    require(bool(np.all(outside >= 0)), f"network: external rates must be 0 or more, got {outside.min(initial=0):g}")
    require(bool(np.all(onward >= 0)), f"network: routing probabilities must be 0 or more, got {onward.min():g}")
    for node, total in enumerate(onward.sum(axis=1)):
        require(bool(total <= 1 + 1e-12), f"network: routing from node {node} sums to {total:g}; it must be at most 1")
    staying = float(np.abs(np.linalg.eigvals(onward)).max())
    require(staying < 1 - 1e-12, "network: from some nodes nobody ever leaves; let their routing sum to less than 1")
    return np.linalg.solve(np.eye(n) - onward.T, outside)


def jackson(
    servers: npt.ArrayLike, external_rates: npt.ArrayLike, routing: npt.ArrayLike, mean_services: npt.ArrayLike
) -> Network:
    """Jackson's network: each pool behaves as an M/M/c queue of its own, although its arrivals needn't be Poisson.

    Parameters
    ----------
    servers
        Number of servers of each pool, shape (nodes,).
    external_rates
        Poisson arrivals from outside at each pool, shape (nodes,).
    routing
        Probability of going on from the pool of a row to the pool of a column, shape (nodes, nodes).
    mean_services
        Mean of the exponential service time at each pool, shape (nodes,).

    Raises
    ------
    SpecError
        If the arguments contradict each other, or a pool has no steady state.

    Notes
    -----
    Jackson, "Jobshop-like queueing systems", Management Science 10 (1963).
    """
    outside = np.asarray(external_rates, dtype=float)
    require(bool(np.any(outside > 0)), "network: nobody arrives from outside; give one node an external rate above 0")
    pools, means = np.asarray(servers).tolist(), np.asarray(mean_services, dtype=float).tolist()
    arrivals = throughput(outside, routing).tolist()
    sizes = f"network: {len(pools)} pools, {len(means)} mean services, {len(arrivals)} external rates"
    require(len(pools) == len(means) == len(arrivals), f"{sizes}; give one of each a node")
    nodes = tuple(mmc(size, rate, mean) for size, rate, mean in zip(pools, arrivals, means, strict=True))
    return Network(nodes, float(outside.sum()))
