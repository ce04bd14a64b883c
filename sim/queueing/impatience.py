"""Customers who give up: a pool of servers whose queue sheds whoever has waited as long as they care to.

Impatience makes every queue stable. Two laws of patience have simple exact answers: exponential (Palm's model, called
Erlang A) and the same patience for everybody, as with a lead that goes stale after a day.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import exprel, hyp1f1

from sim.queueing.erlang import erlang_b
from sim.queueing.steady import require_positive, require_servers

NEGLIGIBLE = 40.0
"""States less likely than the likeliest by more than e to this power are left out."""


@dataclass(frozen=True, slots=True)
class ImpatientQueue:
    """Long-run means of a queue that some leave before they are served.

    Attributes
    ----------
    arrival_rate
        Arrivals per unit of time.
    utilisation
        Share of the servers' time that is worked.
    wait_probability
        Share of arrivals that find every server busy.
    abandonment
        Share of arrivals that leave unserved.
    mean_wait
        Mean time in queue of all arrivals: until service or until they leave.
    mean_wait_served
        Mean time in queue of those who are served, those who need not wait included.
    """

    arrival_rate: float
    utilisation: float
    wait_probability: float
    abandonment: float
    mean_wait: float
    mean_wait_served: float

    @property
    def mean_queue(self) -> float:
        """Mean number in queue, by Little's law."""
        return self.arrival_rate * self.mean_wait


def erlang_a(servers: int, arrival_rate: float, mean_service: float, mean_patience: float) -> ImpatientQueue:
    """M/M/c+M: exponential patience.

    Parameters
    ----------
    servers
        Number of servers.
    arrival_rate
        Arrivals per unit of time.
    mean_service, mean_patience
        Means of the service time and of the patience, both exponential.

    Notes
    -----
    A birth-death process whose death rate keeps growing beyond the servers: Garnett, Mandelbaum & Reiman, "Designing a
    call center with impatient customers", Manufacturing & Service Operations Management 4 (2002). Its probabilities are
    built from logarithms, so that neither a large pool nor a heavy overload overflows.

    An arrival that finds j others in queue reaches a server after j + 1 exponential stages, of rates r + j·θ … r with
    r = servers/mean_service and θ = 1/mean_patience. That its own patience outlasts them has probability
    r / (r + (j + 1)·θ); given that, the stages have rates greater by θ.
    """
    require_servers(servers)
    require_positive(arrival_rate=arrival_rate, mean_service=mean_service, mean_patience=mean_patience)
    full_rate = servers / mean_service
    longest = _longest_queue(arrival_rate, full_rate, 1 / mean_patience)
    queueing = np.arange(1, longest + 1) / mean_patience
    likely = _birth_death(arrival_rate, np.append(np.arange(1, servers + 1) / mean_service, full_rate + queueing))
    busy, stages = likely[servers:-1], full_rate + queueing
    mean_wait = float(np.arange(longest + 1) @ likely[servers:]) / arrival_rate
    served_wait = float((busy * full_rate / stages) @ np.cumsum(1 / stages))
    left = mean_wait / mean_patience
    return ImpatientQueue(
        arrival_rate=arrival_rate,
        utilisation=float(np.minimum(np.arange(likely.size), servers) @ likely) / servers,  # 1 - left would cancel
        wait_probability=float(likely[servers:].sum()),
        abandonment=left,
        mean_wait=mean_wait,
        mean_wait_served=served_wait / (1 - left),
    )


def _longest_queue(arrival_rate: float, full_rate: float, leaving_rate: float) -> int:
    """Length beyond which a queue isn't worth counting.

    The queue is likeliest where arrivals balance departures, and falls off from there at least as fast as a Poisson law
    of mean ``arrival_rate / leaving_rate`` falls off from its own mode (Bernstein's inequality); where there is no
    overload, it also falls off at least geometrically.
    """
    patience = arrival_rate / leaving_rate
    balance = max(0.0, (arrival_rate - full_rate) / leaving_rate)
    longest = balance + math.sqrt(2 * NEGLIGIBLE * patience) + NEGLIGIBLE
    if arrival_rate < full_rate:
        longest = min(longest, NEGLIGIBLE / math.log(full_rate / arrival_rate))
    return math.ceil(longest) + 1


def _birth_death(birth_rate: float, death_rates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Stationary probabilities of 0, 1, … in the system: shape (len(death_rates) + 1,)."""
    log_weights = np.concatenate(([0.0], np.cumsum(math.log(birth_rate) - np.log(death_rates))))
    weights: npt.NDArray[np.float64] = np.exp(log_weights - log_weights.max())
    return weights / weights.sum()


def deterministic_patience(servers: int, arrival_rate: float, mean_service: float, patience: float) -> ImpatientQueue:
    """M/M/c+D: everybody waits ``patience`` at most, then leaves.

    Parameters
    ----------
    servers
        Number of servers.
    arrival_rate
        Arrivals per unit of time.
    mean_service
        Mean of the exponential service time.
    patience
        Longest wait that is put up with; 0 lets nobody wait (Erlang B).

    Notes
    -----
    Barrer, "Queuing with impatient customers and ordered service", Operations Research 5 (1957). In the form of
    Baccelli and Hébuterne (1981), the wait v that a patient arrival would have has the density λ·p·exp((λ - r)·v) up
    to the patience and falls as exp(-r·v) beyond it, where λ is the arrival rate, r = servers/mean_service and p the
    probability that just one server is idle. In an overload all weights are divided by the largest exponential.
    """
    require_servers(servers)
    require_positive(arrival_rate=arrival_rate, mean_service=mean_service)
    if patience != 0:
        require_positive(patience=patience)
    load = arrival_rate * mean_service
    growth = (arrival_rate - servers / mean_service) * patience
    one_idle = erlang_b(servers - 1, load)  # p, among the states with a server idle
    some_idle = math.exp(-max(growth, 0.0))
    in_time = one_idle * arrival_rate * patience * float(exprel(-abs(growth)))
    too_late = one_idle * load / servers * math.exp(min(growth, 0.0))
    everything = some_idle + in_time + too_late
    left = too_late / everything
    served_wait = one_idle * arrival_rate * patience**2 * _first_moment(growth) / everything
    return ImpatientQueue(
        arrival_rate=arrival_rate,
        utilisation=load / servers * (some_idle + in_time) / everything,
        wait_probability=(in_time + too_late) / everything,
        abandonment=left,
        mean_wait=served_wait + patience * left,
        mean_wait_served=served_wait / (1 - left),
    )


def _first_moment(growth: float) -> float:
    """Integral of u·exp(growth·u) over u from 0 to 1, over exp(growth) where that is larger than 1."""
    return float(hyp1f1(1, 3, -growth) if growth > 0 else hyp1f1(2, 3, growth)) / 2
