"""Every way to get an export or its mapping wrong is answered in one line, as tests/golden/broken_exports.txt has them.

``HEADRACE_UPDATE_GOLDEN=1`` writes them anew.
"""

import gzip
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from forecast.crm import History, load_mapping, parse_mapping, read
from sim.errors import HeadraceError

GOLDEN = Path(__file__).parents[2] / "golden" / "broken_exports.txt"

HISTORY = """\
kind: stage-history
time_zone: UTC
columns: {lead: id, stage: stage, time: at, amount: amount, owner: owner}
stages: {qualify: [Qualify], proposal: [Proposal]}
won: Won
lost: [Lost]
"""
TABLE = """\
kind: opportunity-table
time_zone: UTC
columns: {lead: id, stage: stage, created: created, closed: closed, product: product}
stages: [Qualify, Proposal]
won: Won
lost: [Lost]
"""
EVENTS = """\
kind: event-log
time_zone: UTC
columns: {lead: case, activity: what, time: when, actor: who, lifecycle: life}
created: New
stages: {qualify: [Qualified]}
won: Won
"""
ROWS = "id,stage,at,amount,owner\n1,Qualify,2024-01-05,100,Ann\n1,Won,2024-02-05,100,Ann\n"

type Make = Callable[[Path], object]


def told(mapping: str, content: str | bytes = ROWS, name: str = "deals.csv") -> Make:
    """Read one file by a mapping."""

    def make(folder: Path) -> object:
        file = folder / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read(parse_mapping(mapping, "crm.yaml"), file)

    return make


def joined(**files: str) -> Make:
    """Read a table of deals with a side table of products."""
    mapping = TABLE.replace("product: product}", "product: product, amount: products.price}")
    mapping += "tables:\n  products: {key: product}\n"

    def make(folder: Path) -> object:
        for name, content in files.items():
            (folder / f"{name}.csv").write_text(content)
        return read(parse_mapping(mapping, "crm.yaml"), [folder / f"{name}.csv" for name in files])

    return make


def mapped(old: str, new: str, base: str = HISTORY) -> Make:
    """Change a good mapping in one place."""
    assert old in base
    return told(base.replace(old, new))


DEALS = "id,stage,created,closed,product\n1,Won,2024-01-05,2024-02-05,Pump\n2,Qualify,2024-01-06,,Pump\n"


def good(folder: Path) -> History:
    (folder / "deals.csv").write_text(ROWS)
    return read(parse_mapping(HISTORY, "crm.yaml"), folder / "deals.csv")


def as_of(folder: Path, date: datetime) -> object:
    return good(folder).opening(date)


def side_without_key(folder: Path) -> object:
    mapping = TABLE.replace("product: product}", "product: product, amount: products.price}")
    mapping += "tables:\n  products: {key: product}\n"
    (folder / "deals.csv").write_text(DEALS)
    (folder / "products.csv").write_text("name,price\nPump,10\n")
    files = {"main": folder / "deals.csv", "products": folder / "products.csv"}
    return read(parse_mapping(mapping, "crm.yaml"), files)


def twins(folder: Path) -> object:
    mapping = HISTORY.replace("owner: owner", "owner: owner, region: one.area, segment: two.area")
    mapping += "tables: {one: {key: code, on: owner}, two: {key: code, on: owner}}\n"
    (folder / "deals.csv").write_text(ROWS)
    (folder / "areas.csv").write_text("code,area\nAnn,North\n")
    return read(parse_mapping(mapping, "crm.yaml"), [folder / "deals.csv", folder / "areas.csv"])


