"""What was known at a date is what an export made at that date would have told; nothing later has any say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from forecast.crm import History, load_mapping, parse_mapping, read
from forecast.crm.facts import Facts
from sim.eventlog import EventLog
from sim.opening import Opening

START = datetime(2024, 1, 1, tzinfo=UTC)
AS_OF = START + timedelta(days=50)

ROWS = parse_mapping(
    """
kind: event-log
time_zone: UTC
columns:
  {lead: case, activity: what, time: at, actor: who, owner: owner, lifecycle: life, amount: amount, cause: why,
   region: region, created: born, score: score}
stages: {Q: [Q], P: [P], N: [N]}
won: W
lost: [L]
nurtured: [R]
touches: {activities: [T]}
""",
    "rows",
)
TABLE = parse_mapping(
    """
kind: opportunity-table
time_zone: UTC
columns: {lead: id, created: born, won: won, lost: lost, closed_by: winners.rep, won_amount: winners.value}
tables: {winners: {key: id}}
stages: [Q, P, N]
stage_dates: {P: p, N: n}
""",
    "table",
)


def random_rows(n: int, seed: int) -> pd.DataFrame:
    luck = np.random.default_rng(seed)
    days = np.sort(luck.uniform(0, 100, n)).round(2)
    return pd.DataFrame(
        {
            "case": luck.integers(0, n // 8, n),
            "what": luck.choice(list("QPNWLRT"), n, p=[0.2, 0.15, 0.1, 0.05, 0.1, 0.05, 0.35]),
            "at": [(START + timedelta(days=day)).isoformat() for day in days],
            "who": luck.choice(["Ann", "Bo", "Cy", ""], n),
            "owner": luck.choice(["Ann", "Bo", "Cy", ""], n),
            "life": luck.choice(["START", "COMPLETE"], n),
            "amount": luck.integers(1, 1000, n),
            "why": luck.choice(["price", "rival", ""], n),
            "region": luck.choice(["north", "south", ""], n),
            "score": luck.integers(0, 100, n),
            "born": [(START + timedelta(days=day - luck.integers(0, 9))).isoformat() for day in days],
        }
    )


def equal(one: EventLog, other: EventLog) -> bool:
    same = (one.origin, one.window, one.labels, one.vocabulary) == (
        other.origin,
        other.window,
        other.labels,
        other.vocabulary,
    )
    tables = [(one.events, other.events), (one.leads, other.leads)]
    return same and all(
        np.array_equal(mine[name], yours[name], equal_nan=True) for mine, yours in tables for name in mine
    )


def plain(opening: Opening) -> list[dict[str, object]]:
    """The opening's deals as tables; a list amount that nobody knows is None, since NaN equals nothing."""
    frame = pd.DataFrame([{name: getattr(deal, name) for name in deal.__slots__} for deal in opening.deals])
    return frame.astype(object).where(frame.notna(), None).to_dict("records")


@pytest.mark.parametrize("seed", range(4))
def test_rows_after_the_as_of_date_have_no_say(tmp_path: Path, seed: int) -> None:
    rows = random_rows(600, seed)
    early = rows[pd.to_datetime(rows["at"], format="ISO8601") <= AS_OF]
    rows.to_csv(tmp_path / "all.csv", index=False)
    early.to_csv(tmp_path / "early.csv", index=False)
    whole, cut = read(ROWS, tmp_path / "all.csv"), read(ROWS, tmp_path / "early.csv", AS_OF)
    assert equal(whole.at(AS_OF).log, cut.log)
    assert equal(read(ROWS, tmp_path / "all.csv", AS_OF).log, cut.log)
    assert len(plain(whole.opening(AS_OF))) > 5
    assert plain(whole.opening(AS_OF)) == plain(cut.opening())


def test_garbling_the_future_changes_nothing_and_garbling_the_past_does(tmp_path: Path) -> None:
    rows = random_rows(600, 9)
    late = pd.to_datetime(rows["at"], format="ISO8601") > AS_OF
    openings = []
    for name, where in (("true", late & False), ("future", late), ("past", ~late)):
        garbled = rows.copy()
        garbled.loc[where, ["amount", "owner", "region", "score"]] = [10**6, "Zoë", "east", 99]
        garbled.loc[where, "what"] = garbled.loc[where, "what"].replace({"W": "L", "L": "W", "P": "N", "N": "Q"})
        garbled.to_csv(tmp_path / f"{name}.csv", index=False)
        openings.append(plain(read(ROWS, tmp_path / f"{name}.csv").opening(AS_OF)))
    assert openings[0] == openings[1] != openings[2]


