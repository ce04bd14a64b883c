"""A funnel with what belongs to it: the opening beside its file, and what is known about the data behind it.

funnel.yaml         the market and the operation
opening.parquet     what is open at the as-of date (or opening.csv)
estimates.parquet   how each number was estimated, where it was
findings.parquet    the quality of the data behind it, where there were any
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from sim.errors import SpecError
from sim.opening import Opening
from sim.spec import FunnelSpec
from studies.config import load_spec
from studies.opening_file import load_opening
from studies.parquet_file import read_parquet

FUNNEL = "funnel.yaml"
OPENINGS = ("opening.parquet", "opening.csv")
ESTIMATES, FINDINGS = "estimates", "findings"


@dataclass(frozen=True)
class Funnel:
    """A funnel, what is open in it, the files it was read from, and the tables beside it."""

    spec: FunnelSpec
    opening: Opening
    files: tuple[Path, ...]
    tables: dict[str, pd.DataFrame]


def load_funnel(path: Path, *, opening: Path | None = None, as_of: str = "") -> Funnel:
    """Read a funnel file, or the one in a folder, with its opening.

    Parameters
    ----------
    path
        A YAML file, or a folder with ``funnel.yaml``.
    opening
        The opening, if it doesn't stand beside the funnel.
    as_of
        Start of the simulation for a funnel without an opening: it begins empty.

    Raises
    ------
    SpecError, DataError
        If a file can't be read, or nothing says when to start.
    """
    if not path.exists():
        raise SpecError(f"{path}: there is no such file; make one with headrace calibrate, or see headrace demo")
    file = path / FUNNEL if path.is_dir() else path
    spec = load_spec(file)
    beside = opening or next((place for name in OPENINGS if (place := file.parent / name).is_file()), None)
    tables = {
        name: read_parquet(place)
        for name in (ESTIMATES, FINDINGS)
        if (place := file.parent / f"{name}.parquet").is_file()
    }
    if beside is None:
        return Funnel(spec, Opening(start_of(as_of, spec.market.time_zone)), (file,), tables)
    found = load_opening(beside)
    if as_of and start_of(as_of, spec.market.time_zone) != found.as_of:
        raise SpecError(f"{beside}: is of {found.as_of.isoformat()}, not {as_of}; leave --as-of out, or calibrate anew")
    return Funnel(spec, found, (file, beside), tables)


def start_of(text: str, zone: str) -> datetime:
    """Read a date, or a date and time, in ``zone`` unless it brings its own."""
    if not text:
        raise SpecError("no opening beside the funnel says when to start; give --as-of, such as --as-of 2026-01-01")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise SpecError(f"no date {text!r}; write 2026-01-01 or 2026-01-01T09:00") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(zone))
