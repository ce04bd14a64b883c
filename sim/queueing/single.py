"""One server with its own queue, where either the services or the arrivals follow any law."""

from collections.abc import Callable

from scipy.optimize import brentq

from sim.queueing.steady import SteadyQueue, require_positive, require_rate, require_stable


def mg1(arrival_rate: float, mean_service: float, service_scv: float = 1.0) -> SteadyQueue:
    """Poisson arrivals, any service times, one server.

    Parameters
    ----------
    arrival_rate
        Arrivals per unit of time, 0 or more.
    mean_service
        Mean service time.
    service_scv
        Squared coefficient of variation of the service time (variance over squared mean): 0 where all are equal, 1 for
        the exponential law, 1/k for Erlang's with k phases.

    Raises
    ------
    SpecError
        If the queue has no steady state.

    Notes
    -----
    The Pollaczek-Khinchine formula: Pollaczek (1930), Khinchine (1932).
    """
    require_rate(arrival_rate=arrival_rate, service_scv=service_scv)
    require_positive(mean_service=mean_service)
    utilisation = arrival_rate * mean_service
    require_stable("M/G/1", utilisation, 1)
    mean_wait = utilisation * mean_service * (1 + service_scv) / (2 * (1 - utilisation))
    return SteadyQueue(arrival_rate, utilisation, utilisation, mean_wait, mean_service)


def gi_m_1(transform: Callable[[float], float], arrival_rate: float, mean_service: float) -> SteadyQueue:
    """Independent arrivals of any law, exponential service, one server.

    So waits a rep who gets every tenth lead in turn: the time between two of his leads is Erlang's with ten phases.

    Parameters
    ----------
    transform
        Laplace transform of the time A between arrivals: s -> E[exp(-s·A)].
    arrival_rate
        Arrivals per unit of time, 1/E[A].
    mean_service
        Mean service time.

    Raises
    ------
    SpecError
        If the queue has no steady state.

    Notes
    -----
    An arrival waits with the probability w that solves w = E[exp(-(1-w)·A/mean_service)], other than 1: Kendall (1953).
    """
    require_positive(arrival_rate=arrival_rate, mean_service=mean_service)
    utilisation = arrival_rate * mean_service
    require_stable("GI/M/1", utilisation, 1)
    nearly_1 = 1 - 1e-9  # w = 1 solves the equation too
    waits = float(brentq(lambda w: transform((1 - w) / mean_service) - w, 0.0, nearly_1, xtol=1e-15))
    return SteadyQueue(arrival_rate, utilisation, waits, mean_service * waits / (1 - waits), mean_service)
