"""How each deal walks through the funnel: its facts in order of time, where it stands after each, and where it ended.

Rows that only repeat where a deal stands move nothing. A deal that is worked on again after its end was not at its end:
only the last end counts, and the earlier ones are set aside.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from forecast.crm.facts import EXITS, MOVES, Facts, What
from forecast.crm.findings import Finding, Ledger, Rows
from forecast.crm.parsing import Flags
from sim.eventlog import NONE, Codes

_REOPENED = Finding(
    "reopened",
    "warning",
    "rows that end a deal which goes on or ends otherwise",
    0,
    "set aside",
    "only the last end counts",
)
_BACKWARD = Finding(
    "moved-back", "warning", "rows that move a deal back to an earlier stage", 0, "set aside",
    "the mapping says `backward: ignore`; the deal stays where it was",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Walk:
    """The facts of every deal in order, deal after deal.

    Attributes
    ----------
    facts
        Sorted by lead, then time, then what follows from what.
    lead
        Lead of each fact.
    first
        Position of the first fact of the same lead, for each fact.
    enters, exits
        The facts that begin a stay in another stage than before, and the one that ends the deal.
    stands
        Stage in which the deal stands at and after each fact, `NONE` before the first.
    """

    facts: Facts
    lead: Codes
    first: Rows
    enters: Flags
    exits: Flags
    stands: Codes

    @property
    def before(self) -> Codes:
        """Stage in which the deal stood just before each fact."""
        shifted = np.concatenate([[NONE], self.stands[:-1]])
        return np.where(np.arange(len(self.lead)) == self.first, NONE, shifted).astype(np.int32)

    def last_flagged(self, flags: Flags) -> Rows:
        """For each fact the position of the latest flagged fact of its lead at or before it, -1 where there is none."""
        places = np.maximum.accumulate(np.where(flags, np.arange(len(flags)), -1))
        return np.where(places >= self.first, places, -1)

    def ended(self) -> Flags:
        """Flag the facts of leads that ended."""
        over = np.zeros(int(self.lead.max(initial=-1)) + 1, bool)
        over[self.lead[self.exits]] = True
        return np.asarray(over[self.lead])


def walk(facts: Facts, ledger: Ledger, *, backward: str) -> Walk:
    """Order the facts and find every deal's way; ``backward`` is the mapping's word on moves to earlier stages."""
    facts = facts.take(_order(facts))
    lead = facts.lead_of
    starts = np.flatnonzero(np.diff(lead, prepend=-2))
    first = np.repeat(starts, np.diff(np.append(starts, len(lead))))
    exits = _last_ends(facts, lead, ledger)
    enters = _moves(facts, lead, ledger, backward)
    places = np.maximum.accumulate(np.where(enters, np.arange(len(lead)), -1))
    stands = np.where(places >= first, facts.stage[places], NONE).astype(np.int32)
    return Walk(facts, lead, first, enters, exits, stands)


def _order(facts: Facts) -> Rows:
    """Sort by lead and time; at one instant: creation, stages in the funnel's order, work, and the end."""
    stage = np.where(facts.is_a(What.ENTERED), facts.stage, 0)
    rank = facts.what.astype(np.int64) * (len(facts.texts["stage"]) + 1) + stage
    return np.lexsort((facts.row, rank, facts.time, facts.lead_of))


def _last_ends(facts: Facts, lead: Codes, ledger: Ledger) -> Flags:
    """Flag the first row of each deal's last, unbroken run of equal ends, if nothing moves the deal after it."""
    moves = np.flatnonzero(facts.is_a(*MOVES))
    what, of = facts.what[moves], lead[moves]
    new_lead = np.diff(of, prepend=-2) != 0
    run = np.cumsum(new_lead | (np.diff(what, prepend=-1) != 0))
    last = np.append(new_lead[1:], [True])[: len(moves)]
    last_run = np.zeros(int(of.max(initial=-1)) + 1, np.int64)
    last_run[of[last]] = run[last]
    is_exit = np.isin(what, [int(kind) for kind in EXITS])
    final = is_exit & (run == last_run[of])
    ledger.set_aside(facts.row[moves[is_exit & ~final]], _REOPENED)
    starts_run = np.diff(run, prepend=0) != 0
    return _flags(len(facts), moves[final & starts_run])


def _moves(facts: Facts, lead: Codes, ledger: Ledger, backward: str) -> Flags:
    """Flag the facts by which a deal comes to stand in another stage."""
    entering = np.flatnonzero(facts.is_a(What.ENTERED))
    of, stage = lead[entering], facts.stage[entering].astype(np.int64)
    new_lead = np.diff(of, prepend=-2) != 0
    if backward == "keep":
        return _flags(len(facts), entering[new_lead | (np.diff(stage, prepend=-1) != 0)])
    span = len(facts.texts["stage"]) + 1
    furthest = np.maximum.accumulate(of.astype(np.int64) * span + stage) - of.astype(np.int64) * span
    ledger.set_aside(facts.row[entering[stage < furthest]], _BACKWARD)
    return _flags(len(facts), entering[new_lead | (np.diff(furthest, prepend=-1) != 0)])


def _flags(length: int, places: npt.NDArray[np.int64]) -> Flags:
    flags = np.zeros(length, bool)
    flags[places] = True
    return flags
