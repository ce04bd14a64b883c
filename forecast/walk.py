"""Walks: what becomes of every deal in every draw, one compiled pass over (draw, deal) pairs.

A deal starts in its own stage at its own age, which is conditional survival, and takes whatever its draw holds: the
hazards of its stage, age and group, the common shock of the period, the push at a period's end. `chances` gives the
same by backward recursion, for the mean deal.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.grouped.grid import Ints
from sim.eventlog import Floats
from sim.jit import rule

type Places = npt.NDArray[np.int32]

NEVER = math.inf


@dataclass(frozen=True)
class Hazard:
    """What moves deals, draw by draw; the second axis is exit (0) and advance (1), all in log odds of a step.

    Attributes
    ----------
    age
        Shape (draws, 2, stages, age buckets), the level included.
    time
        Shape (draws, 2, stages, steps ahead): shocks and parts of the fiscal period.
    effects
        Shape (draws, 2, stages, effects): all levels of all names, one after the other.
    destination
        Shape (draws, stages, stages + 1), cumulative.
    bucket
        Age bucket of each whole number of steps; the last entry holds for all later ones.
    moment
        Shape (stages, 2): share of a step after which deals leave, in the first step and later.
    """

    age: Floats
    time: Floats
    effects: Floats
    destination: Floats
    bucket: Ints
    moment: Floats


@dataclass(frozen=True, slots=True)
class Start:
    """Where deals stand: stage, age in steps, time of entering in steps from now (0 for open deals), shape (deals,).

    ``effects`` are the places of their effects in `Hazard.effects`, shape (deals, stages, names).
    """

    stage: Ints
    age: Floats
    time: Floats
    effects: Places


def walk(hazard: Hazard, draw: Ints, deal: Ints, start: Start, horizon: float, seed: int) -> Floats:
    """Return when each (draw, deal) pair is won, in steps from now, `NEVER` where it isn't within the horizon.

    Parameters
    ----------
    hazard
        What moves deals.
    draw, deal
        Numbers of each pair's draw and deal, shape (pairs,).
    start
        Where the deals stand.
    horizon
        Steps.
    seed
        The dice.
    """
    age, time, effects = (np.exp(np.clip(table, -30.0, 30.0)) for table in (hazard.age, hazard.time, hazard.effects))
    tables = (hazard.destination, hazard.bucket, hazard.moment)
    where = (draw, deal, start.stage, start.age, start.time, start.effects)
    return _walk((age, time, effects), tables, where, horizon, seed)


@rule
def _walk(
    odds_tables: tuple[Floats, Floats, Floats],
    tables: tuple[Floats, Ints, Floats],
    where: tuple[Ints, Ints, Ints, Floats, Floats, Places],
    horizon: float,
    seed: int,
) -> Floats:
    by_age, by_time, by_name = odds_tables
    destination, bucket, moment = tables
    draw, deal, stage, age, time, effects = where
    np.random.seed(seed)  # noqa: NPY002 - the compiled generator
    n, stages, steps = len(draw), by_age.shape[2], by_time.shape[3]
    won = np.full(n, np.inf)
    for i in range(n):
        d, which = draw[i], deal[i]
        s, a, t = stage[which], age[which], time[which]
        names = _odds_of_names(by_name[d, 0, s], effects[which, s])
        while t < horizon:
            k = int(a)
            b, step = bucket[min(k, len(bucket) - 1)], min(int(t), steps - 1)
            odds = by_age[d, 0, s, b] * by_time[d, 0, s, step] * names
            left = min(k + 1.0 - a, horizon - t)
            stays = 1.0 / (1.0 + odds)
            if left < 1.0:  # the chance of a whole step, for the part of it that is left
                stays = stays**left
            if np.random.random() < stays:  # noqa: NPY002
                t += left
                a = k + 1.0
                continue
            m = moment[s, 0 if k == 0 else 1]
            t += left * np.random.random() ** ((1.0 - m) / m)  # noqa: NPY002
            odds = by_age[d, 1, s, b] * by_time[d, 1, s, step] * _odds_of_names(by_name[d, 1, s], effects[which, s])
            if np.random.random() * (1.0 + odds) > odds:  # noqa: NPY002
                break
            u, to = np.random.random(), 0  # noqa: NPY002
            while to < stages and destination[d, s, to] < u:
                to += 1
            if to == stages:
                won[i] = t
                break
            s, a = to, 0.0
            names = _odds_of_names(by_name[d, 0, s], effects[which, s])
    return won


@rule
def _odds_of_names(by_name: Floats, places: Places) -> float:
    """Multiply the odds of a deal's names in a stage, given what each name does there."""
    odds = 1.0
    for j in range(len(places)):
        odds *= by_name[places[j]]
    return odds


def chances(hazard: Hazard, steps: int) -> Floats:
    """Return the mean chance to be won within ``steps`` by stage and age in whole steps: shape (stages, ages).

    Backward recursion over steps and ages, draw by draw, for a deal whose effects are all 0 and without common shocks:

        V[h][s, a] = exit · advance · Σ to · (m V[h] + (1 - m) V[h - 1])[to, 0]  +  (1 - exit) · V[h - 1][s, a + 1]

    where m is the share of the step that the next stage still has of it.
    """
    stages, ages = hazard.age.shape[2], len(hazard.bucket)
    destination = np.diff(hazard.destination, axis=2, prepend=0.0)
    mean = _chances(hazard.age, destination, hazard.bucket, hazard.moment, steps)
    return mean.reshape(stages, ages)


@rule
def _chances(by_age: Floats, destination: Floats, bucket: Ints, moment: Floats, steps: int) -> Floats:
    draws, stages, ages = by_age.shape[0], by_age.shape[2], len(bucket)
    mean = np.zeros((stages, ages))
    for d in range(draws):
        before = np.zeros((stages + 1, ages + 1))
        before[stages] = 1.0
        for _ in range(steps):
            now = before.copy()
            for s in range(stages - 1, -1, -1):
                for a in range(ages):
                    leaves = 1.0 / (1.0 + math.exp(-by_age[d, 0, s, bucket[a]]))
                    on = 1.0 / (1.0 + math.exp(-by_age[d, 1, s, bucket[a]]))
                    rest = 1.0 - moment[s, 0 if a == 0 else 1]
                    value = 0.0
                    for to in range(stages + 1):
                        soon = now[to, 0] if to > s else before[to, 0]
                        value += destination[d, s, to] * (rest * soon + (1.0 - rest) * before[to, 0])
                    older = min(a + 1, ages - 1)
                    now[s, a] = leaves * on * value + (1.0 - leaves) * before[s, older]
            before = now
        mean += before[:stages, :ages] / draws
    return mean
