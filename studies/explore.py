"""Explore: plans tried on the rest of the running period, a rough answer at once and a sharper one while one looks.

Every future is one version of the market that the history could have come from, under luck of its own; all plans meet
the same futures. The chance to reach the target is the share of futures that reach it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import sqrt
from pathlib import Path
from statistics import NormalDist

import pandas as pd

from scenarios.compare import Comparison, compare
from scenarios.run import Results
from scenarios.scenario import AS_IS, Scenario
from sim.errors import SpecError
from studies import outlooks
from studies.compare import Compared, keep_comparison
from studies.drawn_funnels import DrawnFunnels
from studies.executors import ALONE, Sharing
from studies.experiments import run_experiment
from studies.jobs import Job
from studies.kept import Place
from studies.outlooks import Known
from studies.request import Request
from studies.view import View

FIRST = 2
"""Futures in a chunk: few, so that the first answer comes at once."""


@dataclass(frozen=True, slots=True)
class Chance:
    """The chance to reach a target, with its interval (Wilson 1927) at 90 % confidence."""

    share: float
    low: float
    high: float


@dataclass(frozen=True)
class Explored:
    """What is known so far of some plans.

    Attributes
    ----------
    request
        What was asked.
    results
        The runs so far.
    booked
        What is booked already in the period, which every future adds to.
    measure
        ``bookings`` or ``wins``.
    """

    request: Request
    results: Results
    booked: float
    measure: str

    @property
    def futures(self) -> int:
        """How many futures have been played."""
        return len(self.results.kpis) // len(self.request.plans)

    @cached_property
    def _compared(self) -> dict[str, Comparison]:
        return {}

    def comparison(self, kpi: str = "") -> Comparison:
        """Compare the plans by a figure, by what is forecast unless another is named; a page asks several times."""
        figure = kpi or self.measure
        if figure not in self._compared:
            self._compared[figure] = compare(self.results.kpis, figure)
        return self._compared[figure]

    def adding_up(self, whole: str) -> pd.DataFrame:
        """Return how the changes of a plan that was taken apart add up to what they bring together.

        Returns
        -------
        pandas.DataFrame
            ``part``, ``start``, ``end``, ``low`` and ``high`` (95 %, of the end): each change where the one before it
            ended, what they do together beyond that (under the name ""), and the plan as a whole, last.
        """
        table = self.comparison().table.drop(index=AS_IS.name)
        rows, start = list[tuple[str, float, float, float, float]](), 0.0
        for name, row in table.drop(index=whole).iterrows():
            ends = (start + float(row[of]) for of in ("difference", "low", "high"))
            rows.append((str(name), start, *ends))  # type: ignore[arg-type] # three of them
            start = rows[-1][2]
        total, low, high = (float(table.loc[whole, of]) for of in ("difference", "low", "high"))  # type: ignore[arg-type]
        rows += [("", start, total, total, total), (whole, 0.0, total, low, high)]
        return pd.DataFrame(rows, columns=["part", "start", "end", "low", "high"])

    def totals(self, plan: str) -> "pd.Series[float]":
        """Return what each future brings in the whole period under a plan."""
        its = self.results.kpis
        return its.loc[its["scenario"] == plan, self.measure] + self.booked

    def chance(self, plan: str, target: float) -> Chance:
        """Return the chance to reach a target under a plan."""
        totals = self.totals(plan)
        return chance_of(int((totals >= target).sum()), len(totals))


def chance_of(reached: int, futures: int, confidence: float = 0.9) -> Chance:
    """Return the share of futures that reached a target, with Wilson's interval for a share."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    share, extra = reached / futures, z**2 / futures
    middle = (share + extra / 2) / (1 + extra)
    half = z * sqrt(share * (1 - share) / futures + extra / (4 * futures)) / (1 + extra)
    return Chance(share, max(0.0, middle - half), min(1.0, middle + half))


def request_of(known: Known, plans: Sequence[Scenario], futures: int, sharing: Sharing = ALONE) -> Request:
    """Return the request that plays the rest of the period under every plan.

    Raises
    ------
    SpecError
        If the funnel isn't known yet.
    """
    if known.funnel is None:
        raise SpecError("the funnel isn't known yet; wait until it is estimated")
    return Request(
        funnel=known.funnel,
        plans=tuple(plans),
        days=known.days,
        replications=1,
        seed=1,
        kpi=known.measure,
        drawn=DrawnFunnels(known.versions[:futures], (), known.posterior),
        chunk_size=FIRST,
        sharing=sharing,
    )


def explore(known: Known, plans: Sequence[Scenario], futures: int, sharing: Sharing, job: Job) -> Explored:
    """Play plans; the job shows what is known after the first chunk, and ever sharper from then on."""
    request = request_of(known, plans, futures, sharing)

    def explored(results: Results) -> Explored:
        return Explored(request, results, known.booked, known.measure)

    results = run_experiment(
        request.experiment(),
        sharing=request.sharing,
        progress=job.progress,
        watch=lambda results: job.show(explored(results)),
        played=known.played,
    )
    return explored(results)


def keep(explored: Explored, root: Path) -> Compared:
    """Keep what was explored as a run folder with its report."""
    return keep_comparison(explored.request, explored.results, Place(root=root))


def asked(view: View) -> dict[str, object]:
    """Return what every exploration depends on, beside its plans."""
    return {**outlooks.asked(view), "futures": view.futures}
