"""Why deals are lost: a Pareto list of causes by count and by amount."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.eventlog import EventLog
from sim.kpis.closings import closings
from sim.kpis.dimensions import texts
from sim.kpis.period import Period


def loss_causes(log: EventLog, by: Sequence[str] = (), period: Period | None = None) -> pd.DataFrame:
    """Count the losses of the period by cause.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``by`` (`sim.kpis.dimensions.DIMENSIONS`) and ``cause`` (empty where none was given), the commonest
        cause of a group first: ``losses``, ``amount`` (list amounts in account currency, unknown ones as 0), and
        ``share`` and ``share_of_amount`` of the group's losses (the latter NaN where no amount is known). No rows
        without losses.
    """
    closed = closings(log, period)
    table = closed.labels(log, by).assign(cause=texts(closed.cause, log.vocabulary["cause"]), amount=closed.amount)
    groups = table[~closed.won].groupby([*by, "cause"], observed=True)["amount"]
    counts = pd.DataFrame({"losses": groups.size(), "amount": groups.sum()})
    totals = counts.groupby(list(by), observed=True).transform("sum") if by else counts.sum()
    shares = counts / totals
    counts = counts.assign(share=shares["losses"], share_of_amount=shares["amount"].replace(np.inf, np.nan))
    return counts.sort_values([*by, "losses"], ascending=[True] * len(by) + [False], kind="stable")
