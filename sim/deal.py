"""The life of one deal, told as one process: read this file first.

A lead enters a stage, perhaps through a gate; it may need experts; a rep gives it touches, and after each the buyer
takes time to answer; then it advances, is lost for a cause, or goes to nurture and may come back. What the deal only
asks for is done elsewhere: who becomes its owner at the team's desk (`sim.engine.desk`), the work by the people
(`sim.engine.people`).
"""

from collections.abc import Generator
from dataclasses import dataclass, field

import simpy

from sim.buyer import admits, advance_chance, deal_log_odds, delay_effect, messages_until_reaction
from sim.distributions import Fixed
from sim.engine.causes import BAD_FIT, NO_RESPONSE, OPTED_OUT
from sim.engine.floor import Floor
from sim.engine.opening import odds_of_being_open
from sim.engine.people import Job
from sim.engine.task import Task
from sim.eventlog import Kind
from sim.market import Stage
from sim.streams import Purpose

type Steps = Generator[simpy.Event, str | None, int | None]
"""Waits of a deal; at its end the next stage, or None when the deal has left the funnel."""

NO_TIME = Fixed(0.0)

_NURTURE, _CAUSE = 0, 1
"""Which draw for the purpose CAUSE: whether a lost deal is nurtured instead, and the cause."""


