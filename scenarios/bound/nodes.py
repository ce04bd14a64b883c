"""What isn't alike in deals of a kind: quality and amount, each on a few nodes.

The amount is put on nodes such that its mean stays the same: that spreads it, and what treatment brings is convex in
the amount. The normal quality is put on equidistant nodes with the weights of its density, which integrates smooth
functions almost exactly (Trefethen and Weideman 2014, "The exponentially convergent trapezoidal rule"); where a gate
makes a step, or the quality is known too well for that, on closer nodes such that its mean stays the same.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from scenarios.bound.timing import Floats, Sample
from sim.distributions import Distribution, normal_chance_below
from sim.market import Stage
from sim.spec import FunnelSpec

_NODES = (0.35, 0.7, 0.92, 0.99)
"""Quantiles of an amount that become nodes; zero is one too."""
_STEP, _CLOSE_STEP, _REACH = 0.9, 0.5, 3.6
"""Distance of the nodes of quality, and of those about a step; how far beyond the channels' means they go."""
_SMOOTH = 0.7
"""Standard deviation of a quality that `_STEP` is fine enough for."""


@dataclass(frozen=True, slots=True)
class Split:
    """An amount on its nodes: a weight for each (what is missing to 1 is worth nothing), and the mean part beyond."""

    weights: Floats
    beyond: float


def quality_nodes(spec: FunnelSpec) -> Floats:
    """Return the nodes of quality, rising; a gate's threshold is one from below and one from above."""
    stages = spec.market.stages
    gates = [stage.gate.threshold for stage in stages if stage.gate is not None]
    if not gates and all(stage.quality_slope == 0 for stage in stages):
        return np.zeros(1)
    means = [channel.quality for channel in spec.market.channels] + [0.0]
    low, high = min(means) - _REACH, max(means) + _REACH
    plain = np.arange(low, high + _STEP, _CLOSE_STEP if gates else _STEP)
    return np.unique([*plain, *(gate + side for gate in gates for side in (-1e-9, 0.0))])


def amount_nodes(law: Distribution, known: float = 0.0) -> Floats:
    """Return the nodes of an amount above zero, rising, the highest no lower than one that is ``known``."""
    nodes = [value for u in _NODES if (value := law.ppf(u)) > 0]
    return np.unique([*nodes, known] if known > max(nodes, default=0.0) else nodes)


def spread(nodes: Floats, mean: float, sd: float) -> Floats:
    """Return the weights that put a normal law on nodes and keep its mean between each two: shape (nodes,)."""
    if len(nodes) == 1 or sd == 0.0:
        return _between(nodes, mean)
    z = (nodes - mean) / sd
    below = np.array([normal_chance_below(x) for x in z])
    density = np.exp(-z * z / 2) / sqrt(2 * np.pi)
    if sd >= _SMOOTH and np.allclose(np.diff(nodes), _STEP):
        return np.asarray(density / density.sum())
    mass = np.diff(below)
    first = mean * mass - sd * np.diff(density)
    up = np.clip((first - nodes[:-1] * mass) / np.diff(nodes), 0.0, mass)
    weights = np.append(mass - up, 0.0) + np.append(0.0, up)
    weights[0] += below[0]
    weights[-1] += 1.0 - below[-1]
    return np.asarray(weights)


def split(nodes: Floats, law: Distribution, known: float = float("nan")) -> Split:
    """Put an amount on its nodes: a known one, or the market's law."""
    values = Sample.of(law).values if np.isnan(known) else np.array([known])
    mean = law.mean if np.isnan(known) else known
    if not len(nodes):
        return Split(np.zeros(0), mean)
    with_zero = np.append(0.0, nodes)
    capped = np.minimum(values, nodes[-1])
    place = np.clip(np.searchsorted(with_zero, capped, side="right") - 1, 0, len(nodes) - 1)
    up = (capped - with_zero[place]) / (with_zero[place + 1] - with_zero[place])
    weights = np.bincount(place, 1 - up, len(nodes) + 1) + np.bincount(place + 1, up, len(nodes) + 1)
    return Split(weights[1:] / len(values), max(0.0, mean - float(capped.mean())))


def _between(nodes: Floats, value: float) -> Floats:
    place = int(np.clip(np.searchsorted(nodes, value), 1, max(1, len(nodes) - 1))) if len(nodes) > 1 else 0
    weights = np.zeros(len(nodes))
    if len(nodes) == 1:
        weights[0] = 1.0
        return weights
    up = float(np.clip((value - nodes[place - 1]) / (nodes[place] - nodes[place - 1]), 0.0, 1.0))
    weights[place - 1], weights[place] = 1 - up, up
    return weights


def admitted(stage: Stage, quality: Floats) -> Floats:
    """Return the share that the stage's gate lets in at each quality: same shape."""
    gate = stage.gate
    if gate is None:
        return np.ones(len(quality))
    return np.where(quality >= gate.threshold, gate.sensitivity, 1 - gate.specificity)
