"""Simulation-based calibration: whether the posterior is as wide as it says.

    python tools/sbc.py 200 docs/simulation-based-calibration.csv [--nuts 10]

Draws the truth from the prior, counts from the truth, fits, and ranks the truth among the draws. If the fit is right
the ranks are uniform (Talts, Betancourt, Simpson, Vehtari and Gelman 2018, "Validating Bayesian inference algorithms
with simulation-based calibration"). A chi-square test on ten bins is made for every hyperparameter, for effects, and
for what a forecast is for: the exits of a cohort, and the chance that they reach a target.
"""

import os
import sys

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from collections.abc import Callable, Mapping  # noqa: E402 - threads are set before NumPy is loaded
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from scipy.special import expit  # noqa: E402
from scipy.stats import chi2  # noqa: E402

from forecast.laplace import Design, Spread, Term, approximate, binomial, walk_basis, zero_sum_basis  # noqa: E402
from forecast.models.transitions import Block, build  # noqa: E402

BINS, DRAWS = 10, 199
AGES, PERIODS, NAMES, COHORT = 5, 4, 6, 200
TERMS = (
    Term("age", walk_basis(AGES), Spread(0.5)),
    Term("shock", np.eye(PERIODS), Spread(0.2)),
    Term("name", zero_sum_basis(NAMES), Spread(0.4)),
)
AXES = [axis.ravel() for axis in np.meshgrid(*(np.arange(n) for n in (AGES, PERIODS, NAMES)), indexing="ij")]
DESIGN = Design(TERMS, AXES, (-1.0, 1.0))

type Fit = Callable[[np.ndarray, np.ndarray, int], Mapping[str, np.ndarray]]
"""Events, exposures and seed in; draws of each quantity out, shape (draws,) each."""


def quantities(level: np.ndarray, effects: list[np.ndarray], spreads: np.ndarray) -> dict[str, np.ndarray]:
    """Return what is ranked, for draws of the unknowns."""
    eta = level[:, None] + effects[0][:, :3] + effects[1][:, -1:]
    chance = expit(eta)
    # of a cohort of the first name: who has left after three steps, in a period like the last
    gone = 1 - np.prod(1 - expit(eta + effects[2][:, :1]), axis=1)
    found = {f"spread of {term.name}": spreads[:, k] for k, term in enumerate(TERMS)}
    found |= {"level": level, "effect of a name": effects[2][:, 0], "hazard at age 0": chance[:, 0]}
    target = 0.5 * COHORT
    deviation = np.sqrt(np.maximum(COHORT * gone * (1 - gone), 1e-9))
    reach = expit(1.7 * (COHORT * gone - target) / deviation)
    return found | {"exits of a cohort": COHORT * gone, "chance to reach a target": reach}


def by_laplace(events: np.ndarray, at_risk: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Fit by the fast approximation."""
    rng = np.random.default_rng([seed, 9])
    done = approximate(DESIGN, binomial(events, at_risk), draws=DRAWS, rng=rng)
    return quantities(done.level, list(done.effects), done.spreads)


def by_nuts() -> Fit:
    """Return a fit by NUTS that compiles once."""
    from forecast.nuts import Sampler  # noqa: PLC0415 - loading it takes seconds

    zeros = np.zeros(len(AXES[0]))
    sampler = Sampler(build(Block("exit", "sbc", DESIGN, zeros, zeros)))

    def fit(events: np.ndarray, at_risk: np.ndarray, seed: int) -> dict[str, np.ndarray]:
        values = sampler.sample(seed=seed, draws=500, tune=600, data={"events": events, "at_risk": at_risk}).values
        thin = np.linspace(0, len(values["level"]) - 1, DRAWS).astype(np.int64)
        effects = [values[f"effect_{term.name}"][thin] for term in TERMS]
        spreads = np.stack([values[f"spread_{term.name}"][thin] for term in TERMS], axis=1)
        return quantities(values["level"][thin], effects, spreads)

    return fit


def truth(rng: np.random.Generator) -> tuple[dict[str, float], np.ndarray, np.ndarray]:
    """Draw unknowns from the prior, and counts from them: the quantities, events and exposures."""
    spreads = np.array([abs(rng.normal(0, term.spread.scale)) for term in TERMS])
    effects = [term.basis @ rng.normal(0, sd, term.basis.shape[1]) for term, sd in zip(TERMS, spreads, strict=True)]
    level = rng.normal(*DESIGN.level)
    eta = level + sum(effect[code] for effect, code in zip(effects, AXES, strict=True))
    at_risk = rng.integers(2, 30, len(AXES[0])) * 1.0
    events = rng.binomial(at_risk.astype(np.int64), expit(eta)) * 1.0
    named = quantities(np.array([level]), [effect[None, :] for effect in effects], spreads[None, :])
    return {name: float(values[0]) for name, values in named.items()}, events, at_risk


def ranks(n: int, fit: Fit, seed: int = 1) -> pd.DataFrame:
    """Return the rank of the truth among the draws by data set and quantity: 0 to `DRAWS`."""
    rows = []
    for number in range(n):
        rng = np.random.default_rng([seed, number])
        true, events, at_risk = truth(rng)
        draws = fit(events, at_risk, number)
        rows.append({name: _rank(draws[name], value, rng) for name, value in true.items()})
    return pd.DataFrame(rows)


def _rank(draws: np.ndarray, value: float, rng: np.random.Generator) -> int:
    """Return how many draws lie below the truth, ties split by chance: a chance of 1 can be met exactly."""
    return int((draws < value).sum() + rng.integers(0, (draws == value).sum() + 1))


def uniformity(table: pd.DataFrame) -> pd.DataFrame:
    """Test each quantity's ranks for uniformity: counts by bin, chi-square and its p-value."""
    rows = []
    for name in table:
        counts = np.bincount(table[name] * BINS // (DRAWS + 1), minlength=BINS)
        expected = len(table) / BINS
        statistic = float(((counts - expected) ** 2 / expected).sum())
        bins = {f"bin {k + 1}": int(count) for k, count in enumerate(counts)}
        rows.append({"quantity": name, **bins, "chi-square": statistic, "p": float(chi2.sf(statistic, BINS - 1))})
    return pd.DataFrame(rows)


def main() -> None:
    """Run it, store the table and print it."""
    n, place = int(sys.argv[1]), Path(sys.argv[2])
    found = [uniformity(ranks(n, by_laplace)).assign(method="laplace", n=n)]
    if "--nuts" in sys.argv:
        few = int(sys.argv[sys.argv.index("--nuts") + 1])
        found.append(uniformity(ranks(few, by_nuts())).assign(method="nuts", n=few))
    table = pd.concat(found, ignore_index=True)
    table.round(4).to_csv(place, index=False)
    print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
