"""The buyer: what moves the odds, how a late first touch costs, and when interest comes back."""

import math

from sim.jit import rule


@rule
def delay_effect(delay: float, reference: float, slope: float, most: float) -> float:
    """Return the log odds lost because the first touch came ``delay`` days after the buyer was ready.

    ``slope`` per doubling beyond ``reference`` days, and never more than ``most``.
    """
    if delay <= reference or slope == 0.0:
        return 0.0
    return min(most, slope * math.log2(delay / reference))


@rule
def overload_effect(open_deals: int, comfortable: int, slope: float) -> float:
    """Return the log odds lost because the rep holds more than ``comfortable`` open deals."""
    return slope * max(0, open_deals - comfortable)


@rule
def deal_log_odds(
    quality_slope: float,
    quality: float,
    channel: float,
    segment: float,
    product: float,
    rep: float,
    delay: float,
) -> float:
    """Return what moves a deal's log odds: quality, channel, segment, product and rep, less the delay's cost."""
    return quality_slope * quality + channel + segment + product + rep - delay


@rule
def rep_log_odds(skill: float, match: float, open_deals: int, comfortable: int, overload_slope: float) -> float:
    """Return what a rep adds: skill, the ``match`` of a specialist with the deal's product, less the overload."""
    return skill + match - overload_effect(open_deals, comfortable, overload_slope)


@rule
def advance_chance(base: float, log_odds: float) -> float:
    """Return the chance ``base`` shifted by ``log_odds``; certainty stays certain."""
    if base <= 0.0 or base >= 1.0 or log_odds == 0.0:
        return base
    return 1.0 / (1.0 + (1.0 - base) / base * math.exp(min(700.0, -log_odds)))


@rule
def admits(quality: float, threshold: float, sensitivity: float, specificity: float, u: float) -> bool:
    """Return whether a gate lets a lead in, given a uniform number of the lead's own."""
    if quality >= threshold:
        return u < sensitivity
    return u >= specificity


@rule
def messages_until_reaction(wake: float, opt_out: float, u: float) -> int:
    """Return how many nurture messages it takes until the lead wakes or opts out (geometric), at least 1."""
    reacts = wake + opt_out
    if reacts >= 1.0:
        return 1
    return max(1, math.ceil(math.log1p(-u) / math.log1p(-reacts)))


@rule
def survival_odds(if_advancing: float, if_not: float) -> float:
    """Return the log odds of advancing that lie in not having ended yet (Bayes), given both chances of lasting so long.

    What has outlasted every deal that advanced won't advance.
    """
    if if_advancing <= 0.0:
        return -math.inf
    return math.log(if_advancing / if_not) if if_not > 0.0 else math.inf
