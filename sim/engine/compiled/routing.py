"""Routing: the parts of a policy put together as `sim.routing.policy.Routing` does, over the team's columns.

Every filter and ranking is the compiled rule of its own file; what a part's numbers mean is said where they are laid
out (`sim.engine.compiled.policies`).
"""

import math
from typing import Any

from sim.engine.compiled.functions import call_choose_rep
from sim.engine.compiled.hours import next_at_work
from sim.engine.compiled.line import turn
from sim.engine.compiled.records import (
    NONE,
    deal_of,
    flags_of,
    floats_of,
    line_of,
    mark_of,
    part_of,
    rep_of,
    view_of,
    wholes_of,
)
from sim.engine.floor import VISIT_BITS
from sim.linking import flow
from sim.routing.account_owner import one_first
from sim.routing.at_work import forbid_late
from sim.routing.by_index import NAMES, note_worth, weigh, worth_of
from sim.routing.by_region import forbid_strangers
from sim.routing.by_speed import fastest
from sim.routing.by_tier import forbid_other_ranks
from sim.routing.daily_cap import forbid_full_days
from sim.routing.least_open import fewest_open
from sim.routing.most_capacity import least_room
from sim.routing.policy import first_best, keep_best, rooms
from sim.routing.round_robin import longest_waiting
from sim.routing.state import tie_luck
from sim.routing.weighted_round_robin import most_saved, settle
from sim.workforce import is_absent
from sim.working_time import is_open, next_change

(BY_REGION, BY_PRODUCT, BY_TIER, AT_WORK, DAILY_CAP) = range(5)
"""Filters."""
(RANDOM, ROUND_ROBIN, WEIGHTED, LEAST_OPEN, MOST_CAPACITY, VALUE_BALANCED, BY_SPEED, ACCOUNT_OWNER, USER, BY_INDEX) = (
    range(10)
)
"""Rankings."""
(TIES_RANDOM, TIES_LEAST_RECENT, TIES_LIST) = range(3)
"""Tie rules."""

_FEATURES = len(NAMES)


@flow
def show(w: Any, team: Any, slot: int) -> Any:
    """Fill in the lead as routing sees it, and return it."""
    deal, view = deal_of(w, slot), view_of(w)
    owner = wholes_of(w.account_owner, deal.account, 1)[0] - team.first if w.tracks_owners else NONE
    view.channel, view.region, view.segment, view.product = deal.channel, deal.region, deal.segment, deal.product
    view.account, view.tier, view.stage = deal.account, deal.tier, deal.stage
    view.owner = owner if 0 <= owner < team.n_reps else NONE
    view.score, view.amount, view.value, view.now = deal.score, deal.amount, deal.score / 100.0 * deal.amount, w.now
    view.key, view.number, view.hop = deal.key, deal.number, (deal.visits << VISIT_BITS) | turn(deal)
    return view


@flow
def refresh(w: Any, team: Any) -> None:
    """Bring up to date who is away and, for rules that look at it, when everybody is next at work."""
    if w.now >= team.away_until:
        _see_who_is_away(w, team)
    if team.watches_hours and team.hours_at != w.now:
        team.hours_at = w.now
        available = floats_of(w.rep_available, team.first, team.n_reps)
        for i in range(team.n_reps):
            available[i] = next_at_work(w, rep_of(w, team.first + i))


@flow
def _see_who_is_away(w: Any, team: Any) -> None:
    away, until = flags_of(w.rep_away, team.first, team.n_reps), math.inf
    for i in range(team.n_reps):
        rep = rep_of(w, team.first + i)
        starts = floats_of(w.hours_start, rep.leave, rep.n_leave)
        ends = floats_of(w.hours_end, rep.leave, rep.n_leave)
        away[i] = is_open(starts, ends, w.now) or is_absent(w.now, rep.joins, rep.leaves)
        until = min(until, next_change(starts, ends, w.now))
        if w.now < rep.joins:
            until = min(until, rep.joins)
        elif w.now < rep.leaves:
            until = min(until, rep.leaves)
    team.away_until = until
    room = _find_rooms(w, team)
    team.roomy = 0
    for flag in room:
        team.roomy += flag


@flow
def _find_rooms(w: Any, team: Any) -> Any:
    """Find out who of the team could take a deal at all, and return the flags; `load` keeps them up to date."""
    first, n = team.first, team.n_reps
    room = flags_of(w.rep_room, first, n)
    rooms(
        flags_of(w.rep_eligible, first, n),
        flags_of(w.rep_away, first, n),
        wholes_of(w.rep_open, first, n),
        wholes_of(w.rep_limit, first, n),
        room,
    )
    return room


