"""Marks: what a deal goes by that changes on its way: who has it, and how soon after its arrival it was first touched.

Who has a deal in the end tells how far it came: a closer's deals all got as far as the closer. So a mark moves a stay
only by what it was when the stay began. In a stage that a deal hasn't come to yet, it is taken to be as it was with a
deal of late that came there from the same hands, in the same region and product.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecast.grouped.grid import Ints
from forecast.grouped.labels import REP, Labels, people_of
from sim.eventlog import NONE, EventLog, Floats
from sim.kpis.fates import fates, owners_when
from sim.units import HOUR

FIRST_TOUCH = "first touch"
MARKS = (REP, FIRST_TOUCH)
LATER = -1
"""In a stage that the deal hasn't come to yet."""
_TOUCH_DAYS = np.array([1 / 24, 1.0])
_TOUCH_LEVELS = ("within an hour", "within a day", "later", "not touched yet")
_RECENT_DAYS, _ENOUGH = 182.0, 400
"""Deals are handed on as in the last half year, but as the last 400 were at least."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Stays that began of late, one element each: shape (stays,).

    Attributes
    ----------
    stage
        Code of the stage.
    place
        Number of the deal's region and product.
    before, now
        Mark → code in the deal's stay before, and in this one.
    """

    stage: Ints
    place: Ints
    before: Mapping[str, Ints]
    now: Mapping[str, Ints]


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a history.

    Attributes
    ----------
    levels
        Mark → names of its levels; the last one is for deals without.
    of_stay
        Mark → code when the stay began, shape (stays,).
    place
        Number of each lead's region and product, shape (leads,).
    passed
        How deals were handed on of late.
    """

    levels: Mapping[str, tuple[str, ...]]
    of_stay: Mapping[str, Ints]
    place: Ints
    passed: Passed


def marks_of(log: EventLog, visits: pd.DataFrame, labels: Mapping[str, Labels]) -> Marks:
    """Mark every stay (`CalibrationData.visits`, times in calendar days)."""
    lead, entered = visits["lead"].to_numpy(np.int64), visits["entered"].to_numpy(np.float64)
    # who gets a lead is often settled a moment after it came
    owner = owners_when(log, lead, entered + HOUR)
    of_stay = {REP: people_of(log).rep[owner], FIRST_TOUCH: _first_touches(log, lead, entered)}
    place = labels["region"].codes * len(labels["product"].levels) + labels["product"].codes
    levels = {REP: labels[REP].levels, FIRST_TOUCH: _TOUCH_LEVELS}
    return Marks(levels, of_stay, place, _passed(visits, of_stay, place, levels))


def by_stage(marks: Marks, visits: pd.DataFrame, leads: Ints, n_stages: int) -> Mapping[str, Ints]:
    """Return the marks of some leads by stage, `LATER` where they haven't been: shape (leads, stages) each."""
    row = np.full(len(marks.place), NONE)
    row[leads] = np.arange(len(leads))
    at, stage = row[visits["lead"].to_numpy(np.int64)], visits["stage"].to_numpy(np.int64)
    its = at != NONE
    found = {}
    for name, codes in marks.of_stay.items():
        table = np.full((len(leads), n_stages), LATER)
        table[at[its], stage[its]] = codes[its]  # of several stays in a stage the last one holds
        found[name] = table
    return found


def foreseen(known: Ints, place: Ints, passed: Passed, name: str, rng: np.random.Generator) -> Ints:
    """Return a mark of some deals by stage with nothing left open: shape (deals, stages).

    Parameters
    ----------
    known
        Codes by stage, `LATER` where the deals haven't been.
    place
        Number of each deal's region and product.
    passed
        Whose marks they may get.
    name
        Which mark.
    rng
        Who gets whose.
    """
    found = known.copy()
    found[:, 0] = np.where(found[:, 0] == LATER, found.max(axis=1), found[:, 0])
    for stage in range(1, found.shape[1]):
        todo = np.flatnonzero(found[:, stage] == LATER)
        found[todo, stage] = _handed_on(found[todo, stage - 1], place[todo], passed, name, stage, rng)
    return found


def _handed_on(before: Ints, place: Ints, passed: Passed, name: str, stage: int, rng: np.random.Generator) -> Ints:
    """Return the marks in a stage of deals that come from others; they keep them where nobody came there of late."""
    here = np.flatnonzero(passed.stage == stage)
    theirs, places, now = passed.before[name][here], passed.place[here], passed.now[name][here]
    size = int(max(before.max(initial=0), theirs.max(initial=0))) + 1
    # someone from the same hands in the same region and product, or someone from there, or anyone
    likes = (places * size + theirs, places, np.zeros_like(places))
    wanted = (place * size + before, place, np.zeros_like(place))
    found, left = before.copy(), np.arange(len(before))
    for like, want in zip(likes, wanted, strict=True):
        donor = _pick(like, want[left], rng)
        got = donor != NONE
        found[left[got]] = now[donor[got]]
        left = left[~got]
    return found


def _pick(keys: Ints, wanted: Ints, rng: np.random.Generator) -> Ints:
    """Return for each wanted key the number of one of those that have it, by lot; `NONE` where none has."""
    order = np.argsort(keys, kind="stable")
    low, high = (np.searchsorted(keys[order], wanted, side=side) for side in ("left", "right"))
    at = low + np.floor(rng.random(len(wanted)) * (high - low)).astype(np.int64)
    return np.where(high > low, order[np.minimum(at, len(order) - 1)] if len(order) else NONE, NONE)


def _first_touches(log: EventLog, lead: Ints, entered: Floats) -> Ints:
    """Return how soon each stay's lead had been touched first, if it had been when the stay began."""
    touched = fates(log).first_touch
    band = np.searchsorted(_TOUCH_DAYS, touched - log.leads["created"], side="left")
    return np.where(touched[lead] <= entered, band[lead], len(_TOUCH_LEVELS) - 1)


def _passed(
    visits: pd.DataFrame, of_stay: Mapping[str, Ints], place: Ints, levels: Mapping[str, tuple[str, ...]]
) -> Passed:
    """Pick the stays of late, each with the marks of the deal's stay before it."""
    lead, entered = visits["lead"].to_numpy(np.int64), visits["entered"].to_numpy(np.float64)
    newest = np.argsort(-entered, kind="stable")
    late = int((entered >= entered.max(initial=0.0) - _RECENT_DAYS).sum())
    chosen = np.sort(newest[: max(late, _ENOUGH)])
    goes_on = np.append(False, lead[1:] == lead[:-1])[: len(lead)]
    before = {
        name: np.where(goes_on, np.roll(codes, 1), len(levels[name]) - 1)[chosen] for name, codes in of_stay.items()
    }
    now = {name: codes[chosen] for name, codes in of_stay.items()}
    return Passed(visits["stage"].to_numpy(np.int64)[chosen], place[lead[chosen]], before, now)
