"""The training of an index: try weights on a few runs each, learn from all where better ones lie, race the best.

All weights meet the same luck, so few runs tell them apart. Turn about, weights are tried that Optuna proposes
and those next to the best so far where a response surface through all trials is highest. Whatever takes the lead has to
hold it in more runs before anything is built on it. In the end the best ones race for a budget that goes where it tells
them apart (optimal computing budget allocation, `scenarios.selection.ocba`).

What comes out is the best on the luck of the training, so it is partly lucky. Judge it on luck that it never met.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from scenarios.dials import Point
from scenarios.goal import Measure
from scenarios.learning.space import Space
from scenarios.pairing import Floats
from scenarios.proposals import STARTUP, coordinates, neighbours, propose
from scenarios.scenario import AS_IS, Scenario
from scenarios.selection import Budget
from scenarios.selection.ocba import FEWEST
from scenarios.selection.source import Ask
from scenarios.surrogate import fit_surface
from sim.errors import DataError, require

type Told = Callable[[int, int], None]
"""Told after each trial how many are done, and of how many."""

_CANDIDATES = 6
"""Points that Optuna proposes at a time."""
_SEEDS = 2**32


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How many runs a training takes.

    Attributes
    ----------
    trials
        Weights that are tried.
    first, more
        Runs of each, and of one that has taken the lead.
    finalists
        How many race, things as they are beside them.
    race
        Runs of all that race, those that they had before among them.
    """

    trials: int = 80
    first: int = 10
    more: int = 30
    finalists: int = 7
    race: int = 600

    def __post_init__(self) -> None:
        """Refuse efforts that tell nothing."""
        for name, least in (("trials", 1), ("first", FEWEST), ("finalists", 1)):
            value = getattr(self, name)
            require(value >= least, f"training: {name} must be {least} or more, got {value}")
        require(self.first <= self.more, f"training: more must be {self.first} or more, got {self.more}")
        enough = (self.finalists + 1) * self.first
        require(self.race >= enough, f"training: race must be {enough} or more, got {self.race}")


@dataclass(frozen=True, slots=True)
class Trial:
    """Weights that were tried: where they stand, their plan, its runs, and what it gains over things as they are.

    ``gain`` is a mean of paired differences, more being better, and ``error`` its standard error.
    """

    point: Point
    plan: Scenario
    runs: int
    gain: float
    error: float


@dataclass(frozen=True, kw_only=True)
class Learned:
    """What a training found.

    Attributes
    ----------
    space
        What could be learned.
    plan
        The winner of the race; `AS_IS` where no index did better than things as they are.
    trials
        All weights tried, the best first.
    replications
        Runs spent.
    """

    space: Space
    plan: Scenario
    trials: tuple[Trial, ...]
    replications: int


def learn(
    space: Space, measure: Measure, effort: Effort, seed: int, *, larger: bool = True, told: Told | None = None
) -> Learned:
    """Search for weights.

    Parameters
    ----------
    space
        What can be learned.
    measure
        Simulates a plan.
    effort
        How many runs it is worth.
    seed
        The dice of the search.
    larger
        Whether more of the figure is better.
    told
        Told how far it is.

    Raises
    ------
    DataError
        If a run doesn't know the figure.
    """
    training = _Training(space, measure, effort, seed, sign=1.0 if larger else -1.0)
    for done in training.look():
        if told:
            told(done, effort.trials + 1)
    winner = training.plainest(training.race())
    if told:
        told(effort.trials + 1, effort.trials + 1)
    return Learned(space=space, plan=winner, trials=training.ranked, replications=training.runs)


