"""Checks of times: stamps that no person set, clocks of the wrong zone, and the edges of what the export could see."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from forecast.crm.checks.subject import Subject
from forecast.crm.findings import SHOWN, Finding
from sim.eventlog import Kind
from sim.kpis.visits import Outcome

_A_MINUTE = 1 / 1440
_BATCH, _TIMES_USUAL = 20, 10
_NIGHT_SHARE, _ENOUGH_ROWS = 1 / 3, 100
_ENOUGH_WINS, _CYCLES_TO_JUDGE = 10, 3
_SILENCE_DAYS, _TIMES_LONGEST_GAP = 14.0, 3.0


def automatic_moves(subject: Subject) -> Finding | None:
    """Find stays in a stage that ended within a minute: a rule moved the deal, or somebody caught up with the CRM."""
    if not subject.walk.facts.timed:
        return None
    stays = subject.visits
    short = (stays.left - stays.entered < _A_MINUTE) & (stays.outcome != Outcome.OPEN)
    what = f"deals that left a stage within a minute of entering it ({int(short.sum())} stays)"
    why = "a rule's work, or late bookkeeping; no rep's dwell time is learnt from them"
    return subject.leads("automatic-move", "info", what, stays.lead[short], why)


def batch_stamps(subject: Subject) -> Finding | None:
    """Find instants at which far more deals changed than is usual; dates are compared with dates only."""
    changed = subject.log.of_kind(Kind.CREATED, Kind.ENTERED, Kind.WON, Kind.LOST)
    rows = pd.DataFrame({"time": subject.time[changed], "lead": subject.lead[changed]}).drop_duplicates()
    counts = rows.groupby("time").size()
    midnight = subject.midnight(counts.index.to_numpy(np.float64))
    usual = counts.groupby(midnight).transform("median")
    many = counts[counts >= np.maximum(_BATCH, _TIMES_USUAL * usual)].sort_values(ascending=False)
    stamps = [subject.log.instant(float(time)) for time in many.index[:SHOWN].to_numpy()]
    examples = tuple(f"{at:%Y-%m-%d %H:%M:%S} ({count})" for at, count in zip(stamps, many.iloc[:SHOWN], strict=True))
    what = (
        f"deals stamped in bulk, at {len(many)} instants of {_BATCH} or more and {_TIMES_USUAL} times the usual number"
    )
    why = "an import or a mass update: these times are not when it happened"
    return Finding("batch-stamp", "warning", what, int(many.sum()), "kept", why, examples)


def night_work(subject: Subject) -> Finding | None:
    """Find a clock that would have people work at night."""
    if not subject.walk.facts.timed:
        return None
    stamped = ~subject.midnight(subject.time)  # the others are dates without a time of day
    hours = subject.hour[stamped & subject.person & ~subject.log.of_kind(Kind.CREATED)]
    night = (hours >= 21) | (hours < 6)
    if len(hours) < _ENOUGH_ROWS or night.mean() < _NIGHT_SHARE:
        return None
    what = f"rows, {night.mean():.0%} of all, in which a person acts between 21:00 and 6:00 in {subject.zone}"
    return Finding("night-work", "warning", what, int(night.sum()), "kept", "check `time_zone` in the mapping")


def left_truncation(subject: Subject) -> Finding | None:
    """Find a start with too few wins, cycle by cycle, because deals that were open already are missing."""
    won = np.flatnonzero(subject.fates.end == Kind.WON)
    start, end = subject.log.window
    cycle = float(np.median((subject.ended - subject.created)[won])) if len(won) else 0.0
    if cycle <= 0 or end - start < _CYCLES_TO_JUDGE * cycle:
        return None
    cycles = ((subject.ended[won] - start) // cycle).astype(np.int64)
    wins = np.bincount(cycles)[: int((end - start) // cycle)]
    usual = float(np.median(wins[len(wins) // 2 :]))
    poor = int(np.argmax(wins >= usual / 2))
    if usual < _ENOUGH_WINS or poor == 0:
        return None
    full = subject.log.instant(start + poor * cycle)
    what = f"days at the start with {int(wins[:poor].sum())} wins where {usual * poor:.0f} would be usual"
    why = (
        "deals that were open before the export begins are missing: "
        f"judge conversions, cycles and bookings from {full:%Y-%m-%d} on"
    )
    return Finding("left-truncation", "warning", what, round(poor * cycle), "kept", why)


def inflow_stops(subject: Subject) -> Finding | None:
    """Find a silence at the end in which no lead is created any more."""
    created = np.sort(subject.created)
    gaps = np.diff(created)
    silence = subject.log.window[1] - created[-1]
    if not len(gaps) or silence <= max(_SILENCE_DAYS, _TIMES_LONGEST_GAP * gaps.max()):
        return None
    what = f"days at the end without a new lead; the longest gap before was {gaps.max():.0f} days"
    why = f"learn arrivals up to {subject.log.instant(created[-1]):%Y-%m-%d} only: the list of leads ends there"
    return Finding("inflow-stops", "warning", what, round(silence), "kept", why)


CHECKS: tuple[Callable[[Subject], Finding | None], ...] = (
    automatic_moves, batch_stamps, night_work, left_truncation, inflow_stops,
)  # fmt: skip
"""The checks of this module."""
