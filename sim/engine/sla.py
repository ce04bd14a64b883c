"""The SLA clock: it starts when a rep is given a lead and asks, step by step, whether the first touch has begun."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sim.calendar import finish
from sim.engine.task import Task
from sim.eventlog import Kind
from sim.operation import Sla, SlaAction, SlaStep

if TYPE_CHECKING:
    from sim.engine.desk import Desk


@dataclass(slots=True, eq=False)
class SlaClock:
    """A team's SLA at work."""

    desk: "Desk"
    sla: Sla

    def start(self, task: Task) -> float:
        """Start the clock for a task just assigned.

        Return when its first breach is due, inf where the SLA doesn't hold.
        """
        tiers = tuple(self.desk.floor.market.scoring.tiers)
        if self.sla.tiers and tiers[task.deal.tier] not in self.sla.tiers:
            return float("inf")
        deadline = float("inf")
        for step in self.sla.steps:
            due = self._due(task, step.after)
            self.desk.floor.later(due, partial(self._act, task, task.hop, step))
            if step.action is not SlaAction.REMIND:
                deadline = min(deadline, due)
        return deadline

    def _due(self, task: Task, after: float) -> float:
        now = self.desk.floor.now
        if not self.sla.working or task.rep is None:
            return now + after
        hours = self.desk.workers[task.rep].hours
        return finish(hours.starts, hours.ends, now, after)

    def _act(self, task: Task, hop: int, step: SlaStep) -> None:
        if not task.waiting or task.hop != hop or task.rep is None:
            return  # touched, given up, or with somebody else by now
        owner = self.desk.code + task.rep
        if step.action is SlaAction.REMIND:
            self.desk.floor.note(task.deal, Kind.REMINDED, actor=owner)
            self._move_up(task)
            return
        self.desk.floor.note(task.deal, Kind.BREACHED, actor=owner)
        if step.action is SlaAction.ESCALATE:
            self.desk.escalate(task)
        elif task.taken_back < self.sla.most_hops and (step.action is SlaAction.POOL or self.desk.can_move(task)):
            self._recapture(task, step.action)

    def _move_up(self, task: Task) -> None:
        worker = self.desk.workers[task.rep or 0]
        worker.todo.leave(task)
        task.urgent = True
        worker.give(task)

    def _recapture(self, task: Task, action: SlaAction) -> None:
        owner = task.rep
        self.desk.take_back(task)
        if owner is None:
            return
        if action is SlaAction.POOL and self.desk.pool is not None:
            task.cool_until[owner] = self.desk.floor.now + self.desk.pool.rules.cool_down
            self.desk.pool.put(task)
        else:
            task.excluded.add(owner)
            self.desk.route(task)
