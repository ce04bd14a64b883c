"""Coming and going: who joins, who leaves, and when somebody else sits in an empty place.

A rep of the roster is a position. It is held from its first working day until its holder leaves, by plan or by chance,
and after the time that hiring takes a successor holds it, who ramps up and doesn't know what the predecessor learned.
What a leaver has begun is finished; every other deal is routed again.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.distributions import quantile
from sim.streams import Purpose, name_key, uniform
from sim.workforce import days_until_leaving, remembered

if TYPE_CHECKING:
    from sim.engine.desk import Desk

STAFF_KEY = name_key("(staff)")
"""The channel part of the address of the luck of a position; the number is its rep's name."""


@dataclass(frozen=True, slots=True)
class Gain:
    """A gain in skill on a run's clock: place of the stage (-1 for all), days since the origin, log odds, half life."""

    stage: int
    since: float
    log_odds: float
    half_life: float


@dataclass(slots=True, eq=False)
class Position:
    """One position of a team; ``place`` is its place there.

    ``joins`` and ``leaves`` bound the employment of its holder, or of the next one while it is empty; ``ends`` is when
    it is given up; ``hired_at`` when the holder's ramp begins; all in days since the origin. ``holder`` counts those
    who have held it.
    """

    desk: "Desk"
    place: int
    name: str
    joins: float
    ends: float
    hired_at: float
    gains: tuple[Gain, ...]
    per_year: float
    leaves: float = float("inf")
    holder: int = 0

    def employ(self) -> None:
        """Expect the holder to come, if that is still ahead, and to leave."""
        floor = self.desk.floor
        stays = days_until_leaving(self.per_year, self._luck(Purpose.LEAVING))
        self.leaves = min(self.ends, max(self.joins, floor.now) + stays)
        if floor.now < self.joins < self.leaves:
            floor.later(self.joins, self._join)
        if floor.now < self.leaves:
            floor.later(self.leaves, self._leave)

    def skill_gained(self, stage: int) -> float:
        """Return what is left of what the holder has learned for a stage."""
        now, total = self.desk.floor.now, 0.0
        for gain in self.gains:
            if gain.stage in {-1, stage}:
                total += remembered(gain.log_odds, now - gain.since, gain.half_life)
        return total

    def _join(self) -> None:
        self.joins = min(self.joins, self.desk.floor.now)  # rounding may let the day come a trifle early
        self.desk.serve()

    def _leave(self) -> None:
        given_up = self.leaves >= self.ends
        self.holder += 1
        self.gains = ()
        self.joins = self.leaves = float("inf")
        attrition = self.desk.team.attrition
        if not given_up and attrition is not None and attrition.backfill is not None:
            empty = quantile(attrition.backfill.kind, attrition.backfill.table, self._luck(Purpose.BACKFILL))
            self.joins = self.hired_at = self.desk.floor.now + empty
            self.employ()
        self._let_go()

    def _let_go(self) -> None:
        """Take every deal from whoever has left, in the order of arrival; what waits for a touch is routed again."""
        worker = self.desk.workers[self.place]
        waiting = {task.deal.row: task for task in worker.todo.in_order()}
        for row, deal in sorted(worker.deals.items()):
            self.desk.release(deal)
            if row in waiting:
                waiting[row].rep = waiting[row].actor = None
                self.desk.route(waiting[row])

    def _luck(self, purpose: Purpose) -> float:
        luck = self.desk.floor.luck
        return uniform(luck.seed, luck.replication, STAFF_KEY, name_key(self.name), int(purpose), 0, self.holder)
