"""Lead quality: how good each channel's leads are by the funnel's own numbers, and what would make up for it.

A channel is held against a reference by the chance that one of its leads is won, touched in time by a rep of average
skill, from the stage at which the channel's leads come in. The lift that closes the gap is the same at every stage.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np
from scipy.optimize import brentq

from sim.buyer import advance_chance
from sim.errors import SpecError, UnknownNameError
from sim.market import WON, Channel, Gate, Stage
from sim.spec import FunnelSpec

TYPICAL, BEST = "typical", "best"
"""References: the middle one of the other channels, and the best of them; else a channel's name or a chance."""

_MOST_LIFT = 8.0
"""Log odds beyond which a lift makes a lead all but certain."""

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)


@dataclass(frozen=True, slots=True)
class Lift:
    """What a channel lacks.

    ``chance`` of one of its leads to be won, that of the ``reference``, and the ``log_odds`` to add at every stage to
    bring the one to the other; 0 where the channel is as good as its reference.
    """

    channel: str
    chance: float
    reference: float
    log_odds: float


def lifts(spec: FunnelSpec, reference: str = TYPICAL) -> tuple[Lift, ...]:
    """Hold every channel against a reference.

    Parameters
    ----------
    spec
        The funnel.
    reference
        `TYPICAL`, `BEST`, the name of a channel, or a chance to be won such as ``12%`` or ``0.12``.

    Returns
    -------
    tuple of Lift
        One a channel. A funnel of one channel has nothing to hold it against but a chance.

    Raises
    ------
    UnknownNameError
        If the reference is none of these.
    SpecError
        If it is a chance outside (0, 1).
    """
    return tuple(_lift(spec, channel, _reference_chance(spec, channel, reference)) for channel in spec.market.channels)


def win_chance(spec: FunnelSpec, channel: Channel, entry: str | None = None, lift: float = 0.0) -> float:
    """Return the chance that a lead of a channel is won, coming in at ``entry`` (the channel's own by default).

    The mean over the leads' latent quality, by Gauss-Hermite quadrature; over the stages the chance solves
    w = A(Mw + m), A the chances to advance and M, m the shares of those who advance to each stage and to the win.
    Delays, reps, segments, products, nurture and patience are left out: they are the same for all channels.
    """
    stages = spec.market.stages
    place = spec.stage_names.index(entry or channel.entry or stages[0].name)
    moves, wins = _moves(stages)
    chances = [
        float(np.linalg.solve(np.eye(len(stages)) - advance[:, None] * moves, advance * wins)[place])
        for advance in (_advance(stages, channel, channel.quality + float(node), lift) for node in _NODES)
    ]
    return float(np.dot(chances, _WEIGHTS) / _WEIGHTS.sum())


def _lift(spec: FunnelSpec, channel: Channel, wanted: float) -> Lift:
    chance = win_chance(spec, channel)
    if chance >= wanted * (1 - 1e-9):
        return Lift(channel.name, chance, wanted, 0.0)

    def short(lift: float) -> float:
        return win_chance(spec, channel, lift=lift) - wanted

    enough = short(_MOST_LIFT) > 0  # a gate may keep the leads out, however good they are behind it
    return Lift(channel.name, chance, wanted, float(brentq(short, 0.0, _MOST_LIFT)) if enough else _MOST_LIFT)


def _reference_chance(spec: FunnelSpec, channel: Channel, reference: str) -> float:
    """Return the chance to be won of what a channel is held against, from the stage at which its leads come in."""
    entry = channel.entry or spec.stage_names[0]
    every = {other.name: win_chance(spec, other, entry) for other in spec.market.channels}
    others = [chance for name, chance in every.items() if name != channel.name]
    match reference:
        case name if name in every:
            return every[name]
        case "typical":
            return median(others) if others else 0.0
        case "best":
            return max(others, default=0.0)
    return _stated_chance(reference, every)


def _stated_chance(text: str, channels: Mapping[str, float]) -> float:
    try:
        chance = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        known = (TYPICAL, BEST, *channels, "a chance such as 12%")
        raise UnknownNameError("reference for lead quality", text, known, "diagnose") from None
    if not 0 < chance < 1:
        raise SpecError(f"reference {text!r}: a chance to be won lies between 0 and 100%; write 12% or 0.12")
    return chance


def _moves(stages: tuple[Stage, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Return the shares of those who advance from each stage to each, (stages, stages), and to the win, (stages,)."""
    names = [stage.name for stage in stages]
    moves, wins = np.zeros((len(names), len(names))), np.zeros(len(names))
    for place, stage in enumerate(stages):
        follows = names[place + 1] if place + 1 < len(names) else WON
        for target, share in (stage.next or {follows: 1.0}).items():
            if target == WON:
                wins[place] += share
            else:
                moves[place, names.index(target)] += share
    return moves, wins


def _advance(stages: tuple[Stage, ...], channel: Channel, quality: float, lift: float) -> np.ndarray:
    """Return the chance to advance at each stage, gates included: shape (stages,)."""
    return np.array(
        [
            _let_in(stage.gate, quality)
            * advance_chance(
                stage.advance,
                stage.quality_slope * quality + stage.channel_effects.get(channel.name, 0.0) + lift,
            )
            for stage in stages
        ]
    )


def _let_in(gate: Gate | None, quality: float) -> float:
    if gate is None:
        return 1.0
    return gate.sensitivity if quality >= gate.threshold else math.fsum((1.0, -gate.specificity))
