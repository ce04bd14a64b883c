"""The hindcast on a real history: calibrated on two months, held against the third."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from forecast.crm import History, load_mapping, read
from studies.executors import Sharing
from studies.hindcast import Hindcast, hindcast

ZONE = ZoneInfo("Europe/Amsterdam")
AS_OF, UNTIL = datetime(2011, 12, 1, tzinfo=ZONE), datetime(2012, 1, 1, tzinfo=ZONE)


@pytest.fixture(scope="module")
def history(real_data: Callable[[str], Path]) -> History:
    return read(load_mapping("bpi2012"), next(real_data("bpi2012").glob("*.csv.gz")))


@pytest.fixture(scope="module")
def december(history: History) -> Hindcast:
    return hindcast(history, AS_OF, UNTIL, zone=ZONE.key, replications=10)


@pytest.mark.slow
def test_the_actual_december_is_counted_from_the_file(december: Hindcast) -> None:
    actual = december.table["actual"]
    assert actual["leads"] == 2122
    assert actual["wins"] == 406


@pytest.mark.slow
def test_shares_and_cycle_of_december_are_foretold(december: Hindcast) -> None:
    table = december.table
    for figure in ("win_rate_closed", "average_deal", "sales_cycle_median"):
        assert table["mean"][figure] == pytest.approx(table["actual"][figure], rel=0.1), figure


@pytest.mark.slow
def test_december_brought_fewer_leads_than_autumn_promised(december: Hindcast) -> None:
    leads = december.table.loc["leads"]
    assert leads["actual"] < leads["low"]


@pytest.mark.slow
def test_the_hindcast_is_the_same_for_any_number_of_workers(history: History) -> None:
    runs = [
        hindcast(history, AS_OF, UNTIL, zone=ZONE.key, replications=3, sharing=Sharing(workers=n)).table for n in (1, 2)
    ]
    pd.testing.assert_frame_equal(*runs)
