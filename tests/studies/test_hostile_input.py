"""Broken and malicious uploads, links and plans: a clear message or a correct reading, in bounded memory."""

import gzip
import io
import json
import tracemalloc
import zipfile

import pandas as pd
import pytest
from openpyxl import Workbook

from sim.errors import DataError, HeadraceError
from studies.uploads import MEGABYTE, read_upload, safe_cell, short_name
from studies.view import View, read_view

TABLE = "deal,stage,created\n1,Proposal,2026-01-05\n2,谈判,2026-01-06\n"
MOST = 2 * MEGABYTE
ALLOWED = 30 * MOST
"""Bytes of memory that reading one upload may take: its unpacked size as text, as rows and as a table."""


def parquet(frame: pd.DataFrame) -> bytes:
    target = io.BytesIO()
    frame.to_parquet(target)
    return target.getvalue()


def workbook(*rows: list[object]) -> bytes:
    book, target = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(target)
    return target.getvalue()


def archive(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return target.getvalue()


def with_sheet(xml: str) -> bytes:
    """A real workbook whose first sheet is replaced."""
    source, target = zipfile.ZipFile(io.BytesIO(workbook(["deal"], [1]))), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name in source.namelist():
            file.writestr(name, xml if name.endswith("sheet1.xml") else source.read(name))
    return target.getvalue()


BILLION_LAUGHS = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">
<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&c;</t></is></c></row></sheetData></worksheet>"""
OUTSIDE = BILLION_LAUGHS.replace('<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">', '<!ENTITY c SYSTEM "file:///etc/passwd">')
FRAME = pd.DataFrame({"deal": range(5000), "stage": ["Proposal"] * 5000})
WHOLE = parquet(FRAME)

READ: dict[str, tuple[str, bytes]] = {
    "plain": ("deals.csv", TABLE.encode()),
    "with a byte order mark": ("deals.csv", TABLE.encode("utf-8-sig")),
    "UTF-16, little end first": ("deals.csv", TABLE.encode("utf-16")),
    "UTF-16, big end first": ("deals.csv", b"\xfe\xff" + TABLE.encode("utf-16-be")),
    "GB18030": ("deals.csv", TABLE.encode("gb18030")),
    "gzipped": ("deals.csv.gz", gzip.compress(TABLE.encode())),
    "semicolons": ("deals.csv", TABLE.replace(",", ";").encode()),
    "tabs": ("deals.tsv", TABLE.replace(",", "\t").encode()),
    "old line ends": ("deals.csv", TABLE.replace("\n", "\r\n").encode()),
    "empty lines": ("deals.csv", TABLE.replace("\n", "\n\n").encode()),
    "short rows": ("deals.csv", b"deal,stage,created\n1\n2,x\n"),
    "empty columns at the end": ("deals.csv", b"deal,stage,created,,\n1,a,b,,\n2,c,d,,\n"),
    "a workbook": ("deals.xlsx", workbook(["deal", "stage", "created"], [1, "a", "b"], [2, "c", "d"])),
    "a workbook called CSV": ("deals.csv", workbook(["deal", "stage", "created"], [1, "a", "b"], [2, "c", "d"])),
    "Parquet called CSV": ("deals.csv", parquet(pd.DataFrame({"deal": [1, 2], "stage": "a", "created": "b"}))),
    "markup in the cells": ("deals.csv", b"deal,stage,created\n<script>alert(1)</script>,x,y\n2,a,b\n"),
    "formulas in the cells": ("deals.csv", b"deal,stage,created\n=cmd|' /C calc'!A0,x,y\n2,@SUM(A1),b\n"),
    "markup in a header": ("deals.csv", b"<img src=x onerror=alert(1)>,stage,created\n1,a,b\n2,c,d\n"),
    "SQL in the cells": ("deals.csv", b"deal,stage,created\n1,'; DROP TABLE deals; --,x\n2,a,b\n"),
    "a name with a path": ("../../etc/passwd.csv", TABLE.encode()),
    "a name with a Windows path": ("C:\\Windows\\system32\\deals.csv", TABLE.encode()),
    "a name with markup": ("<script>alert(1)</script>.csv", TABLE.encode()),
    "a name without end": ("x" * 5000 + ".csv", TABLE.encode()),
    "a name of nothing": ("", TABLE.encode()),
    "a name with NUL and line ends": ("deals\0\n.csv", TABLE.encode()),
}

REFUSED: dict[str, tuple[str, bytes, str]] = {
    "nothing": ("a.csv", b"", "empty"),
    "blanks": ("a.csv", b" \n\n ", "empty"),
    "NULs": ("a.csv", b"\0" * 1000, "empty"),
    "NULs in text": ("a.csv", b"deal,stage\n1,\0\n", "NUL"),
    "a header only": ("a.csv", b"deal,stage\n", "no row"),
    "ten million columns": ("a.csv", b"," * 7_000_000 + b"\n" + b"1", "columns"),
    "a thousand columns": ("a.csv", b",".join(b"c%d" % k for k in range(1000)) + b"\n1\n", "columns"),
    "a column twice": ("a.csv", b"deal,deal\n1,2\n", "twice"),
    "more cells than headers": ("a.csv", b"deal,stage\n1,2,3\n", "headers"),
    "a header without end": ("a.csv", b"x" * 100_000 + b"\n1\n", "header"),
    "a quote that never closes": ("a.csv", b'deal,stage\n1,"' + b"x" * 200_000, "quote"),
    "too large": ("a.csv", b"deal\n" + b"1\n" * (5 * MEGABYTE), "larger"),
    "a gzip bomb": ("a.csv.gz", gzip.compress(b"\0" * (40 * MOST)), "larger"),
    "a gzip cut off": ("a.csv.gz", gzip.compress(TABLE.encode() * 99)[:-30], "cut off"),
    "gzip in name and first bytes only": ("a.gz", b"\x1f\x8b\x08" + b"junk" * 10, "unpacked"),
    "a zip bomb": ("a.xlsx", archive(xl__workbook_dot_xml=b"0" * (40 * MOST)), "larger"),
    "a zip, no workbook": ("a.xlsx", archive(deals_dot_csv=TABLE.encode()), "zip archive"),
    "a zip with a path that climbs": ("a.zip", archive(_dot__dot___dot__dot___evil=b"x"), "zip archive"),
    "a zip cut off": ("a.xlsx", workbook(["deal"], [1])[:-200], "workbook"),
    "zip in its first bytes only": ("a.xlsx", b"PK\x03\x04" + b"junk" * 20, "workbook"),
    "a workbook without sheets": ("a.xlsx", archive(xl__workbook_dot_xml=b"<workbook/>"), "workbook"),
    "a workbook of broken XML": ("a.xlsx", with_sheet("<worksheet><sheetData><row"), "a"),
    "a workbook that laughs a billion times": ("a.xlsx", with_sheet(BILLION_LAUGHS), "workbook"),
    "a workbook that asks for a file": ("a.xlsx", with_sheet(OUTSIDE), "workbook"),
    "a workbook too wide": ("a.xlsx", workbook([f"c{k}" for k in range(600)], [1]), "columns"),
    "an empty workbook": ("a.xlsx", workbook(), "no row"),
    "Parquet cut off": ("a.parquet", WHOLE[: len(WHOLE) // 2], "Parquet"),
    "Parquet of four bytes": ("a.parquet", b"PAR1", "Parquet"),
    "Parquet with damaged pages": ("a.parquet", WHOLE[:60] + bytes(300) + WHOLE[360:], "Parquet"),
    "Parquet without rows": ("a.parquet", parquet(FRAME.head(0)), "no row"),
    "an old workbook": ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old Excel"),
    "a PDF": ("a.csv", b"%PDF-1.7 ...", "PDF"),
    "a picture": ("a.csv", b"\x89PNG\r\n\x1a\n", "picture"),
    "a web page": ("a.xls", b"<html><body><table>...", "web page"),
    "a drawing with a script": ("a.csv", b"<svg onload=alert(1)>", "web page"),
    "XML": ("a.csv", BILLION_LAUGHS.encode(), "XML"),
}

LINKS: dict[str, str] = {
    "no JSON": "hello",
    "a list": "[]",
    "a number": "1",
    "half of it": '{"company": "exa',
    "a field that there isn't": '{"pickle": "gASV"}',
    "a path for a company": '{"company": "../../etc/passwd"}',
    "an absolute path": '{"company": "/etc/passwd"}',
    "markup for a company": '{"company": "<script>alert(1)</script>"}',
    "a language that there isn't": '{"language": "xx"}',
    "markup for a currency": '{"currency": "<b>"}',
    "a month that there isn't": '{"fiscal_month": 13}',
    "a negative target": '{"target": -1}',
    "a target beyond all": '{"target": 1e300}',
    "a target that is no number": '{"target": NaN}',
    "a million futures": '{"futures": 1000000}',
    "a thousand plans": json.dumps({"plans": [{}] * 1000}),
    "a name without end": json.dumps({"plan": {"name": "x" * 5000}}),
    "a thousand hires": json.dumps({"plan": {"hires": [{"team": "x", "change": 1}] * 50}}),
    "a million reps": '{"plan": {"hires": [{"team": "x", "change": 1000000}]}}',
    "code for a change": '{"plan": {"hires": [{"team": "x", "change": "__import__(\'os\')"}]}}',
    "no date": '{"as_of": "yesterday"}',
    "nested without end": "[" * 5000,
    "too long": '{"company": "' + " " * 10_000 + '"}',
}


@pytest.mark.parametrize("case", READ)
def test_what_can_be_read_is_read_whatever_it_is_called(case: str) -> None:
    sheet = read_upload(*READ[case], MOST)
    assert len(sheet.header) == 3
    assert sheet.rows == 2
    assert "/" not in sheet.name
    assert "\\" not in sheet.name
    assert sheet.name.isprintable()
    assert len(sheet.name) <= 80


@pytest.mark.parametrize("case", ["UTF-16, little end first", "UTF-16, big end first", "GB18030", "gzipped", "plain"])
def test_foreign_encodings_give_the_same_table(case: str) -> None:
    assert read_upload(*READ[case], MOST).preview[1] == ("2", "谈判", "2026-01-06")


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_read_is_refused_in_a_sentence_and_in_bounded_memory(case: str) -> None:
    name, content, said = REFUSED[case]
    tracemalloc.start()
    with pytest.raises(HeadraceError, match=said) as refused:
        read_upload(name, content, MOST)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < ALLOWED
    assert str(refused.value).startswith(f"{name}: ") or str(refused.value).startswith(f"{name}, ")
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("case", LINKS)
def test_a_link_that_is_not_one_is_refused_in_a_sentence(case: str) -> None:
    with pytest.raises(DataError, match="the link: ") as refused:
        read_view(LINKS[case])
    assert len(str(refused.value)) < 300


def test_a_view_survives_its_own_link() -> None:
    view = View(company="example", target=2.5e6, policies=("least-open",), plans=({"name": "*north* <b>"},))  # type: ignore[arg-type]
    assert read_view(view.to_link()) == view


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0"])
def test_a_text_that_would_be_a_formula_is_written_as_text(cell: str) -> None:
    assert str(safe_cell(cell)).startswith("'")


@pytest.mark.parametrize("cell", ["Proposal", "1", "a=b", -1.5, 3, None])
def test_any_other_cell_is_written_as_it_is(cell: object) -> None:
    assert safe_cell(cell) is cell


def test_a_name_is_its_last_part_without_what_cannot_be_printed() -> None:
    assert short_name("../a/b\u202e\0c.csv") == "bc.csv"
