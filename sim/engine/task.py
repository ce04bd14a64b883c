"""A task.

One touch that a deal wants, from the moment it wants it until a rep has finished it or the buyer has given up.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import simpy

from sim.engine.causes import NO_RESPONSE

if TYPE_CHECKING:
    from sim.deal import Deal
    from sim.engine.line import Line


@dataclass(slots=True, kw_only=True, eq=False)
class Task:
    """One touch wanted.

    ``effort`` is its nominal working time in days, ``ready`` when the deal wanted it; ``rep`` the position in the team
    of who has it on the to-do list, or None while it waits in a queue or pool; ``actor`` that rep's code; ``hop``
    counts how often it was assigned, ``taken_back`` how often it was recaptured; ``excluded`` who may not get it;
    ``cool_until`` who may not claim it before when; ``line`` is where it stands, if anywhere.
    """

    deal: "Deal"
    effort: float
    ready: float
    end: simpy.Event
    rep: int | None = None
    hop: int = 0
    taken_back: int = 0
    urgent: bool = False
    started_at: float = -1.0
    given_up: bool = False
    excluded: set[int] = field(default_factory=set)
    cool_until: dict[int, float] = field(default_factory=dict)
    actor: int | None = None
    line: "Line | None" = None

    @property
    def turn(self) -> int:
        """Which of the visit's assignments this would be: the number of the draws that belong to it."""
        return (self.deal.touches << 8) | self.hop

    @property
    def waiting(self) -> bool:
        """Whether nobody has begun it and the buyer hasn't given up."""
        return self.started_at < 0 and not self.given_up

    def give_up(self) -> None:
        """End it because the buyer's patience has ended, unless a rep has begun."""
        if self.waiting:
            self.given_up = True
            if self.line is not None:
                self.line.leave(self)
            self.end.succeed(NO_RESPONSE)
