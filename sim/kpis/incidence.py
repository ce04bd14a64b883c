"""Cumulative incidence: what share has ended how, by which age, when some have not ended yet.

The share of closed cases that ended one way is wrong for open funnels, because quick ends are seen first. The
Aalen-Johansen estimator counts an open case for as long as it was watched and drops it from then on. Without open cases
it is the plain share.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.eventlog import Floats


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
    ended = outcome > 0
    ages, which = np.unique(duration[ended], return_inverse=True)
    cells = which * len(causes) + outcome[ended] - 1
    ends = np.bincount(cells, minlength=len(ages) * len(causes)).reshape(len(ages), len(causes))
    at_risk = len(duration) - np.searchsorted(np.sort(duration), ages, side="left")
    still_open = np.cumprod(1 - ends.sum(axis=1) / at_risk)
    open_before = np.concatenate([[1.0], still_open])[:-1]
    shares = np.cumsum(open_before[:, None] * ends / at_risk[:, None], axis=0)
    table = pd.DataFrame(shares, columns=list(causes), index=pd.Index(ages, name="days"))
    table.insert(0, "open", still_open)
    table.insert(0, "at_risk", at_risk)
    return table


def share_by(curve: pd.DataFrame, cause: str, days: float) -> float:
    """Return the share that had ended by ``cause`` at the age of ``days``; 0 for a curve without rows."""
    position = int(np.searchsorted(curve.index.to_numpy(), days, side="right"))
    return float(curve[cause].iloc[position - 1]) if position else 0.0


def days_until(curve: pd.DataFrame, cause: str, share: float) -> float:
    """Return the age in days by which ``share`` had ended by ``cause``; NaN if the curve never gets there."""
    reached = curve[cause].to_numpy() >= share - 1e-12  # a sum of tenths may miss 0.5 by a rounding error
    return float(curve.index[int(reached.argmax())]) if reached.any() else float("nan")
