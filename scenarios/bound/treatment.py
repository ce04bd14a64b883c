"""How one kind of deal is best treated when working time has a price, and what that brings.

With prices on all hours deals no longer stand in each other's way, so each can be treated for itself: at each stage
wait or begin, and with whom, or let it go. That is a small dynamic programme, solved from the last cell back. What its
decisions take is added up by `scenarios.bound.usage`.
"""

from dataclasses import dataclass, field

import numpy as np

from scenarios.bound.crews import Crew, Flags, Prices, Work
from scenarios.bound.demand import ANSWER, ENTER, SOONEST, Kind, Place, lost_by
from scenarios.bound.laws import StageLaw
from scenarios.bound.timing import Floats, Grid, carried
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
        Matrix (cells, cells) that carries values back over the time until a nurtured lead is back.
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
    nurture: Floats
    returns: int | None
    keeps: float
    territories: bool

    @property
    def loops(self) -> bool:
        """Whether a deal may come back to a stage."""
        forward = all(to is None or to > law.place for law in self.laws for to, _ in law.follows)
        return not forward or self.returns is not None

    def may(self, kind: Kind, law: StageLaw) -> list[int]:
        """Return the crews that may treat a kind of deal at a stage."""
        return [
            place
            for place, crew in enumerate(self.crews)
            if crew.team == law.team and (not self.territories or crew.serves(kind.region, kind.product))
        ]


@dataclass(frozen=True, slots=True)
class Choice:
    """When deals that wait for something get it, or never do.

    ``begin`` flags the cells in which those who have waited get it, ``value`` is what waiting for it is worth; both of
    shape (nodes, cells).
    """

    begin: Flags
    value: Floats

    @classmethod
    def of(cls, worth: Floats) -> "Choice":
        """Choose the best cell from each on, given what it is worth in each; what is worth nothing never happens."""
        best = np.maximum.accumulate(np.maximum(worth, 0.0)[:, ::-1], axis=1)[:, ::-1]
        return cls((worth >= best) & (worth > 0), best)

    def begun(self, come: Floats) -> Floats:
        """Return how many get it in each cell if so many begin to wait for it: both (nodes, cells)."""
        total = np.cumsum(come, axis=1)
        served = np.maximum.accumulate(np.where(self.begin, total, 0.0), axis=1)
        before = np.concatenate([np.zeros((len(come), 1)), served[:, :-1]], axis=1)
        return np.where(self.begin, total - before, 0.0)


@dataclass(frozen=True, slots=True)
class Option:
    """A first touch by a crew: its place, the chance to advance (nodes, 1), and what it is worth (nodes, cells)."""

    crew: int
    chance: Floats
    worth: Floats


@dataclass(frozen=True, slots=True)
class FirstTouch:
    """First touches at a stage: when, what the best is worth (nodes, cells), and by which crews they may be given."""

    choice: Choice
    best: Floats
    options: tuple[Option, ...]


