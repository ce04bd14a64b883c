"""Kim and Nelson's procedure: all plans start, and a plan is put out as soon as another one leads it by enough.

The promise: if the best plan leads every other one by the indifference zone or more, it is chosen with the stated
confidence, however plans share their luck and however differently they vary, as far as means are normal. If several
plans lie within the zone of the best, one of them is as good as another to whoever chose the zone.

How far a plan may lie behind shrinks as replications come in, down to nothing; how fast depends on how much the
*paired* difference of two plans varied in the first round, so shared luck saves runs. Kim and Nelson 2001, "A fully
sequential procedure for indifference-zone selection in simulation", ACM TOMACS 11(3), with c = 1 and the error divided
among the plans that the best one leads (Bonferroni), which needs no independence. They look after each replication;
here the looks come at the ends of rounds, because then the work of a round can be shared out. Looking more rarely errs
no more often (Jennison, Johnstone and Turnbull 1982, "Asymptotically optimal procedures for sequential adaptive
selection of the best of several normal means", Statistical Decision Theory and Related Topics III).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil

import numpy as np

from scenarios.pairing import Floats
from scenarios.selection.source import Chosen, Samples, Source
from sim.errors import require

FEWEST = 10
"""Replications below which a first round says too little about how much differences vary."""
_GROWTH = 1.25
"""Each look comes after so many times the replications of the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KimNelson:
    """Select the best plan with a guarantee.

    Attributes
    ----------
    relative
        The indifference zone as a share of the first plan's mean over the first round; None if it is given absolute.
    absolute
        The indifference zone in the figure's unit; None if it is given relative.
    confidence
        With which the best plan is chosen if it leads by the zone or more.
    first
        Replications of every plan before the first look; they alone say how much differences vary.
    most
        Replications of a plan beyond which the procedure gives up, undecided.
    """

    relative: float | None = 0.01
    absolute: float | None = None
    confidence: float = 0.95
    first: int = 20
    most: int = 2000

    def __post_init__(self) -> None:
        """Refuse what promises nothing."""
        one = (self.absolute is None) != (self.relative is None)
        require(one, "selection: give the indifference zone as absolute or as relative, and only as one of them")
        zone = self.absolute if self.relative is None else self.relative
        require(zone is not None and zone > 0, f"selection: the indifference zone must be above 0, got {zone}")
        require(0.5 < self.confidence < 1, f"selection: confidence must be in (0.5, 1), got {self.confidence:g}")
        enough = FEWEST <= self.first <= self.most
        require(enough, f"selection: the first round must have {FEWEST} to {self.most} replications, got {self.first}")

    def choose(self, source: Source, plans: int, *, larger: bool = True) -> Chosen:
        """Run the procedure on some plans, numbered from 0; more is better unless ``larger`` is False."""
        samples = Samples(source, plans, larger=larger)
        left = list(range(plans))
        samples.grow(dict.fromkeys(left, self.first))
        zone = self._zone(float(samples.values[0].mean()))
        reach = self._reach(samples.matrix(left), zone)
        for end in self._looks():
            samples.grow(dict.fromkeys(left, end))
            left = _survivors(left, samples, reach / end - zone / 2)
            if len(left) == 1:
                break
        best = left[int(np.argmax(samples.matrix(left).mean(axis=0)))]
        return samples.chosen(best, left, zone)

    def _zone(self, mean: float) -> float:
        zone = self.absolute if self.relative is None else self.relative * abs(mean)
        fix = "give the indifference zone in its unit"
        require(bool(zone), f"selection: the first plan's mean is 0, so a share of it is no zone; {fix}")
        return zone or 0.0

    def _reach(self, first_round: Floats, zone: float) -> Floats:
        """Return h²S²/(2δ) of each pair, from which the distance that a plan may lie behind follows."""
        freedom, plans = len(first_round) - 1, first_round.shape[1]
        eta = ((2 * (1 - self.confidence) / max(1, plans - 1)) ** (-2 / freedom) - 1) / 2
        gains = first_round[:, :, None] - first_round[:, None, :]
        return np.asarray(2 * eta * freedom * gains.var(axis=0, ddof=1) / (2 * zone))

    def _looks(self) -> Iterator[int]:
        end = self.first
        while end < self.most:
            yield end
            end = ceil(_GROWTH * end)
        yield self.most


def _survivors(left: list[int], samples: Samples, behind: Floats) -> list[int]:
    """Return the plans that lie behind no other one by more than they may; a tie that is decided goes to the first."""
    mean = samples.matrix(left).mean(axis=0)
    gap = mean[:, None] - mean[None, :]
    may = np.maximum(0.0, behind[np.ix_(left, left)])
    later = np.arange(len(left))[:, None] > np.arange(len(left))[None, :]
    out = (gap < -may) | ((may == 0) & (gap == 0) & later)
    return [plan for plan, gone in zip(left, out.any(axis=1), strict=True) if not gone]
