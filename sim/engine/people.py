"""The people at work: reps give touches, experts do jobs, each one task at a time and only in their hours."""

from collections import deque
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import simpy

from sim.calendar import OpenHours, finish, is_open, next_open
from sim.engine.floor import Floor
from sim.engine.line import Line
from sim.engine.staffing import Position
from sim.engine.task import Task
from sim.engine.wish import wished
from sim.eventlog import Kind
from sim.workforce import Ramp, Rep, is_absent, next_at_work, productivity, working_time

if TYPE_CHECKING:
    from sim.deal import Deal
    from sim.engine.desk import Desk

type Waits = Generator[simpy.Event]


@dataclass(slots=True, eq=False)
class Worker:
    """A rep: works off the to-do list, claims from the pool when it is empty, and sleeps until the bell rings.

    ``code`` is the actor code, ``place`` the place in the team, ``deals`` those that the rep owns, by row.
    """

    floor: Floor
    desk: "Desk"
    rep: Rep
    code: int
    place: int
    hours: OpenHours
    todo: Line
    ramp: Ramp | None
    position: Position
    deals: dict[int, "Deal"] = field(default_factory=dict)
    bell: simpy.Event = field(init=False)
    busy: bool = False
    wakes_at: float = -1.0

    def __post_init__(self) -> None:
        """Come to work."""
        self.bell = self.floor.clock.event()
        self.floor.clock.process(self._work())

    @property
    def at_work(self) -> bool:
        """Whether the rep is on shift now."""
        here = not is_absent(self.floor.now, self.position.joins, self.position.leaves)
        return here and is_open(self.hours.starts, self.hours.ends, self.floor.now)

    @property
    def idle(self) -> bool:
        """Whether the rep is on shift with nothing to do."""
        return not self.busy and not self.todo and self.at_work

    @property
    def tasks(self) -> int:
        """How many tasks wait for the rep, the one at work among them."""
        return len(self.todo) + self.busy

    def give(self, task: Task, deadline: float = float("inf")) -> None:
        """Put a task on the to-do list."""
        self.todo.join(task, deadline)
        self.ring()

    def ring(self) -> None:
        """Wake the rep."""
        if not self.bell.triggered:
            self.bell.succeed()

    def _work(self) -> Waits:
        while True:
            task = self._next_task()
            if task is None:
                yield self.bell
                self.bell = self.floor.clock.event()
            else:
                yield from self._do(task)

    def _next_task(self) -> Task | None:
        if not self.at_work:
            self._set_alarm()
            return None
        return self._take() or self.desk.claim(self)

    def _take(self) -> Task | None:
        task = wished(self, self.todo.as_wanted()) if self.desk.team.choose_lead else None
        if task is None:
            return self.todo.take()
        self.todo.leave(task)
        return task

    def _set_alarm(self) -> None:
        """Wake up when the next shift begins, if anything waits on the to-do list."""
        employed = self.position.joins, self.position.leaves
        opens = next_at_work(self.hours.starts, self.hours.ends, self.floor.now, *employed)
        if self.todo and opens != self.wakes_at:
            self.wakes_at = opens
            self.floor.later(opens, self._wake)

    def _wake(self) -> None:
        self.wakes_at = -1.0  # rounding may ring the alarm just before the shift: then it is set once more
        self.ring()

    def _do(self, task: Task) -> Waits:
        self.busy, task.started_at = True, self.floor.now
        self.floor.note(task.deal, Kind.STARTED, actor=self.code)
        effort = working_time(task.effort, self.rep.speed, self._productivity(), self.rep.admin_share)
        yield from _work_until_done(self.floor, self.hours, effort)
        self.floor.note(task.deal, Kind.TOUCHED, actor=self.code)
        self.busy = False
        self.desk.touched(task)
        task.end.succeed(None)

    def _productivity(self) -> float:
        if self.ramp is None or self.position.hired_at == float("-inf"):
            return 1.0
        return productivity(self.floor.now - self.position.hired_at, self.ramp.days, self.ramp.start)


def _work_until_done(floor: Floor, hours: OpenHours, effort: float) -> Waits:
    ends = finish(hours.starts, hours.ends, floor.now, effort)
    # past the end of the calendar's table nothing is ever finished: the run is over by then
    yield floor.clock.timeout(ends - floor.now) if ends < float("inf") else floor.clock.event()


@dataclass(slots=True, eq=False)
class Job:
    """One piece of expert work for a deal."""

    deal: "Deal"
    effort: float
    blocking: bool
    done: simpy.Event
    dropped: bool = False
    """Not wanted any more: the deal was lost before anybody began."""

    def wait(self, until: float = float("inf")) -> Waits:
        """Wait until it is done, or until a time."""
        clock = self.deal.floor.clock
        if not self.done.processed and until > clock.now:
            yield self.done if until == float("inf") else self.done | clock.timeout(until - clock.now)


@dataclass(slots=True, eq=False)
class ExpertGroup:
    """Shared experts with one queue, first in, first out."""

    floor: Floor
    code: int
    servers: int
    hours: OpenHours
    queue: deque[Job] = field(default_factory=deque)
    sleeping: list[simpy.Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Come to work."""
        for _ in range(self.servers):
            self.floor.clock.process(self._work())

    def ask(self, deal: "Deal", effort: float, *, blocking: bool) -> Job:
        """Put a job for ``deal`` in the queue."""
        self.floor.note(deal, Kind.EXPERT_REQUESTED, actor=self.code)
        job = Job(deal, effort, blocking, self.floor.clock.event())
        self.queue.append(job)
        if self.sleeping:
            self.sleeping.pop(0).succeed()
        return job

    def _work(self) -> Waits:
        while True:
            while not self.queue:
                bell = self.floor.clock.event()
                self.sleeping.append(bell)
                yield bell
            job = self.queue.popleft()
            yield from self._do(job)

    def _do(self, job: Job) -> Waits:
        opens = next_open(self.hours.starts, self.hours.ends, self.floor.now)
        yield self.floor.clock.timeout(opens - self.floor.now)
        if job.dropped:
            return
        self.floor.note(job.deal, Kind.EXPERT_STARTED, actor=self.code)
        yield from _work_until_done(self.floor, self.hours, job.effort)
        self.floor.note(job.deal, Kind.EXPERT_FINISHED, actor=self.code)
        job.done.succeed()
