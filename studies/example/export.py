"""What Tarnbeck's CRM would hand out: stage changes, activities, leads and reps, and nothing that it couldn't know.

The funnel runs for half a year before the first lead of the export is created, so the reps have their desks full from
the start. Times are whole seconds, amounts whole euros, and the file formats carry no time of writing: the same code
writes the same bytes.
"""

import gzip
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from sim.eventlog import EventLog, Kind
from sim.opening import Opening
from sim.simulate import simulate
from studies.example.company import AS_OF, SINCE, ZONE, operation, truth
from studies.example.market import LEAD, MQL, NEGOTIATION, PROPOSAL, SQL

SEED = 2026
WARM_UP_BEGINS = datetime(2023, 7, 3, tzinfo=ZONE)

FILES = ("simulated-stages.csv.gz", "simulated-activities.csv.gz", "simulated-leads.csv.gz", "simulated-reps.csv")
"""The four tables of the export: changes of stage or owner, work on deals, leads, people."""

WORDS = {LEAD: "Lead", MQL: "MQL", SQL: "SQL", PROPOSAL: "Proposal", NEGOTIATION: "Negotiation"}
"""Stage → what the CRM calls it."""
WON, LOST, NURTURE = "Closed Won", "Closed Lost", "Nurture"
WORK = {LEAD: "Call", MQL: "Discovery call", SQL: "Meeting", PROPOSAL: "Presentation", NEGOTIATION: "Contract meeting"}
"""Stage → what its touches are called."""

_ENDS = {Kind.WON: WON, Kind.LOST: LOST, Kind.NURTURED: NURTURE}
_HISTORY = (Kind.ENTERED, Kind.ROUTED, Kind.CLAIMED, *_ENDS)
_SECONDS_A_DAY = 86_400


def simulate_history() -> EventLog:
    """Return the whole simulated history, warm-up and latent numbers included."""
    days = (AS_OF - WARM_UP_BEGINS) / timedelta(days=1)
    return simulate(truth(), Opening(WARM_UP_BEGINS), days=days, seed=SEED)


def write_export(folder: Path) -> None:
    """Write the export into a folder; takes some twenty seconds."""
    for name, table in export_tables(simulate_history()).items():
        text = table.to_csv(index=False, lineterminator="\n").encode()
        # mtime=0: the time of writing is no part of the data
        (folder / name).write_bytes(gzip.compress(text, 9, mtime=0) if name.endswith(".gz") else text)


def export_tables(log: EventLog) -> Mapping[str, pd.DataFrame]:
    """Turn a simulated history into the tables of the export, by file name."""
    frame = log.to_frame().astype(dict.fromkeys(("kind", "stage", "actor", "cause"), object))
    frame["kind"] = log.events["kind"]
    leads = log.leads_frame()
    since = (SINCE.astimezone(UTC) - log.origin.astimezone(UTC)) / timedelta(days=1)
    chosen = leads.index[(leads["created"] >= since)]
    ids = pd.Series([f"SIM-{number:06d}" for number in range(1, len(chosen) + 1)], index=chosen)
    frame = frame[frame["lead"].isin(chosen)]
    frame = frame.assign(id=frame["lead"].map(ids), at=_stamps(log, frame["time"]))
    tables = (_stages(frame, leads), _activities(frame), _leads(log, leads.loc[chosen], ids), _reps())
    return dict(zip(FILES, tables, strict=True))


def _stamps(log: EventLog, days: "pd.Series[float]") -> "pd.Series[str]":
    begin = int(log.origin.timestamp())
    seconds = begin + np.floor(days.to_numpy() * _SECONDS_A_DAY).astype(np.int64)
    stamps = pd.Series(seconds.astype("M8[s]"), index=days.index)
    return stamps.dt.strftime("%Y-%m-%dT%H:%M:%SZ")


def _stages(frame: pd.DataFrame, leads: pd.DataFrame) -> pd.DataFrame:
    """Return a row for every change of stage or owner, deal after deal.

    The amount is asked for when a deal becomes an opportunity, on entering SQL.
    """
    rows = frame[frame["kind"].isin(_HISTORY)].sort_values("lead", kind="stable")
    owned = rows["kind"].isin([Kind.ROUTED, Kind.CLAIMED])
    opens = (rows["kind"] == Kind.ENTERED) & (rows["stage"] == SQL)
    listed = leads["amount"].loc[rows["lead"]].set_axis(rows.index).where(opens)
    table = pd.DataFrame(
        {
            "id": rows["id"],
            "time": rows["at"],
            "activity": rows["kind"].map(_ENDS).fillna(rows["stage"].map(WORDS)),
            "owner": rows["actor"].where(owned),
            "amount": listed.round(),
            "booked": rows["amount"].where(rows["kind"] == Kind.WON).round(),
            "reason": rows["cause"].where(rows["kind"] == Kind.LOST),
        }
    )
    # who is given the deal at the very moment of the move stands on the same row
    key = [table["id"], table["time"], table["activity"]]
    table["owner"] = table["owner"].groupby(key).transform("last")
    table = table[~(owned & table.duplicated(["id", "time", "activity"]))]
    return table.astype({"amount": "Int64", "booked": "Int64"}).reset_index(drop=True)


def _activities(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row for the start and one for the end of every touch, deal after deal."""
    rows = frame[frame["kind"].isin([Kind.STARTED, Kind.TOUCHED])].sort_values("lead", kind="stable")
    mark = rows["kind"].map({Kind.STARTED: "START", Kind.TOUCHED: "COMPLETE"})
    table = {"id": rows["id"], "time": rows["at"], "activity": rows["stage"].map(WORK)}
    return pd.DataFrame({**table, "mark": mark, "actor": rows["actor"]}).reset_index(drop=True)


def _leads(log: EventLog, leads: pd.DataFrame, ids: "pd.Series[str]") -> pd.DataFrame:
    """Return a row for every lead: all that is known of it for good, without its latent quality."""
    names = {"channel": "source", "region": "region", "segment": "segment", "product": "product", "account": "account"}
    table = leads[[*names]].astype(str).rename(columns=names)
    table.insert(0, "id", ids)
    table.insert(1, "created", _stamps(log, leads["created"]))
    return table.assign(score=leads["score"].round(1)).reset_index(drop=True)


def _reps() -> pd.DataFrame:
    """Return the list of the people who sell."""
    reps = operation().reps
    return pd.DataFrame(
        {
            "name": [rep.name for rep in reps],
            "team": [rep.team for rep in reps],
            "region": ["; ".join(rep.regions) for rep in reps],
            "products": ["; ".join(rep.products) for rep in reps],
            "seniority": [("junior", "mid", "senior")[rep.seniority] for rep in reps],
            "office": [rep.calendar for rep in reps],
            "hired": [rep.hired.isoformat() if rep.hired else "" for rep in reps],
            "most open deals": [rep.wip_limit for rep in reps],
            "data": "simulated",
        }
    )