@dataclass(slots=True, kw_only=True, eq=False)
class Deal:
    """One lead on its way through the funnel.

    ``row`` is its row of the lead table; ``key`` and ``number`` its address; ``owner`` the actor code of the rep who
    holds it, or None; ``visits`` how many stages it has entered; ``entered`` when it entered its stage; ``touches`` how
    many touches it has had there, ``last_touch`` when the last one ended.
    """

    floor: Floor
    row: int
    key: int
    number: int
    channel: int
    region: int
    segment: int
    product: int
    account: int
    created: float
    amount: float
    list_share: float
    score: float
    quality: float
    tier: int
    stage: int
    owner: int | None = None
    visits: int = 0
    entered: float = 0.0
    touches: int = 0
    last_touch: float = 0.0
    returns: int = 0
    advances: bool = field(default=False, init=False)

    def arrive(self) -> Steps:
        """Live from arrival on."""
        self.floor.journal.write(self.floor.now, self.row, Kind.CREATED)
        yield from self._live(self.stage)
        return None

    def resume(self) -> Steps:
        """Live on from the opening: in the middle of a stage."""
        if self.touches == 0:
            after = yield from self._work_through()
        else:
            told = odds_of_being_open(self._here, self.touches, self.floor.now - self.last_touch)
            self._make_up_mind(self._log_odds(0.0, self.owner) + told)
            after = yield from self._follow_up([])
        yield from self._live(after)
        return None

    def _live(self, stage: int | None) -> Steps:
        while stage is not None:
            self._enter(stage)
            if self._let_in():
                stage = yield from self._work_through()
            else:
                self._lose(BAD_FIT)
                stage = None
        return None

    def _enter(self, stage: int) -> None:
        self.stage, self.entered, self.touches = stage, self.floor.now, 0
        self.visits += 1
        self.floor.note(self, Kind.ENTERED)

    def _let_in(self) -> bool:
        gate = self._here.gate
        if self.score < self._here.least_score:
            return False
        if gate is None:
            return True
        luck = self.floor.uniform(self, Purpose.GATE)
        return admits(self.quality, gate.threshold, gate.sensitivity, gate.specificity, luck)

    def _work_through(self) -> Steps:
        """Go through the present stage to its end."""
        if self._is_automatic():
            return (yield from self._pass_automatically())
        jobs = self._ask_experts()
        patience_ends = self._patience_ends()
        still_there = yield from self._wait_to_begin(jobs, patience_ends)
        if not still_there or (yield from self._touch(patience_ends)) == NO_RESPONSE:
            self._lose(NO_RESPONSE)
            for job in jobs:
                job.dropped = True
            return None
        return (yield from self._follow_up(jobs))

    def _wait_to_begin(self, jobs: list[Job], patience_ends: float) -> Generator[simpy.Event, str | None, bool]:
        """Wait until the first touch is wanted and nothing blocks it; tell whether the buyer is still there."""
        wanted_at = self.floor.now + self._lead_in()
        if wanted_at > self.floor.now:
            yield self._until_ready(min(wanted_at, patience_ends) - self.floor.now)
        blocking = [job for job in jobs if job.blocking]
        for job in blocking:
            yield from job.wait(patience_ends)
        return max(wanted_at, self.floor.now) < patience_ends and all(job.done.triggered for job in blocking)

    def _is_automatic(self) -> bool:
        return self._here.automatic > 0 and self.floor.uniform(self, Purpose.AUTOMATIC) < self._here.automatic

    def _pass_automatically(self) -> Steps:
        latency = self.floor.draw(self, Purpose.AUTOMATIC_LATENCY, self._here.automatic_latency)
        yield self._until_ready(latency)
        self._make_up_mind(self._log_odds(0.0, None))
        return (yield from self._exit())

    def _follow_up(self, jobs: list[Job]) -> Steps:
        """After the first touch: the buyer's answers, further touches, and what experts still owe."""
        wanted = self._touches_wanted()
        yield self._buyer_answers()
        while self.touches < wanted:
            yield from self._touch()
            yield self._buyer_answers()
        for job in jobs:
            yield from job.wait()
        return (yield from self._exit())

    def _patience_ends(self) -> float:
        """Return when the buyer gives up unless the first touch has begun."""
        patience, waited = self._here.patience, self.floor.now - self.entered
        if patience is None:
            return float("inf")
        return self.floor.now + self.floor.draw_rest(self, Purpose.PATIENCE, patience, waited)

    def _lead_in(self) -> float:
        """Return the days until the first touch is wanted; a deal of the opening may have had them already."""
        lead_in, waited = self._here.lead_in, self.floor.now - self.entered
        if lead_in == NO_TIME:
            return 0.0
        whole = self.floor.draw(self, Purpose.LEAD_IN, lead_in)
        return max(0.0, whole - waited)

    def _until_ready(self, days: float) -> simpy.Event:
        ready = self.floor.clock.timeout(days)
        ready.callbacks.append(lambda _: self.floor.note(self, Kind.LATENCY_ENDED))
        return ready

    def _ask_experts(self) -> list[Job]:
        jobs = []
        for place, wanted in enumerate(self.floor.jobs[self.stage]):
            if self.floor.uniform(self, Purpose.EXPERT_NEEDED, place) < wanted.share:
                effort = self.floor.draw(self, Purpose.EXPERT_EFFORT, wanted.effort, place)
                jobs.append(self.floor.experts[wanted.experts].ask(self, effort, blocking=wanted.blocking))
        return jobs

    def _touch(self, patience_ends: float = float("inf")) -> Generator[simpy.Event, str | None, str | None]:
        """Want a touch and wait until a rep has finished it, or until patience ends."""
        task = Task(deal=self, effort=self._effort(), ready=self.floor.now, end=self.floor.clock.event())
        self.floor.later(patience_ends, task.give_up)
        self.floor.desks[self.stage].want(task)
        ended: str | None = yield task.end
        if ended is not None:
            return ended
        if self.touches == 0:
            self._make_up_mind(self._log_odds(task.started_at - self.entered, task.actor))
        self.touches += 1
        self.last_touch = self.floor.now
        return None

    def _effort(self) -> float:
        effort = self.floor.draw(self, Purpose.EFFORT, self._here.effort, self.touches)
        gate = self._here.gate
        return effort + gate.effort if gate is not None and self.touches == 0 else effort

    def _make_up_mind(self, log_odds: float) -> None:
        """Decide whether the buyer will advance: the first touch of the stage, and how late it came, settle it."""
        chance = advance_chance(self._here.advance, log_odds)
        self.advances = self.floor.uniform(self, Purpose.OUTCOME) < chance

    def _log_odds(self, delay: float, rep: int | None) -> float:
        here, effects = self._here, self.floor.effects[self.stage]
        return deal_log_odds(
            here.quality_slope,
            self.quality,
            effects.channel[self.channel],
            effects.segment[self.segment],
            effects.product[self.product],
            self.floor.desks[self.stage].rep_log_odds(self, rep),
            delay_effect(delay, here.speed_reference, here.speed_slope, here.speed_most),
        )

    def _touches_wanted(self) -> int:
        """Return after how many touches the buyer decides; all but the last of those so far weren't enough."""
        here = self._here
        wanted = here.touches if self.advances else here.lost_touches or here.touches
        before = self.touches - 1
        return before + round(self.floor.draw_rest(self, Purpose.TOUCHES, wanted, before))

    def _buyer_answers(self) -> simpy.Event:
        """Wait for the buyer's answer to the last touch."""
        here = self._here
        latency = here.latency if self.advances else here.lost_latency or here.latency
        waited = self.floor.now - self.last_touch
        return self._until_ready(self.floor.draw_rest(self, Purpose.LATENCY, latency, waited, self.touches))

    def _exit(self) -> Steps:
        if not self.advances:
            return (yield from self._not_now())
        after = self.floor.next_stage(self)
        self.floor.note(self, Kind.ADVANCED)
        if after is None:
            self.floor.note(self, Kind.WON, actor=self._owner_code, amount=self.amount * self.list_share)
        self._leave(after)
        return after

    def _not_now(self) -> Steps:
        here, nurture = self._here, self.floor.market.nurture
        tired = nurture is None or self.returns >= nurture.most_returns
        if tired or self.floor.uniform(self, Purpose.CAUSE, _NURTURE) >= here.nurture:
            self._lose(self._cause())
            return None
        return (yield from self._rest())

    def _cause(self) -> str:
        u, until = self.floor.uniform(self, Purpose.CAUSE, _CAUSE), 0.0
        for cause, share in self._here.causes.items():
            until += share
            if u <= until:
                return cause
        return list(self._here.causes)[-1]

    def _rest(self) -> Steps:
        """Stay in nurture until the lead wakes or opts out."""
        nurture = self.floor.market.nurture
        assert nurture is not None  # noqa: S101 - `_not_now` has looked
        self.floor.note(self, Kind.NURTURED)
        self._leave(None)
        messages = messages_until_reaction(nurture.wake, nurture.opt_out, self.floor.uniform(self, Purpose.WAKE))
        yield self.floor.clock.timeout(messages * nurture.cadence)
        if self.floor.uniform(self, Purpose.WAKE, 1) * (nurture.wake + nurture.opt_out) >= nurture.wake:
            self.floor.note(self, Kind.LOST, cause=OPTED_OUT)
            return None
        self.returns += 1
        self.floor.note(self, Kind.WOKEN)
        return self.floor.spec.stage_names.index(nurture.returns_to)

    def _lose(self, cause: str) -> None:
        self.floor.note(self, Kind.LOST, actor=self._owner_code, cause=cause)
        self._leave(None)

    def _leave(self, after: int | None) -> None:
        """Hand the deal back where its owner doesn't keep it."""
        desk = self.floor.desks[self.stage]
        if self.owner is not None and (after is None or self.floor.desks[after] is not desk):
            desk.hand_back(self)

    @property
    def _here(self) -> Stage:
        return self.floor.market.stages[self.stage]

    @property
    def _owner_code(self) -> int:
        return -1 if self.owner is None else self.owner
