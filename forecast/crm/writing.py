"""An event log written as a CRM would export it: for synthetic companies, and to check the reader."""

import numpy as np
import pandas as pd

from forecast.crm.instants import MICROS_A_DAY, micros_of
from sim.eventlog import CODED_LEAD_COLUMNS, EventLog, Floats, Kind

WORDS = {Kind.WON: "Won", Kind.LOST: "Lost", Kind.NURTURED: "Nurture"}
"""What the stage column says of deals that stand in no stage."""

_SHOWN = (Kind.ENTERED, Kind.ROUTED, Kind.CLAIMED, *WORDS)


def as_stage_history(log: EventLog) -> pd.DataFrame:
    """Write a log as a stage history, which the preset ``generic-stage-history`` reads.

    Only what a stage history can hold is written: creation, stages, owners, nurture and ends. Work on the deals isn't.

    Parameters
    ----------
    log
        Observed or simulated.

    Returns
    -------
    pandas.DataFrame
        One row a change: ``deal``, ``created``, ``time`` (ISO 8601 in UTC, to the microsecond), ``stage`` (or a word of
        `WORDS`), ``owner``, ``actor``, ``amount`` (list amount as known at the row), ``won_amount``, ``cause``,
        ``score``, ``channel``, ``region``, ``segment``, ``product``, ``account``. Where nothing is known a text is
        empty and a number NaN.
    """
    frame = _known_amounts(log)
    frame = frame[frame["kind"].isin([kind.name.lower() for kind in _SHOWN])]
    leads = log.leads_frame().loc[frame["lead"]].set_axis(frame.index)
    routed, won = frame["kind"].isin(["routed", "claimed"]), frame["kind"] == "won"
    words = frame["kind"].map({kind.name.lower(): word for kind, word in WORDS.items()})
    table = pd.DataFrame(
        {
            "deal": leads["label"],
            "created": _texts(log, leads["created"].to_numpy(np.float64), frame.index),
            "time": _texts(log, frame["time"].to_numpy(np.float64), frame.index),
            "stage": words.fillna(frame["stage"]),
            "owner": frame["actor"].where(routed).groupby(frame["lead"]).ffill(),
            "actor": frame["actor"].where(~routed),
            "amount": frame["known"],
            "won_amount": frame["amount"].where(won),
            "cause": frame["cause"],
            "score": leads["score"],
            **leads[list(CODED_LEAD_COLUMNS)].astype(object),
        }
    )
    texts = [name for name in table if name not in {"amount", "won_amount", "score"}]
    return table.fillna(dict.fromkeys(texts, "")).reset_index(drop=True)


def _known_amounts(log: EventLog) -> pd.DataFrame:
    """Return the events in words, and the list amount known at each: the lead's own, where no event tells one."""
    frame = log.to_frame().astype(dict.fromkeys(("kind", "stage", "actor", "cause"), object))
    told = frame["amount"].where(frame["kind"] != "won").groupby(frame["lead"])
    always = pd.Series(log.leads["amount"].astype(np.float64)).reindex(frame["lead"]).set_axis(frame.index)
    return frame.assign(known=told.ffill().where(told.transform("count") > 0, always))


def _texts(log: EventLog, days: Floats, index: pd.Index) -> "pd.Series[str]":
    micros = np.rint(days * MICROS_A_DAY).astype(np.int64) + micros_of(log.origin)
    stamps = pd.Series(micros.astype("M8[us]"), index)
    return stamps.dt.strftime("%Y-%m-%dT%H:%M:%S.%f") + "Z"
