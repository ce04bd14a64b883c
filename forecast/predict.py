"""Predict: the statistical forecast, from a posterior and the deals of the as-of date to bookings by draw.

Every open deal and every deal that comes is walked through the funnel once in each draw; what is won is added up. So
all tables are sums of the same deals in the same draws, and agree to the last cent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.coming import arrivals_ahead, coming_deals, list_amounts
from forecast.fiscal import LENGTHS
from forecast.grouped import Grouped
from forecast.grouped.deals import Deals
from forecast.grouped.grid import Ints
from forecast.grouped.labels import BAND, DIMENSIONS, REP, TEAM, band_of
from forecast.grouped.marks import MARKS, foreseen
from forecast.hazard_tables import Tables, tables
from forecast.outlook import MEASURES, TOTAL, Cube, Outlook
from forecast.posterior import Posterior
from forecast.walk import Start, walk
from sim.errors import require
from sim.eventlog import Floats

_PAIRS = 2_000_000
"""Most (draw, deal) pairs that are held at once."""


def predict(
    posterior: Posterior, grouped: Grouped, *, periods: int = 2, seed: int = 1, labels: Sequence[str] = ()
) -> Outlook:
    """Forecast bookings and wins for the running fiscal period and those after it.

    Parameters
    ----------
    posterior
        What is believed; it may have been fitted at an earlier date.
    grouped
        What is known today.
    periods
        How many periods, the running one included.
    seed
        The dice.
    labels
        Names of the leads, by row of the lead table; empty gives their row numbers.

    Raises
    ------
    SpecError
        If no period is asked for, or the posterior is of another funnel.
    """
    require(periods >= 1, f"forecast: periods must be 1 or more, got {periods}")
    known = posterior.names("stage")
    said = f"forecast: the fit knows the stages {', '.join(known)}, the data have {', '.join(grouped.stages)}; fit anew"
    require(known == grouped.stages, said)
    require(len(posterior.names("age")) == len(grouped.grid.edges), "forecast: the fit has other ages; fit anew")
    rng = np.random.default_rng([seed, 1])
    names, bounds = _periods(grouped, periods)
    tally = _Tally(posterior.draws, grouped, bounds)
    laid = tables(posterior, grouped, tally.counting, rng)
    won = _open(posterior, grouped, laid, tally, rng)
    _coming(posterior, grouped, laid, tally, rng)
    tally.add_booked(grouped)
    cubes, weekly = tally.cubes(), tally.weekly
    deals = _deals_table(grouped, won, cubes[MEASURES[0]][TOTAL].values[:, :, 0, 0].sum(axis=1), labels)
    return Outlook(grouped.as_of, names, bounds[1:], cubes, weekly, grouped.grid.step, deals)


def _periods(grouped: Grouped, periods: int) -> tuple[tuple[str, ...], Floats]:
    """Return names and bounds of the periods, in days from now; the first began before now, or now."""
    calendar = grouped.grid.calendar
    ahead = LENGTHS[calendar.unit] * (periods + 1)
    bounds = calendar.bounds(grouped.as_of, 0.0, ahead)[: periods + 1]
    middles = [grouped.as_of + timedelta(days=(a + b) / 2) for a, b in pairwise(bounds.tolist())]
    return tuple(calendar.name(day.date()) for day in middles), bounds


@dataclass(frozen=True, slots=True)
class _Won:
    """What the open deals bring in the first period, shape (draws, deals)."""

    value: npt.NDArray[np.float32]
    wins: npt.NDArray[np.float32]


class _Tally:
    """Sums of what is won, by draw, part, period and level, and by draw, part and step."""

    def __init__(self, draws: int, grouped: Grouped, bounds: Floats) -> None:
        self.draws, self.bounds, self.step = draws, bounds, grouped.grid.step
        self.horizon = float(bounds[-1])
        self.counting = float(grouped.clock.count(grouped.at + bounds[-1:])[0]) - grouped.at
        self.levels = {name: grouped.dimensions[name] for name in DIMENSIONS} | {TOTAL: (TOTAL,)}
        periods, steps = len(bounds) - 1, int(np.ceil(self.horizon / self.step))
        self.sums = {
            measure: {name: np.zeros((draws, 3, periods, len(levels))) for name, levels in self.levels.items()}
            for measure in MEASURES
        }
        self.weekly = {measure: np.zeros((draws, 3, steps)) for measure in MEASURES}

    def add(self, part: int, draw: Ints, value: Floats, time: Floats, codes: Mapping[str, Ints], row: Ints) -> None:
        """Add wins: draw, what they bring and days from now; ``codes`` and ``row`` say what each is."""
        period = np.searchsorted(self.bounds, time, side="right") - 1
        step = np.minimum((time / self.step).astype(np.int64), self.weekly[MEASURES[0]].shape[2] - 1)
        places = {**{name: codes[name][row] for name in DIMENSIONS}, TOTAL: np.zeros(len(row), np.int64)}
        for measure, weight in zip(MEASURES, (value, np.ones(len(row))), strict=True):
            for name, code in places.items():
                into = self.sums[measure][name][:, part]
                into += _sum(into.shape, (draw, period, code), weight)
            into = self.weekly[measure][:, part]
            into += np.cumsum(_sum(into.shape, (draw, step), weight), axis=1)

    def add_booked(self, grouped: Grouped) -> None:
        """Add what was won in the running period before now: the same in each draw."""
        booked = grouped.booked
        this = np.flatnonzero((booked.time >= grouped.at + self.bounds[0]) & (booked.time <= grouped.at))
        for name, levels in self.levels.items():
            code = booked.codes[name][this] if name != TOTAL else np.zeros(len(this), np.int64)
            for measure, weight in zip(MEASURES, (booked.amount[this], np.ones(len(this))), strict=True):
                self.sums[measure][name][:, 0, 0] += np.bincount(code, weight, len(levels))
        for measure, total in zip(MEASURES, (float(booked.amount[this].sum()), float(len(this))), strict=True):
            self.weekly[measure][:, 0] += total

    def cubes(self) -> Mapping[str, Mapping[str, Cube]]:
        """Return the sums."""
        return {
            measure: {name: Cube(self.levels[name], values) for name, values in sums.items()}
            for measure, sums in self.sums.items()
        }


def _sum(shape: tuple[int, ...], places: tuple[Ints, ...], weight: Floats) -> Floats:
    flat = np.ravel_multi_index(places, shape)
    return np.bincount(flat, weight, int(np.prod(shape))).reshape(shape)


def _open(posterior: Posterior, grouped: Grouped, laid: Tables, tally: _Tally, rng: np.random.Generator) -> _Won:
    """Walk the open deals in every draw."""
    deals, draws, step = grouped.open, posterior.draws, grouped.grid.step
    n = len(deals)
    codes = _on_the_way(deals, grouped, rng)
    start = Start(deals.stage, deals.time / step, np.zeros(n), laid.effects_of(codes, n))
    winner = _at_the_win(codes, grouped)
    values, wins = np.zeros((draws, n), np.float32), np.zeros((draws, n), np.float32)
    size = max(1, _PAIRS // max(1, n))
    for first in range(0, draws, size):
        count = min(size, draws - first)
        draw, deal = np.repeat(np.arange(first, first + count), n), np.tile(np.arange(n), count)
        time = walk(laid.hazard, draw, deal, start, tally.counting / step, int(rng.integers(2**31)))
        time = _calendar_days(grouped, time)
        won = np.flatnonzero(time < tally.horizon)
        draw, deal, time = draw[won], deal[won], time[won]
        amount = deals.amount[deal]
        missing = np.flatnonzero(amount <= 0)
        amount[missing] = list_amounts(posterior, grouped, draw[missing], deals.cell[deal[missing]], rng)
        value = amount * _kept(posterior, draw, rng)
        tally.add(1, draw, value, time, winner, deal)
        soon = time < tally.bounds[1]
        values[draw[soon], deal[soon]], wins[draw[soon], deal[soon]] = value[soon], 1.0
    return _Won(values, wins)


def _coming(posterior: Posterior, grouped: Grouped, laid: Tables, tally: _Tally, rng: np.random.Generator) -> None:
    """Walk the deals that come in every draw."""
    counts, recent, step = arrivals_ahead(posterior, grouped, tally.horizon, rng), grouped.recent, grouped.grid.step
    known = _on_the_way(recent, grouped, rng)
    winner, pairs = _at_the_win(known, grouped), _PAIRS // len(grouped.stages)
    size = max(1, pairs // max(1, int(counts.sum(axis=(1, 2)).mean())))
    for first in range(0, posterior.draws, size):
        new = coming_deals(posterior, grouped, counts[first : first + size], first, rng)
        n = len(new.draw)
        codes = {name: known[name][new.like] for name in laid.places if name != BAND}
        effects = laid.effects_of({**codes, BAND: band_of(new.amount, grouped.cuts)}, n)
        begin = (grouped.clock.count(grouped.at + new.time) - grouped.at) / step
        start = Start(recent.stage[new.like], np.zeros(n), begin, effects)
        time = walk(laid.hazard, new.draw, np.arange(n), start, tally.counting / step, int(rng.integers(2**31)))
        time = _calendar_days(grouped, time)
        won = np.flatnonzero(time < tally.horizon)
        value = new.amount[won] * _kept(posterior, new.draw[won], rng)
        tally.add(2, new.draw[won], value, time[won], winner, new.like[won])


def _on_the_way(deals: Deals, grouped: Grouped, rng: np.random.Generator) -> Mapping[str, Ints]:
    """Return the deals' codes by name, and by stage what changes on the way."""
    marks = {name: foreseen(deals.marks[name], deals.place, grouped.passed, name, rng) for name in MARKS}
    return {**deals.codes, **marks}