@dataclass(slots=True)
class _Decided:
    """Decisions at a stage: first touches by log odds lost, further touches with and without `StageLaw.others`."""

    first: dict[float, FirstTouch] = field(default_factory=dict)
    onward: dict[bool, tuple[list[Floats], list[Choice]]] = field(default_factory=dict)


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
                self.entered[law.place] = self.admitted(law) * self._arrive(law, self.usual(law))

    def value(self) -> dict[str, float]:
        """Return what the kind's deals on the nodes are worth at these prices, by their source."""
        total: dict[str, float] = {}
        for place, sources in self.kind.joins.items():
            values = self._joining(place)
            for source, deals in sources.items():
                total[source] = total.get(source, 0.0) + float((values * self.flat(deals)).sum())
        return total

    def per_unit(self, place: Place) -> Floats:
        """Return what a deal that joins is worth per unit of the highest amount: shape (qualities, cells)."""
        amounts = len(self.kind.amount)
        return np.asarray(self._joining(place)[amounts - 1 :: amounts] / self.kind.amount[-1])

    def flat(self, deals: Floats) -> Floats:
        """Return deals on the nodes as one row a node: shape (nodes, cells)."""
        return deals.reshape(len(self.worth), -1)

    def _joining(self, place: Place) -> Floats:
        how, number, more = place
        law = self.setting.laws[number]
        if how == ENTER:
            return self.admitted(law) * self._arrive(law, more)
        if how != ANSWER:
            return self._wanting(law, more)
        return self._back(law) if more == 0 else self.onward(law, others=False)[0][law.answer(more)]

    # a stage

    def usual(self, law: StageLaw) -> float:
        """Return the log odds that every deal loses because its first touch is wanted some time after it enters."""
        return lost_by(law.stage, law.stage.lead_in.ppf(SOONEST))

    def admitted(self, law: StageLaw) -> Floats:
        """Return the share that the gate lets in: shape (nodes, 1)."""
        gate = law.stage.gate
        if gate is None:
            return np.ones((len(self._quality), 1))
        return np.where(self._quality >= gate.threshold, gate.sensitivity, 1 - gate.specificity)[:, None]

    def chance(self, law: StageLaw, skill: float = 0.0, lost: float = 0.0) -> Floats:
        """Return the chances to advance: shape (nodes, 1)."""
        base = law.stage.advance
        if base <= 0.0 or base >= 1.0:
            return np.full((len(self._quality), 1), base)
        odds = law.stage.quality_slope * self._quality + self.kind.effects[law.place] + skill - lost
        return np.asarray(1.0 / (1.0 + (1.0 - base) / base * np.exp(np.minimum(700.0, -odds))))[:, None]

    def first(self, law: StageLaw, lost: float) -> FirstTouch:
        """Return when and by whom deals get their first touch that have lost some log odds by waiting."""
        known = self._decided[law.place].first
        if lost not in known:
            known[lost] = self._choose_first(law, lost)
        return known[lost]

    def onward(self, law: StageLaw, *, others: bool) -> tuple[list[Floats], list[Choice]]:
        """Return what deals that will advance are worth when they answer the 1st, 2nd, … touch, and when they get more.

        With ``others`` those that won't advance but look the same get the further touches too, and experts have work on
        them; without, they are deals of the opening in the middle of a stage.
        """
        known = self._decided[law.place].onward
        if others not in known:
            known[others] = self._choose_onward(law, others=others)
        return known[others]

    def leaving(self, law: StageLaw) -> Choice | None:
        """Return when deals that advance leave, where that must wait for the experts."""
        return Choice.of(self._advanced(law) - self._jobs(law, blocking=False)) if law.jobs else None

    def burden(self, law: StageLaw, touch: int, *, others: bool) -> Floats:
        """Return how many touches number ``touch`` + 1 are made for each on a deal that will advance: (nodes, 1)."""
        best = np.zeros((len(self._quality), 1))
        for skill in self._skills(law) if others else ():
            best = np.maximum(best, self.chance(law, skill))
        against = np.divide(1 - best, best, out=np.zeros_like(best), where=best > 0)
        return np.asarray(1.0 + against * law.others[touch - 1])

    def cost(self, work: Work) -> Floats:
        """Return what a touch costs: shape (crews, cells)."""
        if id(work) not in self._costs:
            self._costs[id(work)] = work.cost(self.prices, self.setting.grid)
        return self._costs[id(work)]

    def _arrive(self, law: StageLaw, lost: float) -> Floats:
        share, worth = law.stage.automatic, carried(self.first(law, lost).choice.value, law.lead_in)
        return worth * (1 - share) + self._automatic(law) * share if share else worth

    def _wanting(self, law: StageLaw, lost: float) -> Floats:
        share, worth = law.stage.automatic, self.first(law, lost).choice.value
        return worth * (1 - share) + self._automatic(law) * share if share else worth

    def _automatic(self, law: StageLaw) -> Floats:
        chance = self.chance(law)
        return carried(chance * self._advanced(law) + (1 - chance) * self._back(law), law.automatic)

    def _choose_first(self, law: StageLaw, lost: float) -> FirstTouch:
        loses = self._back(law)
        gain = carried(self.onward(law, others=True)[0][0], law.latency) - loses
        cost, jobs = self.cost(law.first), self._jobs(law, blocking=True)
        best, options = np.full(gain.shape, -np.inf), list[Option]()
        for skill, crews in self._skills(law).items():
            wins = self.chance(law, skill, lost)
            worth = wins * gain + loses - jobs
            options += [Option(crew, wins, worth - cost[crew]) for crew in crews]
            best = np.maximum(best, worth - cost[crews].min(axis=0))
        return FirstTouch(Choice.of(best), best, tuple(options))

    def _choose_onward(self, law: StageLaw, *, others: bool) -> tuple[list[Floats], list[Choice]]:
        leave = self.leaving(law) if others else None
        leaves = self._advanced(law) if leave is None else leave.value
        answers, choices = [leaves], list[Choice]()
        cost = self.cost(law.more)[self.setting.may(self.kind, law)].min(axis=0, initial=np.inf)
        for touch in range(law.touches - 1, 0, -1):
            burden = self.burden(law, touch, others=others)
            choices.insert(0, Choice.of(carried(answers[0], law.latency) - burden * cost))
            last = law.last[touch - 1]
            answers.insert(0, last * leaves + (1 - last) * choices[0].value)
        return answers, choices

    def _advanced(self, law: StageLaw) -> Floats:
        worth = np.zeros((len(self.worth), self.setting.grid.cells))
        for to, share in law.follows:
            worth += share * (self.worth if to is None else self.entered[to])
        return worth

    def _back(self, law: StageLaw) -> Floats:
        """Return what a deal that won't advance is still worth, because it may be nurtured: (nodes, cells)."""
        to = self.setting.returns
        if to is None or law.stage.nurture == 0.0:
            return np.zeros((len(self.worth), self.setting.grid.cells))
        return law.stage.nurture * carried(self.entered[to], self.setting.nurture)

    def _skills(self, law: StageLaw) -> dict[float, list[int]]:
        """Return which crews add which log odds."""
        match, found = self.setting.spec.market.product_match, dict[float, list[int]]()
        for place in self.setting.may(self.kind, law):
            crew = self.setting.crews[place]
            skill = crew.skills[law.place] + (match if self.kind.product in crew.like.products else 0.0)
            found.setdefault(skill, []).append(place)
        return found

    def _jobs(self, law: StageLaw, *, blocking: bool) -> Floats:
        """Return what the experts' work on a deal costs if it is finished in each cell: shape (cells,)."""
        by_end = np.cumsum(self.prices.experts[:, ::-1], axis=1)[:, ::-1][:, self.setting.grid.period_of]
        cost = np.zeros(self.setting.grid.cells)
        for job in law.jobs:
            if job.blocking is blocking:
                cost += job.work * by_end[job.group]
        return cost
