"""Broken promises: breaches, reminders, escalations, deals taken back, sent to and fro, and those that nobody got."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.eventlog import NONE, EventLog, Kind
from sim.kpis.dimensions import figures_by, lead_labels, texts
from sim.kpis.fates import OWNING_KINDS, orphans, with_owner
from sim.kpis.period import Period, Span, span
from sim.kpis.rows import Rows64, by_lead, rows

SLA_KINDS = {
    "breaches": Kind.BREACHED,
    "reminders": Kind.REMINDED,
    "escalations": Kind.ESCALATED,
    "recaptures": Kind.RECAPTURED,
}
"""Column of `sla` → the kind of row it counts."""


def sla(log: EventLog, by: Sequence[str] = (), period: Period | None = None) -> pd.DataFrame:
    """Count what came of broken promises in the period.

    Returns
    -------
    pandas.DataFrame
        One row a group of ``by`` (`sim.kpis.dimensions.DIMENSIONS`; rep and team are the row's, else those who held the
        lead, and a calendar unit is that of the row): ``breaches``, ``reminders``, ``escalations`` and ``recaptures``,
        and ``leads_breached``, each lead once. All 0 for a CRM that doesn't write such rows.
    """
    found = with_owner(log, *SLA_KINDS.values())
    found = found.take(span(log, period).holds(found.time))
    labels = lead_labels(log, by, found.lead, found.time, found.actor)

    def figures(group: Rows64) -> dict[str, float]:
        part = found.take(group)
        counts = {name: int(part.of(kind).sum()) for name, kind in SLA_KINDS.items()}
        return {**counts, "leads_breached": len(np.unique(part.lead[part.of(Kind.BREACHED)]))}

    return figures_by(labels, figures)


def ping_pong(log: EventLog, period: Period | None = None) -> pd.DataFrame:
    """List the leads that were sent to and fro in the period.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``lead`` (row of the lead table), those that were taken back twice or more or came back to an earlier
        owner: ``recaptures`` and ``returns``. A return is an assignment to somebody who had the lead before, with
        somebody else in between, while nobody touched it and it stayed in its stage.
    """
    over = span(log, period)
    taken = rows(log, Kind.RECAPTURED)
    recaptures = np.bincount(taken.lead[over.holds(taken.time)], minlength=log.n_leads)
    returns = np.bincount(_returned(log, over), minlength=log.n_leads)
    leads = np.flatnonzero((recaptures >= 2) | (returns > 0))
    index = pd.Index(leads, name="lead")
    return pd.DataFrame({"recaptures": recaptures[leads], "returns": returns[leads]}, index=index)


def unassigned(log: EventLog, period: Period | None = None) -> pd.DataFrame:
    """Count the leads for which nobody could be found in the period, by reason.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``reason`` (empty where none is given), those that occur in the period: ``times``, ``leads`` (each
        lead once a reason) and ``still`` (those of them that are open without an owner at the period's end, each under
        its last reason).
    """
    over, found = span(log, period), rows(log, Kind.UNASSIGNED)
    found = found.take(over.holds(found.time))
    reasons = pd.DataFrame({"reason": texts(found.cause, log.vocabulary["cause"]), "lead": found.lead})
    is_last = ~reasons.duplicated("lead", keep="last")
    reasons["still"] = is_last & orphans(log, over.end)[found.lead]
    groups = reasons.groupby("reason", observed=True)
    return pd.DataFrame({"times": groups.size(), "leads": groups["lead"].nunique(), "still": groups["still"].sum()})


def _returned(log: EventLog, over: Span) -> Rows64:
    """Return the lead of every assignment in the period that brings it back to an earlier owner."""
    story = by_lead(log, *OWNING_KINDS, Kind.TOUCHED)
    touches = np.cumsum(story.of(Kind.TOUCHED))
    is_given = story.of(*OWNING_KINDS) & (story.actor != NONE)
    order = np.flatnonzero(is_given)[np.lexsort((story.stage[is_given], touches[is_given], story.lead[is_given]))]
    given, turn = story.take(order), touches[order]
    facts = pd.DataFrame({"lead": given.lead, "stage": given.stage, "turn": turn, "actor": given.actor})
    is_new = (facts != facts.shift()).any(axis=1).to_numpy()
    came_back = facts[is_new].duplicated().to_numpy() & over.holds(given.time[is_new])
    return given.lead[is_new][came_back]
