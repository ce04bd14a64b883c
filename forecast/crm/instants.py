"""Instants as whole microseconds since 1970, which files hold exactly, and as the days that a log counts."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.eventlog import Floats

type Micros = npt.NDArray[np.int64]

NO_TIME = int(np.iinfo(np.int64).min)
"""The time of a row that has none."""

MICROS_AN_HOUR = 3_600_000_000
MICROS_A_DAY = 24 * MICROS_AN_HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros_of(instant: datetime) -> int:
    """Turn an instant with a zone into whole microseconds since 1970."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def days_since(origin: datetime, micros: npt.NDArray[np.generic]) -> Floats:
    """Turn microseconds since 1970 into days since the origin."""
    return (micros.astype(np.int64) - micros_of(origin)) / MICROS_A_DAY


def midnight(micros: int, zone: ZoneInfo) -> datetime:
    """Return the midnight before an instant, by the clocks of a zone."""
    return pd.Timestamp(micros, unit="us", tz="UTC").tz_convert(zone).normalize().to_pydatetime()


def wall_clock(micros: Micros, zone: ZoneInfo) -> Micros:
    """Turn instants into the microseconds that the clocks of a zone show; `NO_TIME` stays what it is."""
    known = micros != NO_TIME
    stamps = pd.DatetimeIndex(np.where(known, micros, 0).astype("M8[us]")).tz_localize("UTC")
    shown = stamps.tz_convert(zone).tz_localize(None).as_unit("us").asi8
    return np.where(known, shown, NO_TIME)


def local_day(micros: Micros, zone: ZoneInfo) -> Micros:
    """Number the days on which instants fall by the clocks of a zone; `NO_TIME` falls on none."""
    return np.where(micros == NO_TIME, NO_TIME, wall_clock(micros, zone) // MICROS_A_DAY)
