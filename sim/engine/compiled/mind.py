"""The buyer's mind: whether a deal will advance, settled by the first touch of a stage and how late it came."""

from typing import Any

from sim.buyer import advance_chance, deal_log_odds, delay_effect, rep_log_odds
from sim.engine.compiled.luck import luck
from sim.engine.compiled.records import deal_of, flags_of, floats_of, rep_of, stage_of, wholes_of
from sim.linking import flow
from sim.streams import Purpose
from sim.workforce import remembered

_OUTCOME = int(Purpose.OUTCOME)


@flow
def make_up_mind(w: Any, slot: int, shift: float) -> None:
    """Decide whether the buyer will advance."""
    deal = deal_of(w, slot)
    chance = advance_chance(stage_of(w, deal.stage).advance, shift)
    if 0.0 < chance < 1.0:
        deal.advances = luck(w, deal, _OUTCOME, 0) < chance
    else:  # no luck can change it
        deal.advances = chance >= 1.0


@flow
def log_odds(w: Any, slot: int, delay: float, rep: int) -> float:
    """Return what moves the odds of a deal that a rep (-1: nobody) touches after ``delay`` days."""
    deal = deal_of(w, slot)
    here = stage_of(w, deal.stage)
    return deal_log_odds(
        here.quality_slope,
        deal.quality,
        _effect(w, here.channel_effects, deal.channel, w.n_channels),
        _effect(w, here.segment_effects, deal.segment, w.n_segments),
        _effect(w, here.product_effects, deal.product, w.n_products),
        _rep_adds(w, deal, rep),
        delay_effect(delay, here.speed_reference, here.speed_slope, here.speed_most),
    )


@flow
def _effect(w: Any, first: int, code: int, length: int) -> float:
    return floats_of(w.numbers, first, length + 1)[code if code >= 0 else length]


@flow
def _rep_adds(w: Any, deal: Any, i: int) -> float:
    if i < 0:
        return 0.0
    rep = rep_of(w, i)
    skill = floats_of(w.numbers, rep.skills, w.n_stages)[deal.stage] + _gained(w, rep, deal.stage)
    matches = rep.specialist and flags_of(w.rep_products, i * w.n_products, w.n_products)[deal.product]
    load = wholes_of(w.rep_open, 0, w.n_reps)[i]
    return rep_log_odds(skill, w.product_match if matches else 0.0, load, w.comfortable_load, w.overload_slope)


@flow
def _gained(w: Any, rep: Any, stage: int) -> float:
    """Return what is left of what a rep has learned for a stage."""
    total = 0.0
    for k in range(rep.n_gains):
        gain = floats_of(w.numbers, rep.gains + 4 * k, 4)
        if gain[0] < 0.0 or int(gain[0]) == stage:
            total += remembered(gain[2], w.now - gain[1], gain[3])
    return total
