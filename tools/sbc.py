"""Simulation-based calibration: whether the posterior is as wide as it says.

    python tools/sbc.py 200 docs/simulation-based-calibration.csv [--nuts 10]

Draws the truth from the prior, data from the truth, fits, and ranks the truth among the draws: for exits out of steps
at risk, for arrivals, and for amounts (efforts are of the same kind). If the fit is right
the ranks are uniform (Talts, Betancourt, Simpson, Vehtari and Gelman 2018, "Validating Bayesian inference algorithms
with simulation-based calibration"). A chi-square test on ten bins is made for every hyperparameter, for effects, and
for what a forecast is for: the exits of a cohort, and the chance that they reach a target.
"""

import os
import sys

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from collections.abc import Callable, Mapping, Sequence  # noqa: E402 - threads are set before NumPy is loaded
from dataclasses import dataclass  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from scipy.special import expit  # noqa: E402
from scipy.stats import chi2  # noqa: E402

from forecast.laplace import (  # noqa: E402
    Design,
    Spread,
    Term,
    approximate,
    binomial,
    negative_binomial,
    walk_basis,
    zero_sum_basis,
)
from forecast.models.amounts import beliefs  # noqa: E402
from forecast.models.cells import sample_cells  # noqa: E402
from forecast.models.transitions import Block, build, given  # noqa: E402
from forecast.priors import evidence  # noqa: E402

BINS, DRAWS = 10, 199

type Draws = Mapping[str, np.ndarray]
"""Quantity → draws, shape (draws,) each."""
type Truth = tuple[Mapping[str, float], tuple[np.ndarray, ...]]
"""What is true of each quantity, and the data that came of it."""


@dataclass(frozen=True)
class Case:
    """A model: how a truth and data are drawn from its prior, and how it is fitted to data with a seed."""

    truth: Callable[[np.random.Generator], Truth]
    fit: Callable[[tuple[np.ndarray, ...], int], Draws]


# transitions: exits out of steps at risk

AGES, PERIODS, NAMES, COHORT = 5, 4, 6, 200
TERMS = (
    Term("age", walk_basis(AGES), Spread(0.5)),
    Term("shock", np.eye(PERIODS), Spread(0.2)),
    Term("name", zero_sum_basis(NAMES), Spread(0.4)),
)
AXES = [axis.ravel() for axis in np.meshgrid(*(np.arange(n) for n in (AGES, PERIODS, NAMES)), indexing="ij")]
DESIGN = Design(TERMS, AXES, (-1.0, 1.0))


def exits_ranked(level: np.ndarray, effects: Sequence[np.ndarray], spreads: np.ndarray) -> dict[str, np.ndarray]:
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


def exits_truth(rng: np.random.Generator) -> Truth:
    """Draw unknowns from the prior, and events and exposures from them."""
    level, effects, spreads = _unknowns(DESIGN, rng)
    eta = level + sum(effect[code] for effect, code in zip(effects, AXES, strict=True))
    at_risk = rng.integers(2, 30, len(AXES[0])) * 1.0
    events = rng.binomial(at_risk.astype(np.int64), expit(eta)) * 1.0
    return _first(exits_ranked(np.array([level]), [each[None, :] for each in effects], spreads[None, :])), (
        events,
        at_risk,
    )


def exits_by_laplace(data: tuple[np.ndarray, ...], seed: int) -> Draws:
    """Fit by the fast approximation."""
    done = approximate(DESIGN, binomial(*data), draws=DRAWS, rng=np.random.default_rng([seed, 9]))
    return exits_ranked(done.level, done.effects, done.spreads)


def exits_by_nuts() -> Callable[[tuple[np.ndarray, ...], int], Draws]:
    """Return a fit by NUTS that compiles once."""
    from forecast.nuts import Sampler  # noqa: PLC0415 - loading it takes seconds

    zeros = np.zeros(len(AXES[0]))
    sampler = Sampler(build(Block("exit", "sbc", DESIGN, zeros, zeros)))

    def fit(data: tuple[np.ndarray, ...], seed: int) -> Draws:
        values = sampler.sample(seed=seed, draws=500, tune=600, data=given(Block("exit", "sbc", DESIGN, *data))).values
        thin = np.linspace(0, len(values["level"]) - 1, DRAWS).astype(np.int64)
        effects = [values[f"effect_{term.name}"][thin] for term in TERMS]
        spreads = np.stack([values[f"spread_{term.name}"][thin] for term in TERMS], axis=1)
        return exits_ranked(values["level"][thin], effects, spreads)

    return fit


# arrivals: leads by week and channel

WEEKS, CHANNELS = 26, 3
COMING = (
    Term("channel", zero_sum_basis(CHANNELS), Spread(1.0)),
    Term("week", walk_basis(WEEKS), Spread(0.1)),
)
WEEK, CHANNEL = (axis.ravel() for axis in np.indices((WEEKS, CHANNELS)))
ARRIVING, DISPERSION = Design(COMING, [CHANNEL, WEEK], (2.3, 1.0)), Spread(0.3)


