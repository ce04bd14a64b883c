"""Conversion: what becomes of the leads that enter a stage.

A cohort's conversion follows those who entered in a period for as long as the log runs; a period's conversion looks at
those who left in it, whenever they came. They agree in a steady funnel and part when it grows, so the name is always
said.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.eventlog import EventLog
from sim.kpis.incidence import cumulative_incidence
from sim.kpis.period import Period, span
from sim.kpis.rows import Flags
from sim.kpis.visits import OUTCOMES, Outcome, Visits, visits

ENDS = OUTCOMES[1:]
"""The ways in which a visit can end, in the order of `Outcome`."""


def conversion_of_cohort(log: EventLog, period: Period | None = None) -> pd.DataFrame:
    """Follow the visits that began in the period to the end of the log's window.

    Returns
    -------
    pandas.DataFrame
        One row a stage: ``entered`` (visits; a lead that comes back counts again), how many of them ``advanced``, were
        ``lost``, ``nurtured``, ``returned`` or ``merged`` and how many are ``open``, and ``conversion``, ``loss`` and
        ``still_open`` as shares of ``entered`` (NaN where none entered). While some are open, ``conversion`` is a lower
        bound: `conversion_curve` allows for them.
    """
    stays = visits(log)
    counts = _count(log, stays, span(log, period).holds(stays.entered))
    table = counts[[*ENDS, OUTCOMES[Outcome.OPEN]]]
    table.insert(0, "entered", table.sum(axis=1))
    shares = {"conversion": "advanced", "loss": "lost", "still_open": "open"}
    return table.assign(**{share: table[name] / table["entered"] for share, name in shares.items()})


def conversion_of_period(log: EventLog, period: Period | None = None) -> pd.DataFrame:
    """Count the visits that ended in the period, whenever they began.

    Returns
    -------
    pandas.DataFrame
        One row a stage: ``left``, how many of them ``advanced``, were ``lost``, ``nurtured``, ``returned`` or
        ``merged``, and ``conversion`` and ``loss`` as shares of ``left`` (NaN where none left).
    """
    stays = visits(log)
    return conversion_by_stage(_count(log, stays, span(log, period).holds(stays.left)))


def conversion_by_stage(counts: pd.DataFrame) -> pd.DataFrame:
    """Make the table of `conversion_of_period` from the number of visits by stage and outcome."""
    table = counts[list(ENDS)]
    table.insert(0, "left", table.sum(axis=1))
    return table.assign(conversion=table["advanced"] / table["left"], loss=table["lost"] / table["left"])


def conversion_curve(log: EventLog, stage: str, period: Period | None = None) -> pd.DataFrame:
    """Estimate how the conversion of a stage builds up with the days since entry, open visits counted as censored.

    Returns
    -------
    pandas.DataFrame
        As `sim.kpis.incidence.cumulative_incidence`, for the visits to ``stage`` that began in the period:
        ``advanced``, ``lost``, ``nurtured``, ``returned`` and ``merged`` over the days since entry.

    Raises
    ------
    UnknownNameError
        If the log has no such stage.
    """
    stays = visits(log)
    chosen = span(log, period).holds(stays.entered) & (stays.stage == log.code("stage", stage))
    return cumulative_incidence(stays.seen_for(log.window[1])[chosen], stays.outcome[chosen], ENDS)


def _count(log: EventLog, stays: Visits, chosen: Flags) -> pd.DataFrame:
    """Count the chosen visits by stage and outcome."""
    stages, kinds = log.vocabulary["stage"], len(OUTCOMES)
    cells = stays.stage[chosen] * kinds + stays.outcome[chosen]
    return outcomes_by_stage(np.bincount(cells, minlength=len(stages) * kinds), stages)


def outcomes_by_stage(counts: npt.NDArray[np.int64], stages: tuple[str, ...]) -> pd.DataFrame:
    """Name the counts of visits, stage by stage and in each by `Outcome`."""
    counts = counts.reshape(len(stages), len(OUTCOMES))
    return pd.DataFrame(counts, columns=list(OUTCOMES), index=pd.Index(stages, name="stage"))
