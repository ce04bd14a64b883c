"""A log written as a stage history and read back is the same log."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from forecast.crm import as_stage_history, load_mapping, parse_mapping, preset_text, read
from sim.eventlog import CODED_LEAD_COLUMNS, EventLog, Kind

ORIGIN = datetime(2024, 1, 1, tzinfo=UTC)
STAGES = ("qualify", "propose", "sign")
REPS = ("Ann", "Bo", "陈")
MAPPING = parse_mapping(preset_text("generic-stage-history") + "stages: [qualify, propose, sign]\n", "round-trip")

type Row = dict[str, Any]


@st.composite
def deals(draw: st.DrawFn) -> list[Row]:
    """The rows of one deal: its way through the stages, its owners, its rests and its end, told as a person would."""
    time = draw(st.integers(0, 10**9))
    amount = draw(st.none() | st.integers(0, 10**7).map(lambda cents: cents / 100))
    owner, stage, rests = None, -1, False
    score = draw(st.just(np.nan) | st.floats(0, 100))
    rows: list[Row] = [{"kind": Kind.CREATED, "time": time, "amount": amount, "score": score}]

    def tell(kind: Kind, **more: Any) -> None:
        rows.append({"kind": kind, "time": time, "stage": stage, **more})

    for _ in range(draw(st.integers(1, 5))):
        after = draw(st.sampled_from([place for place in range(3) if rests or place != stage]))
        who = draw(st.sampled_from(REPS))
        actor = draw(st.sampled_from(REPS))
        if rests:
            tell(Kind.WOKEN, actor=actor)
        elif stage != -1 and after > stage:
            amount = draw(st.just(amount) | st.integers(1, 10**5).map(float))
            tell(Kind.ADVANCED, actor=actor, amount=amount)
        stage, rests = after, False
        tell(Kind.ENTERED, actor=actor)
        if who != owner and (owner is not None or draw(st.booleans())):
            owner = who
            time += draw(st.integers(0, 1)) * 3_600_000_000
            tell(Kind.ROUTED, actor=owner)
        time += draw(st.integers(1, 10**12))
        if draw(st.integers(0, 4)) == 0:
            tell(Kind.NURTURED, actor=actor)
            rests = True
            time += draw(st.integers(1, 10**12))
    end = draw(st.sampled_from([None, Kind.LOST, Kind.WON]))
    actor = draw(st.sampled_from(REPS))
    if end is Kind.WON and not rests:
        tell(Kind.ADVANCED, actor=actor, amount=amount)
    if end is Kind.WON:
        tell(end, actor=actor, amount=draw(st.floats(0, 1e6)))
    if end is Kind.LOST:
        tell(end, actor=actor, amount=amount, cause=draw(st.sampled_from([None, "price", "no decision"])))
    return rows


def log_of(told: list[list[Row]], names: list[list[str]]) -> EventLog:
    """Put the rows into a log by hand, leads in the order of creation and vocabularies sorted."""
    told = [rows for _, rows in sorted(enumerate(told), key=lambda deal: (deal[1][0]["time"], f"D{deal[0]:03}"))]
    labels = tuple(f"D{number:03}" for number, _ in sorted(enumerate(told), key=lambda deal: deal[0]))
    nothing = {"stage": -1, "actor": None, "amount": None, "cause": None}
    rows = [{**nothing, **row, "lead": lead} for lead, deal in enumerate(told) for row in deal]
    rows.sort(key=lambda row: (row["time"], row["lead"]))
    used = {name: sorted({row[name] for row in rows} - {None}) for name in ("actor", "cause")}
    first = min(row["time"] for row in rows) // 86_400_000_000 * 86_400_000_000
    days = np.array([(row["time"] - first) / 86_400_000_000 for row in rows])
    codes = {name: [texts.index(row[name]) if row[name] else -1 for row in rows] for name, texts in used.items()}
    attributes = {name: [deal[place] for deal in names] for place, name in enumerate(CODED_LEAD_COLUMNS)}
    vocabulary = {name: tuple(sorted({*texts} - {""})) for name, texts in attributes.items()}
    channel = attributes["channel"]
    amounts = [
        [row["amount"] for row in deal if row.get("amount") is not None and row["kind"] != Kind.WON] for deal in told
    ]
    return EventLog(
        origin=pd.Timestamp(ORIGIN) + pd.Timedelta(microseconds=first),
        window=(min(days), max(days)),
        events={
            "time": days,
            "lead": np.array([row["lead"] for row in rows]),
            "kind": np.array([row["kind"] for row in rows]),
            "stage": np.array([row["stage"] for row in rows]),
            "actor": np.array(codes["actor"]),
            "amount": np.array([row["amount"] for row in rows], float),
            "cause": np.array(codes["cause"]),
        },
        leads={
            **{n: np.array([vocabulary[n].index(t) if t else -1 for t in texts]) for n, texts in attributes.items()},
            "number": np.array([channel[:place].count(name) for place, name in enumerate(channel)]),
            "created": np.array([(deal[0]["time"] - first) / 86_400_000_000 for deal in told]),
            "amount": np.array([known[-1] if known else np.nan for known in amounts]),
            "score": np.array([deal[0].get("score", np.nan) for deal in told]),
            "quality": np.full(len(told), np.nan),
        },
        vocabulary={**vocabulary, "stage": STAGES, "actor": tuple(used["actor"]), "cause": tuple(used["cause"])},
        labels=labels,
    )


def check_equal(one: EventLog, other: EventLog) -> None:
    assert (one.origin, one.labels, one.vocabulary) == (other.origin, other.labels, other.vocabulary)
    assert one.window == other.window
    for mine, yours in ((one.events, other.events), (one.leads, other.leads)):
        for name in mine:
            np.testing.assert_array_equal(mine[name], yours[name], err_msg=name)


names = st.lists(st.sampled_from(["", "north", "south", 'Ümlaut, & quotes "']), min_size=5, max_size=5)


@given(st.lists(st.tuples(deals(), names), min_size=1, max_size=8))
def test_a_log_written_as_a_stage_history_and_read_back_is_the_same_log(tmp_path_factory: Any, told: list[Any]) -> None:
    log = log_of([rows for rows, _ in told], [texts for _, texts in told])
    file = tmp_path_factory.mktemp("round") / "history.csv"
    as_stage_history(log).to_csv(file, index=False)
    check_equal(log, read(MAPPING, file).log)


def test_the_check_sees_a_row_that_was_changed(tmp_path: Path) -> None:
    rows: list[Row] = [
        {"kind": Kind.CREATED, "time": 5},
        {"kind": Kind.ENTERED, "time": 5, "stage": 0, "actor": "Ann"},
        {"kind": Kind.LOST, "time": 9, "stage": 0, "actor": "Ann", "cause": "price"},
    ]
    log = log_of([rows], [["", "", "", "", ""]])
    table = as_stage_history(log)
    table.to_csv(tmp_path / "same.csv", index=False)
    check_equal(log, read(MAPPING, tmp_path / "same.csv").log)
    table.assign(cause=["", "no decision"]).to_csv(tmp_path / "other.csv", index=False)
    other = read(MAPPING, tmp_path / "other.csv").log
    assert other.vocabulary["cause"] != log.vocabulary["cause"]


def test_the_preset_reads_what_is_written_without_being_told_the_stages(tmp_path: Path) -> None:
    rows: list[Row] = [{"kind": Kind.CREATED, "time": 5}]
    for stage, name in enumerate(STAGES):
        rows += [{"kind": Kind.ADVANCED, "time": stage + 5, "stage": stage - 1, "actor": "Ann"}] if stage else []
        rows += [{"kind": Kind.ENTERED, "time": stage + 5, "stage": stage, "actor": "Ann"}]
        assert name in STAGES
    log = log_of([rows], [["", "", "", "", ""]])
    as_stage_history(log).to_csv(tmp_path / "history.csv", index=False)
    check_equal(log, read(load_mapping("generic-stage-history"), tmp_path / "history.csv").log)
