"""The public pool: unassigned deals that reps of the team claim when they have nothing else to do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sim.engine.causes import IN_POOL
from sim.engine.line import Line
from sim.engine.task import Task
from sim.engine.wish import wished
from sim.eventlog import Kind
from sim.operation import PoolRules
from sim.routing.state import Flags

if TYPE_CHECKING:
    from sim.engine.desk import Desk
    from sim.engine.people import Worker


@dataclass(slots=True, eq=False)
class Pool:
    """A team's pool and who has claimed how much today."""

    desk: "Desk"
    rules: PoolRules
    line: Line = field(init=False)
    today: int = -1
    claims: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start empty."""
        self.line = Line(self.desk.floor.market, self.rules.pick)

    def put(self, task: Task) -> None:
        """Put a task in the pool; a rep who is idle claims it at once."""
        self.desk.floor.note(task.deal, Kind.UNASSIGNED, cause=IN_POOL)
        if not self._offer(task):
            self.line.join(task)
            self._look_again(task)

    def offer_all(self) -> None:
        """Offer everything in the pool, in its order, to the reps who are idle."""
        stay = [task for task in self.line.in_order() if not self._offer(task)]
        for task in stay:
            self.line.join(task)
        if stay:
            self._look_again(*stay)

    def claim(self, worker: "Worker") -> bool:
        """Let a rep with nothing to do take the first task that they may; tell whether there was one."""
        task = self._wished(worker)
        if task is not None:
            self.line.leave(task)
            self._give(task, worker.place, np.arange(len(self.desk.workers)) == worker.place)
            return True
        stay, claimed = [], False
        for task in self._while_room(worker):
            if self._may_claim(task)[worker.place]:
                self._give(task, worker.place, np.arange(len(self.desk.workers)) == worker.place)
                claimed = True
                break
            stay.append(task)
        for task in stay:
            self.line.join(task)
        return claimed

    def _wished(self, worker: "Worker") -> Task | None:
        if self.desk.team.choose_lead is None or not self.line or not self._has_room()[worker.place]:
            return None
        return wished(worker, [task for task in self.line.as_wanted() if self._may_claim(task)[worker.place]])

    def _while_room(self, worker: "Worker") -> Iterator[Task]:
        if self.line and self._has_room()[worker.place]:
            yield from self.line.in_order()

    def _offer(self, task: Task) -> bool:
        allowed = self._may_claim(task).tolist()
        candidates = np.array([may and worker.idle for may, worker in zip(allowed, self.desk.workers, strict=True)])
        chosen = self.desk.team.routing.choose(self.desk.state, self.desk.view(task), candidates)
        if chosen >= 0:
            self._give(task, chosen, candidates)
        return chosen >= 0

    def _give(self, task: Task, rep: int, candidates: Flags) -> None:
        self.claims[rep] = self.claims.get(rep, 0) + 1
        self.desk.team.routing.remember(self.desk.state, self.desk.view(task), candidates, rep)
        self.desk.assign(task, rep, Kind.CLAIMED)

    def _may_claim(self, task: Task) -> Flags:
        self.desk.refresh()
        excluded = self.desk.excluded(task)
        for rep, until in task.cool_until.items():
            excluded[rep] |= self.desk.floor.now < until
        return self.desk.team.routing.candidates(self.desk.state, self.desk.view(task), excluded) & self._has_room()

    def _has_room(self) -> Flags:
        """Flag the reps below every limit on holding and claiming: shape (reps,)."""
        day = int(self.desk.floor.now // 1)
        if day != self.today:
            self.today = day
            self.claims.clear()
        n = len(self.desk.workers)
        room = self.desk.team.routing.has_room(self.desk.state)
        if self.rules.holding_limit is not None:
            room &= self.desk.state.open_deals < self.rules.holding_limit
        if self.rules.claims_per_day is not None:
            room &= np.array([self.claims.get(rep, 0) for rep in range(n)]) < self.rules.claims_per_day
        return room

    def _look_again(self, *tasks: Task) -> None:
        """Look again when a cool-down ends, if nothing else is due before."""
        now = self.desk.floor.now
        times = [until for task in tasks for until in task.cool_until.values() if until > now]
        self.desk.look_again(min(times, default=float("inf")))
