"""A pull discipline of the user's own: a function that is shown what waits and names what a free rep takes next."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.errors import SpecError
from sim.routing.state import Floats

WAITING = np.dtype(
    [(name, "i8") for name in ("channel", "region", "segment", "product", "tier", "stage", "touches")]
    + [(name, "f8") for name in ("score", "amount", "value", "created", "ready")]
    + [("urgent", "?")],
    align=True,
)
"""A waiting deal: codes of the spec's names, the tier (0 is the best), the stage's place in the chain, touches finished
there; score in [0, 100], list amount, their product, when it came in and when it wanted this touch (days since the
origin); whether its SLA has reminded the rep."""


class FreeRep(NamedTuple):
    """The rep who asks: position in the team, and columns of `sim.routing.state.TeamState`."""

    place: int
    seniority: int
    speed: float
    weight: float
    wip_limit: int
    open_deals: int


type ChooseLead = Callable[[FreeRep, float, Any, Floats], int]
"""``choose_lead(rep, now, queue, state) -> lead``: position in the queue, or -1 for no opinion.

``queue`` holds what waits, one record of `WAITING` each, in the order in which the touches were wanted:
``queue[i].score`` is a number, ``queue.score`` a column. ``state`` is the team's memory, 16 numbers a rep, the one that
``choose_rep`` of the team's routing has.
"""


@dataclass(frozen=True)
class UserPull:
    """Whichever deal ``choose_lead`` names is taken; where it names none, the team's discipline decides."""

    choose_lead: ChooseLead

    def choose(self, rep: FreeRep, now: float, queue: Any, state: Floats) -> int:  # noqa: ANN401 - records of `WAITING`
        """Ask the function, and refuse a lead that isn't in the queue."""
        lead = self.choose_lead(rep, now, queue, state)
        if not -1 <= lead < len(queue):
            name = getattr(self.choose_lead, "__name__", "choose_lead")
            fix = f"it must return a position from 0 to {len(queue) - 1}, or -1"
            raise SpecError(f"policy {name!r}: returned lead {lead}; {fix}")
        return lead
