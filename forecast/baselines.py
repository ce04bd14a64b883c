"""Baselines: the simple rules that companies forecast by, each from what was known at the as-of date.

All forecast what a running period will have brought at its end. Those that give one number are scored by their absolute
error, which is the CRPS of a number.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from statsmodels.tools.sm_exceptions import ModelWarning
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from forecast.grouped.grid import Ints
from sim.eventlog import EventLog, Floats, Kind
from sim.kpis.visits import Visits, visits

_WEEK = 7.0
_PAST = 4
"""Past periods that rates are averaged over."""
_LEAST_WEEKS = 8
_BARELY_BEGUN = 0.05
"""Share of a period below which a run-rate says nothing."""


@dataclass(frozen=True)
class Facts:
    """What was known at the as-of date of the leads that are counted.

    Attributes
    ----------
    stays
        Their visits.
    entered, won
        When each lead first entered a stage, and when it was won, in days; infinite for never, shape (n leads,).
    listed, paid
        What it is worth open, and what it brought: amounts, or 1 where wins are counted.
    bounds
        Starts of the past periods, of the running one (last but one) and its end, in days.
    at
        The as-of date, in days.
    """

    stays: Visits
    entered: Floats
    won: Floats
    listed: Floats
    paid: Floats
    bounds: Floats
    at: float

    def brought(self, start: float, end: float) -> float:
        """Add up what was won in [``start``, ``end``)."""
        return float(self.paid[(self.won >= start) & (self.won < end)].sum())

    @property
    def start(self) -> float:
        """Start of the running period."""
        return float(self.bounds[-2])

    @property
    def end(self) -> float:
        """End of the running period."""
        return float(self.bounds[-1])

    @property
    def booked(self) -> float:
        """What the running period has brought so far."""
        return self.brought(self.start, np.nextafter(self.at, np.inf))

    @property
    def share(self) -> float:
        """How much of the running period is over."""
        return (self.at - self.start) / (self.end - self.start)

    def past(self) -> list[tuple[float, float]]:
        """Return start and end of the last complete periods that the history holds."""
        pairs = list(zip(self.bounds[:-2].tolist(), self.bounds[1:-1].tolist(), strict=True))
        first = float(self.entered[np.isfinite(self.entered)].min(initial=np.inf))
        return [pair for pair in pairs if pair[0] >= first][-_PAST:] or pairs[-1:]


def facts_of(log: EventLog, bounds: Floats, at: float, measure: str, chosen: "np.ndarray | None" = None) -> Facts:
    """Lay out a log that ends at the as-of date; ``chosen`` flags the leads that count, shape (n leads,)."""
    keep = np.ones(log.n_leads, bool) if chosen is None else chosen
    stays = visits(log)
    inside = keep[stays.lead]
    stays = Visits(*(getattr(stays, name)[inside] for name in Visits.__slots__))
    entered, won = np.full(log.n_leads, np.inf), np.full(log.n_leads, np.inf)
    np.minimum.at(entered, stays.lead, stays.entered)
    wins = log.of_kind(Kind.WON)
    lead = log.events["lead"][wins].astype(np.int64)
    paid = np.zeros(log.n_leads)
    won[lead] = np.where(keep[lead], log.events["time"][wins].astype(np.float64), np.inf)
    paid[lead] = np.nan_to_num(log.events["amount"][wins].astype(np.float64)) * keep[lead]
    listed = np.nan_to_num(log.leads["amount"].astype(np.float64))
    if measure == "wins":
        listed, paid = np.ones(log.n_leads), np.isfinite(won) * 1.0
    return Facts(stays, entered, won, listed, paid, bounds, at)


def last_period(facts: Facts) -> Floats:
    """What the last complete period brought."""
    return np.array([facts.brought(*facts.past()[-1])])


def seasonal_naive(facts: Facts) -> Floats:
    """What the same period brought a year ago; the last one, where the history is shorter."""
    year_ago = facts.start - 365.25
    match = [pair for pair in facts.past() if abs(pair[0] - year_ago) < 20]
    return np.array([facts.brought(*match[0])]) if match else last_period(facts)


def run_rate(facts: Facts) -> Floats:
    """What the period has brought so far, stretched to its length; the last period's, where it has barely begun."""
    return np.array([facts.booked / facts.share]) if facts.share >= _BARELY_BEGUN else last_period(facts)


