"""A line of waiting tasks, in the order of a discipline: a to-do list, a team's queue, a public pool."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.discipline import Discipline, place_in_line
from sim.engine.task import Task
from sim.market import Market
from sim.streams import Purpose


@dataclass(slots=True)
class Line:
    """Tasks in order: urgent ones first, then by the discipline's number, then by the order of joining."""

    market: Market
    discipline: Discipline
    _heap: list[tuple[bool, float, int, Task]] = field(default_factory=list)
    _joined: int = 0

    def join(self, task: Task, deadline: float = float("inf")) -> None:
        """Stand ``task`` in line."""
        self._joined += 1
        heapq.heappush(self._heap, (not task.urgent, self._place(task, deadline), self._joined, task))

    def in_order(self) -> Iterator[Task]:
        """Yield the tasks that still wait, first in line first; each leaves the line, so put back what stays."""
        while self._heap:
            task = heapq.heappop(self._heap)[3]
            if task.waiting:
                yield task

    def take(self) -> Task | None:
        """Take the first task that still waits out of the line, or None."""
        return next(self.in_order(), None)

    def leave(self, task: Task) -> None:
        """Take one task out of the line, wherever it stands."""
        self._heap = [entry for entry in self._heap if entry[3] is not task]
        heapq.heapify(self._heap)

    def __bool__(self) -> bool:
        """Tell whether anybody may be waiting."""
        return bool(self._heap)

    def _place(self, task: Task, deadline: float) -> float:
        deal, stage = task.deal, self.market.stages[task.deal.stage]
        blind = self.discipline is Discipline.RANDOM
        return place_in_line(
            int(self.discipline),
            task.ready,
            deal.created,
            deal.score,
            self.market.scoring.half_life,
            deal.tier,
            deadline,
            deal.amount,
            stage.speed_slope,
            stage.effort.mean,
            deal.floor.uniform(deal, Purpose.CLAIM, task.hop) if blind else 0.0,
        )
