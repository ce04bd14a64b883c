"""From what an engine has written to the event log: the same vocabularies and lead table for both."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sim.arrivals import Leads
from sim.engine import causes
from sim.eventlog import EVENT_COLUMNS, LEAD_COLUMNS, NONE, Codes, Columns, EventLog
from sim.opening import Opening
from sim.spec import FunnelSpec


def event_log(
    spec: FunnelSpec, opening: Opening, days: float, rows: npt.NDArray[np.void], carried: Leads, leads: Leads
) -> EventLog:
    """Return the log of a run over [0, ``days``).

    ``rows`` (`sim.eventlog.ROW`) are what happened, ``carried`` the deals of the opening, which come first in the lead
    table, and ``leads`` those that arrived.
    """
    table = lead_table(carried, leads)
    accounts, number = np.unique(table["account"], return_inverse=True)
    return EventLog.from_rows(
        origin=opening.as_of,
        window=(0.0, days),
        events={name: rows[name] for name in EVENT_COLUMNS},
        leads={**table, "account": number},
        vocabulary={**vocabulary(spec), "account": tuple(f"account-{number}" for number in accounts.tolist())},
        actor_team=actor_teams(spec),
        labels=_labels(spec, opening, leads),
    )


def frame(spec: FunnelSpec, opening: Opening, days: float) -> EventLog:
    """Return what is known of the log of any run: all but events, leads and accounts."""
    return EventLog(
        origin=opening.as_of,
        window=(0.0, days),
        events={name: np.empty(0) for name in EVENT_COLUMNS},
        leads={name: np.empty(0) for name in LEAD_COLUMNS},
        vocabulary=vocabulary(spec),
        actor_team=actor_teams(spec),
        labels=tuple(deal.label for deal in opening.deals),
    )


def lead_table(carried: Leads, leads: Leads) -> Columns:
    """Return the lead table of a run, the accounts by their numbers in the market."""
    return {name: np.concatenate([getattr(carried, name), getattr(leads, name)]) for name in LEAD_COLUMNS}


def vocabulary(spec: FunnelSpec) -> Mapping[str, tuple[str, ...]]:
    """Return what the codes of a run mean; the accounts are known only once the leads are."""
    return {
        "stage": spec.stage_names,
        "actor": spec.operation.actors,
        "cause": causes.vocabulary(spec),
        "team": tuple(team.name for team in spec.operation.teams),
        "channel": tuple(channel.name for channel in spec.market.channels),
        "region": spec.names("regions"),
        "segment": spec.names("segments"),
        "product": spec.names("products"),
    }


def actor_teams(spec: FunnelSpec) -> Codes:
    """Return the team of each actor: shape (actors,)."""
    operation = spec.operation
    of_reps = [place for place, team in enumerate(operation.teams) for _ in operation.team_reps(team.name)]
    return np.array([*of_reps, *(NONE for _ in operation.experts)], np.int32)


def _labels(spec: FunnelSpec, opening: Opening, leads: Leads) -> tuple[str, ...]:
    if not opening.deals:
        return ()
    channels = [channel.name for channel in spec.market.channels]
    pairs = zip(leads.channel.tolist(), leads.number.tolist(), strict=True)
    return (*(deal.label for deal in opening.deals), *(f"{channels[channel]}-{number}" for channel, number in pairs))
