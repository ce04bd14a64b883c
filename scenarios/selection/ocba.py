"""Optimal computing budget allocation: a fixed number of runs, given to where they tell the best plan from the others.

Equal shares waste runs on plans that are clearly behind. Here a plan gets the more runs the nearer it is to the best
looking one, and the more their difference varies: n ∝ (spread / distance)². It promises nothing, but for the same runs
it errs less often than equal shares do. Chen, Lin, Yücesan and Chick 2000, "Simulation budget allocation for further
enhancing the efficiency of ordinal optimization", Discrete Event Dynamic Systems 10(3).

Plans that share their luck are told apart by paired differences, so there the spread is that of the difference to the
best looking plan, which has to be run as often as the most often run of the others (Fu, Hu, Chen and Xiong 2007,
"Simulation allocation for determining the best design in the presence of correlated sampling", INFORMS Journal on
Computing 19(1)).
"""

from dataclasses import dataclass

import numpy as np

from scenarios.pairing import Floats, Whole
from scenarios.selection.source import Chosen, Samples, Source
from sim.errors import require

FEWEST = 5
"""Replications of every plan to begin with, below which its spread is a guess."""
_NEAREST = 1e-3
"""Distance, in standard deviations, below which two plans count as no nearer to each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Select the best plan with so many runs in all.

    Attributes
    ----------
    runs
        Of all plans together.
    first
        Replications of every plan to begin with.
    step
        Runs that are given out at a time, after which the shares are reckoned anew.
    paired
        Whether plans share their luck, as they always do in the simulator.
    """

    runs: int
    first: int = 10
    step: int = 20
    paired: bool = True

    def __post_init__(self) -> None:
        """Refuse a budget that can't be given out."""
        require(self.first >= FEWEST, f"selection: every plan begins with {FEWEST} runs or more, got {self.first}")
        require(self.step >= 1, f"selection: step must be 1 or more, got {self.step}")

    @property
    def most(self) -> int:
        """Replications that no plan can exceed."""
        return self.runs

    def choose(self, source: Source, plans: int, *, larger: bool = True) -> Chosen:
        """Run the procedure on some plans, numbered from 0; more is better unless ``larger`` is False."""
        least = plans * self.first
        enough = self.runs >= least
        require(enough, f"selection: {plans} plans need {least} runs to begin with, got a budget of {self.runs}")
        samples = Samples(source, plans, larger=larger)
        samples.grow(dict.fromkeys(range(plans), self.first))
        while (left := self.runs - int(samples.runs.sum())) > 0 and plans > 1:
            total = int(samples.runs.sum()) + min(self.step, left)
            samples.grow(dict(enumerate(granted(self._shares(samples), samples.runs, total).tolist())))
        best = int(np.argmax(self._levels(samples)))
        return samples.chosen(best, (best,))

    def _levels(self, samples: Samples) -> Floats:
        """Return what to rank plans by: where luck is shared, differences to the plan that was run most often."""
        if self.paired:
            return samples.differences(int(np.argmax(samples.runs)))
        return np.array([values.mean() for values in samples.values])

    def _shares(self, samples: Samples) -> Floats:
        level = self._levels(samples)
        best = int(np.argmax(level))
        if self.paired:
            spread = np.array([samples.gain(plan, best).std(ddof=1) for plan in range(len(level))])
            return paired_shares(level, spread, best)
        return independent_shares(level, np.array([values.std(ddof=1) for values in samples.values]), best)


def independent_shares(mean: Floats, sd: Floats, best: int) -> Floats:
    """Return the shares of a budget among plans with independent luck, shape (plans,) (Chen et al. 2000, theorem 1)."""
    weight = _weights(mean, sd, best)
    with np.errstate(divide="ignore", invalid="ignore"):
        others = np.where(sd > 0, (weight / sd) ** 2, 0.0)
    weight[best] = sd[best] * np.sqrt(others.sum())
    return _as_shares(weight)


def paired_shares(mean: Floats, sd: Floats, best: int) -> Floats:
    """Return the shares of a budget among plans that share their luck; ``sd`` is of the differences to the best one."""
    weight = _weights(mean, sd, best)
    weight[best] = weight.max()
    return _as_shares(weight)


def granted(shares: Floats, runs: Whole, total: int) -> Whole:
    """Return how many runs each plan has afterwards: as near to the shares of a total as what is done allows.

    Plans that have more than their share already get none; the others share what is left in proportion.
    """
    open_ = np.ones(len(runs), np.bool_)
    target = runs.astype(np.float64)
    while True:
        room = total - runs[~open_].sum()
        target[open_] = room * shares[open_] / max(shares[open_].sum(), np.finfo(np.float64).tiny)
        over = open_ & (target < runs)
        if not over.any():
            break
        open_ &= ~over
        target[over] = runs[over]
    whole = np.maximum(runs, np.floor(target).astype(np.int64))
    rest = total - int(whole.sum())
    whole[np.argsort(-(target - whole), kind="stable")[:rest]] += 1
    return whole


def _weights(mean: Floats, sd: Floats, best: int) -> Floats:
    distance = np.maximum(mean[best] - mean, _NEAREST * sd)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(sd > 0, (sd / distance) ** 2, 0.0)
    weight[best] = 0.0
    return weight


def _as_shares(weight: Floats) -> Floats:
    total = weight.sum()
    return weight / total if total > 0 else np.full(len(weight), 1 / len(weight))