class _Training:
    """What has been tried so far."""

    def __init__(self, space: Space, measure: Measure, effort: Effort, seed: int, *, sign: float) -> None:
        self._space = space
        self._measure = measure
        self._effort = effort
        self._seed = seed
        self._sign = sign
        self._values: dict[Scenario, Floats] = {}
        self._tried: dict[Scenario, Point] = {}
        self._grown(AS_IS, effort.more)

    @property
    def runs(self) -> int:
        """Runs spent so far."""
        return sum(map(len, self._values.values()))

    @property
    def ranked(self) -> tuple[Trial, ...]:
        """All trials, the best first."""
        trials = [self._trial(plan, point) for plan, point in self._tried.items()]
        return tuple(sorted(trials, key=lambda trial: (-trial.gain, trial.point)))

    def look(self) -> Iterator[int]:
        """Try weights after weights; yield how many turns are over."""
        starts = list(self._space.starts)
        for turn in range(self._effort.trials):
            point = starts.pop(0) if starts else self._proposed(turn)
            if point is not None:
                self._try(point)
            yield turn + 1

    def race(self) -> Scenario:
        """Give more runs to the best, and return the one that wins."""
        racing = (AS_IS, *(trial.plan for trial in self.ranked[: self._effort.finalists]))

        def source(ask: Ask) -> dict[int, Floats]:
            return {place: self._grown(racing[place], wanted.stop)[wanted.start :] for place, wanted in ask.items()}

        rule = Budget(runs=self._effort.race, first=self._effort.first)
        return racing[rule.choose(source, len(racing)).best]

    def plainest(self, plan: Scenario) -> Scenario:
        """Return what is left of a plan without the weights that it can do without, the smallest being left out first.

        What is left is within one standard error of it, as in Breiman, Friedman, Olshen and Stone 1984,
        "Classification and regression trees", 3.4.3.
        """
        runs, point = self._effort.more, self._tried.get(plan, ())
        best, settings = self._grown(plan, runs), [weight.settings for weight in self._space.weights]
        for place in sorted(range(len(point)), key=lambda place: abs(float(settings[place][point[place]]))):
            plainer = (*point[:place], settings[place].index(0.0), *point[place + 1 :])
            lost = best - self._grown(self._space.plan(plainer), runs)
            if lost.mean() <= lost.std(ddof=1) / np.sqrt(runs):
                point = plainer
        return self._space.plan(point) if point else plan

    def _try(self, point: Point) -> None:
        plan, leader = self._space.plan(point), max((trial.gain for trial in self.ranked), default=0.0)
        self._grown(plan, self._effort.first)
        if plan != AS_IS:
            self._tried.setdefault(plan, point)
            if self._trial(plan, point).gain > leader:
                self._grown(plan, self._effort.more)

    def _trial(self, plan: Scenario, point: Point) -> Trial:
        values = self._values[plan]
        gains = values - self._grown(AS_IS, len(values))[: len(values)]
        return Trial(point, plan, len(gains), float(gains.mean()), float(gains.std(ddof=1) / np.sqrt(len(gains))))

    def _grown(self, plan: Scenario, runs: int) -> Floats:
        """Return a plan's figure in so many runs, more being better; only those that are missing are made."""
        met = self._values.get(plan, np.zeros(0))
        if len(met) < runs:
            fresh = self._sign * self._measure(plan, range(len(met), runs))
            if np.isnan(fresh).any():
                fix = "learn by a figure that every run has, such as bookings"
                raise DataError(f"the figure isn't known in some run of the training; {fix}")
            met = self._values[plan] = np.concatenate([met, fresh])
        return met[:runs]

    def _proposed(self, turn: int) -> Point | None:
        """Return the next point: Optuna's, or turn about where a surface is highest; None if there is no new one."""
        weights, trials = self._space.weights, self.ranked
        dice = (self._seed * 1_000_003 + turn) % _SEEDS
        found = propose(weights, {trial.point: -trial.gain for trial in trials}, dice, _CANDIDATES)
        if turn % 2 or len(trials) < STARTUP:
            return next(iter(self._new(found)), None)
        new = self._new([*found, *neighbours(weights, trials[0].point)])
        surface = fit_surface(
            coordinates(weights, [trial.point for trial in trials]), np.array([trial.gain for trial in trials])
        )
        return new[int(np.argmax(surface(coordinates(weights, new))))] if new else None

    def _new(self, points: list[Point]) -> list[Point]:
        """Return the points whose plans haven't been tried, each plan once."""
        fresh = {self._space.plan(point): point for point in reversed(points)}
        return [point for plan, point in reversed(fresh.items()) if plan not in self._values]
