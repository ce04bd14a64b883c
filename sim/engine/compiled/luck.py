"""A deal's own luck: the numbers of `sim.streams` and the values of distributions at its present stage and visit."""

from typing import Any

from sim.distributions import FIXED, quantile, residual
from sim.engine.compiled.records import dist_of, floats_of, stage_of
from sim.engine.floor import VISIT_BITS
from sim.linking import flow
from sim.streams import uniform


@flow
def luck(w: Any, deal: Any, purpose: int, k: int) -> float:
    """Return the deal's own uniform number for a purpose at its present stage and visit."""
    key = stage_of(w, deal.stage).key
    return uniform(w.seed, w.replication, deal.key, deal.number, purpose, key, (deal.visits << VISIT_BITS) | k)


@flow
def draw(w: Any, deal: Any, purpose: int, place: int, k: int) -> float:
    """Return the deal's own value of the distribution at a place."""
    dist = dist_of(w, place)
    table = floats_of(w.numbers, dist.start, dist.length)
    if dist.kind == FIXED:  # whatever the luck
        return table[0]
    return quantile(dist.kind, table, luck(w, deal, purpose, k))


@flow
def draw_rest(w: Any, deal: Any, purpose: int, place: int, age: float, k: int) -> float:
    """Return how much longer something lasts that has lasted ``age``."""
    if age <= 0.0:
        return draw(w, deal, purpose, place, k)
    dist = dist_of(w, place)
    table = floats_of(w.numbers, dist.start, dist.length)
    return residual(dist.kind, table, age, luck(w, deal, purpose, k))
