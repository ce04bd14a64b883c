"""The fluid linear programme, solved by its own columns.

A variable of the programme is a treatment of a kind of deal: how much it brings, and which crew's hours it takes in
which period. There are far too many to write down, so they are made as they are needed (Dantzig and Wolfe 1960,
"Decomposition principle for linear programs"): the programme over the treatments known so far is solved, its dual
values are taken as prices of the hours, and each kind of deal answers with the treatment that is best at these prices.

Whatever the prices, hours × prices plus what all deals are worth at them is an upper limit on what can be booked (weak
duality); the least of these limits found so far is the answer, so stopping early makes it loose but never wrong.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

from scenarios.bound.crews import Crew, Prices
from scenarios.bound.demand import Kind
from scenarios.bound.timing import Floats, Whole
from scenarios.bound.treatment import Plan, Setting
from scenarios.bound.usage import usage_of

_TOLERANCE = 3e-3
_MOST_ROUNDS = 30
_REACH, _GOOD = 0.5, 0.3
"""How far from the best prices so far the next ones are sought at first, as a share of the mean worth of all hours; and
the share of the hoped-for fall of the limit that lets the reach grow (a trust region: prices that jump about lead to
treatments that nobody needs)."""

type Told = Callable[[int, int], None]
"""Told after each round how many there were, and how many there will be at most."""


@dataclass(frozen=True, slots=True)
class Solution:
    """The programme's solution.

    Attributes
    ----------
    limit
        The upper limit, in account currency.
    gap
        How far it may lie above the programme's own optimum, as a share of it.
    prices
        Of the rows, in account currency a working day, at which it holds: shape (rows,).
    used
        Working days that the programme uses of each row.
    worth
        What the deals of each source are worth at these prices, in account currency.
    columns
        The treatments that were tried.
    """

    limit: float
    gap: float
    prices: Floats
    used: Floats
    worth: dict[str, float]
    columns: "Columns"


@dataclass(slots=True)
class Columns:
    """Treatments of kinds of deals: one column each, over the rows of all hours."""

    capacity: Floats
    blocks: int
    bookings: list[float] = field(default_factory=list)
    block: list[int] = field(default_factory=list)
    rows: list[Floats] = field(default_factory=list)

    def add(self, block: int, bookings: float, rows: Floats) -> None:
        """Add a treatment of a kind: what it brings, and what it takes of each row."""
        self.bookings.append(bookings)
        self.block.append(block)
        self.rows.append(rows)

    def solve(self, low: Floats | None = None, high: Floats | None = None, capacity: Floats | None = None) -> "Master":
        """Find the prices at which hours and deals, treated in the ways known so far, are worth least together.

        Prices stay between ``low`` and ``high`` where these are given. This is the dual of the programme over the known
        treatments; how much use is made of each of them are its own dual values.
        """
        hours = self.capacity if capacity is None else capacity
        rows, n = len(hours), len(self.bookings)
        ways = np.zeros((n, rows + self.blocks))
        ways[:, :rows] = np.reshape(self.rows, (n, rows))
        ways[np.arange(n), rows + np.array(self.block, np.int64)] = 1.0
        least = np.zeros(rows) if low is None else low
        most = np.full(rows, np.inf) if high is None else high
        limits = np.array([*zip(least, most, strict=True), *[(0.0, np.inf)] * self.blocks])
        costs = np.append(hours, np.ones(self.blocks))
        found = linprog(costs, -ways, -np.array(self.bookings), bounds=limits.tolist())
        share, best = -np.asarray(found.ineqlin.marginals), np.asarray(found.x)
        return Master(float(costs @ best), best[:rows], np.asarray(share @ ways[:, :rows]))


@dataclass(frozen=True, slots=True)
class Master:
    """The programme over the known treatments: its value, the prices of the rows, and how much of them is used."""

    value: float
    prices: Floats
    used: Floats


@dataclass(frozen=True)
class Rows:
    """The hours that there are: each team's in each period, each crew's in all, and the experts' by each period's end.

    That a crew has its hours week by week, and not only over the whole horizon, is left out where it shares a team with
    others: rows less, and a higher limit. Prices of a crew's time are those of its team and period, and its own.

    Attributes
    ----------
    of_team
        For each crew the team whose hours it shares: shape (crews,).
    several
        The crews that share a team with others.
    hours
        Working days of each crew in each period: shape (crews, periods).
    expert_hours
        Of the experts by the end of each period: shape (groups, periods).
    """

    of_team: Whole
    several: Whole
    hours: Floats
    expert_hours: Floats

    @classmethod
    def of(cls, crews: Sequence[Crew], expert_hours: Floats) -> "Rows":
        """Lay the rows out."""
        team = np.array([crew.team for crew in crews])
        several = np.flatnonzero(np.bincount(team)[team] > 1)
        return cls(team, several, np.array([crew.hours for crew in crews]), expert_hours)

    @property
    def capacity(self) -> Floats:
        """What there is of each row, in working days: shape (rows,)."""
        return self.taken(self.hours, self.expert_hours)

    def taken(self, crews: Floats, experts: Floats) -> Floats:
        """Return what hours of crews and experts take of each row."""
        teams = np.zeros((self.of_team.max() + 1, crews.shape[1]))
        np.add.at(teams, self.of_team, crews)
        return np.concatenate([teams.ravel(), crews[self.several].sum(axis=1), experts.ravel()])

    def parted(self, rows: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the rows' parts: (teams, periods), (crews that share a team,), (groups, periods)."""
        teams, periods = self.of_team.max() + 1, self.hours.shape[1]
        cuts = (teams * periods, teams * periods + len(self.several))
        of_teams, of_crews, of_experts = np.split(rows, cuts)
        return of_teams.reshape(teams, periods), of_crews, of_experts.reshape(self.expert_hours.shape)

    def prices(self, rows: Floats) -> Prices:
        """Return the prices of working time that those of the rows make."""
        teams, own, experts = self.parted(rows)
        crews = teams[self.of_team]
        crews[self.several] += own[:, None]
        return Prices(crews, experts)