@flow
def load(w: Any, team: Any, place: int, by: int) -> None:
    """Let a rep hold one deal more (``by`` 1) or less (-1), and keep count of the team's reps who have room."""
    i = team.first + place
    held, limit = wholes_of(w.rep_open, i, 1), wholes_of(w.rep_limit, i, 1)[0]
    had_room = held[0] < limit
    held[0] += by
    if had_room != (held[0] < limit) and flags_of(w.rep_eligible, i, 1)[0] and not flags_of(w.rep_away, i, 1)[0]:
        flags_of(w.rep_room, i, 1)[0] = not had_room
        team.roomy += -1 if had_room else 1


@flow
def anybody(flags: Any) -> bool:
    """Tell whether any flag is set."""
    for flag in flags:  # noqa: SIM110 - compiled as it stands
        if flag:
            return True
    return False


@flow
def find_candidates(
    w: Any,
    team: Any,
    slot: int,
    pulled: bool,
    barred: int,
    candidates: Any,
) -> None:
    """Flag in ``candidates`` who but ``barred`` (-1: nobody) may get the task now, or claim it (``pulled``)."""
    view, n_filters = view_of(w), team.n_filters
    while True:
        room = flags_of(w.rep_room, team.first, team.n_reps)
        for i in range(team.n_reps):
            candidates[i] = room[i]
        _exclude(w, slot, pulled, candidates)
        if barred >= 0:
            candidates[barred] = False
        for i in range(n_filters):
            _forbid(w, team, part_of(w, team.part + i), view, candidates)
        if n_filters == 0 or not team.relax or anybody(candidates):
            return
        n_filters -= 1


@flow
def _exclude(w: Any, slot: int, pulled: bool, candidates: Any) -> None:
    mark = deal_of(w, slot).marks
    while mark >= 0:
        marked = mark_of(w, mark)
        if marked.until == math.inf or (pulled and w.now < marked.until):
            candidates[marked.rep] = False
        mark = marked.next


@flow
def _forbid(w: Any, team: Any, part: Any, view: Any, allowed: Any) -> None:
    first, n = team.first, team.n_reps
    if part.code == BY_REGION:
        serves = flags_of(w.rep_regions, first * w.n_regions, n * w.n_regions).reshape((n, w.n_regions))
        forbid_strangers(serves, view.region, allowed)
    elif part.code == BY_PRODUCT:
        sells = flags_of(w.rep_products, first * w.n_products, n * w.n_products).reshape((n, w.n_products))
        forbid_strangers(sells, view.product, allowed)
    elif part.code == BY_TIER:
        seniority = wholes_of(w.rep_seniority, first, n)
        forbid_other_ranks(seniority, view.tier, int(part.a), int(part.b), part.c != 0.0, allowed)
    elif part.code == AT_WORK:
        forbid_late(floats_of(w.rep_available, first, n), view.now + part.a, allowed)
    elif math.floor(view.now) == _today(w, team)[0]:
        forbid_full_days(wholes_of(w.rep_today, first, n), int(part.a), allowed)


@flow
def choose(w: Any, team: Any, candidates: Any) -> int:
    """Return the candidate who gets the lead on view, or -1 where there is none."""
    n = team.n_reps
    left, keys = flags_of(w.left, 0, n), floats_of(w.rank_keys, 0, n)
    if not anybody(candidates):  # nobody is asked about a lead that nobody may get
        return NONE
    for i in range(n):
        left[i] = candidates[i]
    for i in range(team.n_ranks):
        _rank(w, team, part_of(w, team.part + team.n_filters + i), left, keys)
        keep_best(left, keys)
    return break_ties(w, team, left, keys)


@flow
def _rank(w: Any, team: Any, part: Any, left: Any, keys: Any) -> None:
    first, n, view = team.first, team.n_reps, view_of(w)
    if part.code == ROUND_ROBIN:
        longest_waiting(wholes_of(w.rep_turn, first, n), keys)
    elif part.code == LEAST_OPEN:
        fewest_open(wholes_of(w.rep_open, first, n), keys)
    elif part.code == MOST_CAPACITY:
        least_room(wholes_of(w.rep_open, first, n), wholes_of(w.rep_limit, first, n), keys)
    elif part.code == BY_SPEED:
        fastest(floats_of(w.rep_speed, first, n), part.a, keys)
    elif part.code == ACCOUNT_OWNER:
        one_first(view.owner, keys)
    elif part.code == WEIGHTED:
        most_saved(floats_of(w.rep_credit, first, n), floats_of(w.rep_weight, first, n), 1.0, left, keys)
    elif part.code == VALUE_BALANCED:
        credit = floats_of(w.rep_value_credit, first, n)
        most_saved(credit, floats_of(w.rep_weight, first, n), view.value, left, keys)
    elif part.code == RANDOM:
        _luck_of(w, team, left, keys)
    elif part.code == BY_INDEX:
        _weigh(w, team, part, left, keys)
    else:
        _ask_user(w, team, part, keys)


