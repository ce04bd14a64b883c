"""What moves the odds.

Logistic regression with a normal prior on the effects, so that rare names don't get wild ones.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np

from sim.distributions import Floats


@dataclass(frozen=True)
class Odds:
    """Posterior mode, shape (features,), and its normal approximation's covariance, shape (features, features)."""

    effect: Floats
    covariance: Floats

    @property
    def error(self) -> Floats:
        """Standard errors: shape (features,)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)), np.float64)

    def against_average(self, group: slice, shares: Floats) -> Self:
        """Measure a group of effects against their average, which the first feature (the intercept) takes over.

        ``shares`` are the group's shares among the observations, shape (effects of the group,). What the data say of
        the group is the differences between its effects; their common level is the intercept's.
        """
        change = np.eye(len(self.effect))
        change[group, group] -= shares
        change[0, group] += shares
        return type(self)(change @ self.effect, change @ self.covariance @ change.T)


def fit_odds(features: Floats, outcome: Floats, spread: Floats) -> Odds:
    """Fit log odds = features · effect by penalised maximum likelihood.

    Parameters
    ----------
    features
        Shape (n, features).
    outcome
        Shares in [0, 1] (1 and 0, or the chance of either where it isn't known yet), shape (n,).
    spread
        Standard deviation of the normal prior with mean 0 on each effect, shape (features,); inf for none.

    Notes
    -----
    Newton's method, which for this concave function converges from 0; steps are halved while they don't climb.
    """
    penalty = np.where(np.isinf(spread), 1e-9, 1.0 / np.square(spread))
    effect = np.zeros(features.shape[1])
    height = _height(features, outcome, penalty, effect)
    for _ in range(100):
        chance = 1 / (1 + np.exp(-features @ effect))
        slope = features.T @ (outcome - chance) - penalty * effect
        bend = (features.T * (chance * (1 - chance))) @ features + np.diag(penalty)
        step = np.linalg.solve(bend, slope)
        effect, height, moved = _climb(features, outcome, penalty, effect, step, height)
        if moved < 1e-9:
            break
    chance = 1 / (1 + np.exp(-features @ effect))
    bend = (features.T * (chance * (1 - chance))) @ features + np.diag(penalty)
    return Odds(effect, np.linalg.inv(bend))


def _height(features: Floats, outcome: Floats, penalty: Floats, effect: Floats) -> float:
    line = features @ effect
    return float(outcome @ line - np.logaddexp(0, line).sum() - penalty @ np.square(effect) / 2)


def _climb(
    features: Floats, outcome: Floats, penalty: Floats, effect: Floats, step: Floats, height: float
) -> tuple[Floats, float, float]:
    for _ in range(30):
        higher = _height(features, outcome, penalty, effect + step)
        if higher >= height:
            return effect + step, higher, float(np.abs(step).max())
        step = step / 2
    return effect, height, 0.0