class Programme:
    """The programme of a funnel: its kinds of deals, and the hours that there are."""

    def __init__(self, setting: Setting, kinds: Sequence[Kind], expert_hours: Floats) -> None:
        self.setting, self.rows = setting, Rows.of(setting.crews, expert_hours)
        self.kinds = tuple(kind for kind in kinds if len(kind.amount))
        self._free = list[list[Floats]]()
        self._beyond = self._worth_beyond()

    def solve(self, told: Told | None = None) -> Solution:
        """Solve it to a share of `_TOLERANCE`, or as far as `_MOST_ROUNDS` go."""
        beyond = sum(self._beyond.values())
        columns = Columns(self.rows.capacity, len(self.kinds))
        best = np.zeros(len(self.rows.capacity))
        limit, worth = self._answer(best, columns)
        reach = _REACH * limit / max(self.rows.capacity.sum(), 1.0)
        for number in range(_MOST_ROUNDS):
            near = columns.solve(np.maximum(0.0, best - reach), best + reach)
            now, sources = self._answer(near.prices, columns)
            hoped, came = limit - beyond - near.value, limit - now
            if came > 0:
                limit, best, worth = now, near.prices, sources
            reach *= 2.0 if came > _GOOD * hoped else 0.5 if came <= 0 else 1.0
            if told:
                told(number + 1, _MOST_ROUNDS)
            if hoped <= _TOLERANCE * limit and columns.solve().value + beyond >= limit * (1 - _TOLERANCE):
                break
        whole = columns.solve()
        gap = limit / (whole.value + beyond) - 1 if limit > 0 else 0.0
        return Solution(limit, max(0.0, gap), best, whole.used, worth, columns)

    def limit(self, prices: Floats) -> float:
        """Return the upper limit that prices of all rows imply."""
        return self._answer(prices, None)[0]

    def _answer(self, prices: Floats, columns: Columns | None) -> tuple[float, dict[str, float]]:
        """Let each kind answer to prices; return the limit that follows, and what each source's deals are worth."""
        asked, worth = self.rows.prices(prices), dict(self._beyond)
        for number, kind in enumerate(self.kinds):
            plan = Plan(self.setting, kind, asked, self._free[number])
            for source, value in plan.value().items():
                worth[source] = worth.get(source, 0.0) + value
            if columns is not None:
                usage = usage_of(plan)
                columns.add(number, usage.bookings, self.rows.taken(usage.crews, usage.experts))
        return float(prices @ self.rows.capacity) + sum(worth.values()), worth

    def _worth_beyond(self) -> dict[str, float]:
        """Return what the parts of amounts beyond the highest node are worth at the most: as if all hours were free."""
        free, worth = self.rows.prices(np.zeros(len(self.rows.capacity))), dict[str, float]()
        for kind in self.kinds:
            plan = Plan(self.setting, kind, free)
            self._free.append(plan.entered)
            for source, value in plan.beyond().items():
                worth[source] = worth.get(source, 0.0) + value
        return worth
