"""Arrivals whose rate changes with the hour or the season, and nobody waits: the offered load as a function of time.

With as many servers as anyone could want, the number in service at t is a Poisson number whose mean looks back over the
arrival rate, weighted by the chance of still being there. It lags behind the arrivals and is smoother than they are.
"""

import math
from collections.abc import Callable

from scipy.integrate import quad

from sim.errors import require
from sim.queueing.steady import require_positive, require_rate


def mtginf_mean(
    rate: Callable[[float], float], survival: Callable[[float], float], t: float, since: float = -math.inf
) -> float:
    """Mean number in an M_t/G/∞ system at time t.

    Parameters
    ----------
    rate
        Arrivals per unit of time at a time.
    survival
        Probability that a service lasts longer than a duration.
    t
        The time asked about.
    since
        When the first could arrive; the system is empty until then.

    Notes
    -----
    The integral of rate(t - u)·survival(u) over the ages u: Eick, Massey & Whitt, "The physics of the M_t/G/∞ queue",
    Operations Research 41 (1993). It is computed by quadrature, so rates with many jumps cost digits.
    """
    require(since <= t, f"M_t/G/inf: t {t:g} lies before the start {since:g}; ask about a later time")
    mean, _ = quad(lambda age: rate(t - age) * survival(age), 0.0, t - since, limit=500)
    return float(mean)


def sinusoidal_mtminf_mean(mean_rate: float, amplitude: float, cycle: float, mean_service: float, t: float) -> float:
    """Mean number in an M_t/M/∞ system whose arrival rate is mean_rate + amplitude·sin(2π·t/cycle), in the long run.

    Parameters
    ----------
    mean_rate
        Mean arrivals per unit of time.
    amplitude
        Largest deviation from it, at most ``mean_rate``.
    cycle
        Time after which the rate repeats: a day, a week, a year.
    mean_service
        Mean of the exponential service time.
    t
        The time asked about.

    Notes
    -----
    Eick, Massey & Whitt, "M_t/G/∞ queues with sinusoidal arrival rates", Management Science 39 (1993).
    """
    require_rate(mean_rate=mean_rate, amplitude=amplitude)
    require_positive(cycle=cycle, mean_service=mean_service)
    require(amplitude <= mean_rate, f"amplitude {amplitude:g} makes the rate negative; at most mean_rate {mean_rate:g}")
    frequency = 2 * math.pi / cycle
    turn = frequency * mean_service
    swing = (math.sin(frequency * t) - turn * math.cos(frequency * t)) / (1 + turn**2)
    return mean_service * (mean_rate + amplitude * swing)
