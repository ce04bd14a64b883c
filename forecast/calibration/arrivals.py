"""Arrivals: how many leads each channel brings, when, how unevenly, and of what kind."""

from collections.abc import Iterable
from datetime import timedelta
from math import sqrt
from typing import Any

import numpy as np
import pandas as pd

from forecast.calibration.estimates import Estimates
from forecast.calibration.scores import are_known, normal_score
from forecast.dataset import CalibrationData
from sim.distributions import Fixed, Floats
from sim.market import Batch, Channel
from sim.spec import ANY

UNKNOWN = "unknown"
"""The name of leads' channel, region, segment or product where the history doesn't tell it."""

_DAYS_FOR_SEASON = 700.0
"""Months get factors of their own from two years on; before, a month's factor would be that year's luck."""
_BURST = 10
"""As many leads at one instant, and most of a channel's leads in such bursts, make the channel one of batches."""
_YEAR_IN_WEEKS = timedelta(weeks=52)


def local_times(data: CalibrationData, days: pd.Series) -> pd.Series:
    """Turn days since the origin into local times of the account's zone."""
    return pd.Series(pd.Timestamp(data.log.origin) + pd.to_timedelta(days, unit="D"), index=days.index)


def names_of(data: CalibrationData, column: str, codes: Iterable[int]) -> list[str]:
    """Return the texts of lead codes; `UNKNOWN` for those without, `ANY` where nothing is known of any lead."""
    texts = (*data.log.vocabulary[column], UNKNOWN)
    return [(texts[code] or UNKNOWN) if len(texts) > 1 else ANY for code in codes]


def calibrate_channels(data: CalibrationData, days: int, notes: Estimates) -> tuple[Channel, ...]:
    """Return a channel for each that brought leads; ``days`` is how far ahead yearly bursts are laid."""
    leads = data.arrivals
    leads = leads.assign(local=local_times(data, leads["created"]))
    for column in ("channel", "region", "segment", "product"):
        leads[column] = names_of(data, column, leads[column])
    weekday, hour = _weekday(data, leads), _hour(leads)
    return tuple(
        _channel(data, str(name), its, weekday, hour, days, notes) for name, its in leads.groupby("channel", sort=True)
    )


def _channel(
    data: CalibrationData,
    name: str,
    leads: pd.DataFrame,
    weekday: tuple[float, ...],
    hour: tuple[float, ...],
    days: int,
    notes: Estimates,
) -> Channel:
    where, n = f"channel {name!r}", len(leads)
    mixes: Any = {f"{column}s": _mix(leads[column]) for column in ("region", "segment", "product")}
    stages = data.log.vocabulary["stage"]
    entry = stages[int(leads["entry"].mode()[0])]
    quality = _quality(leads, where, notes)
    bursts = _bursts(leads)
    if bursts.sum() > n / 2:
        notes.note(where, "batches", len(bursts), n=n, how="as they came, and again a year later")
        batches = _bursts_and_again(data, bursts, days)
        return Channel(name=name, rate_per_day=0.0, batches=batches, quality=quality, entry=entry, **mixes)
    months = _months(leads, data.days)
    dispersion = _dispersion(data, leads)
    rate = n / data.days
    # an over-dispersed stream's weeks vary together, so its rate is known less well than a Poisson stream's
    error = sqrt(rate / data.days * (1 + dispersion * rate * 7))
    notes.note(where, "rate_per_day", rate, error=error, n=n, how="maximum likelihood")
    notes.note(where, "dispersion", dispersion, n=round(data.days / 7), how="moments of weekly counts")
    return Channel(
        name=name,
        rate_per_day=rate,
        weekday=weekday,
        hour=hour,
        month=months,
        dispersion=dispersion,
        quality=quality,
        entry=entry,
        **mixes,
    )


def _quality(leads: pd.DataFrame, where: str, notes: Estimates) -> float:
    """Return the mean quality of a channel's leads, as the score shows it; 0 where leads have none."""
    score = leads["score"].to_numpy(np.float64)
    if not are_known(score):
        return 0.0
    quality = normal_score(score)
    error = quality.std() / sqrt(len(quality))
    notes.note(where, "quality", quality.mean(), error=error, n=len(quality), how="mean of the normal scores")
    return float(quality.mean())


