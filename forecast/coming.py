"""Coming deals: those that aren't created yet, draw by draw, with what each will be like."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np

from forecast.grouped import Grouped
from forecast.grouped.clock import clock_of
from forecast.grouped.deals import Deals
from forecast.grouped.grid import Ints
from forecast.grouped.history import WEEK
from forecast.posterior import Posterior
from sim.eventlog import Floats


@dataclass(frozen=True, slots=True)
class Coming:
    """New deals, one element each.

    Attributes
    ----------
    draw
        To which draw it belongs.
    like
        The deal that came of late and that it is like, a number of `Grouped.recent`.
    time, amount
        Days from now on which it comes, and its list amount.
    """

    draw: Ints
    like: Ints
    time: Floats
    amount: Floats


def weekly_means(posterior: Posterior, grouped: Grouped, horizon: float, rng: np.random.Generator) -> Floats:
    """Return the mean of new leads by draw, week from now and channel, the walk of the weeks gone on with.

    Shape (draws, weeks, channels); the last week may be cut.
    """
    weeks = int(np.ceil(horizon / WEEK))
    length = np.minimum(1.0, horizon / WEEK - np.arange(weeks))
    drift = posterior["arrival_drift"][:, None] * rng.standard_normal((posterior.draws, weeks))
    months = [(grouped.as_of + timedelta(days=WEEK * (k + 0.5))).month - 1 for k in range(weeks)]
    common = posterior["arrival_now"][:, None] + np.cumsum(drift, axis=1) + posterior["arrival_month"][:, months]
    log_mean = common[:, :, None] + _channels(posterior, grouped)[:, None, :]
    return np.asarray(np.exp(np.minimum(log_mean, 15.0)) * length[:, None], np.float64)


def arrivals_ahead(posterior: Posterior, grouped: Grouped, horizon: float, rng: np.random.Generator) -> Ints:
    """Draw new leads by draw, week from now and channel: shape (draws, weeks, channels)."""
    mean = weekly_means(posterior, grouped, horizon, rng)
    size = 1 / np.maximum(posterior["arrival_dispersion"], 1e-6)[:, None, None]
    return np.asarray(rng.poisson(mean * rng.gamma(np.broadcast_to(size, mean.shape)) / size), np.int64)


def coming_deals(
    posterior: Posterior, grouped: Grouped, counts: Ints, first_draw: int, rng: np.random.Generator
) -> Coming:
    """Return the new deals of some draws; ``counts`` is what `arrivals_ahead` gives, from ``first_draw`` on."""
    flat = counts.ravel()
    place = np.repeat(np.arange(len(flat)), flat)
    draw, week, channel = np.unravel_index(place, counts.shape)
    like = _like(grouped.recent, draw, channel, rng)
    time = _times_in_week(grouped, week, rng)
    number = first_draw + draw
    amount = list_amounts(posterior, grouped, number, grouped.recent.cell[like], rng)
    return Coming(number, like, time, amount)


def _times_in_week(grouped: Grouped, week: Ints, rng: np.random.Generator) -> Floats:
    """Place leads in their weeks, by day and hour as the history's leads came: days from now."""
    ahead = float(week.max(initial=0) + 1) * WEEK
    clock = clock_of(grouped.week, grouped.as_of, (0.0, ahead), 0.0, grouped.grid.calendar.zone)
    return clock.calendar_of((week + rng.random(len(week))) * WEEK)


def list_amounts(posterior: Posterior, grouped: Grouped, draw: Ints, cell: Ints, rng: np.random.Generator) -> Floats:
    """Draw list amounts for some deals' segments and products; 0 where no deal of the history has an amount."""
    if not grouped.worth.n.sum():
        return np.zeros(len(draw))
    mean, spread = posterior["amount_mean"][draw, cell], posterior["amount_spread"][draw, cell]
    # beyond any amount of the past by a factor of ten is the model's tail, not a deal
    most = grouped.worth.largest + np.log(10.0)
    return np.asarray(np.exp(np.minimum(mean + spread * rng.standard_normal(len(draw)), most)), np.float64)


def _channels(posterior: Posterior, grouped: Grouped) -> Floats:
    """Return the channels' log rates in the data's order; one that the fit doesn't know brings nothing yet."""
    known, table = posterior.names("channel"), posterior["arrival_channel"]
    silent = np.full(len(table), -np.inf)
    columns = [table[:, known.index(name)] if name in known else silent for name in grouped.channels]
    return np.stack(columns, axis=1)


def _like(recent: Deals, draw: Ints, channel: Ints, rng: np.random.Generator) -> Ints:
    """Pick for each new deal one of its channel that came of late, the weights redrawn in each draw.

    Weights that are exponential and independent make it a Bayesian bootstrap (Rubin 1981, Annals of Statistics 9(1)):
    the mix of regions, products and reps is itself not known for sure.
    """
    order = np.argsort(recent.codes["channel"], kind="stable")
    sorted_channels = recent.codes["channel"][order]
    size = int(channel.max(initial=0)) + 1
    lows, highs = (np.searchsorted(sorted_channels, np.arange(size), side=side) for side in ("left", "right"))
    silent = lows == highs
    lows, highs = np.where(silent, 0, lows), np.where(silent, len(order), highs)
    low, high = lows[channel], highs[channel]
    u, picked = rng.random(len(draw)), np.empty(len(draw), np.int64)
    edges = np.searchsorted(draw, np.arange(int(draw.max(initial=-1)) + 2))
    for first, last in pairwise(edges.tolist()):
        its = slice(first, last)
        weight = np.concatenate([[0.0], np.cumsum(rng.standard_exponential(len(order)))])
        at = weight[low[its]] + u[its] * (weight[high[its]] - weight[low[its]])
        picked[its] = np.searchsorted(weight, at, side="right") - 1
    return order[np.clip(picked, low, high - 1)]