def leads_ranked(
    level: np.ndarray, effects: Sequence[np.ndarray], spreads: np.ndarray, dispersion: np.ndarray
) -> dict[str, np.ndarray]:
    """Return what is ranked, for draws of the unknowns."""
    now = level + effects[0][:, 0] + effects[1][:, -1]
    found = {f"spread of {term.name}": spreads[:, k] for k, term in enumerate(COMING)}
    return found | {"level": level, "dispersion": dispersion, "leads of the first channel now": np.exp(now)}


def leads_truth(rng: np.random.Generator) -> Truth:
    """Draw unknowns from the prior, and a history of leads from them."""
    level, effects, spreads = _unknowns(ARRIVING, rng)
    dispersion = max(abs(rng.normal(0, DISPERSION.scale)), 1e-3)
    mean = np.exp(level + effects[0][CHANNEL] + effects[1][WEEK])
    counts = rng.poisson(mean * rng.gamma(1 / dispersion, dispersion, len(mean))) * 1.0
    unknowns = (np.array([level]), [each[None, :] for each in effects], spreads[None, :], np.array([dispersion]))
    return _first(leads_ranked(*unknowns)), (counts,)


def leads_by_laplace(data: tuple[np.ndarray, ...], seed: int) -> Draws:
    """Fit by the fast approximation."""
    rng = np.random.default_rng([seed, 9])
    done = approximate(ARRIVING, negative_binomial(*data), draws=DRAWS, rng=rng, more=[DISPERSION])
    return leads_ranked(done.level, done.effects, done.spreads, np.exp(done.more[:, 0]))


# amounts, and efforts: lognormal cells

GROUPS = 6
AMOUNTS = beliefs(evidence())


def amounts_truth(rng: np.random.Generator) -> Truth:
    """Draw cells from the prior, and what a history tells of them."""
    level, group = rng.normal(AMOUNTS.level.value, AMOUNTS.level.spread), abs(rng.normal(0, AMOUNTS.group.spread))
    typical = rng.exponential(AMOUNTS.typical.value**2)
    variance = AMOUNTS.freedom * typical / rng.chisquare(AMOUNTS.freedom, GROUPS)
    mean = rng.normal(level, group, GROUPS)
    seen = [rng.normal(m, v**0.5, n) for m, v, n in zip(mean, variance, rng.integers(0, 30, GROUPS), strict=True)]
    true = {"level": level, "group spread": group, "typical spread": typical**0.5}
    true |= {"mean of a cell": mean[0], "spread of a cell": variance[0] ** 0.5}
    sums = (np.array([each.sum() for each in part]) for part in (seen, [each**2 for each in seen]))
    return true, (np.array([len(each) * 1.0 for each in seen]), *sums)


def amounts_by_gibbs(data: tuple[np.ndarray, ...], seed: int) -> Draws:
    """Fit by Gibbs sampling, every tenth draw kept."""
    found = sample_cells(*data, AMOUNTS, 10 * DRAWS, np.random.default_rng([seed, 9]))
    draws = {"level": found.level, "group spread": found.group, "typical spread": found.typical}
    draws |= {"mean of a cell": found.mean[:, 0], "spread of a cell": found.spread[:, 0]}
    return {name: values[::10] for name, values in draws.items()}


CASES = {
    "exits": Case(exits_truth, exits_by_laplace),
    "leads": Case(leads_truth, leads_by_laplace),
    "amounts": Case(amounts_truth, amounts_by_gibbs),
}


def _unknowns(design: Design, rng: np.random.Generator) -> tuple[float, list[np.ndarray], np.ndarray]:
    """Draw level, effects and spreads from a design's prior."""
    spreads = np.array([abs(rng.normal(0, term.spread.scale)) for term in design.terms])
    effects = [
        term.basis @ rng.normal(0, sd, term.basis.shape[1]) for term, sd in zip(design.terms, spreads, strict=True)
    ]
    return rng.normal(*design.level), effects, spreads


def _first(draws: Draws) -> dict[str, float]:
    return {name: float(values[0]) for name, values in draws.items()}


def ranks(n: int, case: Case, seed: int = 1) -> pd.DataFrame:
    """Return the rank of the truth among the draws by data set and quantity: 0 to `DRAWS`."""
    rows = []
    for number in range(n):
        rng = np.random.default_rng([seed, number])
        true, data = case.truth(rng)
        draws = case.fit(data, number)
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
    found = [uniformity(ranks(n, case)).assign(model=name, method="fast", n=n) for name, case in CASES.items()]
    if "--nuts" in sys.argv:
        few = int(sys.argv[sys.argv.index("--nuts") + 1])
        reference = Case(exits_truth, exits_by_nuts())
        found.append(uniformity(ranks(few, reference)).assign(model="exits", method="nuts", n=few))
    table = pd.concat(found, ignore_index=True)
    table.round(4).to_csv(place, index=False)
    print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
