"""Where the ranges of what isn't known come from: a posterior, the estimates beside a funnel, the user, or evidence.

advance sql 0.35..0.45       a chance, stated
leads website 0.8..1.2       a factor on what is estimated; also amounts, effort STAGE and latency STAGE
advance sql evidence         as wide as the evidence has it, with its grade
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.posterior import Posterior
from forecast.priors import evidence
from scenarios.beliefs import ADVANCE, KINDS, RANGE, Belief
from scenarios.beliefs import draws as independent
from scenarios.levers.named import find
from sim.errors import SpecError
from sim.spec import FunnelSpec
from studies.funnel_folder import ESTIMATES, Funnel
from studies.posterior_file import POSTERIOR, load_posterior

type Floats = npt.NDArray[np.float64]

_NUMBER = r"\d*\.?\d+"
_RANGE = re.compile(rf"(?P<name>.*?)\s*(?P<low>{_NUMBER})\s*\.\.\s*(?P<high>{_NUMBER})")
_EVIDENCE = " evidence"
_SPREADS = {ADVANCE: "effect_spread", "leads": "season_spread", "amounts": "amount_change"}
"""Kind → the prior whose spread says how wide such a number's range is, in log odds or as a logarithm."""
_LEAST = 1e-3
"""Spread below which a number counts as known."""


@dataclass(frozen=True)
class Ranges:
    """What isn't known: beliefs, and the draws in which they vary together (None: independently of each other)."""

    beliefs: tuple[Belief, ...]
    joint: Floats | None = None

    def draws(self, count: int, seed: int) -> Floats:
        """Return places of the beliefs, shape (count, beliefs), in standard deviations from their middle.

        Raises
        ------
        SpecError
            If a posterior has fewer draws.
        """
        if self.joint is None:
            return independent(len(self.beliefs), count, seed)
        if count > len(self.joint):
            raise SpecError(f"the posterior has {len(self.joint)} draws, asked for {count}; ask for fewer")
        return self.joint[np.linspace(0, len(self.joint) - 1, count).astype(np.int64)]


def read_ranges(funnel: Funnel, texts: Sequence[str] = (), posterior: Path | None = None) -> Ranges:
    """Return what the user states, else what a posterior says, else what the estimates beside the funnel say."""
    if texts:
        return stated(texts, funnel.spec)
    if posterior is not None:
        file = posterior / POSTERIOR if posterior.is_dir() else posterior
        return from_posterior(load_posterior(file), funnel.spec)
    return estimated(funnel.tables.get(ESTIMATES), funnel.spec)


def stated(texts: Sequence[str], spec: FunnelSpec) -> Ranges:
    """Return the ranges that some texts state.

    Raises
    ------
    SpecError, UnknownNameError
        If one can't be read, or means nothing in this funnel.
    """
    beliefs = tuple(_stated(text, spec) for text in texts)
    names = [belief.name for belief in beliefs]
    for name in names:
        if names.count(name) > 1:
            raise SpecError(f"the range of {name!r} is given twice; give it once")
    for belief in beliefs:
        belief.lever(0.0).apply(spec)  # says at once whether the funnel has such a stage or channel
    return Ranges(beliefs)


def estimated(table: pd.DataFrame | None, spec: FunnelSpec) -> Ranges:
    """Return the ranges by the standard errors of a calibrated funnel: chances, rates of leads, and amounts.

    Raises
    ------
    SpecError
        If no estimates stand beside the funnel.
    """
    found = () if table is None else tuple(_of_estimates(table, spec))
    if not found:
        fix = "give --range 'advance STAGE 0.35..0.45' or --posterior FILE, or calibrate the funnel"
        raise SpecError(f"no estimates beside the funnel say how sure its numbers are; {fix}")
    return Ranges(found)


