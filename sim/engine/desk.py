"""A team's desk.

Every deal that wants a rep of the team comes here, and leaves with an owner, in the queue or in the pool.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from sim.buyer import rep_log_odds
from sim.engine.causes import HELD, LEFT
from sim.engine.floor import VISIT_BITS, Floor
from sim.engine.hours import TeamHours
from sim.engine.line import Line
from sim.engine.pool import Pool
from sim.engine.sla import SlaClock
from sim.engine.task import Task
from sim.eventlog import Kind
from sim.operation import Ownership, Team
from sim.routing.policy import Nobody
from sim.routing.state import Flags, LeadView, TeamState

if TYPE_CHECKING:
    from sim.deal import Deal
    from sim.engine.people import Worker


@dataclass(slots=True, eq=False)
class Desk:
    """The rules of one team at work.

    ``workers`` are its reps in the order of the roster, ``code`` the actor code of the first.
    """

    floor: Floor
    team: Team
    state: TeamState
    hours: TeamHours
    code: int
    workers: Sequence["Worker"] = ()
    queue: Line = field(init=False)
    pool: Pool | None = field(init=False)
    sla: SlaClock | None = field(init=False)
    looks_at: float = float("inf")
    look: int = 0

    def __post_init__(self) -> None:
        """Open the queue and the pool."""
        self.queue = Line(self.floor.market, self.team.discipline)
        self.pool = None if self.team.pool is None else Pool(self, self.team.pool)
        self.sla = None if self.team.sla is None else SlaClock(self, self.team.sla)

    # what a deal asks for

    def want(self, task: Task) -> None:
        """Find a rep for a task: its owner, or whoever routing names."""
        owner = task.deal.owner
        if owner is None:
            self.route(task)
        else:
            self._hand(task, owner - self.code)

    def adopt(self, deal: "Deal", owner: int) -> None:
        """Let a deal of the opening stay with its owner (position in the team)."""
        self._own(deal, owner)

    def _own(self, deal: "Deal", place: int) -> None:
        self.state.open_deals[place] += 1
        self.workers[place].deals[deal.row] = deal
        deal.owner = self.code + place
        self.floor.account_owner[deal.account] = deal.owner

    def _disown(self, deal: "Deal") -> int:
        """Take a deal from its owner, and return who that was (position in the team)."""
        place = (deal.owner or 0) - self.code
        self.state.open_deals[place] -= 1
        del self.workers[place].deals[deal.row]
        deal.owner = None
        return place

    def release(self, deal: "Deal") -> None:
        """Take a deal from an owner who has left the company."""
        place = self._disown(deal)
        self.floor.note(deal, Kind.RELEASED, actor=self.code + place)

    def hand_back(self, deal: "Deal") -> None:
        """Take a deal from its owner, who then has room for another."""
        if deal.owner is None:
            return
        place = self._disown(deal)
        self._serve_queue()
        if self.pool is not None and self.pool.line:
            self.workers[place].ring()

    def touched(self, task: Task) -> None:
        """Note that a rep has finished a touch."""
        if self.team.ownership is Ownership.TOUCH:
            self.hand_back(task.deal)

    def rep_log_odds(self, deal: "Deal", rep: int | None) -> float:
        """Return what the rep who gives the touch adds to the deal's log odds."""
        if rep is None:
            return 0.0
        place, market = rep - self.code, self.floor.market
        person = self.workers[place].rep
        gained = self.workers[place].position.skill_gained(deal.stage)
        skill = person.skill_at(self.floor.spec.stage_names[deal.stage]) + gained
        matches = person.products and self.state.serves_product[place, deal.product]
        match = market.product_match if matches else 0.0
        load = int(self.state.open_deals[place])
        return rep_log_odds(skill, match, load, market.comfortable_load, market.overload_slope)

    # routing

    def route(self, task: Task) -> None:
        """Push a task to a rep, or do what the nobody-free rule says."""
        if not self.team.routing.push and self.pool is not None:
            self.pool.put(task)
        elif self.queue or not self._push(task):  # nobody overtakes the queue
            self._nobody(task)

    def _push(self, task: Task) -> bool:
        routing, lead = self.team.routing, self.view(task)
        self.refresh()
        candidates = routing.candidates(self.state, lead, self.excluded(task))
        chosen = routing.choose(self.state, lead, candidates)
        if chosen < 0:
            return False
        routing.remember(self.state, lead, candidates, chosen)
        self.assign(task, chosen, Kind.ROUTED)
        return True

    def assign(self, task: Task, rep: int, kind: Kind) -> None:
        """Make a rep (position in the team) the owner of the task's deal."""
        deal = task.deal
        self._own(deal, rep)
        task.hop += 1
        self.floor.note(deal, kind, actor=self.code + rep)
        self._hand(task, rep, fresh=True)

    def _hand(self, task: Task, rep: int, *, fresh: bool = False) -> None:
        task.rep, task.actor = rep, self.code + rep
        on_clock = fresh and self.sla is not None and task.deal.touches == 0
        deadline = self.sla.start(task) if on_clock and self.sla is not None else float("inf")
        self.workers[rep].give(task, deadline)

    def take_back(self, task: Task) -> None:
        """Recapture a task from its owner."""
        owner = task.rep
        if owner is None:
            return
        self.workers[owner].todo.leave(task)
        self.floor.note(task.deal, Kind.RECAPTURED, actor=self.code + owner)
        task.rep, task.actor = None, None
        task.taken_back += 1
        self.hand_back(task.deal)

    def can_move(self, task: Task) -> bool:
        """Tell whether routing would find anybody but its owner for a task."""
        if self.team.routing.nobody in {Nobody.MANAGER, Nobody.DEFAULT_OWNER}:
            return True
        self.refresh()
        excluded = self.excluded(task)
        excluded[task.rep] = True
        return bool(self.team.routing.candidates(self.state, self.view(task), excluded).any())

    def escalate(self, task: Task) -> None:
        """Move a task to the team's manager."""
        managers = np.flatnonzero(~self.state.eligible)
        if len(managers) and task.rep != managers[0]:
            self.take_back(task)
            self.assign(task, int(managers[0]), Kind.ESCALATED)

    def _nobody(self, task: Task) -> None:
        match self.team.routing.nobody:
            case Nobody.HOLD:
                self.queue.join(task)
                self._serve_queue()
                if task.rep is None:
                    self.floor.note(task.deal, Kind.UNASSIGNED, cause=HELD)
            case Nobody.POOL if self.pool is not None:
                self.pool.put(task)
            case Nobody.DEFAULT_OWNER:
                owner = self.state.names.index(str(self.team.routing.default_owner))
                self.state.remember(owner, self.floor.now)
                self.assign(task, owner, Kind.ROUTED)
            case Nobody.MANAGER:
                self.assign(task, int(np.flatnonzero(~self.state.eligible)[0]), Kind.ESCALATED)
            case _:
                self.floor.note(task.deal, Kind.UNASSIGNED, cause=LEFT)

    # the queue

    def _serve_queue(self) -> None:
        """Push the first in line as long as anybody has room."""
        if not self.queue:
            return
        stay = []
        self.refresh()
        for task in self.queue.in_order():
            if not self.team.routing.has_room(self.state).any():
                stay.append(task)
                break
            if not self._push(task):
                stay.append(task)
        for task in stay:
            self.queue.join(task)
        if self.queue:
            self.look_again()

    def look_again(self, at: float = float("inf")) -> None:
        """Serve queue and pool again when a rep comes to work or a day begins, or at ``at`` if that is sooner."""
        now = self.floor.now
        at = min(at, now // 1 + 1.0, self.hours.next_opening(now))
        if at < self.looks_at:
            self.looks_at, self.look = at, self.look + 1
            self.floor.later(at, partial(self._look, self.look))

    def _look(self, number: int) -> None:
        if number != self.look:
            return  # a sooner look has taken this one's place
        self.looks_at = float("inf")
        self.serve()

    def serve(self) -> None:
        """See whether anybody can take what waits in queue and pool."""
        self._serve_queue()
        if self.pool is not None:
            self.pool.offer_all()

    def claim(self, worker: "Worker") -> Task | None:
        """Let a rep with nothing to do claim from the pool; the task comes back through the to-do list."""
        if self.pool is not None and self.pool.claim(worker):
            return worker.todo.take()
        return None

    # what routing is shown

    def refresh(self) -> None:
        """Bring up to date who of the team is at work when, and who is away."""
        self.hours.refresh(self.state, self.workers, self.floor.now)

    def view(self, task: Task) -> LeadView:
        """Return the deal as routing sees it."""
        deal, luck = task.deal, self.floor.luck
        owner = self.floor.account_owner.get(deal.account, -1) - self.code
        return LeadView(
            channel=deal.channel,
            region=deal.region,
            segment=deal.segment,
            product=deal.product,
            account=deal.account,
            tier=deal.tier,
            score=deal.score,
            amount=deal.amount,
            value=deal.score / 100.0 * deal.amount,
            now=self.floor.now,
            stage=deal.stage,
            owner=owner if 0 <= owner < len(self.workers) else -1,
            address=(luck.seed, luck.replication, deal.key, deal.number, (deal.visits << VISIT_BITS) | task.turn),
        )

    def excluded(self, task: Task) -> Flags:
        """Flag the reps who may not get the task any more: shape (reps,)."""
        flags = np.zeros(len(self.workers), np.bool_)
        flags[list(task.excluded)] = True
        return flags