def _at_the_win(codes: Mapping[str, Ints], grouped: Grouped) -> Mapping[str, Ints]:
    """Return the codes under which a win is booked: whoever closes a deal has it, and the closer's team."""
    closer = codes[REP][:, -1]
    return {**codes, REP: closer, TEAM: grouped.team_of_rep[closer]}


def _calendar_days(grouped: Grouped, steps: Floats) -> Floats:
    """Turn steps of the funnel's clock into calendar days from now."""
    return grouped.clock.calendar_of(grouped.at + steps * grouped.grid.step) - grouped.at


def _kept(posterior: Posterior, draw: Ints, rng: np.random.Generator) -> Floats:
    """Draw what is left of the list amount at the win: nothing, all, or a lognormal share."""
    n = len(draw)
    moved = np.exp(
        np.clip(posterior["change"][draw] + posterior["change_spread"][draw] * rng.standard_normal(n), -3, 3)
    )
    share = np.where(rng.random(n) < posterior["same"][draw], 1.0, moved)
    return np.where(rng.random(n) < posterior["without"][draw], 0.0, share)


def _deals_table(grouped: Grouped, won: _Won, total: Floats, labels: Sequence[str]) -> pd.DataFrame:
    """List the open deals with their chances, and with their share of the variance of the first period's total."""
    deals, away = grouped.open, (total - total.mean()).astype(np.float32)
    variance = float((away**2).mean())
    shared = away @ (won.value - won.value.mean(axis=0)) / max(1, len(total))
    names = [labels[row] if labels else str(row) for row in deals.lead.tolist()]
    return pd.DataFrame(
        {
            "label": names,
            "stage": [grouped.stages[code] for code in deals.stage.tolist()],
            "rep": [grouped.dimensions["rep"][code] for code in deals.codes["rep"].tolist()],
            "days": deals.time,
            "amount": deals.amount,
            "chance": won.wins.mean(axis=0),
            "expected": won.value.mean(axis=0),
            "share": shared / variance if variance > 0 else np.zeros(len(deals)),
        }
    )
