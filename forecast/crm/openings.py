"""The opening: the deals that a history leaves open, with their stage, owner, age and last known amount."""

from datetime import datetime

import numpy as np

from forecast.crm.findings import Rows
from sim.eventlog import CODED_LEAD_COLUMNS, NONE, EventLog, Floats, Kind
from sim.kpis.fates import owners
from sim.kpis.visits import Outcome, Visits, visits
from sim.opening import OpenDeal, Opening


def opening_of(log: EventLog, as_of: datetime, at: float) -> Opening:
    """List the deals that stand in a stage when a log ends, at ``as_of``, which is ``at`` days after its origin."""
    stays = visits(log)
    open_stay = np.flatnonzero(stays.outcome == Outcome.OPEN)
    lead, entered = stays.lead[open_stay], stays.entered[open_stay]
    touches, last_touch = _touches_here(log, stays, open_stay)
    table = log.leads_frame().iloc[lead]
    columns = {
        "label": table["label"].tolist(),
        "stage": _texts(log, "stage", stays.stage[open_stay].tolist()),
        "owner": _texts(log, "actor", owners(log)[lead].tolist()),
        **{name: table[name].astype(object).fillna("").tolist() for name in CODED_LEAD_COLUMNS},
        "age": _ages(at, table["created"].to_numpy(np.float64)),
        "stage_age": _ages(at, entered),
        "touches": touches.tolist(),
        "last_touch_age": _ages(at, last_touch),
        "amount": table["amount"].tolist(),
        "score": table["score"].tolist(),
    }
    deals = (dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True))
    return Opening(as_of, tuple(OpenDeal(**deal) for deal in deals))


def _touches_here(log: EventLog, stays: Visits, open_stay: Rows) -> tuple[Rows, Floats]:
    """Count the touches of each open stay, and give the time of the last one, or of the entry where there is none."""
    lead, entered = stays.lead[open_stay], stays.entered[open_stay]
    since, stage = np.full(log.n_leads, np.inf), np.full(log.n_leads, NONE)
    since[lead], stage[lead] = entered, stays.stage[open_stay]
    touched = log.select(log.of_kind(Kind.TOUCHED)).events
    who, when = touched["lead"].astype(np.int64), touched["time"].astype(np.float64)
    here = (touched["stage"] == stage[who]) & (when >= since[who])
    last = since.copy()
    last[who[here]] = when[here]  # of a lead's touches the latest is assigned last and stays
    return np.bincount(who[here], minlength=log.n_leads)[lead], last[lead]


def _texts(log: EventLog, vocabulary: str, codes: list[int]) -> list[str | None]:
    texts = log.vocabulary[vocabulary]
    return [texts[code] if code != NONE else None for code in codes]


def _ages(at: float, times: Floats) -> list[float]:
    """Days before ``at``, never negative by a rounding error."""
    return [max(at - time, 0.0) for time in times.tolist()]
