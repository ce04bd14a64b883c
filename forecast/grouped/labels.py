"""Labels: what each lead is, in the words that effects and tables go by."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecast.grouped.grid import Ints
from sim.eventlog import NONE, EventLog, Floats
from sim.kpis.dimensions import team_of
from sim.kpis.fates import owners

UNKNOWN = "unknown"
BAND = "band"
DIMENSIONS = ("channel", "region", "segment", "product", "team", "rep")
"""By what a forecast is broken down."""
EFFECTS = ("channel", "segment", "product", "rep", BAND)
"""What may move the odds, in this order; those of one level only don't."""
_SHARES = (1 / 3, 2 / 3, 0.9)
"""Quantiles of the amounts at which a band ends."""


@dataclass(frozen=True, slots=True)
class Labels:
    """One dimension: the texts there are (`UNKNOWN` last), and each lead's code, shape (n leads,)."""

    levels: tuple[str, ...]
    codes: Ints


def labels_of(log: EventLog, cuts: Floats) -> Mapping[str, Labels]:
    """Label every lead as it was known at the window's end, by `DIMENSIONS` and amount band."""
    owner = owners(log)
    columns = {
        **{name: (log.vocabulary[name], log.leads[name]) for name in ("channel", "region", "segment", "product")},
        "rep": (log.vocabulary["actor"], owner),
        "team": (log.vocabulary["team"], team_of(log, owner)),
    }
    found = {name: _labels(levels, codes.astype(np.int64)) for name, (levels, codes) in columns.items()}
    amounts = log.leads["amount"].astype(np.float64)
    return {**found, BAND: Labels(band_names(cuts), band_of(amounts, cuts))}


def band_cuts(amounts: Floats) -> Floats:
    """Return the amounts at which bands end: shape (bands - 1,), empty where all amounts are one."""
    known = amounts[amounts > 0]
    cuts = np.unique(np.quantile(known, _SHARES)) if len(known) else np.empty(0)
    return cuts[cuts < known.max(initial=0.0)]


def band_of(amounts: Floats, cuts: Floats) -> Ints:
    """Return each amount's band, the last code (unknown) where it is 0 or not known: same shape."""
    return np.where(amounts > 0, np.searchsorted(cuts, amounts, side="left"), len(cuts) + 1)


def band_names(cuts: Floats) -> tuple[str, ...]:
    """Name the bands by the amounts up to which they go."""
    return (*(f"up to {cut:,.0f}" for cut in cuts.tolist()), "more", UNKNOWN)


def _labels(levels: tuple[str, ...], codes: Ints) -> Labels:
    """Keep the levels that occur, `UNKNOWN` for leads without."""
    blank = [code for code, text in enumerate(levels) if not text]
    codes = np.where(np.isin(codes, blank), NONE, codes)
    seen = np.unique(codes[codes != NONE])
    place = np.full(len(levels) + 1, len(seen))
    place[seen] = np.arange(len(seen))
    return Labels((*(levels[code] for code in seen.tolist()), UNKNOWN), place[codes])
