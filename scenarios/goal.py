"""Goal seek: the cheapest plan with which the target is reached as surely as asked.

What a plan costs is known before it is tried; how likely it reaches the target is not. So the search
(`scenarios.search`) spends its runs only on plans that would be cheaper than the best so far, and few on each; every
plan meets the same luck as the baseline, which tells plans apart long before their chances are known by themselves.

Whatever looks best among many is partly lucky. So the finalists meet fresh luck (`scenarios.confirm`), and a plan is an
answer only if the lower limit of its chance there reaches what was asked.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from typing import Protocol

from scipy.special import ndtr

from scenarios.chances import Chance, as_height, height_error, looks, share_needed
from scenarios.dials import Dial, Point, check_dials
from scenarios.pairing import Floats
from scenarios.scenario import Scenario
from sim.errors import UnknownNameError, require
from sim.kpis import HEADLINES

LEVELS = (0.5, 0.7, 0.8, 0.9, 0.95)
"""Chances of which the price is told beside that of the chance asked for."""
_SUREST = 0.999
"""A share of all runs is taken as this: it would have no error."""
_RUNGS = (-1, 0, 1, 2)
"""Of how many standard errors of a confirmation finalists are sought above what it needs."""


class Measure(Protocol):
    """Simulates a plan: the figure in each of some runs; the same number is the same luck under every plan."""

    def __call__(self, plan: Scenario, runs: range) -> Floats:
        """Return the figure, shape (runs,)."""


type Cost = Callable[[Scenario], float]
"""What a plan adds to spending over the horizon, in account currency."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What is to be reached: ``kpi`` at least ``target`` with a probability of ``chance``, confirmed so surely."""

    target: float
    chance: float = 0.8
    kpi: str = "bookings"
    confidence: float = 0.95

    def __post_init__(self) -> None:
        """Refuse figures that aren't there and chances that nothing can have."""
        if self.kpi not in HEADLINES:
            raise UnknownNameError("figure", self.kpi, HEADLINES, "a run")
        for name in ("chance", "confidence"):
            value = getattr(self, name)
            require(0 < value < 1, f"goal: {name} must be above 0 % and below 100 %, got {value:.0%}")

    @property
    def levels(self) -> tuple[float, ...]:
        """The chances whose price is told."""
        return tuple(sorted({*LEVELS, self.chance}))


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How many runs are spent on what.

    Attributes
    ----------
    trials
        Plans that are simulated.
    base
        Runs of the baseline, from which the others' chances are told.
    pairs, more
        Runs of each plan, twins of the baseline's first; and of those that stay in the race.
    confirm
        Fresh runs of all finalists together; each may use half of what those before it have left.
    """

    trials: int = 60
    base: int = 400
    pairs: int = 10
    more: int = 40
    confirm: int = 1500

    def __post_init__(self) -> None:
        """Refuse efforts from which nothing could be told."""
        for name, least in (("trials", 1), ("pairs", 3), ("confirm", 10)):
            value = getattr(self, name)
            require(value >= least, f"goal: {name} must be {least} or more, got {value}")
        fits = self.pairs <= self.more <= self.base
        got = f"got {self.pairs}, {self.more} and {self.base}"
        require(fits, f"goal: pairs, more and base must not fall, {got}")


@dataclass(frozen=True, kw_only=True)
class Question:
    """A goal, the dials that may be turned for it, what plans cost, how much work it is worth, and the dice."""

    goal: Goal
    dials: tuple[Dial, ...]
    cost: Cost
    effort: Effort = Effort()
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse dials that contradict each other, and chances that so few runs can't confirm."""
        check_dials(self.dials)
        runs = self.effort.confirm
        possible = self.aim(ceil(runs / 2)) <= 1
        asked = f"a chance of {self.goal.chance:.0%} can't be confirmed with {runs} fresh runs even if all reach it"
        require(possible, f"goal: {asked}; give more")

    def confidence(self, failures: int) -> float:
        """Return how surely the next finalist must pass: it may err by half of what failures have left to err by."""
        return 1 - (1 - self.goal.confidence) * 0.5 ** (1 + failures)

    def aim(self, runs: int, failures: int = 0) -> float:
        """Return the share of so many fresh runs that must reach the target for the next finalist to be confirmed."""
        *_, (all_runs, sure) = looks(runs, self.confidence(failures))
        return share_needed(self.goal.chance, all_runs, sure)

    @property
    def rungs(self) -> tuple[float, ...]:
        """The chances that finalists may need: what the first may confirm, and some standard errors about it."""
        runs = ceil(self.effort.confirm / 2)
        aim = min(self.aim(runs), _SUREST)
        error = height_error(Chance(aim, sqrt(aim * (1 - aim) / runs)))
        return tuple(float(ndtr(as_height(aim) + error * step)) for step in _RUNGS)


