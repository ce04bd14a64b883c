"""How each deal walks through the funnel: its facts in order of time, and the moves among them.

Rows that only repeat where a deal stands move nothing. A deal that comes back after its end is a deal reopened, and
both are told; an end that is overwritten by another end was a slip, and only the last is told.
"""

from dataclasses import dataclass

import numpy as np

from forecast.crm.facts import EXITS, MOVES, Facts, What
from forecast.crm.findings import Finding, Ledger, Rows
from forecast.crm.parsing import Flags
from sim.eventlog import NONE, Codes

_CORRECTED = Finding(
    "corrected-end", "info", "rows that end a deal in another way than the row after them", 0, "repaired",
    "a correction: only the last of several ends in a row counts",
)  # fmt: skip
_REOPENED = Finding(
    "reopened", "warning", "rows that take up a deal after its end", 0, "kept",
    "both are told: it ended then, and came back",
)  # fmt: skip
_BACKWARD = Finding(
    "moved-back", "warning", "rows that move a deal back to an earlier stage", 0, "repaired",
    "the mapping says `backward: ignore`: the deal stays where it was",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Walk:
    """The facts of every deal in order, deal after deal.

    Attributes
    ----------
    facts
        Sorted by lead, then time, then what follows from what.
    lead, first
        Lead of each fact, and the position of that lead's first fact.
    moves
        The facts that change where a deal stands: it enters another stage, rests in nurture, is lost or won.
    last_move
        Position of the last move of the same lead at or before each fact, -1 where there is none.
    """

    facts: Facts
    lead: Codes
    first: Rows
    moves: Flags
    last_move: Rows

    def moving(self, *kinds: What) -> Flags:
        """Flag the moves of some kinds."""
        return self.moves & self.facts.is_a(*kinds)

    def latest(self, flags: Flags) -> Rows:
        """Return for each fact the position of the latest flagged one of its lead, itself included, or -1."""
        places = np.maximum.accumulate(np.where(flags, np.arange(len(flags)), -1))
        return np.where(places >= self.first, places, -1)

    @property
    def stands(self) -> Codes:
        """Stage that the deal has entered last, at each fact; `NONE` before the first."""
        places = self.latest(self.moving(What.ENTERED))
        return np.where(places >= 0, self.facts.stage[places], NONE).astype(np.int32)

    @property
    def over(self) -> Flags:
        """Flag the facts after which the deal has ended and not come back yet."""
        return np.asarray((self.last_move >= 0) & np.isin(self.facts.what[self.last_move], _EXITS))

    @property
    def over_at_last(self) -> Flags:
        """Flag the facts of the deals that have ended when the history ends."""
        ended = np.zeros(int(self.lead.max(initial=-1)) + 1, bool)
        ended[self.lead] = self.over  # the last fact of a lead is assigned last and stays
        return np.asarray(ended[self.lead])

    def move_before(self) -> tuple[Codes, Codes]:
        """Return what the move before each fact was, and the stage entered last before it; `NONE` for nothing."""
        at_first = np.arange(len(self.lead)) == self.first
        earlier = np.where(at_first, -1, np.roll(self.last_move, 1))
        what = np.where(earlier >= 0, self.facts.what[earlier], NONE).astype(np.int32)
        return what, np.where(at_first, NONE, np.roll(self.stands, 1)).astype(np.int32)


_EXITS = [int(kind) for kind in EXITS]


def walk(facts: Facts, ledger: Ledger, *, backward: str) -> Walk:
    """Order the facts and find every deal's moves; ``backward`` is the mapping's word on moves to earlier stages."""
    facts = facts.take(_order(facts))
    lead = facts.lead_of
    starts = np.flatnonzero(np.diff(lead, prepend=-2))
    first = np.repeat(starts, np.diff(np.append(starts, len(lead))))
    moves = np.zeros(len(lead), bool)
    moves[_moves(facts, lead, ledger, backward)] = True
    last = np.maximum.accumulate(np.where(moves, np.arange(len(lead)), -1))
    return Walk(facts, lead, first, moves, np.where(last >= first, last, -1))


def _order(facts: Facts) -> Rows:
    """Sort by lead and time; at one instant: creation, stages in the funnel's order, work, and the end."""
    stage = np.where(facts.is_a(What.ENTERED), facts.stage, 0)
    rank = facts.what.astype(np.int64) * (len(facts.texts["stage"]) + 1) + stage
    return np.lexsort((facts.row, rank, facts.time, facts.lead_of))


def _moves(facts: Facts, lead: Codes, ledger: Ledger, backward: str) -> Rows:
    """Return the positions of the facts that change where a deal stands."""
    places = np.flatnonzero(facts.is_a(*MOVES))
    if not len(places):
        return places
    if backward == "ignore":
        places = _forward(facts, lead, ledger, places)
    places = places[~_repeats(facts, lead, places)]
    same_lead = lead[places][1:] == lead[places][:-1]
    is_exit = np.isin(facts.what[places], _EXITS)
    overwritten = is_exit & _then(same_lead & is_exit[1:])
    ledger.keep(facts.row[places[overwritten]], _CORRECTED)
    reopening = (facts.what[places] == What.ENTERED) & _since(same_lead & is_exit[:-1])
    ledger.keep(facts.row[places[reopening]], _REOPENED)
    return places[~overwritten]


def _forward(facts: Facts, lead: Codes, ledger: Ledger, places: Rows) -> Rows:
    """Leave out moves to a stage before the furthest so far; a deal that comes back from outside begins anew."""
    entering = facts.what[places] == What.ENTERED
    stage = np.where(entering, facts.stage[places], 0).astype(np.int64)
    same_lead = lead[places][1:] == lead[places][:-1]
    run = np.cumsum(~_since(same_lead & entering[:-1]))
    span = len(facts.texts["stage"]) + 1
    back = entering & (stage < np.maximum.accumulate(run * span + stage) - run * span)
    ledger.keep(facts.row[places[back]], _BACKWARD)
    return np.asarray(places[~back])


def _repeats(facts: Facts, lead: Codes, places: Rows) -> Flags:
    """Flag the moves that only repeat the one before."""
    what = facts.what[places].astype(np.int64)
    state = np.where(what == What.ENTERED, facts.stage[places], NONE - what)
    return _since((lead[places][1:] == lead[places][:-1]) & (state[1:] == state[:-1]))


def _since(pairs: Flags) -> Flags:
    """Turn flags of neighbouring pairs into flags of their second members."""
    return np.append([False], pairs).astype(bool)


def _then(pairs: Flags) -> Flags:
    """Turn flags of neighbouring pairs into flags of their first members."""
    return np.append(pairs, [False]).astype(bool)
