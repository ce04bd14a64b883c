"""Dimensions: what a KPI may be broken down by, such as channel, rep or month."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from sim.errors import UnknownNameError
from sim.eventlog import CODED_LEAD_COLUMNS, NONE, Codes, EventLog, Floats
from sim.kpis.period import CALENDAR, calendar_start
from sim.kpis.rows import Rows64

DIMENSIONS = (*CODED_LEAD_COLUMNS, "rep", "team", *CALENDAR)
"""The names that ``by`` takes: columns of the lead table, the owner and its team, calendar units in local time."""

ALL = "all"
"""The index of a table's only row where nothing is broken down."""


def texts(codes: Codes, vocabulary: tuple[str, ...]) -> "pd.Categorical[str]":
    """Turn codes into texts in the vocabulary's order, `NONE` into the empty text."""
    names = vocabulary if "" in vocabulary else (*vocabulary, "")
    return pd.Categorical.from_codes(np.where(codes == NONE, names.index(""), codes), pd.Index(names, dtype=str))


def team_of(log: EventLog, actor: Codes) -> Codes:
    """Return the team code of each actor code, `NONE` for nobody."""
    return np.append(log.actor_team, np.int32(NONE))[actor]  # NONE is -1, which picks the value appended


def lead_labels(log: EventLog, by: Sequence[str], leads: Rows64, time: Floats, actor: Codes) -> pd.DataFrame:
    """Return one column a dimension for some facts about leads.

    Parameters
    ----------
    log
        The log.
    by
        Names out of `DIMENSIONS`.
    leads, time, actor
        For each fact the row of the lead table, the time in days since the origin and the code of the owner, shape
        (n,).

    Raises
    ------
    UnknownNameError
        If there is no such dimension.
    """
    return pd.DataFrame({name: _labels(log, name, leads, time, actor) for name in by}, index=range(len(leads)))


def figures_by(labels: pd.DataFrame, figures: Callable[[Rows64], Mapping[str, float]]) -> pd.DataFrame:
    """Make a table with one row a group: ``figures`` gets the numbers of a group's facts and returns the columns.

    Without dimensions the only row is `ALL`; with them, groups that don't occur have no row.
    """
    everything = np.arange(len(labels))
    if not len(labels.columns):
        return pd.DataFrame([figures(everything)], index=pd.Index([ALL], name="group"))
    groups = labels.groupby(list(labels.columns), observed=True)
    number = groups.ngroup().to_numpy()
    index = groups.size().index
    columns = list(figures(everything[:0]))
    return pd.DataFrame([figures(np.flatnonzero(number == k)) for k in range(len(index))], index=index, columns=columns)


def _labels(
    log: EventLog, name: str, leads: Rows64, time: Floats, actor: Codes
) -> "pd.Categorical[str] | pd.Series[pd.Timestamp]":
    if name in CODED_LEAD_COLUMNS:
        return texts(log.leads[name].astype(np.int32)[leads], log.vocabulary[name])
    if name == "rep":
        return texts(actor, log.vocabulary["actor"])
    if name == "team":
        return texts(team_of(log, actor), log.vocabulary["team"])
    if name in CALENDAR:
        return calendar_start(log, time, name)
    raise UnknownNameError("dimension", name, DIMENSIONS, "a KPI table")
