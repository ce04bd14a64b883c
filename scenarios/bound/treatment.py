"""How one kind of deal is best treated when working time has a price, and what that brings.

With prices on all hours deals no longer stand in each other's way, so each can be treated for itself: at each stage
wait or begin, and with whom, or let it go. That is a small dynamic programme, solved from the last cell back. What its
decisions take is added up by `scenarios.bound.usage`.
"""

from dataclasses import dataclass, field

import numpy as np

from scenarios.bound.choices import Choice, FirstTouch, FollowUp
from scenarios.bound.crews import Crew, Prices, Work
from scenarios.bound.demand import ANSWER, WANT, Kind, Place
from scenarios.bound.laws import StageLaw
from scenarios.bound.nodes import admitted
from scenarios.bound.timing import Floats, Grid, Sparse, Whole, best_from_now
from sim.spec import FunnelSpec

SWEEPS = 2
"""Where stages lead back to earlier ones, how often the deals' ways are gone through.

Values fall towards the truth with every time, so they never lie below it.
"""


@dataclass(frozen=True)
class Setting:
    """Everything but prices and deals: the funnel on the grid.

    Attributes
    ----------
    spec, grid, crews, laws
        The funnel, the grid, its crews and its stages on the grid.
    nurture
        Matrix (cells, cells) that carries values back over the time until a nurtured lead is back, or None.
    returns
        The stage that it enters then, or None.
    keeps
        Mean share of the list amount that is booked.
    territories
        Whether reps keep to their regions and products.
    """

    spec: FunnelSpec
    grid: Grid
    crews: tuple[Crew, ...]
    laws: tuple[StageLaw, ...]
    nurture: Sparse | None
    returns: int | None
    keeps: float
    territories: bool

    @property
    def loops(self) -> bool:
        """Whether a deal may come back to a stage."""
        forward = all(to is None or to > law.place for law in self.laws for to, _ in law.follows)
        return not forward or self.returns is not None

    def may(self, kind: Kind, law: StageLaw) -> Whole:
        """Return the places within their team of the crews that may treat a kind of deal at a stage."""
        crews = [self.crews[place] for place in law.first.crews]
        serves = [not self.territories or crew.serves(kind.region, kind.product) for crew in crews]
        return np.flatnonzero(serves)


@dataclass(slots=True)
class _Decided:
    """Decisions at a stage: first touches by log odds lost, further ones with and without `StageLaw.others`.

    ``back`` is `Plan._back`.
    """

    first: dict[float, FirstTouch] = field(default_factory=dict)
    onward: dict[bool, FollowUp] = field(default_factory=dict)
    back: Floats | None = None


