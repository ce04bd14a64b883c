"""What a plan takes and brings: its deals on their way through it, from the first cell on."""

from dataclasses import dataclass

import numpy as np

from scenarios.bound.crews import Work
from scenarios.bound.demand import ANSWER, ENTER
from scenarios.bound.laws import StageLaw
from scenarios.bound.timing import Floats, Whole, carried
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
        self._later = _cheapest_later(plan.prices.crews)

    def gone(self) -> Usage:
        for (how, number, more), sources in self._plan.kind.joins.items():
            law = self._setting.laws[number]
            deals = np.sum([self._plan.flat(each) for each in sources.values()], axis=0)
            if how == ENTER:
                self._arrive(law, deals * self._plan.admitted(law), more)
            elif how != ANSWER:
                self._want(law, deals, more)
            elif more == 0:
                self._lose(law, deals)
            else:
                self._answer(law, deals, law.answer(more), others=False)
        for _ in range(_TIMES if self._setting.loops else 1):
            for law in self._setting.laws:
                come, self._come[law.place] = self._come[law.place], np.zeros_like(self._come[law.place])
                if come.sum() > _GONE:
                    self._arrive(law, come * self._plan.admitted(law), self._plan.usual(law))
        return self._used

    def _arrive(self, law: StageLaw, deals: Floats, lost: float) -> None:
        share = law.stage.automatic
        self._automatic(law, deals * share)
        self._touch(law, carried(deals * (1 - share), law.lead_in.T), lost)

    def _want(self, law: StageLaw, deals: Floats, lost: float) -> None:
        share = law.stage.automatic
        self._automatic(law, deals * share)
        self._touch(law, deals * (1 - share), lost)

    def _automatic(self, law: StageLaw, deals: Floats) -> None:
        if law.stage.automatic:
            done, chance = carried(deals, law.automatic.T), self._plan.chance(law)
            self._advance(law, done * chance)
            self._lose(law, done * (1 - chance))

    def _touch(self, law: StageLaw, come: Floats, lost: float) -> None:
        first = self._plan.first(law, lost)
        begun = first.choice.begun(come)
        if not begun.any():
            return
        wins = np.zeros_like(begun)
        crews = [option.crew for option in first.options]
        worth = np.array([np.where(begun > 0, option.worth, 0.0) for option in first.options])
        shares = self._shares(crews, worth.max(axis=0, initial=0.0) - worth)
        for option, share in zip(first.options, shares, strict=True):
            made = begun * share
            self._work(law.first, option.crew, made.sum(axis=0))
            wins += made * option.chance
        self._jobs(law, begun, blocking=True)
        self._answer(law, carried(wins, law.latency.T), 0, others=True)
        self._lose(law, begun - wins)

    def _answer(self, law: StageLaw, come: Floats, place: int, *, others: bool) -> None:
        """Let deals that will advance answer the touch at a place in `StageLaw.last`."""
        choices, crews = self._plan.onward(law, others=others)[1], self._setting.may(self._plan.kind, law)
        cost = self._plan.cost(law.more)[crews]
        cost = np.where(np.isinf(cost), _NEVER, cost)
        shares = self._shares(crews, cost - cost.min(axis=0, initial=_NEVER))
        for touch in range(place + 1, law.touches):
            self._leave(law, come * law.last[touch - 1], jobs=others)
            begun = choices[touch - 1].begun(come * (1 - law.last[touch - 1]))
            made = (begun * self._plan.burden(law, touch, others=others)).sum(axis=0)
            for crew, share in zip(crews, shares, strict=True):
                self._work(law.more, crew, made * share)
            come = carried(begun, law.latency.T)
        self._leave(law, come, jobs=others)

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
        if self._setting.returns is not None and law.stage.nurture:
            self._come[self._setting.returns] += carried(law.stage.nurture * deals, self._setting.nurture.T)

    def _shares(self, crews: list[int], worse: Floats) -> Floats:
        """Return which share of touches each crew makes that is so much ``worse`` than the best: shape as ``worse``.

        Those who are best share in proportion to their hours.
        """
        setting = self._setting
        hours = np.array([setting.crews[crew].hours[setting.grid.period_of] for crew in crews]) + _TINY
        parts = np.where(worse <= _TINY, hours[:, None] if worse.ndim > 2 else hours, 0.0)
        return np.asarray(parts / parts.sum(axis=0))

    def _work(self, work: Work, crew: int, touches: Floats) -> None:
        """Note a crew's touches in each cell."""
        made = np.flatnonzero(touches * work.now[crew] + touches * np.isfinite(work.rest[crew]))
        period = self._setting.grid.period_of[made]
        periods, later = self._setting.grid.periods, self._later[crew, period]
        self._used.crews[crew] += np.bincount(period, touches[made] * work.now[crew, made], periods)
        self._used.crews[crew] += np.bincount(later, touches[made] * work.rest[crew, made], periods)

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
