"""An event log as a folder: ``events.parquet``, ``leads.parquet`` and a small ``log.json`` with the vocabularies.

The columns and their types are those of `sim.eventlog`; any tool that reads Parquet can join them by the codes.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sim.errors import DataError
from sim.eventlog import CODED_LEAD_COLUMNS, EVENT_COLUMNS, LEAD_COLUMNS, VOCABULARIES, EventLog, Kind
from studies.opening_file import read_instant, write_instant
from studies.parquet_file import read_arrow, write_arrow

FORMAT = 1
"""Raised when a reader of older folders would go wrong."""

_LABEL = "label"


def save_log(log: EventLog, folder: Path) -> None:
    """Write a log into ``folder``, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    write_arrow(pa.table({name: log.events[name] for name in EVENT_COLUMNS}), folder / "events.parquet")
    leads = {name: log.leads[name] for name in LEAD_COLUMNS}
    labels = {_LABEL: list(log.labels)} if log.labels else {}
    write_arrow(pa.table({**leads, **labels}), folder / "leads.parquet")
    about = {
        "format": FORMAT,
        "origin": write_instant(log.origin),
        "window": list(log.window),
        "kinds": [kind.name.lower() for kind in Kind],
        "actor_team": log.actor_team.tolist(),
        "vocabulary": {name: list(log.vocabulary[name]) for name in VOCABULARIES},
    }
    (folder / "log.json").write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8", newline="\n")


def load_log(folder: Path) -> EventLog:
    """Read a log.

    Raises
    ------
    DataError
        If the folder holds no log, or the tables don't fit its vocabularies; the message names the file and the column.
    """
    about = _about(folder / "log.json")
    events, leads = (_columns(folder / f"{name}.parquet") for name in ("events", "leads"))
    labels = tuple(leads.pop(_LABEL).tolist()) if _LABEL in leads else ()
    log = EventLog(
        origin=read_instant(about["origin"], str(folder / "log.json")),
        window=(float(about["window"][0]), float(about["window"][1])),
        events=events,
        leads=leads,
        vocabulary={name: tuple(texts) for name, texts in about["vocabulary"].items()},
        actor_team=np.array(about["actor_team"], np.int32),
        labels=labels,
    )
    _check(folder, log)
    return log


def _about(path: Path) -> dict[str, Any]:
    try:
        about: dict[str, Any] = json.loads(path.read_text("utf-8"))
        complete = {"origin", "window", "actor_team", "vocabulary"} <= about.keys()
    except OSError:
        raise DataError(f"{path.parent}: no log.json in it, so it is no event log; name a log folder") from None
    except (ValueError, AttributeError) as error:
        raise DataError(f"{path}: not readable as JSON ({error}); write the log again") from None
    if about.get("format") != FORMAT or not complete:
        raise DataError(f"{path}: format {about.get('format')!r} of event log; this version reads {FORMAT}")
    return about


def _columns(path: Path) -> dict[str, Any]:
    table = read_arrow(path)
    return {name: table.column(name).to_numpy() for name in table.column_names}


def _check(folder: Path, log: EventLog) -> None:
    """Refuse codes that stand for nothing: a table of another log, or one that was edited."""
    events = {"lead": log.n_leads, "kind": len(Kind)} | {
        name: len(log.vocabulary[name]) for name in ("stage", "actor", "cause")
    }
    leads = {name: len(log.vocabulary[name]) for name in CODED_LEAD_COLUMNS}
    for file, table, sizes in (("events", log.events, events), ("leads", log.leads, leads)):
        for name, size in sizes.items():
            codes = table[name]
            lowest = 0 if name in {"lead", "kind"} else -1
            if len(codes) and not (lowest <= codes.min() and codes.max() < size):
                met = f"codes from {codes.min()} to {codes.max()}"
                raise DataError(f"{folder / file}.parquet: column {name!r} has {met}; log.json has {size} names for it")
