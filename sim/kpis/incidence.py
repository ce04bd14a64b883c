"""Cumulative incidence: what share has ended how, by which age, when some have not ended yet.

The share of closed cases that ended one way is wrong for open funnels, because quick ends are seen first. The
Aalen-Johansen estimator counts an open case for as long as it was watched and drops it from then on. Without open cases
it is the plain share.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.eventlog import Floats
from sim.jit import rule


@dataclass(frozen=True, slots=True)
class Incidence:
    """The estimate of `cumulative_incidence` as columns, one row for each age at which a case ended.

    ``days``, ``at_risk`` and ``open`` have the shape (ages,), ``shares`` (ages, causes).
    """

    days: Floats
    at_risk: npt.NDArray[np.int64]
    open: Floats
    shares: Floats


def cumulative_incidence(duration: Floats, outcome: npt.NDArray[np.int64], causes: Sequence[str]) -> pd.DataFrame:
    """Estimate the cumulative incidence of each of several competing ends.

    Parameters
    ----------
    duration
        Days from the beginning to the end, or for as long as the case was watched, shape (n,).
    outcome
        0 where the case is still open, else 1 + the position of its end in ``causes``, shape (n,).
    causes
        Names of the ends.

    Returns
    -------
    pandas.DataFrame
        One row for each age at which a case ended, indexed by ``days``: ``at_risk`` (cases watched up to that age),
        ``open`` (share not ended by then, that age included: Kaplan-Meier) and for each cause the share that ended so.
        They add up to 1. No rows where no case has ended. A case that ended and one that was last seen at the same age:
        the end came first.

    Notes
    -----
    O. O. Aalen and S. Johansen, "An empirical transition matrix for non-homogeneous Markov chains based on censored
    observations", Scandinavian Journal of Statistics 5 (1978) 141-150.
    """
    found = incidence(duration, outcome, len(causes))
    table = pd.DataFrame(found.shares, columns=list(causes), index=pd.Index(found.days, name="days"))
    table.insert(0, "open", found.open)
    table.insert(0, "at_risk", found.at_risk)
    return table


def incidence(duration: Floats, outcome: npt.NDArray[np.int64], causes: int) -> Incidence:
    """Estimate what `cumulative_incidence` does, for so many ``causes``."""
    order = np.argsort(duration)
    return Incidence(*_aalen_johansen(duration[order], outcome[order], causes))


@rule
def _aalen_johansen(
    duration: Floats, outcome: npt.NDArray[np.int64], causes: int
) -> tuple[Floats, npt.NDArray[np.int64], Floats, Floats]:
    """Return the columns of `Incidence`, given cases in the order of their durations: shapes (n,).

    One pass: an age is over when the next case lasted longer, and those who lasted longer were watched at it.
    """
    days, at_risk, still_open = np.empty(len(duration)), np.empty(len(duration), np.int64), np.empty(len(duration))
    shares, ages = np.empty((len(duration), causes)), 0
    open_before, so_far, ends = 1.0, np.zeros(causes), np.zeros(causes, np.int64)
    watched = len(duration)
    for i in range(len(duration)):
        if outcome[i] > 0:
            ends[outcome[i] - 1] += 1
        if i + 1 < len(duration) and duration[i + 1] == duration[i]:
            continue  # the same age goes on
        if ends.sum() > 0:
            so_far += open_before * ends / watched
            open_before *= 1 - ends.sum() / watched
            days[ages], at_risk[ages], still_open[ages], shares[ages] = duration[i], watched, open_before, so_far
            ages += 1
        watched, ends[:] = len(duration) - i - 1, 0
    return days[:ages], at_risk[:ages], still_open[:ages], shares[:ages]


def share_by(curve: pd.DataFrame, cause: str, days: float) -> float:
    """Return the share that had ended by ``cause`` at the age of ``days``; 0 for a curve without rows."""
    return share_at(curve.index.to_numpy(), curve[cause].to_numpy(), days)


def days_until(curve: pd.DataFrame, cause: str, share: float) -> float:
    """Return the age in days by which ``share`` had ended by ``cause``; NaN if the curve never gets there."""
    return age_at(curve.index.to_numpy(), curve[cause].to_numpy(), share)


def share_at(days: Floats, shares: Floats, age: float) -> float:
    """Return the share at an age, given ages that rise and the share from each of them on; 0 before the first."""
    position = int(np.searchsorted(days, age, side="right"))
    return float(shares[position - 1]) if position else 0.0


def age_at(days: Floats, shares: Floats, share: float) -> float:
    """Return the first age at which ``share`` is reached; NaN if it never is."""
    reached = shares >= share - 1e-12  # a sum of tenths may miss 0.5 by a rounding error
    return float(days[int(reached.argmax())]) if reached.any() else float("nan")