def weighted_pipeline(facts: Facts) -> Floats:
    """What is booked, and each open amount times the share of closed deals that were won from its stage."""
    stays, rate = facts.stays, np.zeros(len(facts.listed))
    total = 0.0
    for stage in np.unique(stays.stage):
        here = stays.stage == stage
        leads = np.unique(stays.lead[here])
        won = np.isfinite(facts.won[leads])
        closed = won | (_last_left(stays, len(rate))[leads] < np.inf)
        total += _open_amount(facts, facts.at, stage) * (won.sum() / closed.sum() if closed.any() else 0.0)
    return np.array([facts.booked + total])


def created_times_conversion(facts: Facts) -> Floats:
    """Leads created in an average past period, times their conversion, times the average deal."""
    past = facts.past()
    created = np.mean([((facts.entered >= a) & (facts.entered < b)).sum() for a, b in past])
    closed = _last_left(facts.stays, len(facts.listed)) < np.inf
    won = np.isfinite(facts.won)
    conversion = won.sum() / max(1, (closed | won).sum())
    average = facts.paid[won].mean() if won.any() else 0.0
    return np.array([created * conversion * average])


def same_point_recipe(facts: Facts) -> Floats:
    """Closed, and the pipeline at the rates of its stages at the same point of past periods, and what came new after.

    The recipe that Gong and BoostUp describe: the strongest simple rival.
    """
    stages, past = np.unique(facts.stays.stage), facts.past()
    opened, brought, new = np.zeros(len(stages)), np.zeros(len(stages)), []
    for start, end in past:
        then = start + facts.share * (end - start)
        soon = (facts.won > then) & (facts.won < end)
        for k, stage in enumerate(stages):
            leads = _open_leads(facts, then, int(stage))
            opened[k] += facts.listed[leads].sum()
            brought[k] += facts.paid[leads][soon[leads]].sum()
        new.append(facts.paid[soon & (facts.entered > then)].sum())
    rates = np.divide(brought, opened, out=np.zeros(len(stages)), where=opened > 0)
    now = np.array([_open_amount(facts, facts.at, int(stage)) for stage in stages])
    return np.array([facts.booked + float(rates @ now) + float(np.mean(new))])


def ets(facts: Facts) -> Floats:
    """What is booked, and exponential smoothing of weekly amounts (damped trend), simulated to the period's end."""
    first = float(facts.entered[np.isfinite(facts.entered)].min(initial=facts.at))
    weeks = int((facts.at - first) // _WEEK)
    if weeks < _LEAST_WEEKS or facts.end - facts.at < 1e-9:
        return run_rate(facts)
    edges = facts.at - _WEEK * np.arange(weeks, -1, -1)
    series = np.array([facts.brought(a, b) for a, b in pairwise(edges.tolist())])
    ahead = (facts.end - facts.at) / _WEEK
    steps = int(np.ceil(ahead))
    with warnings.catch_warnings():
        for kind in (ModelWarning, RuntimeWarning, UserWarning, FutureWarning):
            warnings.simplefilter("ignore", kind)
        fitted = ETSModel(series, error="add", trend="add", damped_trend=True).fit(disp=False)
        paths = np.asarray(fitted.simulate(steps, anchor="end", repetitions=500, rng=1))
    weight = np.minimum(1.0, ahead - np.arange(steps))
    return np.asarray(facts.booked + weight @ paths.reshape(steps, -1), np.float64)


type Baseline = Callable[[Facts], Floats]
"""Facts in, draws out: shape (draws,), or one number."""

BASELINES: dict[str, Baseline] = {
    "last period": last_period,
    "seasonal naive": seasonal_naive,
    "run-rate": run_rate,
    "stage-weighted pipeline": weighted_pipeline,
    "created × conversion × average": created_times_conversion,
    "ETS": ets,
    "closed + same-point rates + new": same_point_recipe,
}


def _open_leads(facts: Facts, instant: float, stage: int) -> Ints:
    stays = facts.stays
    return np.asarray(stays.lead[stays.standing(np.nextafter(instant, np.inf)) & (stays.stage == stage)], np.int64)


def _open_amount(facts: Facts, instant: float, stage: int) -> float:
    return float(facts.listed[_open_leads(facts, instant, stage)].sum())


def _last_left(stays: Visits, n_leads: int) -> Floats:
    """Return when each lead left its last stage; infinite while it stands in one, and without a stage."""
    left = np.full(n_leads, np.inf)
    left[stays.lead] = stays.left  # stays are in the order of time within a lead: the last one stays
    return left
