"""Reasons in plain words: who could have a lead, who couldn't and why, what the ranking saw, how a tie was broken."""

import numpy as np

from scenarios.trace.phrases import Phrases
from scenarios.trace.witness import Choice, Ranked
from sim.routing.policy import Ties
from sim.routing.state import NO_LIMIT, Flags

_TIE_RULES = {Ties.RANDOM: "tie_random", Ties.LEAST_RECENT: "tie_least_recent", Ties.LIST: "tie_list"}
_SEEN = {
    "round robin": "seen_turn",
    "least open": "seen_open",
    "most capacity": "seen_room",
    "account owner": "seen_owner",
    "by index": "seen_points",
}
"""Ranking → the sentence that says what its numbers are, where they have a name."""


def reason(choice: Choice, phrases: Phrases) -> str:
    """Say in sentences why a look for a rep ended as it did."""
    said = [_eligible(choice, phrases), _ruled_out(choice, phrases)]
    if choice.chosen >= 0:
        said += [*(_ranked(choice, each, phrases) for each in choice.rankings), _tie(choice, phrases)]
    return phrases.say("gap").join(part for part in said if part)


def _eligible(choice: Choice, phrases: Phrases) -> str:
    able = _names(choice, choice.candidates)
    if not able:
        return phrases.say("nobody")
    relaxed = [phrases.name(name) for name, allowed in choice.filters if (choice.candidates & ~allowed).any()]
    although = phrases.say("given_up", filters=phrases.together(relaxed)) if relaxed else ""
    return phrases.say("from_pool" if choice.idle_only else "able", names=phrases.together(able), although=although)


def _ruled_out(choice: Choice, phrases: Phrases) -> str:
    reasons: dict[str, list[str]] = {}
    for place, name in enumerate(choice.names):
        if not choice.candidates[place]:
            reasons.setdefault(_why_not(choice, place, phrases), []).append(name)
    said = (phrases.say("ruled", names=phrases.together(who), why=why) for why, who in reasons.items())
    return phrases.say("ruled_out", reasons=phrases.say("semicolon").join(said)) if reasons else ""


def _why_not(choice: Choice, place: int, phrases: Phrases) -> str:
    if choice.managers[place]:
        return phrases.say("manager")
    if choice.away[place]:
        return phrases.say("away")
    if choice.open_deals[place] >= choice.wip_limit[place]:
        return phrases.say("full", n=choice.open_deals[place], limit=choice.wip_limit[place])
    if choice.excluded[place]:
        return phrases.say("had_it")
    barred = [phrases.name(name) for name, allowed in choice.filters if not allowed[place]]
    return phrases.together(barred) if barred else phrases.say("no_more_claims")


def _ranked(choice: Choice, ranked: Ranked, phrases: Phrases) -> str:
    places = [place for place in np.flatnonzero(ranked.asked) if np.isfinite(ranked.keys[place])]
    places.sort(key=lambda place: ranked.keys[place])
    seen = phrases.first([f"{choice.names[place]} {_number(ranked.keys[place], phrases)}" for place in places])
    what = phrases.say(_SEEN[ranked.name]) if ranked.name in _SEEN else ""
    name = phrases.name(ranked.name)
    return phrases.say("ranked", name=name[:1].upper() + name[1:], what=what, seen=seen)


def _number(key: float, phrases: Phrases) -> str:
    """Write a key; the room of reps without a limit is no number that says anything."""
    return phrases.say("no_limit") if abs(key) > NO_LIMIT / 2 else f"{key:.4g}"


def _tie(choice: Choice, phrases: Phrases) -> str:
    tied = _names(choice, choice.tied)
    if len(tied) < 2:
        return ""
    return phrases.say("tie", names=phrases.together(tied), rule=phrases.say(_TIE_RULES[choice.ties]))


def _names(choice: Choice, flags: Flags) -> list[str]:
    return [name for name, flag in zip(choice.names, flags.tolist(), strict=True) if flag]
