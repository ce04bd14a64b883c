"""Labels: what each lead is, in the words that effects and tables go by."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecast.grouped.grid import Ints
from sim.eventlog import NONE, EventLog, Floats
from sim.kpis.dimensions import team_of
from sim.kpis.fates import OWNING_KINDS, owners

UNKNOWN = "unknown"
BAND, SCORE, TEAM, REP = "band", "score", "team", "rep"
DIMENSIONS = ("channel", "region", "segment", "product", TEAM, REP)
"""By what a forecast is broken down."""
_SHARES = (1 / 3, 2 / 3, 0.9)
"""Quantiles of the amounts at which a band ends; scores are cut at the same ones."""


@dataclass(frozen=True, slots=True)
class Labels:
    """One dimension: the texts there are (`UNKNOWN` last), and each lead's code, shape (n leads,)."""

    levels: tuple[str, ...]
    codes: Ints


def labels_of(log: EventLog, cuts: Floats) -> Mapping[str, Labels]:
    """Label every lead as it was known at the window's end, by `DIMENSIONS`, score and amount band."""
    owner, people = owners(log), people_of(log)
    given = {
        name: _labels(log.vocabulary[name], log.leads[name].astype(np.int64))
        for name in ("channel", "region", "segment", "product")
    }
    amounts, scores = (log.leads[name].astype(np.float64) for name in ("amount", SCORE))
    graded = band_cuts(scores)
    return {
        **given,
        TEAM: Labels(people.teams, people.team[owner]),
        REP: Labels(people.reps, people.rep[owner]),
        SCORE: Labels(band_names(graded), band_of(scores, graded)),
        BAND: Labels(band_names(cuts), band_of(amounts, cuts)),
    }


@dataclass(frozen=True, slots=True)
class People:
    """Everyone who ever had a lead, and their teams.

    Attributes
    ----------
    reps, teams
        Names, `UNKNOWN` last.
    rep, team
        Codes among them by actor code, shape (actors + 1,): the last is nobody's, which `sim.eventlog.NONE` picks.
    """

    reps: tuple[str, ...]
    teams: tuple[str, ...]
    rep: Ints
    team: Ints

    @property
    def team_of_rep(self) -> Ints:
        """Each rep's team, shape (reps,)."""
        found = np.empty(len(self.reps), np.int64)
        found[self.rep] = self.team
        return found


def people_of(log: EventLog) -> People:
    """Return everyone who ever had a lead."""
    names = log.vocabulary["actor"]
    had = np.array([*(bool(name) for name in names), False])
    had[:-1] &= np.isin(np.arange(len(names)), log.events["actor"][log.of_kind(*OWNING_KINDS)])
    actor = np.where(had, np.arange(len(had)), NONE)
    reps, teams = _labels(names, actor), _labels(log.vocabulary["team"], team_of(log, actor).astype(np.int64))
    return People(reps.levels, teams.levels, reps.codes, teams.codes)


def band_cuts(amounts: Floats) -> Floats:
    """Return the amounts, or scores, at which bands end: shape (bands - 1,), empty where all are one."""
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
