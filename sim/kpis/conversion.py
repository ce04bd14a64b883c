"""Conversion: what becomes of the leads that enter a stage.

A cohort's conversion follows those who entered in a period for as long as the log runs; a period's conversion looks at
those who left in it, whenever they came. They agree in a steady funnel and part when it grows, so the name is always
said.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.eventlog import Columns, EventLog
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
    stays, stages = visits(log), log.vocabulary["stage"]
    counts = _count(stays, span(log, period).holds(stays.entered), len(stages))
    named = pd.DataFrame(counts, columns=list(OUTCOMES), index=pd.Index(stages, name="stage"))
    table = named[[*ENDS, OUTCOMES[Outcome.OPEN]]]
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
    stays, stages = visits(log), log.vocabulary["stage"]
    counts = _count(stays, span(log, period).holds(stays.left), len(stages))
    return pd.DataFrame(conversion_by_stage(counts), index=pd.Index(stages, name="stage"))


def conversion_by_stage(counts: npt.NDArray[np.int64]) -> Columns:
    """Return the columns of `conversion_of_period`, given the number of visits by stage and `Outcome`."""
    ended = counts[:, [OUTCOMES.index(end) for end in ENDS]]
    left = ended.sum(axis=1)
    base = np.where(left > 0, left, np.nan)
    shares = {"conversion": counts[:, Outcome.ADVANCED] / base, "loss": counts[:, Outcome.LOST] / base}
    return {"left": left, **dict(zip(ENDS, ended.T, strict=True)), **shares}


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


def _count(stays: Visits, chosen: Flags, stages: int) -> npt.NDArray[np.int64]:
    """Count the chosen visits by stage and outcome: shape (stages, outcomes)."""
    cells = stays.stage[chosen] * len(OUTCOMES) + stays.outcome[chosen]
    return np.bincount(cells, minlength=stages * len(OUTCOMES)).reshape(stages, len(OUTCOMES))