@dataclass(frozen=True, slots=True)
class Trial:
    """A plan that was simulated: where its dials stand, its cost, how many runs it met, and its chance by them."""

    point: Point
    plan: Scenario
    cost: float
    runs: int
    chance: Chance


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A finalist under fresh luck.

    Attributes
    ----------
    trial
        The plan, and what was thought of it before.
    hits, runs
        Fresh runs that reached the target, and how many there were.
    low, high
        Limits of the chance, one-sided each, that hold at whichever look the runs ended.
    mean
        Of the figure.
    passed
        Whether the lower limit reaches the chance asked.
    """

    trial: Trial
    hits: int
    runs: int
    low: float
    high: float
    mean: float
    passed: bool

    @property
    def chance(self) -> float:
        """Share of fresh runs that reached the target."""
        return self.hits / self.runs

    @property
    def estimate(self) -> Chance:
        """The chance with its standard error; never quite 0 or 1, of which a count can't be sure."""
        share = (self.hits + 0.5) / (self.runs + 1)
        return Chance(share, sqrt(share * (1 - share) / self.runs))


@dataclass(frozen=True, kw_only=True)
class Sought:
    """What a search found.

    Attributes
    ----------
    question
        What was asked.
    baseline
        Chance of reaching the target if nothing is changed.
    trials
        All plans simulated, the cheapest first.
    skipped
        Plans proposed and not simulated, for they would have been dearer than one that does.
    finalists
        In the order of their cost.
    replications
        Runs spent on everything.
    """

    question: Question
    baseline: Chance
    trials: tuple[Trial, ...]
    skipped: int
    finalists: tuple[Confirmed, ...]
    replications: int

    @property
    def answer(self) -> Confirmed | None:
        """The cheapest plan that is confirmed; None if there is none."""
        return next((each for each in self.finalists if each.passed), None)

    @property
    def runner_up(self) -> Confirmed | None:
        """The next cheapest plan that is confirmed; None if there is none."""
        passed = [each for each in self.finalists if each.passed]
        return passed[1] if len(passed) > 1 else None

    @property
    def surest(self) -> Confirmed:
        """The finalist that reached the target in the largest share of its runs; the cheapest of several."""
        return max(self.finalists, key=lambda each: each.chance)

    def price(self, chance: float) -> Trial | None:
        """Return the cheapest plan that seems to have such a chance, by the search's own runs; None if none has."""
        return cheapest(self.trials, chance)

    @property
    def frontier(self) -> tuple[Trial, ...]:
        """The trials that no other one beats in both cost and chance, the cheapest first."""
        best, kept = -1.0, []
        for trial in self.trials:
            if trial.chance.value > best:
                best = trial.chance.value
                kept.append(trial)
        return tuple(kept)


def cheapest(trials: Sequence[Trial], chance: float) -> Trial | None:
    """Return the cheapest plan with a chance so high, the surer of two at the same cost; None if there is none."""
    enough = [trial for trial in trials if trial.chance.value >= chance]
    return min(enough, key=lambda trial: (trial.cost, -trial.chance.value, trial.point), default=None)


def surest(trials: Sequence[Trial]) -> Trial:
    """Return the plan with the highest chance, the cheapest of several."""
    return max(trials, key=lambda trial: (trial.chance.value, -trial.cost))
