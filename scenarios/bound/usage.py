"""What a plan takes and brings: its deals on their way through it, from the first cell on."""

from dataclasses import dataclass

import numpy as np

from scenarios.bound.choices import settled
from scenarios.bound.crews import Work
from scenarios.bound.demand import ANSWER, WANT
from scenarios.bound.laws import StageLaw
from scenarios.bound.timing import Floats, Whole
from scenarios.bound.treatment import Plan

_TINY, _NEVER = 1e-9, 1e18
"""A difference in worth that is rounding, and a cost that nobody pays."""
_GONE, _TIMES = 1e-4, 30
"""Deals on their way back to an earlier stage that don't count any more, and how often they go back at the most."""


@dataclass(slots=True)
class Usage:
    """Working days that the treatment of some deals takes, and what it brings.

    ``crews`` of each crew in each period, ``experts`` of each group by the end of each period: shapes of
    `scenarios.bound.crews.Prices`; ``bookings`` in account currency.
    """

    crews: Floats
    experts: Floats
    bookings: float = 0.0


def usage_of(plan: Plan) -> Usage:
    """Return what the treatment of all deals on the plan's nodes takes and brings."""
    return _Way(plan).gone()


class _Way:
    def __init__(self, plan: Plan) -> None:
        self._plan, self._setting = plan, plan.setting
        self._used = Usage(np.zeros_like(plan.prices.crews), np.zeros_like(plan.prices.experts))
        self._come = [np.zeros((len(plan.worth), plan.setting.grid.cells)) for _ in plan.setting.laws]
        self._begun = dict[int, tuple[Floats, Floats]]()
        self._later = _cheapest_later(plan.prices.crews)

    def gone(self) -> Usage:
        for (how, number, more), sources in self._plan.kind.joins.items():
            law = self._setting.laws[number]
            deals = np.sum([joining.deals() for joining in sources.values()], axis=0)
            if how == WANT:
                self._touch(law, deals, more)
            elif how != ANSWER:
                self._automatic(law, deals)
            elif more == 0:
                self._lose(law, deals)
            else:
                self._answer(law, deals, law.answer(more))
        for _ in range(_TIMES if self._setting.loops else 1):
            for law in self._setting.laws:
                come, self._come[law.place] = self._come[law.place], np.zeros_like(self._come[law.place])
                if come.sum() > _GONE:
                    self._arrive(law, come * self._plan.admitted(law))
                self._go_on(law)
        return self._used

    def _arrive(self, law: StageLaw, deals: Floats) -> None:
        share = law.stage.automatic
        self._automatic(law, deals * share)
        for lost, come in law.reach.parted(deals * (1 - share)).items():
            self._touch(law, come, lost)

    def _automatic(self, law: StageLaw, deals: Floats) -> None:
        if law.automatic is not None:
            done, chance = law.automatic.on(deals), self._plan.chance(law)
            self._advance(law, settled(done * chance, self._plan.advanced(law)))
            self._lose(law, done * (1 - chance))

    def _touch(self, law: StageLaw, come: Floats, lost: float) -> None:
        first = self._plan.first(law, lost)
        begun = first.choice.begun(come)
        if not begun.any():
            return
        shares = self._shares(law, first.crews, -first.worth)
        wins = begun * (shares * first.chance).sum(axis=0)
        self._work(law.first, first.crews, (begun * shares).sum(axis=1))
        begun_before, won_before = self._begun.get(law.place, (0.0, 0.0))
        self._begun[law.place] = (begun_before + begun, won_before + wins)

    def _go_on(self, law: StageLaw) -> None:
        """Let deals go on that have begun their first touch."""
        if law.place in self._begun:
            begun, wins = self._begun.pop(law.place)
            self._jobs(law, self._in_cells(law, begun), blocking=True)
            self._follow_up(law, wins, 0, others=True)
            self._lose(law, self._in_cells(law, begun - wins))

    def _answer(self, law: StageLaw, come: Floats, place: int) -> None:
        """Let open deals that will advance answer the touch at a place in `StageLaw.last`."""
        last = law.last[place]
        self._leave(law, come * last, jobs=False)
        if place + 1 < law.touches:
            wanted = np.asarray(come * (1 - last) @ law.desk.waits)
            self._follow_up(law, self._begin(law, wanted, place + 1, others=False), place + 1, others=False)

    def _follow_up(self, law: StageLaw, begun: Floats, place: int, *, others: bool) -> None:
        """Let deals that will advance go on that have begun the touch at a place in `StageLaw.last`."""
        onward, gone = self._plan.onward(law, others=others), np.zeros_like(begun)
        for touch in range(place, law.touches):
            ended = onward.ends[touch].begun(begun)
            gone += law.last[touch] * ended
            if touch + 1 < law.touches:
                wanted = law.again.on((1 - law.last[touch]) * ended)
                begun = self._begin(law, wanted, touch + 1, others=others)
        self._leave(law, law.latency.on(gone), jobs=others)

    def _begin(self, law: StageLaw, wanted: Floats, touch: int, *, others: bool) -> Floats:
        """Let deals get their touch number ``touch`` + 1, and return how many begin it in each slot."""
        begun = self._plan.onward(law, others=others).begins[touch - 1].begun(wanted)
        crews = self._setting.may(self._plan.kind, law)
        made = (begun * self._plan.burden(law, touch, others=others)).sum(axis=0)
        self._work(law.more, crews, made * self._shares(law, crews, self._plan.cost(law.more)[crews]))
        return begun

    def _leave(self, law: StageLaw, come: Floats, *, jobs: bool) -> None:
        choice = self._plan.leaving(law) if jobs else None
        if choice is not None:
            come = choice.begun(come)
            self._jobs(law, come, blocking=False)
        self._advance(law, come)

    def _advance(self, law: StageLaw, deals: Floats) -> None:
        for to, share in law.follows:
            if to is None:
                self._used.bookings += float((deals * self._plan.worth).sum() * share)
            else:
                self._come[to] += deals * share

    def _lose(self, law: StageLaw, deals: Floats) -> None:
        to, nurture = self._setting.returns, self._setting.nurture
        if to is not None and nurture is not None and law.stage.nurture:
            back = np.asarray(law.stage.nurture * deals @ nurture.T)
            self._come[to] += settled(back, self._plan.entered[to])

    def _in_cells(self, law: StageLaw, deals: Floats) -> Floats:
        """Return deals in slots as deals in cells."""
        cells = np.zeros((len(deals), self._setting.grid.cells))
        cells[:, law.desk.slots] = deals
        return cells

    def _shares(self, law: StageLaw, crews: Whole, cost: Floats) -> Floats:
        """Return which share of touches each crew makes at such a cost, (crews, …, slots): same shape.

        Those who cost least share in proportion to their hours.
        """
        hours = np.array([self._setting.crews[crew].hours for crew in law.first.crews[crews]])[:, law.first.period_of]
        hours = hours.reshape(len(crews), *(1,) * (cost.ndim - 2), -1) + _TINY
        parts = np.where(np.isfinite(cost) & (cost <= cost.min(axis=0, initial=_NEVER) + _TINY), hours, 0.0)
        return np.asarray(parts / np.maximum(_TINY, parts.sum(axis=0)))

    def _work(self, work: Work, crews: Whole, touches: Floats) -> None:
        """Note some crews' touches in each slot: shape (crews, slots)."""
        periods, size = self._setting.grid.periods, self._used.crews.size
        crew, slot = (each.ravel() for each in np.nonzero(touches * np.isfinite(work.rest[crews])))
        place, made, period = work.crews[crews[crew]], touches[crew, slot], work.period_of[slot]
        at_once, rest = (made * part[crews[crew], slot] for part in (work.now, work.rest))
        for when, days in ((period, at_once), (self._later[place, period], rest)):
            self._used.crews += np.bincount(place * periods + when, days, size).reshape(-1, periods)

    def _jobs(self, law: StageLaw, deals: Floats, *, blocking: bool) -> None:
        for job in law.jobs:
            if job.blocking is blocking:
                grid = self._setting.grid
                done = np.bincount(grid.period_of, deals.sum(axis=0), grid.periods)
                self._used.experts[job.group] += job.work * np.cumsum(done)


def _cheapest_later(prices: Floats) -> Whole:
    """Return from each period on in which one a crew's time is cheapest, the first of several: (crews, periods)."""
    crews, periods = prices.shape
    best = np.tile(np.arange(periods), (crews, 1))
    for period in range(periods - 2, -1, -1):
        after = best[:, period + 1]
        cheaper = prices[np.arange(crews), after] < prices[:, period]
        best[:, period] = np.where(cheaper, after, period)
    return best
