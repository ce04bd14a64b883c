"""Public data sets are read as an independent count of their rows says."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecast.crm import History, load_mapping, read
from sim.eventlog import NONE, Kind

type Folder = Callable[[str], Path]


@pytest.fixture(scope="module")
def lender_rows(real_data: Folder) -> pd.DataFrame:
    rows = pd.read_csv(real_data("bpi2012") / "bpi2012_to_2011-12-31.csv.gz", dtype=str)
    rows.columns = ["registered", "case", "amount", "who", "life", "what", "at"]
    rows["at"] = pd.to_datetime(rows["at"], format="ISO8601", utc=True)
    return rows


@pytest.fixture(scope="module")
def lender(real_data: Folder) -> History:
    return read(load_mapping("bpi2012"), real_data("bpi2012") / "bpi2012_to_2011-12-31.csv.gz")


@pytest.fixture(scope="module")
def maven(real_data: Folder) -> History:
    names = ("sales_pipeline", "accounts", "products", "sales_teams")
    return read(load_mapping("maven-crm"), [real_data("maven_crm") / f"{name}.csv" for name in names])


@pytest.fixture(scope="module")
def olist(real_data: Folder) -> History:
    return read(load_mapping("olist"), real_data("olist").glob("*.csv"))


def counts(history: History, kind: Kind) -> dict[str, int]:
    frame = history.log.to_frame()
    return frame.loc[frame["kind"] == kind.name.lower(), "stage"].value_counts().to_dict()


def test_every_application_of_the_lender_enters_its_stages_once(lender: History, lender_rows: pd.DataFrame) -> None:
    assert lender.log.n_leads == lender_rows["case"].nunique() == 7455
    cases = lender_rows.groupby("what")["case"].nunique()
    assert counts(lender, Kind.ENTERED) == {
        "application": cases["A_SUBMITTED"], "completion": cases["A_PREACCEPTED"], "offer": cases["A_FINALIZED"],
        "validation": cases["O_SENT_BACK"],
    }  # fmt: skip
    assert counts(lender, Kind.WON) == {
        "application": 0,
        "completion": 0,
        "offer": 0,
        "validation": cases["A_APPROVED"],
    }
    causes = lender.log.to_frame()["cause"].value_counts().to_dict()
    assert causes == {"declined": cases["A_DECLINED"], "cancelled": cases["A_CANCELLED"]}


def test_the_lenders_losses_fall_in_the_stage_reached(lender: History, lender_rows: pd.DataFrame) -> None:
    entries = {"completion": "A_PREACCEPTED", "offer": "A_FINALIZED", "validation": "O_SENT_BACK"}
    reached = {name: set(lender_rows.loc[lender_rows["what"] == act, "case"]) for name, act in entries.items()}
    lost = lender_rows.loc[lender_rows["what"].isin(["A_DECLINED", "A_CANCELLED"]), "case"]
    expected = {"application": 0, "completion": 0, "offer": 0, "validation": 0}
    for case in lost:
        stage = next((name for name in ("validation", "offer", "completion") if case in reached[name]), "application")
        expected[stage] += 1
    assert counts(lender, Kind.LOST) == expected


def test_the_lenders_touches_are_its_pairs_of_start_and_complete(lender: History, lender_rows: pd.DataFrame) -> None:
    work = lender_rows[lender_rows["what"].str.startswith("W_") & lender_rows["life"].isin(["START", "COMPLETE"])]
    pairs, seconds = 0, 0.0
    for _, item in work.groupby(["case", "what", work["who"].fillna("nobody")], sort=False):
        began = None
        for mark, at in zip(item["life"], item["at"], strict=True):
            if mark == "START":
                began = at
            elif began is not None:
                pairs, seconds, began = pairs + 1, seconds + (at - began).total_seconds(), None
    touched, started = lender.log.of_kind(Kind.TOUCHED), lender.log.of_kind(Kind.STARTED)
    time = lender.log.events["time"].astype(float)
    assert touched.sum() == pairs
    under_way = int(started.sum()) - pairs
    assert 0 <= under_way < 5
    if not under_way:
        assert (time[touched].sum() - time[started].sum()) * 86400 == pytest.approx(seconds, rel=1e-6)


def test_every_row_of_the_lender_is_used_or_set_aside(lender: History, lender_rows: pd.DataFrame) -> None:
    quality = lender.quality
    assert quality.rows_in == len(lender_rows) == 138_797
    assert quality.rows_in == quality.rows_used + len(quality.set_aside)
    marks = lender_rows[lender_rows["what"].str.startswith(("A_", "O_"))]
    read = ["A_SUBMITTED", "A_PREACCEPTED", "A_FINALIZED", "O_SENT_BACK", "A_APPROVED", "A_DECLINED", "A_CANCELLED"]
    assert quality["ignored"].count == (~marks["what"].isin(read)).sum()


def test_the_lenders_amounts_instants_and_people_are_kept(lender: History, lender_rows: pd.DataFrame) -> None:
    asked = lender_rows.groupby("case")["amount"].first().astype(float)
    frame = lender.log.leads_frame().set_index("label")
    assert frame["amount"].to_dict() == asked.to_dict()
    born = lender_rows.loc[lender_rows["what"] == "A_SUBMITTED"].set_index("case")["at"]
    for label in frame.index[:50]:
        drift = lender.log.instant(frame.loc[label, "created"]) - born[label]
        assert abs(drift.total_seconds()) < 1e-5
    assert lender.log.vocabulary["actor"] == tuple(sorted(lender_rows["who"].dropna().unique()))
    assert [rep.name for rep in lender.roster if rep.system] == ["112"]


def test_the_lenders_opening_counts_those_submitted_and_not_yet_decided(
    lender: History, lender_rows: pd.DataFrame
) -> None:
    as_of = pd.Timestamp("2011-12-01", tz="Europe/Amsterdam")
    known = lender_rows[lender_rows["at"] <= as_of]
    decided = set(known.loc[known["what"].isin(["A_APPROVED", "A_DECLINED", "A_CANCELLED"]), "case"])
    opening = lender.opening(as_of.to_pydatetime())
    assert {deal.label for deal in opening.deals} == set(known["case"]) - decided
    assert max(deal.age for deal in opening.deals) < 62


def test_the_pipeline_of_the_crm_is_counted_right(maven: History, real_data: Folder) -> None:
    rows = pd.read_csv(real_data("maven_crm") / "sales_pipeline.csv")
    assert maven.quality.rows_in == len(rows) == 8800
    assert maven.quality["no-created"].count == (rows["deal_stage"] == "Prospecting").sum() == 500
    assert counts(maven, Kind.WON)["Engaging"] == (rows["deal_stage"] == "Won").sum() == 4238
    assert counts(maven, Kind.LOST)["Engaging"] == (rows["deal_stage"] == "Lost").sum() == 2473
    assert len(maven.opening().deals) == (rows["deal_stage"] == "Engaging").sum() == 1589
    booked = maven.log.events["amount"][maven.log.of_kind(Kind.WON)].astype(float).sum()
    assert booked == rows.loc[rows["deal_stage"] == "Won", "close_value"].sum()


def test_the_dead_deals_of_the_crm_are_called_dead(maven: History, real_data: Folder) -> None:
    rows = pd.read_csv(real_data("maven_crm") / "sales_pipeline.csv", parse_dates=["engage_date", "close_date"])
    longest = (rows["close_date"] - rows["engage_date"]).max()
    age = rows["close_date"].max() - rows.loc[rows["deal_stage"] == "Engaging", "engage_date"]
    assert maven.quality["zombie"].count == (age > longest).sum()
    assert f"{longest.days} days" in maven.quality["zombie"].what
    assert maven.quality["zombie"].count / 1589 == pytest.approx(0.81, abs=0.005)


def test_the_crms_products_accounts_and_teams_are_joined(maven: History, real_data: Folder) -> None:
    rows = pd.read_csv(real_data("maven_crm") / "sales_pipeline.csv").dropna(subset="engage_date")
    teams = pd.read_csv(real_data("maven_crm") / "sales_teams.csv")
    assert "GTXPro" not in maven.log.vocabulary["product"]
    assert "technology" in maven.log.vocabulary["segment"]
    assert not np.isnan(maven.log.leads["amount"].astype(float)).any()
    assert (maven.log.leads["account"] == NONE).sum() == rows["account"].isna().sum()
    office = rows["sales_agent"].map(teams.set_index("sales_agent")["regional_office"]).value_counts().to_dict()
    assert maven.log.leads_frame()["region"].value_counts().to_dict() == office
    assert len(maven.roster) == len(teams)
    silent = set(teams["sales_agent"]) - set(rows["sales_agent"])
    assert {rep.name for rep in maven.roster if not rep.events} == silent
    assert maven.quality["never-seen"].count == len(silent) == 5


def test_nothing_of_a_later_close_shows_in_the_crms_opening(maven: History, real_data: Folder) -> None:
    rows = pd.read_csv(real_data("maven_crm") / "sales_pipeline.csv", parse_dates=["engage_date", "close_date"])
    as_of = datetime(2017, 7, 1, tzinfo=UTC)
    open_then = (rows["engage_date"] <= "2017-07-01") & ~(rows["close_date"] <= "2017-07-01")
    deals = maven.opening(as_of).deals
    assert {deal.label for deal in deals} == set(rows.loc[open_then, "opportunity_id"])
    prices = pd.read_csv(real_data("maven_crm") / "products.csv").set_index("product")["sales_price"]
    assert all(deal.amount == prices[deal.product] for deal in deals)


def test_the_marketplaces_leads_are_joined_with_its_wins(olist: History, real_data: Folder) -> None:
    folder = real_data("olist")
    leads = pd.read_csv(folder / "olist_marketing_qualified_leads_dataset.csv", parse_dates=["first_contact_date"])
    wins = pd.read_csv(folder / "olist_closed_deals_dataset.csv", parse_dates=["won_date"])
    both = leads.merge(wins, on="mql_id", how="left")
    early = both["won_date"] < both["first_contact_date"]
    assert (len(leads), len(wins), early.sum()) == (8000, 842, 1)
    assert olist.quality["closed-before-created"].examples == tuple(both.loc[early, "mql_id"])
    assert olist.log.n_leads == 8000 - 1
    assert counts(olist, Kind.WON) == {"qualification": 842 - 1}
    known = leads.loc[~leads["mql_id"].isin(both.loc[early, "mql_id"]), "origin"].replace("unknown", np.nan)
    assert olist.log.leads_frame()["channel"].value_counts().to_dict() == known.value_counts().to_dict()
    assert olist.quality["inflow-stops"].why.startswith("learn arrivals up to 2018-05-31")
    assert "gives-the-end-away" not in olist.quality


def test_a_mapping_that_gives_the_marketplaces_wins_away_is_found_out(real_data: Folder) -> None:
    honest = load_mapping("olist")
    columns = honest.columns.model_copy(update={"segment": "closed.business_segment", "owner": "closed.sr_id"})
    leaky = read(honest.model_copy(update={"columns": columns}), real_data("olist").glob("*.csv"))
    assert leaky.quality["gives-the-end-away"].examples == ("segment", "owner")