def test_stages_that_come_later_have_no_place_in_an_order_found_in_the_rows(tmp_path: Path) -> None:
    mapping = ROWS.model_copy(update={"stages": {}})
    text = "case,what,at,who,owner,life,amount,why,region,score,born\n"
    for day, what in ((1, "Q"), (2, "P"), (60, "A")):
        text += f"1,{what},{(START + timedelta(days=day)).isoformat()},,,,,,,,\n"
    (tmp_path / "rows.csv").write_text(text)
    assert read(mapping, tmp_path / "rows.csv").at(AS_OF).log.vocabulary["stage"] == ("Q", "P")


def test_a_table_of_deals_tells_no_date_and_no_winner_before_the_time(tmp_path: Path) -> None:
    luck = np.random.default_rng(5)
    born = luck.uniform(0, 90, 300)
    dates = {"born": born, "p": born + luck.uniform(1, 20, 300), "n": born + luck.uniform(21, 40, 300)}
    ends = born + luck.uniform(41, 60, 300)
    fate = luck.choice(["won", "lost", "open"], 300)
    dates |= {"won": np.where(fate == "won", ends, np.nan), "lost": np.where(fate == "lost", ends, np.nan)}
    seen = {"all": 1000.0, "early": 50.0}
    histories = {}
    for name, until in seen.items():
        stamps = {
            k: [(START + timedelta(days=d)).isoformat() if d <= until else "" for d in v] for k, v in dates.items()
        }
        table = pd.DataFrame({"id": range(300), **stamps})
        winners = table[table["won"] != ""][["id"]].assign(rep="Ann", value=5)
        folder = tmp_path / name
        folder.mkdir()
        table[table["born"] != ""].to_csv(folder / "deals.csv", index=False)
        winners.to_csv(folder / "winners.csv", index=False)
        histories[name] = read(TABLE, {"main": folder / "deals.csv", "winners": folder / "winners.csv"})
    assert equal(histories["all"].at(AS_OF).log, histories["early"].at(AS_OF).log)
    assert plain(histories["all"].opening(AS_OF)) == plain(histories["early"].opening(AS_OF))


def test_the_lenders_log_tells_the_same_at_a_date_as_a_shorter_export(
    real_data: Callable[[str], Path], tmp_path: Path
) -> None:
    file = real_data("bpi2012") / "bpi2012_to_2011-12-31.csv.gz"
    as_of = datetime.fromisoformat("2011-11-15T00:00:00+01:00")
    rows = pd.read_csv(file, dtype=str)
    rows[pd.to_datetime(rows["time:timestamp"], format="ISO8601", utc=True) <= as_of].to_csv(
        tmp_path / "early.csv", index=False
    )
    mapping = load_mapping("bpi2012")
    assert equal(read(mapping, file).at(as_of).log, read(mapping, tmp_path / "early.csv", as_of).log)


def test_an_as_of_date_without_a_zone_is_one_of_the_account(reading: Any) -> None:
    mapping = "kind: stage-history\ntime_zone: Asia/Shanghai\ncolumns: {lead: id, stage: s, time: at}\n"
    mapping += "stages: [Q, P]\nwon: W\n"
    history: History = reading(mapping, "id,s,at\n1,Q,2024-01-01 08:00\n1,P,2024-01-02 00:30\n")
    assert [deal.stage for deal in history.opening(datetime(2024, 1, 2)).deals] == ["Q"]  # noqa: DTZ001 - the point
    assert [deal.stage for deal in history.opening(datetime(2024, 1, 2, tzinfo=UTC)).deals] == ["P"]
    assert history.opening().as_of.utcoffset() == timedelta(hours=8)


def test_the_check_sees_a_leak(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Facts, "telling", property(lambda facts: np.ones(len(facts), bool)))
    with pytest.raises(AssertionError):
        test_rows_after_the_as_of_date_have_no_say(tmp_path, seed=0)
