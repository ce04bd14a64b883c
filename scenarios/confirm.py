"""Confirming a goal's finalists under luck that the search has never met.

One plan after the other meets fresh runs: the one that may be expected to save most against the cheapest plan confirmed
so far. What is learnt from one goes into the choice of the next: if the first does better than the search thought, so
will the others, for the search took all chances from the same runs of the baseline.

Each plan meets luck of its own, up to half of the runs that are left, and is held to half of the error that is left; a
failure spends that half, a success spends nothing. So however the plans are chosen, no plan that passed is false more
often than the goal's confidence allows: plans whose chance is too low can fail only as often as there is error to spend
(a rule of investing error, as in Foster and Stine 2008, "Alpha-investing", Journal of the Royal Statistical Society B
70, without its returns).

A plan that is clearly sure enough, or can hardly get there any more, is spared its further runs. Its limits hold at
every look (`scenarios.chances.looks`), so an early end makes no plan look surer.
"""

from collections.abc import Sequence
from math import ceil

import numpy as np
from scipy.special import ndtr

from scenarios.chances import Chance, as_height, height_error, looks, lower_limit, upper_limit
from scenarios.goal import Confirmed, Measure, Question, Trial, surest
from scenarios.pairing import Floats

_HOPELESS = 0.1
"""A plan that passes less likely than this isn't worth its runs."""


def confirm(question: Question, trials: Sequence[Trial], measure: Measure) -> tuple[Confirmed, ...]:
    """Return the finalists under fresh luck, the cheapest first.

    Parameters
    ----------
    question
        What is asked.
    trials
        All plans tried, the cheapest first.
    measure
        Simulates a plan.
    """
    found: list[Confirmed] = []
    while trial := _next(question, trials, found):
        found.append(_confirmed(question, trial, measure, found))
    return tuple(sorted(found, key=lambda each: (each.trial.cost, each.trial.point)))


def _next(question: Question, trials: Sequence[Trial], found: Sequence[Confirmed]) -> Trial | None:
    """Return the plan that may be expected to save most, or None where none is worth its runs."""
    left = _left(trials, found)
    if not left or question.aim(_most(question, found), _failures(found)) > 1:
        return None
    hopes = _hopes(question, left, found)
    passed = [each.trial.cost for each in found if each.passed]
    if hopes.max() < _HOPELESS:
        return None if passed else surest(left)
    costs = np.array([trial.cost for trial in left])
    savings = min(passed, default=trials[-1].cost) - costs
    return left[int(np.argmax(np.where(hopes < _HOPELESS, -1.0, savings * hopes)))]


def _left(trials: Sequence[Trial], found: Sequence[Confirmed]) -> list[Trial]:
    """Return the plans cheaper than all that passed, and surer than all that failed."""
    cheaper = min((each.trial.cost for each in found if each.passed), default=np.inf)
    surer = max((each.trial.chance.value for each in found if not each.passed), default=-1.0)
    return [trial for trial in trials if trial.cost < cheaper and trial.chance.value > surer]


def _hopes(question: Question, trials: Sequence[Trial], found: Sequence[Confirmed]) -> Floats:
    """Return how likely each plan passes, by what the search thought of it and how the others have done since."""
    shift, unsure = _shift(question, found)
    runs = _most(question, found)
    aim = question.aim(runs, _failures(found))
    luck = height_error(Chance(aim, float(np.sqrt(aim * (1 - aim) / runs))))
    heights = np.array([as_height(trial.chance.value) + shift for trial in trials])
    errors = np.array([np.hypot(height_error(trial.chance), np.hypot(luck, unsure)) for trial in trials])
    return np.asarray(ndtr((heights - as_height(aim)) / errors))


def _shift(question: Question, found: Sequence[Confirmed]) -> tuple[float, float]:
    """Return by how much all plans stand higher than the search thought, as a height, and the error of that."""
    goal, runs = question.goal, question.effort.base
    common = height_error(Chance(goal.chance, float(np.sqrt(goal.chance * (1 - goal.chance) / runs))))
    weights, gaps = [1 / common**2], [0.0]
    for each in found:
        counted = each.estimate
        gaps.append(as_height(counted.value) - as_height(each.trial.chance.value))
        weights.append(1 / (height_error(counted) ** 2 + height_error(each.trial.chance) ** 2))
    return float(np.average(gaps, weights=weights)), float(1 / np.sqrt(sum(weights)))


def _spent(found: Sequence[Confirmed]) -> int:
    return sum(each.runs for each in found)


def _most(question: Question, found: Sequence[Confirmed]) -> int:
    """Return how many fresh runs the next plan may meet: half of those that are left."""
    return ceil((question.effort.confirm - _spent(found)) / 2)


def _failures(found: Sequence[Confirmed]) -> int:
    return sum(not each.passed for each in found)


def _confirmed(question: Question, trial: Trial, measure: Measure, before: Sequence[Confirmed]) -> Confirmed:
    goal, failures, most = question.goal, _failures(before), _most(question, before)
    first, values = question.effort.base + _spent(before), np.zeros(0)
    needed = round(question.aim(most, failures) * most)
    for runs, sure in looks(most, question.confidence(failures)):
        values = np.concatenate([values, measure(trial.plan, range(first + len(values), first + runs))])
        hits = int((values >= goal.target).sum())
        low, high = lower_limit(hits, runs, sure), upper_limit(hits, runs, sure)
        if low >= goal.chance or runs == most or _hope(hits, runs, needed, most) < _HOPELESS:
            break
    return Confirmed(trial, hits, runs, low, high, float(values.mean()), passed=low >= goal.chance)


def _hope(hits: int, runs: int, needed: int, most: int) -> float:
    """Return how likely enough hits come in the runs to come, whose share is known from those that were."""
    share, rest = (hits + 0.5) / (runs + 1), most - runs
    error = np.sqrt(share * (1 - share) * (1 / runs + 1 / rest))
    return float(ndtr((share - (needed - hits) / rest) / error))