def from_posterior(posterior: Posterior, spec: FunnelSpec) -> Ranges:
    """Return the ranges by a posterior, whose draws say how its numbers vary together.

    A draw moves the funnel's own numbers by as much as it lies from the posterior's middle: chances to advance, leads
    by channel, and amounts in common.
    """
    moves = dict(_of_draws(posterior, spec))
    chosen = {key: move - move.mean() for key, move in moves.items() if move.std() > _LEAST}
    if not chosen:
        raise SpecError("the posterior says nothing of this funnel's stages and channels; give that of the same data")
    basis = f"posterior of {posterior.provenance.get('as_of', 'the history')[:10]}"
    beliefs = tuple(_around(kind, of, float(move.std()), spec, basis) for (kind, of), move in chosen.items())
    return Ranges(beliefs, np.stack([move / move.std() for move in chosen.values()], axis=1))


def _of_draws(posterior: Posterior, spec: FunnelSpec) -> Iterator[tuple[tuple[str, str], Floats]]:
    """Yield what moves with its moves, shape (draws,), in log odds for a chance and as logarithms otherwise."""
    stages, channels = posterior.names("stage"), posterior.names("channel")
    for stage in spec.market.stages:
        if stage.name in stages and 0 < stage.advance < 1:
            yield (ADVANCE, stage.name), posterior["advance_level"][:, stages.index(stage.name)]
    for channel in spec.market.channels:
        if channel.name in channels and channel.rate_per_day > 0:
            own = posterior["arrival_channel"][:, channels.index(channel.name)]
            yield ("leads", channel.name), posterior["arrival_now"] + own
    yield ("amounts", ""), posterior["amount_mean"].mean(axis=1)


def _of_estimates(table: pd.DataFrame, spec: FunnelSpec) -> Iterator[Belief]:
    rows = table.set_index(["where", "what"])[["value", "error"]].dropna()
    asked = [(ADVANCE, stage.name, f"stage {stage.name!r}", "advance") for stage in spec.market.stages]
    asked += [("leads", each.name, f"channel {each.name!r}", "rate_per_day") for each in spec.market.channels]
    for kind, of, where, what in (*asked, ("amounts", "", "amounts all", "median")):
        if (where, what) in rows.index:
            value, error = rows.loc[[(where, what)]].to_numpy(np.float64)[0].tolist()
            spread = error / (value * (1 - value)) if kind == ADVANCE else error / value
            if spread > _LEAST:
                yield _around(kind, of, spread, spec, "estimate ± its standard error")


def _stated(text: str, spec: FunnelSpec) -> Belief:
    kind, _, rest = text.strip().partition(" ")
    if kind not in KINDS:
        known = ", ".join(KINDS)
        raise SpecError(f"no range {text!r}; begin with one of {known}, such as 'advance sql 0.35..0.45'")
    if f" {rest}".endswith(_EVIDENCE):
        return _by_evidence(kind, f" {rest}".removesuffix(_EVIDENCE).strip(), spec)
    found = _RANGE.fullmatch(rest.strip())
    if found is None:
        raise SpecError(f"no range {text!r}; write what it is and from where to where, such as 'leads web 0.8..1.2'")
    return Belief(kind, found["name"], float(found["low"]), float(found["high"]), "stated")


def _by_evidence(kind: str, of: str, spec: FunnelSpec) -> Belief:
    if kind not in _SPREADS:
        known = ", ".join(_SPREADS)
        raise SpecError(
            f"no evidence says how far {kind} ranges, only {known}; state it, such as '{kind} {of} 0.8..1.2'"
        )
    prior = evidence()[_SPREADS[kind]]
    return _around(kind, of, prior.spread, spec, f"evidence, grade {prior.grade}: {prior.source}")


def _around(kind: str, of: str, spread: float, spec: FunnelSpec, basis: str) -> Belief:
    """Return a belief around the funnel's own number; ``spread`` is in log odds, or a logarithm."""
    reach = RANGE * spread
    if kind != ADVANCE:
        return Belief(kind, of, float(np.exp(-reach)), float(np.exp(reach)), basis)
    middle = find("stage", spec.market.stages, of).advance
    low, high = (middle / (middle + (1 - middle) * np.exp(-way)) for way in (-reach, reach))
    return Belief(kind, of, float(low), float(high), basis)
