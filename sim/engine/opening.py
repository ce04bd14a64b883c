"""The opening's deals as leads, and the rows that tell how they came to stand where they stand."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.arrivals import Leads, Luck, Whole, amounts, normals, quantiles, tiers, uniforms_at
from sim.buyer import survival_odds
from sim.distributions import Floats
from sim.engine.journal import Journal
from sim.errors import SpecError, UnknownNameError
from sim.eventlog import NONE, Kind
from sim.market import Stage
from sim.opening import Opening
from sim.scoring import correlation
from sim.spec import ANY, FunnelSpec
from sim.streams import Purpose, name_key

OPENING_KEY = name_key("(opening)")
"""The channel part of the address of leads that are open at the start; their number is their place in the opening."""


@dataclass(frozen=True, slots=True)
class KnownDeals:
    """What is known of the opening's deals whatever the luck: columns of `Leads`, NaN where the CRM doesn't know."""

    spec: FunnelSpec
    columns: Mapping[str, npt.NDArray[Any]]

    @classmethod
    def of(cls, spec: FunnelSpec, opening: Opening) -> "KnownDeals":
        """Read the deals."""
        deals, stages = opening.deals, spec.stage_names
        channels = tuple(channel.name for channel in spec.market.channels)
        coded = {
            kind: _codes([getattr(deal, kind) for deal in deals], spec.names(f"{kind}s"))
            for kind in ("region", "segment", "product")
        }
        columns = {
            "channel": np.array([_code(deal.channel, channels) for deal in deals], np.int64),
            "key": np.full(len(deals), OPENING_KEY),
            "number": np.arange(len(deals)),
            **coded,
            "account": _accounts(spec, [deal.account for deal in deals]),
            "created": np.array([-deal.age for deal in deals], np.float64),
            "amount": np.array([deal.amount for deal in deals], np.float64),
            "score": np.array([deal.score for deal in deals], np.float64),
            "entry": np.array([stages.index(deal.stage) for deal in deals], np.int64),
        }
        return cls(spec, columns)

    def draw(self, luck: Luck) -> Leads:
        """Return the deals as leads; what the CRM doesn't know is drawn from the market."""
        known, market = self.columns, self.spec.market

        def draw(purpose: Purpose) -> Floats:
            return uniforms_at(luck.seed, luck.replication, OPENING_KEY, known["number"], int(purpose))

        drawn = amounts(self.spec, known["segment"], known["product"], draw(Purpose.AMOUNT))
        score = _known_or(known["score"], 100.0 * draw(Purpose.SCORE_NOISE))
        guessed = {
            "amount": _known_or(known["amount"], drawn),
            "list_share": 1.0 - quantiles(market.discount, draw(Purpose.DISCOUNT)),
            "score": score,
            "quality": _quality_given(score, correlation(market.scoring.concordance), draw(Purpose.QUALITY)),
            "tier": tiers(market, score),
        }
        return Leads(**{**known, **guessed})


def odds_of_being_open(stage: Stage, touches: int, silence: float) -> float:
    """Return what it tells of a deal of the opening that its touches are over and it has waited ``silence`` days."""
    chances = [
        (1.0 - enough.cdf(touches - 1)) * (1.0 - latency.cdf(silence))
        for enough, latency in (
            (stage.touches, stage.latency),
            (stage.lost_touches or stage.touches, stage.lost_latency or stage.latency),
        )
    ]
    return survival_odds(*chances)


def write_history(journal: Journal, spec: FunnelSpec, opening: Opening) -> None:
    """Write how each deal came to stand where it stands, at negative times."""
    stages, actors = spec.stage_names, spec.operation.actors
    for row, deal in enumerate(opening.deals):
        stage, owner = stages.index(deal.stage), _code(deal.owner or "", actors)
        journal.write(-deal.age, row, Kind.CREATED)
        journal.write(-deal.stage_age, row, Kind.ENTERED, stage)
        if owner != NONE:
            journal.write(-deal.stage_age, row, Kind.ROUTED, stage, owner)
        if deal.touches:
            journal.write(-deal.last_touch_age, row, Kind.STARTED, stage, owner)
            journal.write(-deal.last_touch_age, row, Kind.TOUCHED, stage, owner)


def check_opening(spec: FunnelSpec, opening: Opening) -> None:
    """Refuse deals that the funnel has no place for, and deals that appear twice.

    Raises
    ------
    SpecError, UnknownNameError
        The message names the deal, the value and the fix.
    """
    stages, names = spec.stage_names, {kind: spec.names(f"{kind}s") for kind in ("region", "segment", "product")}
    for deal in opening.deals:
        if deal.stage not in stages:
            raise UnknownNameError("stage", deal.stage, stages, f"open deal {deal.label!r}: this funnel")
        for kind, known in names.items():
            name = getattr(deal, kind)
            if name and name not in known:
                raise UnknownNameError(kind, name, known, f"open deal {deal.label!r}: this funnel")
    labels = [deal.label for deal in opening.deals]
    if len(set(labels)) < len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise SpecError(f"opening: deal {twice!r} appears twice; keep one of them")


def _code(name: str, names: tuple[str, ...]) -> int:
    return names.index(name) if name in names else NONE


def _codes(values: list[str], names: tuple[str, ...]) -> Whole:
    """Return codes, with the unknown standing for ``any`` or else the first name."""
    unknown = max(0, _code(ANY, names))
    return np.array([names.index(value) if value else unknown for value in values], np.int64)


def _accounts(spec: FunnelSpec, names: list[str]) -> Whole:
    """Return account numbers behind those of arriving leads; nameless deals have an account each."""
    beyond = (len(spec.names("regions")) + 1) * len(spec.names("segments")) * spec.market.accounts
    first: dict[str, int] = {}
    places = [first.setdefault(name, place) if name else place for place, name in enumerate(names)]
    return np.array([beyond + place for place in places], np.int64)


def _known_or(known: Floats, drawn: Floats) -> Floats:
    return np.where(np.isnan(known), drawn, known)


def _quality_given(score: Floats, rho: float, u: Floats) -> Floats:
    """Return a draw of the latent quality given the score.

    Normal with mean ρ × score's normal value, variance 1 - ρ².
    """
    return rho * normals(np.clip(score / 100.0, 1e-6, 1 - 1e-6)) + math.sqrt(1 - rho * rho) * normals(u)
