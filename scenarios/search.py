"""The search for a goal: propose a plan, give it a few runs, learn, and give more to those that stay in the race.

Half of the proposals are for the chance asked for, the others for the chances whose price is told beside it; all learn
from all. A plan that would be dearer than one with the chance proposed for is not simulated: its cost says enough.
"""

from collections.abc import Callable
from itertools import chain, cycle, islice

import numpy as np
from scipy.special import ndtri

from scenarios.chances import Chance, chance_from_twins
from scenarios.confirm import confirm
from scenarios.dials import Point, plan_at
from scenarios.goal import Measure, Question, Sought, Trial, cheapest, surest
from scenarios.landscape import Landscape
from scenarios.pairing import Floats
from scenarios.proposals import STARTUP, expected_saving, neighbours, propose
from scenarios.scenario import AS_IS, Scenario

type Told = Callable[[int, int], None]
"""Told after each measurement how many runs are done, and of how many at most."""

_CANDIDATES = 6
"""Plans that Optuna proposes at a time."""
_RACE = 2
"""Plans for each chance that get more runs."""
_ROUNDS = 2
"""How often that is done: more runs change which plans are ahead."""
_SEEDS = 2**32


def seek(question: Question, measure: Measure, told: Told | None = None) -> Sought:
    """Search, and confirm what was found.

    Parameters
    ----------
    question
        What is asked.
    measure
        Simulates a plan. Runs from 0 on are those of the search, those from ``effort.base`` on confirm.
    told
        Told how far it is; when all is done, that all is, though few searches need all the runs they may.

    Raises
    ------
    SpecError, UnknownNameError
        If a dial doesn't fit the funnel.
    """
    most = _most_runs(question)
    counted = _Counted(measure, lambda runs: told(runs, most) if told else None)
    search = _Search(question, counted)
    search.look()
    search.race()
    trials = tuple(sorted(search.tried.values(), key=lambda trial: (trial.cost, trial.point)))
    finalists = confirm(question, trials, counted)
    if told:
        told(most, most)
    skipped = len(search.skipped)
    return Sought(
        question=question,
        baseline=search.baseline,
        trials=trials,
        skipped=skipped,
        finalists=finalists,
        replications=counted.runs,
    )


def _most_runs(question: Question) -> int:
    """Return how many runs a search makes at most."""
    effort, raced = question.effort, len(question.rungs) * _ROUNDS * _RACE
    return effort.base + effort.trials * effort.pairs + raced * (effort.more - effort.pairs) + effort.confirm


class _Counted:
    """A measure that counts its runs, and says how many there were after each measurement."""

    def __init__(self, measure: Measure, told: Callable[[int], None]) -> None:
        self._measure = measure
        self._told = told
        self.runs = 0

    def __call__(self, plan: Scenario, runs: range) -> Floats:
        values = self._measure(plan, runs)
        self.runs += len(runs)
        self._told(self.runs)
        return values


class _Search:
    """The plans tried so far, and those that were too dear to try."""

    def __init__(self, question: Question, measure: Measure) -> None:
        self._question = question
        self._measure = measure
        self._base = measure(AS_IS, range(question.effort.base))
        self._values: dict[Point, Floats] = {}
        self._seen: dict[Point, Chance] = {}
        self._landscape: Landscape | None = None
        self._proposals = 0
        self.tried: dict[Point, Trial] = {}
        self._costs: dict[Point, float] = {}
        self.skipped: set[Point] = set()

    @property
    def baseline(self) -> Chance:
        reached = self._base >= self._question.goal.target
        return Chance(float(reached.mean()), float(reached.std() / np.sqrt(len(reached))))

    def look(self) -> None:
        """Try plan after plan."""
        question = self._question
        others = [level for level in question.goal.levels if level != question.goal.chance]
        turns = islice(zip(cycle(question.rungs), cycle(others), strict=False), question.effort.trials)
        for level in islice(chain.from_iterable(turns), question.effort.trials):
            point = self._proposed(level)
            if point is not None:
                self._try(point, question.effort.pairs)

    def race(self) -> None:
        """Give more runs to the cheapest plans for each chance that finalists may need."""
        for level in self._question.rungs * _ROUNDS:
            enough = [trial for trial in self.tried.values() if trial.chance.value + trial.chance.error >= level]
            for trial in sorted(enough, key=lambda trial: (trial.cost, trial.point))[:_RACE]:
                self._try(trial.point, self._question.effort.more)

    def _try(self, point: Point, runs: int) -> None:
        plan = plan_at(self._question.dials, point)
        met = self._values.get(point, np.zeros(0))
        if len(met) < runs:
            met = self._values[point] = np.concatenate([met, self._measure(plan, range(len(met), runs))])
            self._seen[point] = chance_from_twins(self._base, met, self._question.goal.target)
            self._learn()

    def _learn(self) -> None:
        """Tell the chances of all plans tried anew; as soon as there are enough, from all of them together."""
        dials, chances = self._question.dials, self._seen
        if len(self._seen) >= STARTUP:
            self._landscape = Landscape(dials, self._seen)
            chances = self._landscape.chances()
        self.tried = {
            point: Trial(point, plan_at(dials, point), self._cost(point), len(self._values[point]), chance)
            for point, chance in chances.items()
        }

    def _proposed(self, level: float) -> Point | None:
        """Return the most promising new plan; once a plan has the chance only a cheaper one. None if there is none."""
        self._proposals += 1
        seed = (self._question.seed * 1_000_003 + self._proposals) % _SEEDS
        dials, trials, landscape = self._question.dials, tuple(self.tried.values()), self._landscape
        found = propose(dials, self._scores(level), seed, _CANDIDATES)
        if landscape is None:
            return next((point for point in found if point not in self.tried), None)
        best = cheapest(trials, level)
        found += neighbours(dials, (best or surest(trials)).point)
        new = [point for point in dict.fromkeys(found) if point not in self.tried]
        savings = np.array([1.0 if best is None else best.cost - self._cost(point) for point in new])
        self.skipped |= {point for point, saving in zip(new, savings, strict=True) if saving <= 0}
        if not (savings > 0).any():
            return None
        return new[int(np.argmax(self._promises(landscape, new, savings, level)))]

    def _promises(self, landscape: Landscape, points: list[Point], savings: Floats, level: float) -> Floats:
        """Return what each plan may be expected to save; where nothing has the chance yet, how likely each has."""
        return expected_saving(savings, landscape.heights(points) - ndtri(level), landscape.error)

    def _cost(self, point: Point) -> float:
        if point not in self._costs:
            self._costs[point] = self._question.cost(plan_at(self._question.dials, point))
        return self._costs[point]

    def _scores(self, level: float) -> dict[Point, float]:
        """Score what is known for a chance: plans that have it by their cost, behind them the others by what they lack.

        That is the order of Deb (2000, "An efficient constraint handling method for genetic algorithms").
        """
        worst = max((trial.cost for trial in self.tried.values()), default=0.0)
        scores = {}
        for point, trial in self.tried.items():
            lacks = level - trial.chance.value
            scores[point] = trial.cost if lacks <= 0 else worst + 1 + lacks
        return scores
