"""Forecasts on public data: their traps are met, and the past is forecast better than by the week before."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from forecast.backtest import MODEL, backtest, origins
from forecast.crm import load_mapping, read
from forecast.fiscal import FiscalCalendar
from forecast.grouped import group

pytestmark = pytest.mark.slow
type Folder = Callable[[str], Path]


def test_the_account_that_is_filled_in_at_the_close_moves_nothing(real_data: Folder) -> None:
    names = ("sales_pipeline", "accounts", "products", "sales_teams")
    history = read(load_mapping("maven-crm"), [real_data("maven_crm") / f"{name}.csv" for name in names])
    day = datetime(2017, 10, 1, tzinfo=ZoneInfo("UTC"))
    grouped = group(history.at(day).log, day, horizon=92)
    assert grouped.filled_late == ("segment",)
    assert {"product", "rep", "band"} <= set(grouped.levels)
    # nothing closed before March, so deals count from then on
    assert grouped.hazards.at_risk.sum() < 70_000


def test_weeks_of_the_marketplace_are_forecast_better_than_by_the_week_before(real_data: Folder) -> None:
    zone = ZoneInfo("America/Sao_Paulo")
    history = read(load_mapping("olist"), real_data("olist").glob("*.csv"))
    calendar = FiscalCalendar(unit="week", zone=zone.key)
    first, last, since = (datetime(2018, *day, tzinfo=zone) for day in ((3, 5), (3, 26), (1, 6)))
    done = backtest(
        history.log,
        lambda day: history.at(day).log,
        origins(calendar, history.log, first, last),
        calendar=calendar,
        measure="wins",
        draws=200,
        since=since,
    )
    folder = real_data("olist")
    leads = pd.read_csv(folder / "olist_marketing_qualified_leads_dataset.csv", parse_dates=["first_contact_date"])
    closed = pd.read_csv(folder / "olist_closed_deals_dataset.csv", parse_dates=["won_date"]).merge(leads, on="mql_id")
    wins = closed.loc[closed["won_date"] >= closed["first_contact_date"], "won_date"]  # one is the other way round
    starts = pd.to_datetime(["2018-03-05", "2018-03-12", "2018-03-19"])
    weeks = [int(((wins >= start) & (wins < start + pd.Timedelta(days=7))).sum()) for start in starts]
    its = done.folds[done.folds["method"] == MODEL]
    assert its.groupby("period", sort=False)["actual"].first().tolist() == weeks
    scores = done.summary().set_index("method")["crps"]
    assert scores[MODEL] < 0.6 * scores["last period"]
