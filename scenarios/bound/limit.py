"""An upper limit on what any routing policy books on average, what is scarce, and what one more hour or lead is worth.

Whatever decides who gives which touch and when (routing, disciplines, pools, promises) is a policy here. The limit is
the value of a linear programme in expected quantities, which holds for every policy because what a policy does fulfils
its constraints on average. Where the funnel is richer than the programme, the programme takes the favourable side, so
each of these can only raise the value:

- only averages count: deals come as a stream without luck, and a crew's hours need only suffice on average;
- amount and quality of a deal are known, where a policy sees amount and score (`scenarios.bound.demand`);
- touches go to any rep of the team, at any time from when they are wanted, whatever limits on open deals, claims a day,
  owners, pools and promises say; reps keep to regions and products only if that is asked for;
- a late first touch costs the odds and the patience that no policy can save, from when the deal enters until anybody of
  the team is at work (`scenarios.bound.first_touch`); waiting longer costs nothing, a rep's open deals never lower the
  odds, and a touch may end at the hour after which the buyer's answer comes at the best time;
- what takes time is rounded down to cells of the grid, and a touch itself takes none for the deal;
- a deal that won't advance gets no touches after its first, except as far as it can't be told from one that will
  (`scenarios.bound.laws.least_ratio`); beyond eight touches nobody asks for more; nurtured leads return without limit;
- nobody leaves, and what has been learned is never forgotten within the horizon; nor does a lowest score turn a lead
  away;
- experts work only for deals that need them to go on, in any order, at the cheapest time before the deal does;
- of all places in a cell at which work can begin the cheapest counts, and the ramp is at its best in each cell.

Hours can't be had before a deal is there, nor after it has gone on: crews have the hours of their calendars, week by
week, and take as long as their speed, ramp and admin work make them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.bound.crews import crews_of, expert_hours
from scenarios.bound.demand import expected_leads, kinds_of
from scenarios.bound.laws import nurturing, stage_laws
from scenarios.bound.programme import Programme, Solution, Told
from scenarios.bound.timing import Floats, Grid, Sample
from scenarios.bound.treatment import Setting
from sim.engine.opening import check_opening
from sim.errors import require
from sim.opening import Opening
from sim.spec import FunnelSpec
from sim.units import HOUR

_SCARCE = 1e-4
"""Share of the limit that a week's hours must be worth to be called scarce: less is a tail of the solution."""
_NUDGE = 0.01
"""Share of its hours that a team is given or denied to see what that changes."""


@dataclass(frozen=True)
class Bound:
    """An upper limit on expected bookings, and what makes it.

    Attributes
    ----------
    bookings
        The limit, in account currency: no policy's expected bookings over the horizon are higher.
    gap
        How far at the most it lies above the optimum of the programme, as a share of it.
    teams
        One row a team, and a group of experts: ``team``, ``hours`` (there are), ``used`` (by the programme's solution),
        ``price`` (account currency that an hour is worth, on average over its people and weeks), and what one per cent
        of its hours would change, by the hour: ``low`` if it had them more, ``high`` if it had them less. Where prices
        aren't unique, these two differ.
    weeks
        One row a team or group of experts and period: ``team``, ``begins`` (days), ``hours``, ``used`` and ``price``.
    people
        One row a crew (reps who are alike): ``team``, ``crew`` (their names), ``hours``, ``used`` and ``price``.
    leads
        One row a channel, and one for the deals that are open: ``source``, ``leads`` (expected), ``worth`` (their part
        of the limit, after what their work costs others), ``price`` (of one more such lead; NaN where there are none).
    """

    bookings: float
    gap: float
    teams: pd.DataFrame
    weeks: pd.DataFrame
    people: pd.DataFrame
    leads: pd.DataFrame

    def scarce(self) -> pd.DataFrame:
        """Return the rows of `weeks` whose hours bind: more of them would raise the limit."""
        binds = self.weeks["price"] * self.weeks["hours"] > _SCARCE * max(self.bookings, 1.0)
        return self.weeks[binds].reset_index(drop=True)


def bound(
    spec: FunnelSpec, opening: Opening, *, days: float, territories: bool = False, told: Told | None = None
) -> Bound:
    """Return the most that any routing policy can book on average.

    Parameters
    ----------
    spec, opening
        The funnel, and what is open at the start. Routing, disciplines, pools and promises of the spec don't matter.
    days
        The horizon.
    territories
        Whether only policies count under which reps keep to their regions and products.
    told
        Told after each round of the solution how many there were, and how many there will be at most.

    Raises
    ------
    SpecError, UnknownNameError
        If the opening doesn't fit the spec, or ``days`` isn't above 0.
    """
    require(days > 0, f"bound: days must be above 0, got {days:g}")
    check_opening(spec, opening)
    programme = programme_of(spec, opening, days, territories=territories)
    solution = programme.solve(told)
    weeks, people = _weeks(programme, solution), _people(programme, solution)
    teams = _teams(programme, solution, weeks)
    return Bound(solution.limit, solution.gap, teams, weeks, people, _leads(programme, solution, opening))


