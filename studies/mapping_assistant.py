"""What do these columns mean: the mappings that ship, ranked by how well they fit an upload, and one made by hand."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

import yaml
from pyarrow import parquet

from forecast.crm import load_mapping, parse_mapping, preset_names, preset_text
from forecast.crm.binding import split_header
from sim.errors import SpecError
from studies.uploads import Sheet

DEALS, CHANGES = "opportunity-table", "stage-history"
"""The two shapes that can be mapped by hand: a row a deal, a row a change of stage."""

NEEDED = {DEALS: ("lead", "created", "stage", "closed"), CHANGES: ("lead", "time", "stage")}
HELPFUL = ("owner", "amount", "channel", "region", "segment", "product")

_TIMES = ("time", "created", "closed", "stage_changed", "won", "lost")
_ISO_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SOUNDS_LIKE = {
    "lead": "id|opportunity|deal|lead|case|record|编号|商机|线索",
    "created": "creat|open|start|engage|创建",
    "stage": "stage|status|phase|step|阶段|状态",
    "closed": "clos|end|finish|关闭|成交日|结单",
    "time": "time|date|chang|when|时间|日期",
    "owner": "owner|rep|agent|sales|负责|销售",
    "amount": "amount|value|price|revenue|金额|价",
    "channel": "channel|source|campaign|渠道|来源",
    "region": "region|area|office|territory|区",
    "segment": "segment|sector|industry|size|行业|客户类",
    "product": "product|line|产品",
}
_SOUNDS_WON = re.compile(r"won|赢|成交|签约", re.IGNORECASE)
_SOUNDS_LOST = re.compile(r"lost|lose|输|丢|失败|无效", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a mapping that ships fits some tables: the share of its columns that are there, and those missing."""

    name: str
    share: float
    missing: tuple[str, ...]


def fits(sheets: Sequence[Sheet]) -> tuple[Fit, ...]:
    """Return all mappings that ship, the best first."""
    there = {header for sheet in sheets for header in sheet.header}
    return tuple(sorted((_fit(name, there) for name in preset_names()), key=lambda fit: (-fit.share, fit.name)))


def _fit(name: str, there: set[str]) -> Fit:
    mapping = load_mapping(name)
    wanted = {split_header(mapping, header)[1] for header in mapping.columns.named().values()}
    wanted |= {table.key for table in mapping.tables.values()}
    missing = tuple(sorted(wanted - there))
    return Fit(name, 1 - len(missing) / len(wanted), missing)


def mapping_text(name: str) -> str:
    """Return a mapping that ships, as YAML."""
    return preset_text(name)


def guess(sheet: Sheet, field: str) -> str:
    """Return the column of a sheet that sounds like a field, or an empty text."""
    wanted = re.compile(_SOUNDS_LIKE[field], re.IGNORECASE)
    return next((header for header in sheet.header if wanted.search(header)), "")


def stage_names(column: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Tell a stage column's values apart by their sound: those of open deals in order of appearance, won, lost."""
    seen = [value for value in dict.fromkeys(value.strip() for value in column) if value]
    won = tuple(value for value in seen if _SOUNDS_WON.search(value) and not _SOUNDS_LOST.search(value))
    lost = tuple(value for value in seen if _SOUNDS_LOST.search(value))
    return tuple(value for value in seen if value not in {*won, *lost}), won, lost


def mapping_by_hand(
    kind: str, columns: Mapping[str, str], stages: Sequence[str], won: Sequence[str], lost: Sequence[str]
) -> str:
    """Write a mapping as YAML.

    Parameters
    ----------
    kind
        `DEALS` or `CHANGES`.
    columns
        Our field → the export's header; empty headers are left out.
    stages
        Values of the stage column in the funnel's order.
    won, lost
        Its values for deals that are over.

    Raises
    ------
    SpecError
        If something is missing.
    DataError
        If it contradicts itself.
    """
    named = {field: header for field, header in columns.items() if header}
    if missing := [field for field in NEEDED[kind] if field not in named]:
        raise SpecError(f"no column for {missing[0]}; choose one")
    if not stages or not won:
        raise SpecError("choose the stages in their order, and what says that a deal is won")
    told = {
        "kind": kind,
        "columns": named,
        "stages": list(stages),
        "won": list(won),
        "lost": list(lost),
        "time_zone": "UTC",
    }
    text = yaml.safe_dump(told, allow_unicode=True, sort_keys=False)
    parse_mapping(text, "mapping")
    return text


def column(sheet: Sheet, header: str, most: int = 200_000) -> tuple[str, ...]:
    """Return the first values of a sheet's column as texts."""
    place = sheet.header.index(header)
    if sheet.suffix == "parquet":
        values = parquet.read_table(io.BytesIO(sheet.content), columns=[header]).column(0)[:most].to_pylist()
        return tuple("" if value is None else str(value) for value in values)
    rows = islice(csv.reader(io.StringIO(sheet.content.decode(), newline="")), 1, most)
    return tuple(row[place] for row in rows)


def currency_of(mapping: str) -> str:
    """Return the account's currency if a mapping names one."""
    return parse_mapping(mapping, "mapping").currency.account


def last_day(sheets: Sequence[Sheet], mapping: str) -> date:
    """Return the day after the last date in the columns that a mapping reads as times; today where there is none."""
    named = parse_mapping(mapping, "mapping").columns.named()
    latest = ""
    for sheet in sheets:
        for field in _TIMES:
            if named.get(field) in sheet.header:
                found = (value[:10] for value in column(sheet, named[field]) if _ISO_DAY.match(value))
                latest = max(latest, max(found, default=""))
    try:
        return min(date.fromisoformat(latest) + timedelta(days=1), date.today())  # noqa: DTZ011 - a proposal only
    except ValueError:
        return date.today()  # noqa: DTZ011 - as above
