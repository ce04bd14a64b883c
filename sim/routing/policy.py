"""Routing = eligibility → ranking → ties → nobody-free rule, each a part that can be exchanged for another."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import ClassVar

import numpy as np

from sim.errors import require
from sim.jit import rule
from sim.routing.state import Flags, Floats, LeadView, TeamState, Whole, tie_luck


class Guarantee(Enum):
    """What a policy promises, whatever the leads; one test holds every policy to what it declares."""

    EXCHANGEABLE = "reps who are alike get alike shares of the leads"
    BALANCED = "counts of reps who are always eligible together differ by at most one"
    PROPORTIONAL = "counts of reps who are always eligible together keep within two of their weights' shares"
    HEALS = "an absence isn't followed by a flood: the returning rep gets no more than a fair share and two leads"
    LEAST_LOADED = "no rep is chosen while an eligible one has fewer open deals"
    MOST_ROOM = "no rep is chosen while an eligible one has more free capacity"
    STICKY = "an account's leads go to the rep who has it, while that rep is eligible"
    FILTERS = "no rep outside the filter is chosen"


class Filter(ABC):
    """Says who may get a lead at all; its rule is the module's compiled function, which both engines call."""

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset({Guarantee.FILTERS})

    def allows(self, team: TeamState, lead: LeadView) -> Flags:
        """Return one flag a rep: shape (reps,)."""
        allowed = np.ones(len(team.names), np.bool_)
        self.forbid(team, lead, allowed)
        return allowed

    @abstractmethod
    def forbid(self, team: TeamState, lead: LeadView, allowed: Flags) -> None:
        """Take those who may not get the lead out of ``allowed``: shape (reps,)."""


class Ranking(ABC):
    """Says who of the eligible should get the lead; its rule is the module's compiled function."""

    guarantees: ClassVar[frozenset[Guarantee]] = frozenset()

    @abstractmethod
    def rank(self, team: TeamState, lead: LeadView, candidates: Flags, keys: Floats) -> None:
        """Write one number a rep into ``keys``, lowest is best.

        Shape (reps,). Numbers of reps who aren't ``candidates`` don't matter.
        """

    def remember(self, team: TeamState, lead: LeadView, candidates: Flags, chosen: int) -> None:  # noqa: B027 - optional
        """Note a choice made among ``candidates``; policies without a memory of their own note nothing."""


class Ties(StrEnum):
    """Who gets the lead when several are best."""

    RANDOM = "random"
    LEAST_RECENT = "least recent"
    LIST = "list order"


class Nobody(StrEnum):
    """What happens when nobody may get the lead now."""

    HOLD = "hold"
    """It waits in the team's queue for the first rep who may."""
    POOL = "pool"
    """It goes to the public pool, from which reps claim."""
    DEFAULT_OWNER = "default owner"
    MANAGER = "manager"
    UNASSIGNED = "unassigned"
    """It stays without owner, with the reason in the log."""


@rule
def keep_best(left: Flags, keys: Floats) -> None:
    """Leave only those in ``left`` whose key is lowest: shapes (reps,)."""
    best = np.inf
    for i in range(len(keys)):
        if left[i] and keys[i] < best:
            best = keys[i]
    for i in range(len(keys)):
        left[i] = left[i] and keys[i] <= best


@rule
def first_best(left: Flags, keys: Floats) -> int:
    """Return the first of those ``left`` with the lowest key, or -1 where there is nobody."""
    best = -1
    for i in range(len(keys)):
        if left[i] and (best < 0 or keys[i] < keys[best]):
            best = i
    return best


@rule
def rooms(eligible: Flags, away: Flags, open_deals: Whole, wip_limit: Whole, room: Flags) -> None:
    """Flag in ``room`` who could take a deal at all: no manager, not on leave, below the WIP limit; shapes (reps,)."""
    for i in range(len(room)):
        # no short cuts, so that the loop has no branches
        room[i] = eligible[i] & (not away[i]) & (open_deals[i] < wip_limit[i])


@dataclass(frozen=True)
class Routing:
    """A policy put together from parts.

    Attributes
    ----------
    rank
        Rankings applied one after the other; a later one decides what the earlier ones leave open.
    eligible
        Filters that all must allow a rep, beside the WIP limit, which always holds. Put the one to give up first last.
    ties, nobody
        The tie rule and the nobody-free rule.
    relax
        Give up the filters, last first, while nobody is eligible.
    push
        False leaves every lead in the public pool, for reps to claim; ranking and ties then choose among idle reps.
    default_owner
        Who gets the lead under `Nobody.DEFAULT_OWNER`.
    """

    rank: tuple[Ranking, ...] = ()
    eligible: tuple[Filter, ...] = ()
    ties: Ties = Ties.RANDOM
    nobody: Nobody = Nobody.HOLD
    relax: bool = False
    push: bool = True
    default_owner: str | None = None

    def __post_init__(self) -> None:
        """Refuse a default-owner rule without an owner."""
        named = self.default_owner is not None
        needed = self.nobody is Nobody.DEFAULT_OWNER
        require(named or not needed, "routing: nobody is 'default owner', but default_owner is missing; name a rep")

    def candidates(self, team: TeamState, lead: LeadView, excluded: Flags) -> Flags:
        """Return who may get the lead now: shape (reps,). ``excluded`` reps may not."""
        open_to = self.has_room(team) & ~excluded
        filters = [part.allows(team, lead) for part in self.eligible]
        for kept in range(len(filters), -1, -1):
            allowed = open_to.copy()
            for flags in filters[:kept]:
                allowed &= flags
            if allowed.any() or not self.relax:
                return allowed
        return open_to

    @staticmethod
    def has_room(team: TeamState) -> Flags:
        """Return who could take a lead at all: shape (reps,)."""
        room = np.empty(len(team.names), np.bool_)
        rooms(team.eligible, team.away, team.open_deals, team.wip_limit, room)
        return room

    def choose(self, team: TeamState, lead: LeadView, candidates: Flags) -> int:
        """Return the candidate who gets the lead, or -1 where there is none."""
        if not candidates.any():  # nobody is asked about a lead that nobody may get
            return -1
        left, keys = candidates.copy(), np.empty(len(candidates))
        for part in self.rank:
            part.rank(team, lead, left, keys)
            keep_best(left, keys)
        self._break_ties(team, lead, left, keys)
        return first_best(left, keys)

    def remember(self, team: TeamState, lead: LeadView, candidates: Flags, chosen: int) -> None:
        """Note that ``chosen`` got the lead."""
        team.remember(chosen, lead.now)
        for part in self.rank:
            part.remember(team, lead, candidates, chosen)

    def _break_ties(self, team: TeamState, lead: LeadView, left: Flags, keys: Floats) -> None:
        if self.ties is Ties.RANDOM:
            tie_luck(*lead.address, team.keys, left, keys)
        elif self.ties is Ties.LEAST_RECENT:
            keys[:] = team.last_turn
        else:
            keys[:] = 0.0  # the first in the list is taken