BROKEN: dict[str, Make] = {
    # the mapping file
    "no such mapping": lambda _: load_mapping("sales-force"),
    "a mapping file that isn't there": lambda _: load_mapping("there/is/none.yaml"),
    "a mapping that isn't YAML": told("kind: stage-history\ncolumns: {lead: id, stage"),
    "a tab in the mapping": told("kind: stage-history\ncolumns:\n\tlead: id\n"),
    "a field given twice": told(HISTORY + "won: Closed\n"),
    "a list for a mapping": told("- kind\n- columns\n"),
    "an empty mapping": told("# nothing yet\n"),
    "an anchor that holds itself": told("kind: &a [*a]\n"),
    "a key that is a list": told("kind: stage-history\n[lead, id]: x\n"),
    "brackets without an end in sight": told("[" * 3000),
    "no kind": told(HISTORY.replace("kind: stage-history\n", "")),
    "an unknown kind": mapped("stage-history", "stage-histories"),
    "no columns": told("kind: stage-history\nwon: Won\n"),
    "a misspelt field": mapped("columns:", "colums:"),
    "a misspelt column field": mapped("amount: amount", "ammount: amount"),
    "a field that resembles none": mapped("won: Won", "zzz: Won"),
    "a column that the kind needs is not mapped": mapped(", time: at", ""),
    "a column that the kind does not know": mapped("time: at", "time: at, activity: what"),
    "a list where a name belongs": mapped("amount: amount", "amount: [a, b]"),
    "an unknown time zone": mapped("time_zone: UTC", "time_zone: Middle-earth/Shire"),
    "an unknown encoding": mapped("time_zone: UTC", "encoding: utf-9"),
    "a date format that is none": mapped("time_zone: UTC", 'date_formats: ["%d/%m/%Q"]'),
    "a date format with a zone's name": mapped("time_zone: UTC", 'date_formats: ["%d/%m/%Y %Z"]'),
    "a delimiter of two characters": mapped("time_zone: UTC", 'delimiter: ";;"'),
    "a decimal mark that is none": mapped("time_zone: UTC", 'decimal: ":"'),
    "thousands and decimals alike": mapped("time_zone: UTC", 'decimal: ","\nthousands: ","'),
    "one word with two meanings": mapped("lost: [Lost]", "lost: [Won]"),
    "one word for two stages": mapped("proposal: [Proposal]", "proposal: [Qualify]"),
    "an activity in a stage history": told(HISTORY + "created: [New]\n"),
    "stage dates in a stage history": told(HISTORY + "stage_dates: {proposal: at}\n"),
    "stage dates for a stage that isn't there": told(TABLE + "stage_dates: {Propsal: at}\n"),
    "a stage date without a column": told(TABLE + 'stage_dates: {Proposal: ""}\n'),
    "a table of deals without stages": told(TABLE.replace("stages: [Qualify, Proposal]\n", "")),
    "a won stage without a close date": told(TABLE.replace(" closed: closed,", "")),
    "an event log that nobody wins or loses": told(EVENTS.replace("won: Won\n", "")),
    "a currency column without rates": mapped("owner: owner", "owner: owner, currency: cur"),
    "rates without an account currency": told(
        HISTORY.replace("owner: owner", "owner: owner, currency: cur") + "currency: {rates: {USD: 7.1}}\n"
    ),
    "a rate below zero": told(
        HISTORY.replace("owner: owner", "owner: owner, currency: cur") + "currency: {account: CNY, rates: {USD: -7}}\n"
    ),
    "a roster in no table": told(HISTORY + "roster: {table: people}\n"),
    "a side table called main": told(HISTORY + "tables: {main: {key: id}}\n"),
    "a date of extraction that is none": told(HISTORY + "extracted: yesterday\n"),
    "a backward rule that is none": told(HISTORY + "backward: forward\n"),
    # the file as such
    "no such file": lambda _: read(parse_mapping(HISTORY, "crm.yaml"), Path("there") / "is" / "none.csv"),
    "a folder for a file": lambda _: read(parse_mapping(HISTORY, "crm.yaml"), Path("tests")),
    "no file at all": lambda _: read(parse_mapping(HISTORY, "crm.yaml"), []),
    "an unknown table": lambda folder: read(parse_mapping(HISTORY, "crm.yaml"), {"leads": folder / "leads.csv"}),
    "an empty file": told(HISTORY, ""),
    "blank lines only": told(HISTORY, "\n\n  \n"),
    "a header and no rows": told(HISTORY, "id,stage,at,amount,owner\n"),
    "an Excel workbook": told(HISTORY, b"PK\x03\x04" + bytes(40), "deals.xlsx"),
    "a web page that calls itself a workbook": told(HISTORY, "<html><table><tr><td>id", "deals.xls"),
    "a truncated gzip file": told(HISTORY, gzip.compress(ROWS.encode() * 50)[:60], "deals.csv.gz"),
    "GB18030 read as UTF-8": told(HISTORY, ROWS.replace("Ann", "李娜").encode("gb18030")),
    "windows-1252 read as UTF-8": told(HISTORY, ROWS.replace("Ann", "Zoë").encode("windows-1252")),
    "UTF-16 read as UTF-8": told(HISTORY, ROWS.encode("utf-16")),
    "UTF-16 without a mark read as UTF-8": told(HISTORY, ROWS.encode("utf-16-le")),
    "UTF-8 read as GB18030": told("encoding: gb18030\n" + HISTORY, ROWS.replace("Ann", "Zoë€").encode()),
    "semicolons for commas": told(HISTORY, ROWS.replace(",", ";")),
    "tabs for commas": told(HISTORY, ROWS.replace(",", "\t")),
    "a column twice": told(HISTORY, ROWS.replace("owner", "stage", 1)),
    "a quote that never closes": told(HISTORY, ROWS.replace("Ann", '"Ann', 1)),
    "a Parquet file that is none": told(HISTORY, ROWS, "deals.parquet"),
    "XES that is no XML": told(EVENTS, "<log><trace><event></trace></log>", "log.xes"),
    "XES without events": told(EVENTS, "<log><trace/></log>", "log.xes"),
    "XES that isn't decodable": told(EVENTS, b'<?xml version="1.0" encoding="klingon"?><log/>', "log.xes"),
    # the columns
    "a column that isn't there": told(HISTORY, ROWS.replace("stage", "Stage", 1)),
    "a column that resembles none": told(HISTORY, ROWS.replace("at,", "when,", 1)),
    "a file that fits no table": joined(deals=DEALS, prices="name,cost\nPump,10\n"),
    "a side table that is missing": joined(deals=DEALS),
    "a side table without its key": side_without_key,
    "two tables that look alike": twins,
    # the values
    "no stage that the mapping knows": told(HISTORY, ROWS.replace("Qualify", "Qualified").replace("Won", "Closed Won")),
    "dates of another form": told(HISTORY, ROWS.replace("2024-01-05", "05/01/2024").replace("2024-02", "02.2024")),
    "dates as Excel counts them": told(HISTORY, ROWS.replace("2024-01-05", "45296").replace("2024-02-05", "45327")),
    "amounts with the other decimal mark": told(HISTORY, ROWS.replace(",100,", ',"1.234,50",')),
    "a currency without a rate": told(
        HISTORY.replace("owner: owner", "owner: owner, currency: owner")
        + "currency: {account: CNY, rates: {USD: 7.1}}\n"
    ),
    "rows that have no date at all": told(HISTORY, ROWS.replace("2024-01-05", "").replace("2024-02-05", "")),
    "rows that have no id": told(HISTORY, ROWS.replace("\n1,", "\n,")),
    "everything lies after the extraction": told(HISTORY + "extracted: 2023-06-30\n"),
    "an as-of date before everything": lambda folder: as_of(folder, datetime(2023, 6, 30, tzinfo=UTC)),
    "nobody knows a rep": lambda folder: good(folder).roster["Bob"],
}  # fmt: skip


def complaint(make: Make, folder: Path) -> str:
    with pytest.raises(HeadraceError) as caught:
        make(folder)
    return str(caught.value).replace(str(folder), "FOLDER")


def golden() -> dict[str, str]:
    lines = GOLDEN.read_text("utf-8").splitlines()
    return dict(zip(lines[::3], lines[1::3], strict=True))


@pytest.mark.skipif("HEADRACE_UPDATE_GOLDEN" not in os.environ, reason="the golden file is only read, not written")
def test_the_golden_file_is_written_anew(tmp_path: Path) -> None:
    said = {name: complaint(make, tmp_path) for name, make in BROKEN.items()}
    GOLDEN.write_text("\n".join(f"{name}\n  {text}\n" for name, text in said.items()), "utf-8")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_export_is_answered_with_the_place_the_value_and_the_fix(name: str, tmp_path: Path) -> None:
    said = complaint(BROKEN[name], tmp_path)
    assert "\n" not in said
    assert f"  {said}" == golden()[name]


def test_the_golden_file_holds_what_is_tested_and_no_more() -> None:
    assert list(golden()) == list(BROKEN)
