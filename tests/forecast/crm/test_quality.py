"""The report finds each trap where it was laid, and nothing in a clean export."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

MAPPING = """
kind: stage-history
time_zone: Europe/Berlin
columns: {lead: id, stage: stage, time: at, amount: amount, owner: owner, cause: why, channel: from}
stages: [Q, P]
won: W
lost: [L]
"""
HEADER = "id,stage,at,amount,owner,why,from"
START = datetime(2024, 1, 1, 9)  # noqa: DTZ001 - as an export writes it, without a zone


def clean() -> list[list[str]]:
    """Deals as they should be: two a day in working hours, four in five closed after about a month."""
    luck = np.random.default_rng(1)
    rows = []
    for deal in range(400):
        born, fate = START + timedelta(days=deal // 2), luck.choice(["W", "L", ""], p=[0.4, 0.4, 0.2])
        moved, ended = (
            born + timedelta(days=int(luck.integers(2, 9))),
            born + timedelta(days=int(luck.integers(20, 40))),
        )
        told = [("Q", born), ("P", moved)] + ([(str(fate), ended)] if fate else [])
        for stage, day in told:
            at = day + timedelta(seconds=int(luck.integers(0, 8 * 3600)))
            cause = "price" if stage == "L" else ""
            rows.append([f"D{deal}", stage, f"{at:%Y-%m-%d %H:%M:%S}", "100", f"Rep {deal % 3}", cause, "web"])
    last = max(row[2] for row in rows if row[1] == "Q")
    return [row for row in rows if row[2] <= last]


def text(rows: list[list[str]]) -> str:
    return "\n".join([HEADER, *(",".join(row) for row in rows)]) + "\n"


def changed(column: str, value: str, share: int = 1, stage: str = "") -> str:
    """A clean export in which one column of every so many-th row (of one stage) holds something else."""
    rows, place = clean(), HEADER.split(",").index(column)
    chosen = [row for row in rows if stage in ("", row[1])]
    for row in chosen[::share]:
        row[place] = value
    return text(rows)


def test_a_clean_export_has_no_findings_but_its_empty_start_and_deals_that_linger(reading: Any) -> None:
    quality = reading(MAPPING, text(clean())).quality
    assert {finding.code for finding in quality.findings} == {"left-truncation", "zombie"}
    assert quality.rows_in == quality.rows_used == len(clean())
    assert quality.set_aside.empty


REST = ["100", "Rep 0", "", "web"]

TRAPS = {
    "no-id": changed("id", "", 50),
    "no-time": changed("at", "", 50),
    "no-stage": changed("stage", "", 50),
    "unknown-stage": changed("stage", "Propsal", 50),
    "unreadable-date": changed("at", "soon", 50),
    "unreadable-amount": changed("amount", "plenty", 50),
    "impossible-date": changed("at", "1900-01-01 00:00:00", 50),
    "rounded-id": changed("id", "1.2E+15", 50),
    "no-amount": text([[*row[:3], "" if row[0].endswith("7") else "100", *row[4:]] for row in clean()]),
    "won-without-amount": text([[*row[:3], "" if row[0].endswith("7") else "100", *row[4:]] for row in clean()]),
    "won-for-nothing": changed("amount", "-5", 9, "W"),
    "no-owner": text([[*row[:4], "" if row[0].endswith("7") else "Ann", *row[5:]] for row in clean()]),
    "no-cause": changed("why", "", 9, "L"),
    "unknown-attribute": text([[*row[:6], "" if row[0].endswith("7") else "web"] for row in clean()]),
    "gives-the-end-away": text([[*row[:6], "web" if row[1] == "W" else ""] for row in clean()]),
    "duplicate-row": text(clean() + clean()[:30]),
    "malformed-line": text(clean()) + "D1,P,2024-02-01,100\n",
    "reopened": text([*clean(), ["D0", "Q", "2024-06-20 10:00:00", *REST]]),
    "moved-back": text([row if row[1] != "L" else [row[0], "Q", *row[2:]] for row in clean()]),
    "skipped-stage": text(clean()).replace("P,", "N,"),
    "ended-nowhere": text([*clean(), ["X", "W", "2024-03-01 10:00:00", *REST]]),
    "automatic-move": text([*clean(), *[["X", s, f"2024-02-01 10:00:0{n}", *REST] for n, s in enumerate("QP")]]),
    "batch-stamp": changed("at", "2024-04-01 12:00:00", 4, "P"),
    "night-work": text([[row[0], row[1], row[2].replace(" 1", " 0"), *row[3:]] for row in clean()]),
    "inflow-stops": text([row for row in clean() if int(row[0][1:]) < 200]),
    "two-spellings": changed("from", "Web", 9),
    "looks-automatic": text(
        [[*row[:2], f"{row[2][:11]}{n % 24:02}:00:00", "100", "Bot", *row[5:]] for n, row in enumerate(clean())]
    ),
    "zombie": text([*clean(), *[[f"Z{n}", "Q", "2023-06-01 10:00:00", "1", "Rep 0", "", "web"] for n in range(9)]]),
}  # fmt: skip


@pytest.mark.parametrize("code", TRAPS)
def test_a_trap_is_found_by_its_check_and_by_no_clean_export(reading: Any, code: str) -> None:
    mapping = MAPPING.replace("[Q, P]", "[Q, P, N]") if code == "skipped-stage" else MAPPING
    quality = reading(mapping, TRAPS[code]).quality
    finding = quality[code]
    assert finding.count > 0
    assert finding.what
    assert finding.why
    assert len(finding.examples) <= 5
    assert quality.rows_in == quality.rows_used + len(quality.set_aside)
    if finding.done == "set aside":
        assert (quality.set_aside["code"] == code).sum() == finding.count


def test_the_empty_start_is_dated(reading: Any) -> None:
    finding = reading(MAPPING, text(clean())).quality["left-truncation"]
    assert "judge conversions, cycles and bookings from 2024-01-30 on" in finding.why
    assert finding.what == "days at the start with 0 wins where 21 would be usual"


def test_an_unknown_stage_is_proposed_its_like(reading: Any) -> None:
    quality = reading(MAPPING.replace("[Q, P]", "{Q: Q, Proposal: [Proposal, P]}"), TRAPS["unknown-stage"]).quality
    assert "'Propsal' looks like 'Proposal'" in quality["unknown-stage"].why


def test_set_aside_rows_keep_their_own_columns_and_say_where_they_stood(reading: Any) -> None:
    quality = reading(MAPPING, text(clean()[:40]) + "D9,Propsal,2024-02-01,77,Ann,,fair\n").quality
    (row,) = quality.set_aside.to_dict("records")
    assert row == {
        "file": "deals.csv", "row": 41, "code": "unknown-stage", "text": "", "id": "D9", "stage": "Propsal",
        "at": "2024-02-01", "amount": "77", "owner": "Ann", "why": "", "from": "fair",
    }  # fmt: skip


def test_the_report_is_a_table_worst_first(reading: Any) -> None:
    frame = reading(MAPPING, changed("stage", "Propsal", 50)).quality.to_frame()
    assert frame.columns.tolist() == ["severity", "code", "count", "what", "done", "why", "examples"]
    assert frame["severity"].tolist() == sorted(frame["severity"], key=["error", "warning", "info"].index)
    assert frame.loc[frame["code"] == "unknown-stage", "examples"].tolist() == ["Propsal"]


def test_the_report_names_what_it_has_when_asked_for_what_it_has_not(reading: Any) -> None:
    quality = reading(MAPPING, changed("stage", "Propsal", 50)).quality
    with pytest.raises(KeyError, match=r"no finding 'leaks'; this report has unknown-stage, .*zombie"):
        quality["leaks"]
    assert quality.worst() == "error"


def test_a_time_zone_that_nobody_named_is_reported(reading: Any) -> None:
    unnamed = reading(MAPPING.replace("time_zone: Europe/Berlin\n", ""), text(clean())).quality
    assert unnamed["time-zone-assumed"].count == len(clean())


def test_times_after_the_extraction_are_set_aside_as_mistakes(reading: Any) -> None:
    quality = reading(MAPPING + "extracted: 2024-05-01\n", text(clean())).quality
    assert quality["future-date"].count == sum(row[2] >= "2024-05-01" for row in clean())


def test_rows_after_the_as_of_date_are_set_aside_without_blame(reading: Any) -> None:
    quality = reading(MAPPING, text(clean()), as_of=datetime(2024, 5, 1)).quality  # noqa: DTZ001 - in the account's zone
    assert (quality["after-as-of"].severity, quality["after-as-of"].count) == (
        "info",
        sum(row[2] > "2024-05-01" for row in clean()),
    )
    assert quality.rows_in == quality.rows_used + len(quality.set_aside)


def test_optional_columns_that_are_missing_are_mentioned(reading: Any) -> None:
    quality = reading(MAPPING, text(clean()).replace("owner", "Owner", 1).replace("from", "source", 1)).quality
    severities = {finding.examples: finding.severity for finding in quality.findings if finding.code == "no-column"}
    assert severities == {("owner",): "warning", ("from",): "info"}