def _mix(values: pd.Series) -> dict[str, float]:
    counts = values.value_counts().sort_index()
    return {str(name): float(count / counts.sum()) for name, count in counts.items()}


def _factors(counts: Floats, opportunities: Floats) -> tuple[float, ...]:
    """Return rates relative to their mean over the opportunities."""
    rate = np.divide(counts, opportunities, out=np.zeros(len(counts)), where=opportunities > 0)
    mean = float(counts.sum() / opportunities.sum()) if counts.sum() else 0.0
    return tuple((rate / mean).tolist()) if mean else (1.0,) * len(counts)


def _weekday(data: CalibrationData, leads: pd.DataFrame) -> tuple[float, ...]:
    """Return the common weekday factors of all channels that don't come in bursts."""
    counts = np.bincount(_streaming(leads)["local"].dt.day_of_week, minlength=7).astype(np.float64)
    first = local_times(data, pd.Series([data.since]))[0].weekday()
    lived = np.full(7, data.days // 7)
    lived[(first + np.arange(int(data.days % 7))) % 7] += 1
    return _factors(counts, np.maximum(lived, 1e-9)) if data.days >= 14 else (1.0,) * 7


def _hour(leads: pd.DataFrame) -> tuple[float, ...]:
    """Return the common hour factors; leads that carry a date but no hour come evenly through the day."""
    hours = _streaming(leads)["local"].dt.hour
    counts = np.bincount(hours, minlength=24).astype(np.float64)
    if len(hours) == 0 or counts.max() > 0.95 * counts.sum():
        return (1.0,) * 24
    return _factors(counts, np.ones(24))


def _streaming(leads: pd.DataFrame) -> pd.DataFrame:
    """Return the leads that didn't come in bursts with others of their channel."""
    size = leads.groupby(["channel", "created"])["created"].transform("size")
    few = leads[(size < _BURST) | _at_midnight(leads)]
    return few if len(few) else leads


def _bursts(leads: pd.DataFrame) -> "pd.Series[int]":
    """Return how many leads came at each instant that brought many; a date without an hour is no instant."""
    sizes = leads[~_at_midnight(leads)].groupby("created").size()
    return sizes[sizes >= _BURST]


def _at_midnight(leads: pd.DataFrame) -> "pd.Series[bool]":
    # on the wall clock: where summer time begins at midnight, that midnight doesn't exist in its zone
    wall = leads["local"].dt.tz_localize(None)
    midnight: pd.Series[bool] = wall.dt.normalize() == wall
    return midnight


def _months(leads: pd.DataFrame, days: float) -> tuple[float, ...]:
    if days < _DAYS_FOR_SEASON:
        return (1.0,) * 12
    counts = np.bincount(leads["local"].dt.month - 1, minlength=12).astype(np.float64)
    return _factors(counts, np.ones(12))


def _dispersion(data: CalibrationData, leads: pd.DataFrame) -> float:
    """Return the variance of the weekly factor.

    The excess of the weekly counts' variance over a Poisson's, by mean².
    """
    weeks = int(data.days // 7)
    if weeks < 8:
        return 0.0
    week = ((leads["created"] - data.since) // 7).astype(int)
    counts = np.bincount(week, minlength=weeks)[:weeks]
    mean = counts.mean()
    return float(max(0.0, (counts.var(ddof=1) - mean) / mean**2)) if mean > 0 else 0.0


def _bursts_and_again(data: CalibrationData, bursts: pd.Series, days: int) -> tuple[Batch, ...]:
    """Return the past year's bursts as they came, and each again 52 weeks later within the coming ``days``."""
    came = local_times(data, pd.Series(bursts.index, index=bursts.index))
    end = data.log.instant(data.as_of).date()
    begin, until = end - _YEAR_IN_WEEKS, end + timedelta(days=days)
    both = [*zip(came, bursts, strict=True), *zip(came + _YEAR_IN_WEEKS, bursts, strict=True)]
    return tuple(
        Batch(day=instant.date(), size=Fixed(float(size)), upload_lag=Fixed(_of_a_day(instant)))
        for place, (instant, size) in enumerate(both)
        if (begin <= instant.date() < end if place < len(bursts) else end <= instant.date() < until)
    )


def _of_a_day(instant: pd.Timestamp) -> float:
    return float((instant - instant.normalize()) / pd.Timedelta(days=1))
