"""Which plan to try next: proposed by Optuna or next to the best so far, and chosen by what may be saved.

Optuna's tree-structured Parzen estimator learns from the plans tried where good ones lie (Bergstra, Bardenet, Bengio
and Kégl 2011, "Algorithms for hyper-parameter optimization", NeurIPS 24). It takes whole numbers and choices as they
are, and looks only at which plans are better than which. Plans that differ from the best so far in one dial or two are
candidates too.

Of the candidates that one is tried whose saving, times the probability that it has the chance asked, is largest: the
expected improvement under a constraint (Schonlau, Welch and Jones 1998, "Global versus local search in constrained
optimization of computer models"). The probability is that of a response surface through all plans tried.

What is proposed depends on the plans tried and the seed alone. So a search that was interrupted comes to the same
plans again when it is replayed.
"""

import warnings
from collections.abc import Iterator, Mapping
from itertools import combinations

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution
from scipy.special import ndtr

from scenarios.dials import Point, Scale
from scenarios.pairing import Floats

STARTUP = 12
"""Plans drawn blindly before there is anything to learn from."""


def propose(dials: tuple[Scale, ...], scores: Mapping[Point, float], seed: int, count: int) -> list[Point]:
    """Return some plans that may be worth a try.

    Parameters
    ----------
    dials
        What may be set.
    scores
        Plan → its score; the lower the better.
    seed
        The dice; give another one for each proposal.
    count
        How many plans; the same one may come more than once.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=STARTUP, multivariate=True)
    optuna.logging.set_verbosity(optuna.logging.WARNING)  # else it reports each study to the terminal
    study = optuna.create_study(sampler=sampler)
    space = {dial.name: _range(dial) for dial in dials}
    study.add_trials([_trial(space, point, score) for point, score in scores.items()])
    asked = (study.ask(space).params for _ in range(count))
    return [tuple(int(params[dial.name]) for dial in dials) for params in asked]


def neighbours(dials: tuple[Scale, ...], point: Point) -> Iterator[Point]:
    """Yield the plans that differ from one in a dial or two: by a step, by a tenth of the range, by another choice."""
    moves = [(place, to) for place, dial in enumerate(dials) for to in _moves(dial, point[place])]
    for changes in (*((move,) for move in moves), *combinations(moves, 2)):
        changed = dict(changes)
        if len(changed) == len(changes):
            yield tuple(changed.get(place, at) for place, at in enumerate(point))


def coordinates(dials: tuple[Scale, ...], points: list[Point]) -> Floats:
    """Return points as a surface takes them: numbers from −1 to 1, a choice as a 1 in a column of its own."""
    columns = []
    for dial, places in zip(dials, np.array(points).T, strict=True):
        last = len(dial.settings) - 1
        if dial.ordered:
            columns.append(2 * places / last - 1)
        else:
            columns += [np.asarray(places == choice, np.float64) for choice in range(1, last + 1)]
    return np.stack(columns, axis=1)


def expected_saving(saving: Floats, surplus: Floats, error: float) -> Floats:
    """Return savings times the probability of having the chance asked.

    Parameters
    ----------
    saving
        Of each candidate against the best plan so far.
    surplus
        How far the surface lies above what is asked, in its own unit.
    error
        Of the surface.
    """
    return saving * ndtr(surplus / max(error, 1e-12))


def _moves(dial: Scale, at: int) -> list[int]:
    last = len(dial.settings) - 1
    if not dial.ordered:
        return [place for place in range(last + 1) if place != at]
    near = {at + sign * step for sign in (-1, 1) for step in (1, max(1, last // 30), max(1, last // 10))}
    return sorted(place for place in near if 0 <= place <= last)


def _range(dial: Scale) -> BaseDistribution:
    last = len(dial.settings) - 1
    return IntDistribution(0, last) if dial.ordered else CategoricalDistribution(tuple(range(last + 1)))


def _trial(space: Mapping[str, BaseDistribution], point: Point, score: float) -> optuna.trial.FrozenTrial:
    params = dict(zip(space, point, strict=True))
    return optuna.trial.create_trial(params=params, distributions=dict(space), value=score)
