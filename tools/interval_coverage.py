"""Do intervals and procedures keep their word? Measured on made-up problems whose truth is known.

    python tools/interval_coverage.py docs/interval-coverage.csv

For each distribution of paired differences: how often the 95 % interval of a fixed number of runs covers the truth, how
often that of Student's t does, and how often the interval does where runs were added until it was short enough; and
how many runs that took. ``runs`` is the number of runs, or the number that would do if the spread were known.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from scenarios.pairing import Floats, limits
from scenarios.precision import Precision

PROBLEMS, MOST, LEVEL, NORMAL = 2000, 800, 0.95, 1.96
RUNS = (15, 30, 60, 120, 250)

type Sample = Callable[[np.random.Generator, tuple[int, int]], Floats]

DIFFERENCES: Mapping[str, tuple[Sample, float]] = {
    "normal": (lambda dice, shape: dice.standard_normal(shape), 1.0),
    "exponential": (lambda dice, shape: dice.exponential(1.0, shape) - 1.0, 1.0),
    "gamma, shape 1/2": (lambda dice, shape: dice.gamma(0.5, 1.0, shape) - 0.5, float(np.sqrt(0.5))),
    "lognormal, sigma 1": (
        lambda dice, shape: dice.lognormal(0.0, 1.0, shape) - np.exp(0.5),
        float(np.sqrt((np.e - 1) * np.e)),
    ),
    "normal in a fifth of the runs": (
        lambda dice, shape: np.where(dice.random(shape) < 0.2, dice.standard_normal(shape), 0.0),
        float(np.sqrt(0.2)),
    ),
}
"""Name → a sample with mean 0, and its standard deviation."""


def covers(values: Floats) -> Floats:
    """Return for each column whether its interval covers 0."""
    low, high = limits(values, LEVEL)
    return (low <= 0) & (high >= 0)


def straight(values: Floats) -> Floats:
    """Return for each column whether Student's interval covers 0."""
    half = stdtrit(len(values) - 1, (1 + LEVEL) / 2) * values.std(axis=0, ddof=1) / np.sqrt(len(values))
    return np.abs(values.mean(axis=0)) <= half


def stopped(values: Floats, half_width: float) -> tuple[Floats, Floats]:
    """Add runs to each column until its interval is short enough; return whether it covers 0, and the runs."""
    hit, runs = np.zeros(values.shape[1], np.bool_), np.zeros(values.shape[1], np.int64)
    for end in Precision(kpi="bookings", absolute=half_width, most_replications=MOST).ends(1):
        going = np.flatnonzero(runs == 0)
        part = values[:end, going]
        low, high = limits(part, LEVEL)
        mean = part.mean(axis=0)
        done = (np.maximum(high - mean, mean - low) <= half_width) | (end == MOST)
        hit[going[done]] = ((low <= 0) & (high >= 0))[done]
        runs[going[done]] = end
    return hit, runs


def kept_words(sample: Callable[[tuple[int, int]], Floats], sd: float, runs: int) -> dict[str, float]:
    """Return how often intervals cover 0, the mean of what is sampled, and the runs of those that were stopped."""
    fixed, long = sample((runs, 4 * PROBLEMS)), sample((MOST, PROBLEMS))
    hit, spent = stopped(long, NORMAL * sd / np.sqrt(runs))
    return {
        "fixed": covers(fixed).mean(),
        "student": straight(fixed).mean(),
        "stopped": hit.mean(),
        "runs when stopped": spent.mean(),
    }


def row(name: str, runs: int) -> dict[str, object]:
    """Measure one distribution at one number of runs."""
    sample, sd = DIFFERENCES[name]
    dice = np.random.default_rng([runs, len(name)])
    return {"differences": name, "runs": runs, **kept_words(lambda shape: sample(dice, shape), sd, runs)}


def main() -> None:
    """Measure, store the table and print it."""
    table = pd.DataFrame([row(name, runs) for name in DIFFERENCES for runs in RUNS])
    table.round(4).to_csv(Path(sys.argv[1]), index=False)
    print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
