"""Patient customers who share one queue: Erlang's formulas of 1917 for a pool of equal servers."""

from sim.queueing.steady import SteadyQueue, require_positive, require_rate, require_servers, require_stable


def erlang_b(servers: int, load: float) -> float:
    """Share of arrivals lost where nobody may wait (M/G/c/c), whatever the law of the service times.

    Parameters
    ----------
    servers
        Number of servers, 0 or more.
    load
        Offered load in erlangs: arrival rate times mean service.

    Returns
    -------
    float
        A probability.

    Notes
    -----
    The recursion over servers 1/B(n) = 1 + n/load · 1/B(n-1) adds positive terms only, so it loses no digits: Jagerman,
    "Some properties of the Erlang loss function", Bell System Technical Journal 53 (1974).
    """
    require_servers(servers, fewest=0)
    require_rate(load=load)
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(servers: int, load: float) -> float:
    """Share of arrivals that must wait in M/M/c.

    Parameters
    ----------
    servers
        Number of servers.
    load
        Offered load in erlangs, less than ``servers``.

    Returns
    -------
    float
        A probability.

    Raises
    ------
    SpecError
        If the queue has no steady state.

    Notes
    -----
    From Erlang B: Cooper, Introduction to Queueing Theory (1981), chapter 3.
    """
    require_servers(servers)
    require_stable("M/M/c", load, servers)
    blocked = erlang_b(servers, load)
    return blocked / (1 - load / servers * (1 - blocked))


def mmc(servers: int, arrival_rate: float, mean_service: float) -> SteadyQueue:
    """Poisson arrivals, exponential service, any number of servers, first come first served.

    The means hold for every discipline that neither looks at service times nor lets a server idle while somebody waits.

    Parameters
    ----------
    servers
        Number of servers.
    arrival_rate
        Arrivals per unit of time, 0 or more.
    mean_service
        Mean service time.

    Raises
    ------
    SpecError
        If the queue has no steady state.
    """
    require_rate(arrival_rate=arrival_rate)
    require_positive(mean_service=mean_service)
    load = arrival_rate * mean_service
    waits = erlang_c(servers, load)
    mean_wait = waits * mean_service / (servers - load)
    return SteadyQueue(arrival_rate, load / servers, waits, mean_wait, mean_service)
