"""When is it enough? Replications are added until luck blurs a difference by no more than was asked for.

The look at the data comes only at the ends of rounds that are fixed beforehand, each a quarter as long as all before
it, so there are few looks. That matters: whoever stops as soon as an interval happens to be short gets intervals that
are too short (Law 2015, "Simulation modeling and analysis", 9.4.1, obtaining a specified precision), and the more so
where differences are skewed, because a sample without the rare large values is both too narrow and off to one side.
Hence the first look comes after thirty runs, and what must be short enough is the longer half of an interval that
leans with the skewness (`scenarios.pairing`). Such a 95 % interval then covers 93 to 97 % of the time, whether
differences are normal or as skewed as an exponential distribution; docs/statistics.md has the table, and where it falls
short.
"""

from dataclasses import dataclass
from itertools import accumulate, repeat, takewhile
from math import ceil

from sim.errors import UnknownNameError, require
from sim.kpis import HEADLINES

FEWEST = 30
"""Replications before which nobody looks: a smaller sample's own spread says too little to stop on."""
_GROWTH = 1.25
"""Each look comes after so many times the runs of the last one: the fewer runs too many, the more looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """How exactly a figure's differences to the baseline must be known; with the baseline alone, its mean.

    Attributes
    ----------
    kpi
        Name out of `sim.kpis.HEADLINES`.
    absolute
        Half width of every confidence interval, in the figure's unit; None if it is given relative.
    relative
        The half width as a share of the baseline's mean; None if it is given absolute.
    confidence
        Of each interval.
    most_replications
        For each draw; where they don't suffice the experiment ends all the same.
    """

    kpi: str
    absolute: float | None = None
    relative: float | None = None
    confidence: float = 0.95
    most_replications: int = 1000

    def __post_init__(self) -> None:
        """Refuse a figure that isn't there and half widths that can't be."""
        if self.kpi not in HEADLINES:
            raise UnknownNameError("figure", self.kpi, HEADLINES, "a summary")
        one = (self.absolute is None) != (self.relative is None)
        require(one, "precision: give the half width as absolute or as relative, and only as one of them")
        width = self.absolute if self.relative is None else self.relative
        require(width is not None and width > 0, f"precision: the half width must be above 0, got {width}")
        require(0 < self.confidence < 1, f"precision: confidence must be in (0, 1), got {self.confidence:g}")

    def check_start(self, replications: int) -> None:
        """Refuse a first round longer than all."""
        most = f"precision: most_replications is {self.most_replications}, fewer than the first round's {replications}"
        require(replications <= self.most_replications, f"{most}; raise it")

    def ends(self, replications: int) -> tuple[int, ...]:
        """Return the replications for each draw after each round: `FEWEST` or more, then a quarter as many again."""
        growing = accumulate(repeat(max(FEWEST, replications)), lambda end, _: ceil(_GROWTH * end))
        return (*takewhile(lambda end: end < self.most_replications, growing), self.most_replications)

    def half_width(self, baseline_mean: float) -> float:
        """Return the half width asked for, in the figure's unit."""
        return self.absolute if self.absolute is not None else (self.relative or 0.0) * abs(baseline_mean)
