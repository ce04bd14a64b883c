"""Which plan is best? Of many plans the best looking one is partly lucky, so the question needs intervals of its own.

Each plan is held against the best of the others: above zero it leads, below zero it lags. The intervals hold together,
for all plans at once, and name the plans that can still be the best: with the stated confidence the best one is among
them (Hsu 1984, "Constrained simultaneous confidence intervals for multiple comparisons with the best", Annals of
Statistics 12(3); Hsu 1996, "Multiple comparisons", 4.2).

Plans that share their luck are neither independent nor equally variable, so each pair's interval rests on its own
paired differences, and the chance of an error is divided among the plans that the best one leads (Bonferroni), as in
Nelson and Matejcik 1995, "Using common random numbers for indifference-zone selection and multiple comparisons in
simulation", Management Science 41(12). Only the unknown best plan has to be compared rightly with each of the others,
so these are one fewer than there are plans, and one-sided.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios.pairing import Floats, Whole, averages, limits


@dataclass(frozen=True, slots=True)
class Best:
    """Each plan against the best of the others, in the order of the plans; shape (plans,) each.

    Attributes
    ----------
    ahead
        Mean of the plan less that of the best of the others, in the figure's unit: below zero where it is behind, or
        above zero where less is better.
    low, high
        Simultaneous limits of the expected distance; zero is a limit where the sign is certain. NaN with too few runs.
    possible
        Whether the plan can still be the best.
    """

    ahead: Floats
    low: Floats
    high: Floats
    possible: npt.NDArray[np.bool_]


def against_best(values: Floats, draw: Whole, confidence: float, *, larger: bool = True) -> Best:
    """Compare every plan with the best of the others.

    Parameters
    ----------
    values
        A figure, shape (runs, plans), the runs of a row under the same luck; two plans or more.
    draw
        The draw of each run, shape (runs,).
    confidence
        With which all intervals hold, and the best plan is among those that can still be.
    larger
        Whether more of the figure is better.
    """
    sign = 1.0 if larger else -1.0
    units = sign * averages(values, draw)
    plans = units.shape[1]
    mean = units.mean(axis=0) if len(units) else np.full(plans, np.nan)
    ahead = mean - _best_other(mean)
    if len(units) < 2:
        unknown = np.full(plans, np.nan)
        return Best(sign * ahead, unknown, unknown, np.ones(plans, np.bool_))
    low, high, possible = _constrained(*_pairwise(units, confidence))
    return Best(sign * ahead, *((low, high) if larger else (-high, -low)), possible)


def together(confidence: float, comparisons: int) -> float:
    """Return the confidence of each of some intervals with which all of them hold (Bonferroni)."""
    return 1 - (1 - confidence) / max(1, comparisons)


def _best_other(mean: Floats) -> Floats:
    """Return for each plan the largest mean of the others."""
    others = np.where(np.eye(len(mean), dtype=np.bool_), -np.inf, mean)
    return np.asarray(others.max(axis=1))


def _pairwise(units: Floats, confidence: float) -> tuple[Floats, Floats]:
    """Return one-sided limits of each plan less each other one, shape (plans, plans); infinite of itself."""
    plans = units.shape[1]
    each = 2 * together(confidence, plans - 1) - 1  # two-sided, of which each limit is used by itself
    low, high = np.full((plans, plans), np.inf), np.full((plans, plans), np.inf)
    for plan in range(plans):
        others = np.arange(plans) != plan
        low[plan, others], high[plan, others] = limits(units[:, [plan]] - units[:, others], each)
    return low, high


def _constrained(low: Floats, high: Floats) -> tuple[Floats, Floats, npt.NDArray[np.bool_]]:
    """Return the limits of each plan less the best of the others, and which plans can be the best (Hsu 1984)."""
    most = high.min(axis=1)
    possible = most >= 0
    rivals = np.where(possible & ~np.eye(len(low), dtype=np.bool_), low, np.inf).min(axis=1)
    return np.minimum(0.0, rivals), np.maximum(0.0, most), possible  # without a rival it is ahead
