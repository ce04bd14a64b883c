"""Classes that overtake each other in the queue but don't interrupt a service once begun."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

from sim.errors import require
from sim.queueing.erlang import erlang_c
from sim.queueing.steady import SteadyQueue, require_positive, require_rate, require_servers, require_stable


def nonpreemptive_priority(
    servers: int, arrival_rates: Sequence[float], mean_service: float
) -> tuple[SteadyQueue, ...]:
    """M/M/c with priorities, where all classes have the same mean service.

    Parameters
    ----------
    servers
        Number of servers.
    arrival_rates
        Arrivals per unit of time of each class, the one that is served first at the front.
    mean_service
        Mean of the exponential service time.

    Returns
    -------
    tuple of SteadyQueue
        One a class, in the order given. Its utilisation is the class's own share of the servers' time.

    Raises
    ------
    SpecError
        If the queue has no steady state.

    Notes
    -----
    Kella & Yechiali, "Waiting times in the non-preemptive priority M/M/c queue", Stochastic Models 1 (1985).
    """
    require_servers(servers)
    require_positive(mean_service=mean_service)
    for rate in arrival_rates:
        require_rate(arrival_rate=rate)
    waits = erlang_c(servers, sum(arrival_rates) * mean_service)
    utilisations = [rate * mean_service / servers for rate in arrival_rates]
    mean_waits = _overtaken(waits * mean_service / servers, utilisations)
    return tuple(
        SteadyQueue(rate, utilisation, waits, mean_wait, mean_service)
        for rate, utilisation, mean_wait in zip(arrival_rates, utilisations, mean_waits, strict=True)
    )


def nonpreemptive_priority_mg1(
    arrival_rates: Sequence[float], mean_services: Sequence[float], service_scvs: Sequence[float]
) -> tuple[SteadyQueue, ...]:
    """M/G/1 with priorities, where each class has its own law of service.

    Parameters
    ----------
    arrival_rates
        Arrivals per unit of time of each class, the one that is served first at the front.
    mean_services
        Mean service time of each class.
    service_scvs
        Squared coefficient of variation of each class's service time.

    Returns
    -------
    tuple of SteadyQueue
        One a class, in the order given. Its utilisation is the class's own share of the server's time.

    Raises
    ------
    SpecError
        If the queue has no steady state, or the three sequences differ in length.

    Notes
    -----
    Cobham, "Priority assignment in waiting line problems", Operations Research 2 (1954).
    """
    classes = len(arrival_rates)
    lengths = f"{classes} arrival rates, {len(mean_services)} mean services, {len(service_scvs)} service_scvs"
    require(
        classes == len(mean_services) == len(service_scvs), f"priority classes: {lengths}; give one of each a class"
    )
    laws = list(zip(arrival_rates, mean_services, service_scvs, strict=True))
    for rate, mean, scv in laws:
        require_rate(arrival_rate=rate, service_scv=scv)
        require_positive(mean_service=mean)
    utilisations = [rate * mean for rate, mean, _ in laws]
    require_stable("M/G/1", sum(utilisations), 1)
    in_service = sum(rate * mean**2 * (1 + scv) / 2 for rate, mean, scv in laws)
    mean_waits = _overtaken(in_service, utilisations)
    return tuple(
        SteadyQueue(rate, utilisation, sum(utilisations), mean_wait, mean)
        for (rate, mean, _), utilisation, mean_wait in zip(laws, utilisations, mean_waits, strict=True)
    )


def _overtaken(mean_residual: float, utilisations: Sequence[float]) -> list[float]:
    """Mean wait of each class: for a server to come free, for those ahead, and for those who overtake meanwhile."""
    idle_for = [1 - used for used in accumulate(utilisations, initial=0.0)]
    return [mean_residual / (above * own) for above, own in pairwise(idle_for)]