class Plan:
    """The best treatment of a kind of deal under prices.

    ``above`` are values of entering the stages that aren't too low, such as those at lower prices.

    Attributes
    ----------
    setting, kind, prices
        What it is a plan for.
    worth
        What a won deal brings on each node: shape (nodes, 1); nodes are those of quality, each with all of the amount.
    entered
        What a deal is worth that enters each stage: (nodes, cells) each.
    """

    def __init__(self, setting: Setting, kind: Kind, prices: Prices, above: list[Floats] | None = None) -> None:
        self.setting, self.kind, self.prices = setting, kind, prices
        self._quality = np.repeat(kind.quality, len(kind.amount))
        self.worth = np.tile(kind.amount, len(kind.quality))[:, None] * setting.keeps
        shape = (len(self.worth), setting.grid.cells)
        self.entered = list(above or (np.broadcast_to(self.worth, shape) for _ in setting.laws))
        self._decided = [_Decided() for _ in setting.laws]
        self._costs: dict[int, Floats] = {}
        self._solve()

    def _solve(self) -> None:
        for _ in range(SWEEPS if self.setting.loops else 1):
            for law in reversed(self.setting.laws):
                self._decided[law.place] = _Decided()
                self.entered[law.place] = self.admitted(law) * self._enter(law)

    def value(self) -> dict[str, float]:
        """Return what the kind's deals on the nodes are worth at these prices, by their source."""
        total: dict[str, float] = {}
        for place, sources in self.kind.joins.items():
            values = self._joining(place)
            for source, joining in sources.items():
                total[source] = total.get(source, 0.0) + joining.worth(values)
        return total

    def beyond(self) -> dict[str, float]:
        """Return what the parts of amounts beyond the highest node are worth, by the source of the deals."""
        total, amounts = dict[str, float](), len(self.kind.amount)
        for place, sources in self.kind.joins.items():
            per_unit = self._joining(place)[amounts - 1 :: amounts] / self.kind.amount[-1]
            for source, joining in sources.items():
                total[source] = total.get(source, 0.0) + joining.worth_beyond(per_unit)
        return total

    def _joining(self, place: Place) -> Floats:
        """Return what deals are worth that join in each cell or slot."""
        how, number, more = place
        law = self.setting.laws[number]
        if how == WANT:
            return self.first(law, more).choice.value
        if how != ANSWER:
            return self._automatic(law)
        return self._back(law) if more == 0 else self._answered(law, law.answer(more))

    # a stage

    def admitted(self, law: StageLaw) -> Floats:
        """Return the share that the gate lets in: shape (nodes, 1)."""
        return admitted(law.stage, self._quality)[:, None]

    def chance(self, law: StageLaw, effect: Floats | float = 0.0) -> Floats:
        """Return the chances to advance, given log odds of any shape: (…, nodes, 1)."""
        base, effects = law.stage.advance, np.asarray(effect)[..., None]
        odds = law.stage.quality_slope * self._quality + self.kind.effects[law.place] + effects
        if base <= 0.0 or base >= 1.0:
            return np.full((*odds.shape, 1), base)
        return np.asarray(1.0 / (1.0 + (1.0 - base) / base * np.exp(np.minimum(700.0, -odds))))[..., None]

    def chances(self, law: StageLaw, lost: float) -> Floats:
        """Return the chances to advance with each crew that may give the first touch: shape (crews, nodes, 1)."""
        match, crews = self.setting.spec.market.product_match, law.first.crews[self.setting.may(self.kind, law)]
        skills = [
            crew.skills[law.place] + (match if self.kind.product in crew.like.products else 0.0)
            for crew in (self.setting.crews[place] for place in crews)
        ]
        return self.chance(law, np.array(skills) - lost)

    def first(self, law: StageLaw, lost: float) -> FirstTouch:
        """Return when and by whom deals get their first touch that have lost some log odds by waiting."""
        known = self._decided[law.place].first
        if lost not in known:
            known[lost] = self._choose_first(law, lost)
        return known[lost]

    def onward(self, law: StageLaw, *, others: bool) -> FollowUp:
        """Return what comes after the first touch for deals that will advance.

        With ``others`` those that won't advance but look the same get the further touches too, and experts have work on
        them; without, they are deals of the opening in the middle of a stage.
        """
        known = self._decided[law.place].onward
        if others not in known:
            known[others] = self._choose_onward(law, others=others)
        return known[others]

    def leaving(self, law: StageLaw) -> Choice | None:
        """Return when deals that advance leave, where that must wait for the experts."""
        return Choice.of(self.advanced(law) - self._jobs(law, blocking=False)) if law.jobs else None

    def burden(self, law: StageLaw, touch: int, *, others: bool) -> Floats:
        """Return how many touches number ``touch`` + 1 are made for each on a deal that will advance: (nodes, 1)."""
        if not others or not law.others[touch - 1]:
            return np.ones((len(self._quality), 1))
        best = self.chances(law, 0.0).max(axis=0, initial=0.0)
        against = np.divide(1 - best, best, out=np.zeros_like(best), where=best > 0)
        return np.asarray(1.0 + against * law.others[touch - 1])

    def cost(self, work: Work) -> Floats:
        """Return what a touch costs: shape (crews of the team, slots)."""
        if id(work) not in self._costs:
            self._costs[id(work)] = work.cost(self.prices)
        return self._costs[id(work)]

    def _enter(self, law: StageLaw) -> Floats:
        """Return what deals are worth that the gate lets in, in each cell."""
        share = law.stage.automatic
        wanted = np.concatenate([self.first(law, lost).choice.value for lost in law.reach.lost], axis=1)
        touched = (1 - share) * np.asarray(wanted @ law.reach.ways.T)
        return touched + self._automatic(law) * share if share else touched

    def _automatic(self, law: StageLaw) -> Floats:
        if law.automatic is None:
            return np.zeros((len(self.worth), self.setting.grid.cells))
        chance = self.chance(law)
        after = chance * best_from_now(self.advanced(law)) + (1 - chance) * self._back(law)
        return law.automatic.back(after)

    def _choose_first(self, law: StageLaw, lost: float) -> FirstTouch:
        crews = self.setting.may(self.kind, law)
        loses = self._back(law)[:, law.desk.slots]
        gain = np.maximum(0.0, self.onward(law, others=True).ends[0].value - loses)
        chance = self.chances(law, lost)
        certain = loses - self._jobs(law, blocking=True)[law.desk.slots]
        worth = chance * gain + (certain - self.cost(law.first)[crews, None, :])
        return FirstTouch(Choice.of(worth.max(axis=0, initial=-np.inf)), crews, chance, worth)

    def _choose_onward(self, law: StageLaw, *, others: bool) -> FollowUp:
        leave = self.leaving(law) if others else None
        leaves = self.advanced(law) if leave is None else leave.value
        at_last = law.latency.back(leaves)
        cost = self.cost(law.more)[self.setting.may(self.kind, law)].min(axis=0, initial=np.inf)
        ends, begins = [Choice.of(at_last)], list[Choice]()
        for touch in range(law.touches - 1, 0, -1):
            begins.insert(0, Choice.of(ends[0].value - self.burden(law, touch, others=others) * cost))
            last = law.last[touch - 1]
            ends.insert(0, Choice.of(last * at_last + (1 - last) * law.again.back(begins[0].value)))
        return FollowUp(leaves, tuple(ends), tuple(begins))

    def _answered(self, law: StageLaw, place: int) -> Floats:
        """Return what open deals are worth that answer the touch at a place in `StageLaw.last`, in each cell."""
        onward, last = self.onward(law, others=False), law.last[place]
        if place == law.touches - 1:
            return onward.leaves
        wanting = onward.begins[place].value @ law.desk.waits.T
        return np.asarray(last * onward.leaves + (1 - last) * wanting)

    def advanced(self, law: StageLaw) -> Floats:
        """Return what a deal is worth that advances in each cell: (nodes, cells)."""
        worth = np.zeros((len(self.worth), self.setting.grid.cells))
        for to, share in law.follows:
            worth += share * (self.worth if to is None else self.entered[to])
        return worth

    def _back(self, law: StageLaw) -> Floats:
        """Return what deals are still worth that won't advance, as they may be nurtured: (nodes, cells)."""
        known = self._decided[law.place]
        if known.back is None:
            to, nurture = self.setting.returns, self.setting.nurture
            known.back = np.zeros((len(self.worth), self.setting.grid.cells))
            if to is not None and nurture is not None and law.stage.nurture:
                known.back = law.stage.nurture * np.asarray(best_from_now(self.entered[to]) @ nurture)
        return known.back

    def _jobs(self, law: StageLaw, *, blocking: bool) -> Floats:
        """Return what the experts' work on a deal costs if it is finished in each cell: shape (cells,)."""
        by_end = np.cumsum(self.prices.experts[:, ::-1], axis=1)[:, ::-1][:, self.setting.grid.period_of]
        cost = np.zeros(self.setting.grid.cells)
        for job in law.jobs:
            if job.blocking is blocking:
                cost += job.work * by_end[job.group]
        return cost
