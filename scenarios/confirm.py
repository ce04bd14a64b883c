"""Confirming a goal's finalists under luck that the search has never met.

The finalists stand on a ladder: the cheapest plan that seems just sure enough, the cheapest that seems as sure as a
confirmation needs, and some surer ones in reserve, in case the search had luck. They are tried in the order of their
cost until two have passed, the answer and its runner-up. Their limits hold together (Bonferroni), so having tried
several makes none look surer.
"""

from collections.abc import Sequence

from scenarios.chances import lower_limit, upper_limit
from scenarios.goal import Confirmed, Measure, Question, Trial, cheapest, surest


def confirm(question: Question, trials: Sequence[Trial], measure: Measure) -> tuple[Confirmed, ...]:
    """Return the finalists under fresh luck, the cheapest first, up to the second that passes.

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
    for trial in finalists(question, trials):
        found.append(_confirmed(question, trial, measure))
        if sum(each.passed for each in found) == 2:
            break
    return tuple(found)


def finalists(question: Question, trials: Sequence[Trial]) -> tuple[Trial, ...]:
    """Return the plans on the ladder, the cheapest first; on rungs that no plan reaches stands the surest one."""
    found = {cheapest(trials, rung) or surest(trials) for rung in question.rungs}
    return tuple(sorted(found, key=lambda trial: (trial.cost, trial.point)))


def _confirmed(question: Question, trial: Trial, measure: Measure) -> Confirmed:
    goal, effort = question.goal, question.effort
    values = measure(trial.plan, range(effort.base, effort.base + effort.confirm))
    hits, runs, sure = int((values >= goal.target).sum()), len(values), effort.each(goal.confidence)
    low, high = lower_limit(hits, runs, sure), upper_limit(hits, runs, sure)
    return Confirmed(trial, hits, runs, low, high, float(values.mean()), passed=low >= goal.chance)
