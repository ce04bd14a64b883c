"""The opening: the deals that a history leaves open, with their stage, owner, age and last known amount."""

from datetime import datetime

import pandas as pd

from sim.eventlog import CODED_LEAD_COLUMNS, EXITS, EventLog, Kind
from sim.opening import OpenDeal, Opening


def opening_of(log: EventLog, as_of: datetime, at: float) -> Opening:
    """List the open deals of a log that ends at ``as_of``, which is ``at`` days after its origin."""
    last = _last_rows(log)
    standing = last["entered"].dropna().index.difference(last["ended"].dropna().index)
    leads = log.leads_frame().loc[standing]
    names = {name: leads[name].astype(object).fillna("").tolist() for name in CODED_LEAD_COLUMNS}
    rows = last.loc[standing]
    touched = rows["touched"].where(rows["touched"] >= rows["entered"])
    columns = {
        "label": leads["label"].tolist(),
        "stage": _texts(log, "stage", rows["stage"]),
        "owner": _texts(log, "actor", rows["owner"]),
        **names,
        "age": _ages(at, leads["created"]),
        "stage_age": _ages(at, rows["entered"]),
        "touches": rows["touches"].astype(int).tolist(),
        "last_touch_age": _ages(at, touched.fillna(rows["entered"])),
        "amount": leads["amount"].tolist(),
        "score": leads["score"].tolist(),
    }
    deals = (dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True))
    return Opening(as_of, tuple(OpenDeal(**deal) for deal in deals))


def _last_rows(log: EventLog) -> pd.DataFrame:
    """For every lead the time and stage of its last entry, its last owner, its touches since, and its end."""
    frame = pd.DataFrame({name: log.events[name] for name in ("time", "lead", "kind", "stage", "actor")})
    by_kind = {kind: rows.groupby("lead").last() for kind, rows in frame.groupby("kind")}
    empty = frame.iloc[:0].groupby("lead").last()
    entered, owner = by_kind.get(Kind.ENTERED, empty), by_kind.get(Kind.ROUTED, empty)
    table = pd.DataFrame({"entered": entered["time"], "stage": entered["stage"]}, index=range(log.n_leads))
    table["owner"] = owner["actor"]
    table["ended"] = frame[frame["kind"].isin([int(kind) for kind in EXITS])].groupby("lead")["time"].last()
    touched = frame[frame["kind"] == Kind.TOUCHED]
    now = table.loc[touched["lead"]]
    here = (touched["stage"].to_numpy() == now["stage"].to_numpy()) & (
        touched["time"].to_numpy() >= now["entered"].to_numpy()
    )
    touched = touched[here]
    table["touches"] = touched.groupby("lead").size()
    table["touched"] = touched.groupby("lead")["time"].last()
    return table.fillna({"touches": 0})


def _texts(log: EventLog, vocabulary: str, codes: "pd.Series[float]") -> list[str | None]:
    texts = log.vocabulary[vocabulary]
    return [texts[int(code)] if code >= 0 else None for code in codes]


def _ages(at: float, times: "pd.Series[float]") -> list[float]:
    """Days before ``at``, never negative by a rounding error."""
    return [max(at - time, 0.0) for time in times.tolist()]
