"""The lead table: what was last known of each lead, in the order of creation, under names that the log really uses."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from forecast.crm.facts import ATTRIBUTES
from forecast.crm.instants import Micros, days_since
from forecast.crm.walk import Walk
from sim.eventlog import NONE, Codes, Floats


@dataclass(frozen=True, slots=True)
class LeadTable:
    """Columns, vocabularies and labels for the log; ``place`` is the row of each of the source's leads, or `NONE`."""

    columns: dict[str, npt.NDArray[np.generic]]
    vocabulary: dict[str, tuple[str, ...]]
    labels: tuple[str, ...]
    place: npt.NDArray[np.int64]


def lead_table(walk: Walk, created: Micros, origin: datetime) -> LeadTable:
    """Describe the leads of a walk; ``created`` has one time a lead, in the walk's order."""
    texts = walk.facts.texts
    codes = walk.lead[np.unique(walk.first)]
    names = np.array([texts["lead"][code] for code in codes])
    order = np.lexsort((names, created))
    codes = codes[order]
    place = np.full(len(texts["lead"]), NONE, np.int64)
    place[codes] = np.arange(len(codes))
    columns: dict[str, npt.NDArray[np.generic]] = {}
    vocabulary = {}
    for name in ATTRIBUTES:
        columns[name], vocabulary[name] = compact(_last_code(walk, name)[codes], texts[name])
    columns["number"] = pd.Series(columns["channel"]).groupby(columns["channel"]).cumcount().to_numpy()
    columns["created"] = days_since(origin, created[order])
    columns["amount"] = last_known(walk, walk.facts.numbers(walk.facts.amount))[codes]
    columns["score"] = last_known(walk, walk.facts.numbers(walk.facts.score))[codes]
    columns["quality"] = np.full(len(codes), np.nan)
    return LeadTable(columns, vocabulary, tuple(names[order].tolist()), place)


def last_known(walk: Walk, values: Floats) -> Floats:
    """For each of the source's leads the value of its last fact that has one, NaN where none has."""
    known = np.flatnonzero(~np.isnan(values))
    last = np.full(len(walk.facts.texts["lead"]), np.nan)
    last[walk.lead[known]] = values[known]  # of repeated leads the last assignment stays: the latest fact
    return last


def _last_code(walk: Walk, name: str) -> Codes:
    said = walk.facts.said(walk.facts.attributes[name])
    known = np.flatnonzero(said != NONE)
    last = np.full(len(walk.facts.texts["lead"]), NONE, np.int32)
    last[walk.lead[known]] = said[known]  # as in `last_known`
    return last


def compact(
    codes: npt.NDArray[np.generic], texts: tuple[str, ...], more: tuple[str, ...] = ()
) -> tuple[Codes, tuple[str, ...]]:
    """Keep the texts in use, sorted, then those of ``more``: a log must not tell of names that it hasn't met yet."""
    used = [int(code) for code in np.unique(codes.astype(np.int64)) if code != NONE]
    names = sorted({texts[code] for code in used})
    names += [name for name in more if name not in set(names)]
    place = {name: code for code, name in enumerate(names)}
    recode = np.full(len(texts) + 1, NONE, np.int32)
    recode[used] = [place[texts[code]] for code in used]
    return recode[codes], tuple(names)
