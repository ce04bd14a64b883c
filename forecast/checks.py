"""Predictive checks: whether the models could have made the history that they were fitted to.

The same deals, in the same steps, are sent through the models again: with numbers drawn from what was believed
beforehand, and with numbers drawn from the posterior. What really happened should look like one of the latter
(Gelman, Meng and Stern 1996, "Posterior predictive assessment of model fitness via realized discrepancies"); the former
show how much of the answer is the data's.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.special import expit

from forecast.grouped import Grouped
from forecast.models.transitions import AGE, Block, blocks
from forecast.posterior import Posterior
from forecast.priors import Priors, evidence
from sim.eventlog import Floats

BELIEFS = ("prior", "posterior")
_MOST_DRAWS = 100
_LOW, _HIGH = 0.1, 0.9


def predictive_checks(
    posterior: Posterior, grouped: Grouped, *, priors: Priors | None = None, seed: int = 1
) -> pd.DataFrame:
    """Replay the history's steps under prior and posterior.

    Parameters
    ----------
    posterior, grouped
        A fit, and the very counts that it was fitted to.
    priors
        What was believed beforehand; the evidence that ships with Headrace by default.
    seed
        The dice.

    Returns
    -------
    pandas.DataFrame
        One row a kind (``exit`` or ``advance``), stage and age bucket in which anything could happen: ``kind``,
        ``stage``, ``age``, ``n`` (steps at risk, or exits), ``observed`` share, and for each of `BELIEFS` ``low`` and
        ``high``: 80 % of the shares that are drawn, such as ``prior_low``.
    """
    rng, rows = np.random.default_rng([seed, 3]), []
    chosen = np.linspace(0, posterior.draws - 1, min(_MOST_DRAWS, posterior.draws)).astype(np.int64)
    for block in blocks(grouped, priors or evidence()):
        ages = block.design.codes[[term.name for term in block.design.terms].index(AGE)]
        drawn = {"prior": _from_prior(block, len(chosen), rng), "posterior": _from_posterior(block, posterior, chosen)}
        shares = {belief: _shares(block, ages, log_odds, rng) for belief, log_odds in drawn.items()}
        n, events = (np.bincount(ages, weight) for weight in (block.at_risk, block.events))
        for age in np.flatnonzero(n).tolist():
            ends = {
                f"{belief}_{end}": float(np.quantile(share[:, age], level))
                for belief, share in shares.items()
                for end, level in (("low", _LOW), ("high", _HIGH))
            }
            about = {"kind": block.kind, "stage": block.stage, "age": grouped.grid.ages[age], "n": float(n[age])}
            rows.append({**about, "observed": float(events[age] / n[age]), **ends})
    columns = ["kind", "stage", "age", "n", "observed", *(f"{b}_{end}" for b in BELIEFS for end in ("low", "high"))]
    return pd.DataFrame(rows, columns=columns)


def inside(checks: pd.DataFrame) -> float:
    """Return the share of the observed shares that lie within the posterior's 80 %, weighted by how much was seen."""
    if not len(checks):
        return float("nan")
    held = checks["observed"].between(checks["posterior_low"], checks["posterior_high"])
    return float(np.average(held, weights=np.sqrt(checks["n"])))


def _from_prior(block: Block, draws: int, rng: np.random.Generator) -> Floats:
    """Draw every cell's log odds from the prior: shape (draws, cells)."""
    level = rng.normal(*block.design.level, draws)
    effects = [
        np.abs(rng.normal(0, term.spread.scale, (draws, 1)))
        * rng.standard_normal((draws, term.basis.shape[1]))
        @ term.basis.T
        for term in block.design.terms
    ]
    return _log_odds(block, level, effects)


def _from_posterior(block: Block, posterior: Posterior, chosen: "np.ndarray") -> Floats:
    stage = posterior.names("stage").index(block.stage)
    level = posterior[f"{block.kind}_level"][chosen, stage]
    effects = [posterior[f"{block.kind}_{term.name}"][chosen, stage] for term in block.design.terms]
    return _log_odds(block, level, effects)


def _log_odds(block: Block, level: Floats, effects: Sequence[Floats]) -> Floats:
    total = np.repeat(level[:, None], len(block.events), axis=1)
    for effect, codes in zip(effects, block.design.codes, strict=True):
        total += effect[:, codes]
    return total


def _shares(block: Block, ages: "np.ndarray", log_odds: Floats, rng: np.random.Generator) -> Floats:
    """Draw events and return their share of what was at risk by age: shape (draws, ages)."""
    events = rng.binomial(block.at_risk.astype(np.int64), expit(log_odds))
    size = int(ages.max(initial=-1)) + 1
    n = np.maximum(np.bincount(ages, block.at_risk, size), 1.0)
    return np.stack([np.bincount(ages, row, size) / n for row in events])