@flow
def _weigh(w: Any, team: Any, part: Any, left: Any, keys: Any) -> None:
    first, n, view = team.first, team.n_reps, view_of(w)
    todo, kinds = wholes_of(w.rep_todo, first, n), w.n_stages * (w.n_products + 1)
    for i in range(n):
        todo[i] = line_of(w, first + i).length + rep_of(w, first + i).busy
    weigh(
        floats_of(w.numbers, part.weights, _FEATURES),
        wholes_of(w.rep_open, first, n),
        todo,
        floats_of(w.rep_speed, first, n),
        floats_of(w.rep_odds, first * kinds, n * kinds).reshape((n, w.n_stages, w.n_products + 1)),
        view.stage,
        view.product,
        wholes_of(w.rep_turn, first, n),
        floats_of(w.rep_available, first, n),
        view.now,
        view.owner,
        worth_of(view.value, floats_of(w.team_worth, 2 * team.number, 2)),
        left,
        keys,
    )


@flow
def _ask_user(w: Any, team: Any, part: Any, keys: Any) -> None:
    rep = call_choose_rep(w, team, part.function)
    if not NONE <= rep < team.n_reps:
        w.failed = True
        rep = NONE
    one_first(rep, keys)


@flow
def break_ties(w: Any, team: Any, left: Any, keys: Any) -> int:
    """Return which of those who are left gets the lead on view, or -1 where there is nobody."""
    if team.ties == TIES_RANDOM:
        found, alone = NONE, True
        for i in range(team.n_reps):
            if left[i]:
                alone = found < 0
                found = i
                if not alone:
                    break
        if alone:  # nobody, or no tie: no luck is needed
            return found
        _luck_of(w, team, left, keys)
    elif team.ties == TIES_LEAST_RECENT:
        longest_waiting(wholes_of(w.rep_turn, team.first, team.n_reps), keys)
    else:
        return _first(left)
    return first_best(left, keys)


@flow
def _first(left: Any) -> int:
    for i in range(len(left)):
        if left[i]:
            return i
    return NONE


@flow
def _luck_of(w: Any, team: Any, left: Any, keys: Any) -> None:
    view, names = view_of(w), wholes_of(w.rep_key, team.first, team.n_reps)
    tie_luck(w.seed, w.replication, view.key, view.number, view.hop, names, left, keys)


@flow
def remember(w: Any, team: Any, candidates: Any, chosen: int) -> None:
    """Note that ``chosen`` was given the lead on view."""
    note_turn(w, team, chosen)
    first, n = team.first, team.n_reps
    for i in range(team.n_ranks):
        code = part_of(w, team.part + team.n_filters + i).code
        if code == WEIGHTED:
            settle(floats_of(w.rep_credit, first, n), floats_of(w.rep_weight, first, n), 1.0, candidates, chosen)
        elif code == VALUE_BALANCED:
            credit, weight = floats_of(w.rep_value_credit, first, n), floats_of(w.rep_weight, first, n)
            settle(credit, weight, view_of(w).value, candidates, chosen)
        elif code == BY_INDEX:
            note_worth(floats_of(w.team_worth, 2 * team.number, 2), view_of(w).value)


@flow
def note_turn(w: Any, team: Any, rep: int) -> None:
    """Count an assignment of a rep's, as `sim.routing.state.TeamState.remember` does."""
    first, n = team.first, team.n_reps
    day, clock = math.floor(w.now), _today(w, team)
    today = wholes_of(w.rep_today, first, n)
    if day != clock[0]:
        clock[0] = day
        for i in range(n):
            today[i] = 0
    today[rep] += 1
    wholes_of(w.rep_assigned, first, n)[rep] += 1
    clock[1] += 1
    wholes_of(w.rep_turn, first, n)[rep] = clock[1]
    _to_the_back(w, team, rep)


@flow
def _to_the_back(w: Any, team: Any, rep: int) -> None:
    """Let a rep be the last in the order of turns."""
    before, after = wholes_of(w.rep_before, team.first, team.n_reps), wholes_of(w.rep_after, team.first, team.n_reps)
    if rep == team.turn_last:
        return
    if rep == team.turn_first:
        team.turn_first = after[rep]
    else:
        after[before[rep]] = after[rep]
    before[after[rep]] = before[rep]
    after[team.turn_last], before[rep], after[rep] = rep, team.turn_last, NONE
    team.turn_last = rep


@flow
def _today(w: Any, team: Any) -> Any:
    """Return the team's day of the last assignment, and how many assignments there were."""
    return wholes_of(w.team_clock, 2 * team.number, 2)
