"""Reasons in plain words: who could have a lead, who couldn't and why, what the ranking saw, how a tie was broken."""

from collections.abc import Iterable

import numpy as np

from scenarios.trace.witness import Choice, Ranked
from sim.routing.policy import Ties
from sim.routing.state import NO_LIMIT, Flags

_MOST = 6
"""Names that are told one by one; beyond them their number must do."""

_TIE_RULES = {
    Ties.RANDOM: "by the lead's own luck",
    Ties.LEAST_RECENT: "for whom the last lead is longest ago",
    Ties.LIST: "for who is listed first",
}


_SEEN = {
    "round robin": "number of the last assignment",
    "least open": "open deals",
    "most capacity": "open deals less the limit",
    "account owner": "0 for who knows the account",
    "by index": "points with a minus",
}
"""Ranking → what its numbers are, where they have a name."""


def reason(choice: Choice) -> str:
    """Say in sentences why a look for a rep ended as it did."""
    said = [_eligible(choice), _ruled_out(choice)]
    if choice.chosen >= 0:
        said += [*(_ranked(choice, each) for each in choice.rankings), _tie(choice)]
    return " ".join(part for part in said if part)


def _eligible(choice: Choice) -> str:
    able = _names(choice, choice.candidates)
    if not able:
        return "Nobody could have it."
    relaxed = [name for name, allowed in choice.filters if (choice.candidates & ~allowed).any()]
    although = f" (nobody passes {_list(relaxed)}, so it was given up)" if relaxed else ""
    if choice.idle_only:
        return f"From the pool: {_list(able)} could have it{although}; only those with nothing to do are asked."
    return f"{_list(able)} could have it{although}."


def _ruled_out(choice: Choice) -> str:
    reasons: dict[str, list[str]] = {}
    for place, name in enumerate(choice.names):
        if not choice.candidates[place]:
            reasons.setdefault(_why_not(choice, place), []).append(name)
    return f"Ruled out: {'; '.join(f'{_list(who)} {why}' for why, who in reasons.items())}." if reasons else ""


def _why_not(choice: Choice, place: int) -> str:
    if choice.managers[place]:
        return "(manager)"
    if choice.away[place]:
        return "(on leave)"
    if choice.open_deals[place] >= choice.wip_limit[place]:
        return f"(full, holds {choice.open_deals[place]} of {choice.wip_limit[place]})"
    if choice.excluded[place]:
        return "(has had it)"
    barred = [name for name, allowed in choice.filters if not allowed[place]]
    return f"({_list(barred)})" if barred else "(no more claims now)"


def _ranked(choice: Choice, ranked: Ranked) -> str:
    places = [place for place in np.flatnonzero(ranked.asked) if np.isfinite(ranked.keys[place])]
    places.sort(key=lambda place: ranked.keys[place])
    seen = ", ".join(f"{choice.names[place]} {_number(ranked.keys[place])}" for place in places[:_MOST])
    rest = f" and {len(places) - _MOST} more" if len(places) > _MOST else ""
    what = f"{_SEEN[ranked.name]}, " if ranked.name in _SEEN else ""
    return f"{ranked.name.capitalize()} ({what}lowest first): {seen}{rest}."


def _number(key: float) -> str:
    """Write a key; the room of reps without a limit is no number that says anything."""
    return "no limit" if abs(key) > NO_LIMIT / 2 else f"{key:.4g}"


def _tie(choice: Choice) -> str:
    tied = _names(choice, choice.tied)
    if len(tied) < 2:
        return ""
    return f"Tie of {_list(tied)}, broken {_TIE_RULES[choice.ties]}."


def _names(choice: Choice, flags: Flags) -> list[str]:
    return [name for name, flag in zip(choice.names, flags.tolist(), strict=True) if flag]


def _list(names: Iterable[str]) -> str:
    names = list(names)
    if len(names) > _MOST:
        return f"{', '.join(names[: _MOST - 1])} and {len(names) - _MOST + 1} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
