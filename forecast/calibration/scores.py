"""The score of a lead as a normal number: 50 is 0, 84 is about 1, so that effects are per standard deviation."""

import numpy as np
from scipy.special import ndtri

from sim.distributions import Floats

_MIDDLE = 50.0
_CLIP = (0.5, 99.5)
"""Scores beyond count as these: a score of 0 or 100 is rounded, not infinitely bad or good."""


def are_known(score: Floats) -> bool:
    """Say whether more than half of the leads have a score."""
    return bool(np.isfinite(score).mean() > 0.5) if len(score) else False


def normal_score(score: Floats) -> Floats:
    """Return scores in [0, 100] as standard normal numbers, unknown ones as 0: same shape."""
    known = np.where(np.isfinite(score), score, _MIDDLE)
    return np.asarray(ndtri(np.clip(known, *_CLIP) / 100.0), np.float64)
