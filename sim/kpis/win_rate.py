"""Win rate, always with its base: of the deals closed in a period, or of the leads created in it.

The two answer different questions: the closed rate moves with what is worked off this month, the cohort rate is not
final until the cohort has closed. A win rate without its base is the commonest mistake of a funnel report.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.eventlog import Codes, EventLog, Kind
from sim.kpis.closings import Closings, closings
from sim.kpis.dimensions import figures_by, lead_labels
from sim.kpis.fates import fates, owners
from sim.kpis.period import Period, span
from sim.kpis.rows import Rows64


def win_rate_closed(log: EventLog, by: Sequence[str] = (), period: Period | None = None) -> pd.DataFrame:
    """Divide the wins of the period by the wins and losses of the period.

    Returns
    -------
    pandas.DataFrame
        One row a group of ``by`` (`sim.kpis.dimensions.DIMENSIONS`; a calendar unit is that of the closing): ``wins``,
        ``losses`` and ``win_rate_closed``, NaN where nothing closed. Leads in nurture aren't closed; those that opt out
        are.
    """
    closed = closings(log, period)
    return figures_by(closed.labels(log, by), lambda group: _closed_figures(closed, group))


def win_rate_cohort(log: EventLog, by: Sequence[str] = (), period: Period | None = None) -> pd.DataFrame:
    """Follow the leads created in the period to the end of the log's window and divide their wins by their number.

    Returns
    -------
    pandas.DataFrame
        One row a group of ``by`` (a calendar unit is that of the creation, rep and team hold the lead at the window's
        end): ``leads``, how many of them were ``won`` or ``lost`` and how many are ``open``, and ``win_rate_cohort``,
        won / leads (NaN without leads). It rises for as long as leads are open.
    """
    known = fates(log)
    leads = np.flatnonzero(known.is_lead & span(log, period).holds(known.created))
    labels = lead_labels(log, by, leads, known.created[leads], owners(log)[leads])
    return figures_by(labels, lambda group: _cohort_figures(known.end[leads[group]]))


def _closed_figures(closed: Closings, group: Rows64) -> dict[str, float]:
    wins = int(closed.won[group].sum())
    return {"wins": wins, "losses": len(group) - wins, "win_rate_closed": wins / len(group) if len(group) else np.nan}


def _cohort_figures(end: Codes) -> dict[str, float]:
    won, lost = int((end == Kind.WON).sum()), int((end == Kind.LOST).sum())
    rate = won / len(end) if len(end) else np.nan
    return {"leads": len(end), "won": won, "lost": lost, "open": len(end) - won - lost, "win_rate_cohort": rate}
