"""Attribution: how much of what is missing each cause keeps away, alone, together and by fair shares.

Causes overlap: who has too few reps also answers late. Taken away one by one they may bring less, or more, than all
together; the difference is their interaction. The fair share of a cause is its Shapley value (L. S. Shapley, "A value
for n-person games", 1953): what it brings on average over all orders in which the causes could be taken away. The
shares add up to the whole. All of it is computed run by run under the same luck, so every figure has a paired interval.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pandas as pd

from scenarios.diagnosis.plans import STEP, Cause, Plans
from scenarios.pairing import Floats, Interval, Whole, chance_above, mean_interval


@dataclass(frozen=True, slots=True)
class Effect:
    """What a cause keeps away, in the figure's unit.

    Attributes
    ----------
    alone
        Gain with this cause gone and all others as they are.
    last
        Gain with this cause gone too, when all others are gone.
    share
        Its fair share of the whole.
    """

    alone: Interval
    last: Interval
    share: Interval


@dataclass(frozen=True, slots=True)
class Attribution:
    """The split of what is missing.

    Attributes
    ----------
    kpi, baseline, confidence
        The figure, its mean as things are, and the confidence of each interval by itself.
    effects
        Cause → its `Effect`.
    total
        Gain with all causes gone.
    interaction
        The total less the gains alone: below 0 the causes overlap, above 0 they need each other.
    largest
        Cause → how sure it is that its share is the largest: the confidence, one-sided by the paired t test, that it
        exceeds that of the runner-up (for the others: of the leader).
    parts
        Cause → part → gain with the cause gone there only.
    hours
        Team or group of experts → gain per additional hour a week.
    """

    kpi: str
    baseline: float
    confidence: float
    effects: Mapping[Cause, Effect]
    total: Interval
    interaction: Interval
    largest: Mapping[Cause, float]
    parts: Mapping[Cause, Mapping[str, Interval]]
    hours: Mapping[str, Interval]

    def relative(self, interval: Interval) -> float:
        """Return a gain as a share of the baseline; NaN where that is 0."""
        return interval.value / self.baseline if self.baseline else np.nan

    def ranked(self) -> tuple[Cause, ...]:
        """Return the causes, the one with the largest share first."""
        return tuple(sorted(self.effects, key=lambda cause: -self.effects[cause].share.value))

    def ranked_parts(self, cause: Cause) -> tuple[str, ...]:
        """Return the parts of a cause, the one with the largest gain first."""
        gains = self.parts.get(cause, {})
        return tuple(sorted(gains, key=lambda part: -gains[part].value))

    def bottlenecks(self) -> tuple[str, ...]:
        """Return teams and groups of experts, the one whose hour is worth the most first."""
        return tuple(sorted(self.hours, key=lambda who: -self.hours[who].value))


def attribute(
    kpis: pd.DataFrame, kpi: str, plans: Plans, hours: Mapping[str, float], *, confidence: float = 0.95
) -> Attribution:
    """Split what is missing by cause.

    Parameters
    ----------
    kpis
        One row a run under a plan (`scenarios.run.Results.kpis`), under all of the plans.
    kpi
        Column to look at; more of it is better.
    plans
        The plans that were run.
    hours
        Team or group of experts → hours a week (`scenarios.levers.counterfactual.weekly_hours`).
    confidence
        Of each interval by itself.
    """
    runs = _Runs(kpis, kpi, confidence)
    worth = {some: runs.values(plan.name) for some, plan in plans.sets.items()}
    base, everything = worth[frozenset()], worth[frozenset(plans.causes)]
    alone = {cause: worth[frozenset({cause})] - base for cause in plans.causes}
    last = {cause: everything - worth[frozenset(plans.causes) - {cause}] for cause in plans.causes}
    shares = {cause: fair_share(cause, plans.causes, worth) for cause in plans.causes}
    parts: dict[Cause, dict[str, Interval]] = {cause: {} for cause in plans.causes}
    for (cause, part), plan in plans.parts.items():
        parts[cause][part] = runs.interval(runs.values(plan.name) - base)
    return Attribution(
        kpi=kpi,
        baseline=float(base.mean()),
        confidence=confidence,
        effects={cause: Effect(*(runs.interval(of[cause]) for of in (alone, last, shares))) for cause in plans.causes},
        total=runs.interval(everything - base),
        interaction=runs.interval(everything - base - sum(alone.values())),
        largest=_how_sure(shares, runs.draw),
        parts=parts,
        hours={
            who: runs.interval((runs.values(plan.name) - base) / (STEP * hours[who]))
            for who, plan in plans.hours.items()
        },
    )


def fair_share(cause: Cause, causes: Iterable[Cause], worth: Mapping[frozenset[Cause], Floats]) -> Floats:
    """Return the Shapley value of a cause, run by run, given the worth of every set of causes gone."""
    orders = list(permutations(causes))
    before = [frozenset(order[: order.index(cause)]) for order in orders]
    steps = [worth[gone | {cause}] - worth[gone] for gone in before]
    return np.mean(steps, axis=0)


class _Runs:
    """A figure's values run by run, every plan's in the same order."""

    def __init__(self, kpis: pd.DataFrame, kpi: str, confidence: float) -> None:
        table = kpis.pivot_table(index=["draw", "replication"], columns="scenario", values=kpi, dropna=False)
        self._table = table.fillna(0.0)  # a figure without a base, such as the average deal of no deals
        self.draw: Whole = table.index.get_level_values("draw").to_numpy(np.int64)
        self._confidence = confidence

    def values(self, plan: str) -> Floats:
        """Return the values under a plan: shape (runs,)."""
        return self._table[plan].to_numpy(np.float64)

    def interval(self, values: Floats) -> Interval:
        """Return the mean of some values with its interval."""
        return mean_interval(values, self.draw, self._confidence)


def _how_sure(shares: Mapping[Cause, Floats], draw: Whole) -> dict[Cause, float]:
    order = sorted(shares, key=lambda cause: -float(shares[cause].mean()))
    rivals = {cause: order[1] if cause is order[0] else order[0] for cause in order}
    return {cause: chance_above(shares[cause] - shares[rivals[cause]], draw) for cause in order}
