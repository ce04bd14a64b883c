"""The opening as a file: Parquet for the machine, or CSV for a spreadsheet, whose first line is the as-of date.

as-of,2026-01-01T00:00:00+01:00[Europe/Berlin]
label,stage,channel,region,segment,product,account,owner,age,stage_age,touches,last_touch_age,amount,score
006A1,proposal,web,north,small,core,ACME,Ann,40.5,12,3,2,18000,70
"""

import re
from dataclasses import MISSING, asdict, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from sim.errors import DataError, HeadraceError
from sim.opening import OpenDeal, Opening
from studies.parquet_file import notes_of, read_arrow, write_parquet

_NAMES = tuple(part.name for part in fields(OpenDeal))
_NEEDED = tuple(part.name for part in fields(OpenDeal) if part.default is MISSING)
_TEXTS = ("label", "stage", "channel", "region", "segment", "product", "account", "owner")
_NUMBERS = tuple(name for name in _NAMES if name not in _TEXTS)
_AS_OF = "as-of"
_ZONED = re.compile(r"([^\[\]]+)(?:\[([^\[\]]+)\])?")


def save_opening(opening: Opening, path: Path) -> None:
    """Write an opening as its suffix says: ``.parquet`` or ``.csv``."""
    frame = pd.DataFrame([asdict(deal) for deal in opening.deals], columns=list(_NAMES))
    frame = frame.astype(dict.fromkeys(_TEXTS, "str") | dict.fromkeys(_NUMBERS, "float64") | {"touches": "int64"})
    if path.suffix == ".csv":
        text = f"{_AS_OF},{write_instant(opening.as_of)}\n{frame.to_csv(index=False, lineterminator='\n')}"
        path.write_text(text, "utf-8", newline="\n")
    else:
        write_parquet(frame, path, {_AS_OF: write_instant(opening.as_of)})


def load_opening(path: Path) -> Opening:
    """Read an opening.

    Raises
    ------
    DataError
        If the file can't be read; the message gives the file, the row, the value and the fix.
    """
    as_of, frame = _read_csv(path) if path.suffix == ".csv" else _read_parquet(path)
    _check_columns(path, frame)
    rows = frame.to_dict("records")
    return Opening(as_of, tuple(_deal(path, number, row) for number, row in enumerate(rows, 1)))  # type: ignore[arg-type]


def write_instant(instant: datetime) -> str:
    """Write an instant with the name of its zone, if it has one (RFC 9557)."""
    zone = instant.tzinfo
    return f"{instant.isoformat()}[{zone.key}]" if isinstance(zone, ZoneInfo) else instant.isoformat()


def read_instant(text: str, where: str) -> datetime:
    """Read what `write_instant` writes; ``where`` begins the message if it is no instant with a zone."""
    found = _ZONED.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError  # noqa: TRY301 - all ways to be no instant get one answer
        instant = datetime.fromisoformat(found[1])
        zone = ZoneInfo(found[2]) if found[2] else None
    except (ValueError, LookupError, OSError):
        message = f"{where}: no instant {text!r}; write 2026-01-01T00:00:00+01:00[Europe/Berlin]"
        raise DataError(message) from None
    if instant.tzinfo is None:
        if zone is None:
            raise DataError(f"{where}: {text!r} has no time zone; add one, such as +00:00 or [Europe/Berlin]")
        return instant.replace(tzinfo=zone)
    if instant.utcoffset() == timedelta(0) and zone is None:
        return instant.astimezone(UTC)
    return instant.astimezone(zone) if zone else instant


def _read_parquet(path: Path) -> tuple[datetime, pd.DataFrame]:
    table = read_arrow(path)
    as_of = notes_of(table).get(_AS_OF)
    if as_of is None:
        raise DataError(f"{path}: has no as-of date, so it is no opening; write it with headrace calibrate")
    return read_instant(as_of, str(path)), table.to_pandas()


def _read_csv(path: Path) -> tuple[datetime, pd.DataFrame]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            key, _, as_of = file.readline().strip().partition(",")
            if key != _AS_OF:
                raise DataError(f"{path}, line 1: must be {_AS_OF},<date>, got {key!r}; add it above the header")
            frame = pd.read_csv(
                file,
                dtype=dict.fromkeys(_TEXTS, str),
                keep_default_na=False,
                na_values={name: [""] for name in _NUMBERS},
            )
    except OSError as error:
        raise DataError(f"{path}: can't be read ({(error.strerror or str(error)).lower()}); check the path") from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        reason = str(error).strip().split("\n", maxsplit=1)[0]
        raise DataError(f"{path}: not readable as CSV ({reason}); save it as CSV (UTF-8)") from None
    return read_instant(as_of.rstrip(","), f"{path}, line 1"), frame


def _check_columns(path: Path, frame: pd.DataFrame) -> None:
    unknown = [name for name in frame.columns if name not in _NAMES]
    missing = [name for name in _NEEDED if name not in frame.columns]
    if unknown or missing:
        what = f"no column {unknown[0]!r} is known" if unknown else f"the column {missing[0]!r} is missing"
        raise DataError(f"{path}: {what}; an opening has {', '.join(_NAMES)}")


def _deal(path: Path, number: int, row: dict[str, object]) -> OpenDeal:
    try:
        return OpenDeal(**{name: _value(name, value) for name, value in row.items() if not _is_left_out(name, value)})  # type: ignore[arg-type]
    except HeadraceError as error:
        raise DataError(f"{path}, row {number}: {error}") from None
    except (TypeError, ValueError) as error:
        raise DataError(f"{path}, row {number}: {error}; give a number, or nothing") from None


def _is_left_out(name: str, value: object) -> bool:
    """Whether a cell says nothing, so that the deal has its default there."""
    return value is None or value != value or (name not in _NEEDED and value == "")  # noqa: PLR0124 - NaN


def _value(name: str, value: object) -> object:
    if name in _TEXTS:
        return str(value)
    return int(float(str(value))) if name == "touches" else float(str(value))