def programme_of(spec: FunnelSpec, opening: Opening, days: float, *, territories: bool = False) -> Programme:
    """Lay a funnel out as a linear programme."""
    grid = Grid.over(days)
    crews = crews_of(spec, opening.as_of, grid)
    at_hand = expert_hours(spec, opening.as_of, grid)
    nurture = spec.market.nurture
    laws = stage_laws(spec, crews, grid, at_hand)
    setting = Setting(
        spec=spec,
        grid=grid,
        crews=crews,
        laws=laws,
        nurture=nurturing(spec, grid),
        returns=None if nurture is None else spec.stage_names.index(nurture.returns_to),
        keeps=1.0 - float(Sample.of(spec.market.discount).values.mean()),
        territories=territories,
    )
    kinds = kinds_of(spec, opening, [law.desk for law in laws], grid, territories=territories)
    return Programme(setting, kinds, at_hand)


def _weeks(programme: Programme, solution: Solution) -> pd.DataFrame:
    """Return `Bound.weeks`; a team's price is that of its people, weighed by their hours."""
    rows, operation = programme.rows, programme.setting.spec.operation
    crews, used = rows.prices(solution.prices).crews, rows.parted(solution.used)
    begins = programme.setting.grid.period_edges[:-1]
    tables = []
    for place, team in enumerate(operation.teams):
        mine = rows.of_team == place
        hours = rows.hours[mine].sum(axis=0)
        worth = (crews[mine] * rows.hours[mine]).sum(axis=0)
        tables.append(_table(team.name, begins, hours, used[0][place], worth / np.maximum(hours, 1e-12)))
    experts = rows.parted(solution.prices)[2]
    for place, group in enumerate(operation.experts):
        hours, taken = (np.diff(each[place], prepend=0.0) for each in (rows.expert_hours, used[2]))
        tables.append(_table(group.name, begins, hours, taken, np.cumsum(experts[place][::-1])[::-1]))
    return pd.concat(tables, ignore_index=True)


def _table(team: str, begins: Floats, hours: Floats, used: Floats, price: Floats) -> pd.DataFrame:
    price = np.where(hours > 0, price, 0.0)
    return pd.DataFrame(
        {"team": team, "begins": begins, "hours": hours / HOUR, "used": used / HOUR, "price": price * HOUR}
    )


def _people(programme: Programme, solution: Solution) -> pd.DataFrame:
    """Return `Bound.people`."""
    rows, setting = programme.rows, programme.setting
    prices, teams = rows.prices(solution.prices).crews, setting.spec.operation.teams
    alone = rows.parted(solution.used)[0].sum(axis=1)
    several = dict(zip(rows.several.tolist(), rows.parted(solution.used)[1].tolist(), strict=True))
    lines = []
    for place, crew in enumerate(setting.crews):
        hours = rows.hours[place]
        price = float((prices[place] * hours).sum() / hours.sum()) if hours.any() else 0.0
        used = several.get(place, alone[crew.team])
        lines.append((teams[crew.team].name, ", ".join(crew.reps), hours.sum() / HOUR, used / HOUR, price * HOUR))
    return pd.DataFrame(lines, columns=["team", "crew", "hours", "used", "price"])


def _teams(programme: Programme, solution: Solution, weeks: pd.DataFrame) -> pd.DataFrame:
    """Return `Bound.teams`."""
    worth = weeks.assign(worth=weeks["price"] * weeks["hours"]).groupby("team", sort=False)
    table = worth[["hours", "used", "worth"]].sum()
    table["price"] = (table.pop("worth") / table["hours"].where(table["hours"] > 0)).fillna(0.0)
    value = solution.columns.solve().value
    for name, sign in (("low", 1.0), ("high", -1.0)):
        for team in table.index:
            more = sign * _NUDGE * _share_of(programme, str(team))
            changed = solution.columns.solve(capacity=programme.rows.capacity + more).value
            nudged = sign * _NUDGE * table.loc[team, "hours"]
            table.loc[team, name] = (changed - value) / nudged if nudged else 0.0
    return table.reset_index()


def _share_of(programme: Programme, name: str) -> Floats:
    """Return the working days of a team or of a group of experts in each row: shape (rows,)."""
    rows, operation = programme.rows, programme.setting.spec.operation
    teams = np.array([operation.teams[place].name == name for place in rows.of_team])
    experts = np.array([group.name == name for group in operation.experts])
    return rows.taken(rows.hours * teams[:, None], rows.expert_hours * experts[:, None])


def _leads(programme: Programme, solution: Solution, opening: Opening) -> pd.DataFrame:
    """Return `Bound.leads`."""
    setting = programme.setting
    leads = expected_leads(setting.spec, opening, setting.grid.days)
    lines = [
        (
            source,
            number,
            solution.worth.get(source, 0.0),
            solution.worth.get(source, 0.0) / number if number else np.nan,
        )
        for source, number in leads.items()
    ]
    return pd.DataFrame(lines, columns=["source", "leads", "worth", "price"])
