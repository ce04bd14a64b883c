"""Where a procedure's values come from, and what it says in the end."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from scenarios.pairing import Floats, Whole

type Ask = Mapping[int, range]
"""Plan, by its place → the replications that are wanted of it."""

type Source = Callable[[Ask], Mapping[int, Floats]]
"""Answers with the values of each plan that was asked for, in the order of its replications.

Values of one replication may share their luck between plans; those of different replications are independent. An equal
question gets an equal answer, whoever does the work.
"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a procedure found; the arrays have an entry a plan.

    Attributes
    ----------
    best
        Place of the plan that is chosen.
    left
        Places of those that were never put out; only ``best`` where the procedure came to its end.
    runs
        Replications of each plan.
    difference
        Mean difference to the chosen plan over the replications of both, in the figure's unit; 0 of itself.
    zone
        Difference not worth detecting, in the figure's unit; NaN where there is none.
    """

    best: int
    left: tuple[int, ...]
    runs: Whole
    difference: Floats
    zone: float = np.nan

    @property
    def decided(self) -> bool:
        """Whether one plan is left, so that the procedure's promise holds."""
        return len(self.left) == 1


class Samples:
    """What has been asked of a source so far, with the sign turned so that more is always better."""

    def __init__(self, source: Source, plans: int, *, larger: bool) -> None:
        self._source = source
        self._sign = 1.0 if larger else -1.0
        self.values: list[Floats] = [np.empty(0) for _ in range(plans)]

    @property
    def runs(self) -> Whole:
        """Replications of each plan so far."""
        return np.array([len(values) for values in self.values], np.int64)

    def grow(self, ends: Mapping[int, int]) -> None:
        """Ask for what is missing until each plan named has as many replications as it says."""
        ask = {plan: range(len(self.values[plan]), end) for plan, end in ends.items() if end > len(self.values[plan])}
        for plan, values in self._source(ask).items() if ask else ():
            self.values[plan] = np.concatenate([self.values[plan], self._sign * values])

    def matrix(self, plans: Iterable[int]) -> Floats:
        """Return the values of plans with equally many replications, shape (replications, plans)."""
        return np.stack([self.values[plan] for plan in plans], axis=1)

    def differences(self, reference: int) -> Floats:
        """Return each plan's mean difference to the reference over the replications of both, more being better."""
        return np.array([self.gain(plan, reference).mean() for plan in range(len(self.values))])

    def gain(self, plan: int, reference: int) -> Floats:
        """Return a plan's paired differences to another one."""
        ours, theirs = self.values[plan], self.values[reference]
        shared = min(len(ours), len(theirs))
        return ours[:shared] - theirs[:shared]

    def chosen(self, best: int, left: Iterable[int], zone: float = np.nan) -> Chosen:
        """Say what was found."""
        return Chosen(best, tuple(left), self.runs, self._sign * self.differences(best) + 0.0, zone)
