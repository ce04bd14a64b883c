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
    """Tasks in order: urgent ones first, then by the discipline's number; ties by when they were wanted, then by age.

    The order is in the tasks alone, so a task that is looked at and put back keeps its place.
    """

    market: Market
    discipline: Discipline
    _heap: list[tuple[bool, float, float, float, int, Task]] = field(default_factory=list)

    def join(self, task: Task, deadline: float = float("inf")) -> None:
        """Stand ``task`` in line."""
        place = self._place(task, deadline)
        heapq.heappush(self._heap, (not task.urgent, place, task.ready, task.deal.entered, task.deal.row, task))
        task.line = self

    def in_order(self) -> Iterator[Task]:
        """Yield the tasks, first in line first; each leaves the line, so put back what stays."""
        while self._heap:
            task = heapq.heappop(self._heap)[-1]
            task.line = None
            yield task

    def as_wanted(self) -> list[Task]:
        """Return the tasks in the order in which they were wanted, equal ones by age; they stay."""
        tasks = (entry[-1] for entry in self._heap)
        return sorted(tasks, key=lambda task: (task.ready, task.deal.entered, task.deal.row))

    def take(self) -> Task | None:
        """Take the first task out of the line, or None."""
        return next(self.in_order(), None)

    def leave(self, task: Task) -> None:
        """Take one task out of the line, wherever it stands."""
        self._heap = [entry for entry in self._heap if entry[-1] is not task]
        heapq.heapify(self._heap)
        task.line = None

    def __len__(self) -> int:
        """Return how many are waiting."""
        return len(self._heap)

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
            deal.floor.uniform(deal, Purpose.CLAIM, task.turn) if blind else 0.0,
        )
