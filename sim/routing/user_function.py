"""A policy written by the user: a Python function that is shown the lead and the team and names a rep."""

from collections.abc import Callable
from dataclasses import dataclass

from sim.errors import SpecError
from sim.routing.account_owner import one_first
from sim.routing.policy import Ranking
from sim.routing.state import Flags, Floats, LeadView, TeamState, Whole

type ChooseRep = Callable[[LeadView, float, Whole, TeamState, Floats], int]
"""``choose_rep(lead, now, load, reps, state) -> rep``: position of the rep in the team, or -1 for no opinion.

``load`` is the number of open deals of each rep; ``reps`` is the team; ``state`` is the policy's own memory, 16 numbers
a rep, zero at the start and kept through the run.
"""


@dataclass(frozen=True)
class UserFunction(Ranking):
    """Whoever ``choose_rep`` names comes first.

    Where it names nobody, or somebody who isn't eligible, the next ranking decides.
    """

    choose_rep: ChooseRep

    def rank(self, team: TeamState, lead: LeadView, candidates: Flags, keys: Floats) -> None:
        """Rank the named rep before all others."""
        rep = self.choose_rep(lead, lead.now, team.open_deals, team, team.memory)
        self.check(rep, len(team.names))
        one_first(rep, keys)

    def check(self, rep: int, reps: int) -> None:
        """Refuse a rep who isn't one of the team's ``reps``, nor -1."""
        if not -1 <= rep < reps:
            name = getattr(self.choose_rep, "__name__", "choose_rep")
            raise SpecError(
                f"policy {name!r}: returned rep {rep}; it must return a position from 0 to {reps - 1}, or -1"
            )
