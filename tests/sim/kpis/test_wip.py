"""Work in process and Little's law."""

import numpy as np
import pytest
from hypothesis import given

from sim.errors import SpecError
from sim.eventlog import EventLog
from sim.kpis import littles_law, wip, wip_by_part
from tests.sim.kpis.story import logs, tell

THREE_LEADS = (
    "-2 created; -2 entered qualify; 4 advanced qualify; 4 entered discovery",
    "1 created; 1 entered qualify; 3 lost qualify",
    "10 created; 10 entered qualify",
)


def test_a_day_begins_with_those_who_came_before_it() -> None:
    table = wip(tell(*THREE_LEADS))
    assert table["qualify"].tolist() == [1, 1, 2, 2, 1, 0, 0, 0, 0, 0, 1]
    assert table["discovery"].tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]
    assert table.index.tolist() == list(range(11))
    assert wip(tell(*THREE_LEADS), (1.0, 5.0), every=2.0)["qualify"].tolist() == [1, 2, 0]


@pytest.mark.parametrize("every", [0.0, -1.0])
def test_instants_that_never_end_are_refused(every: float) -> None:
    with pytest.raises(SpecError, match="days between instants must be above 0"):
        wip(tell(*THREE_LEADS), every=every)


def test_littles_law_by_hand() -> None:
    row = littles_law(tell(*THREE_LEADS)).loc["qualify"]
    # 4 + 2 + 0 lead-days by three leads in 10 days; those that left had stayed 6 and 2 days.
    assert row["mean_wip"] == pytest.approx(0.6)
    assert row["rate"] == pytest.approx(0.3)
    assert row["stay"] == pytest.approx(2)
    assert row[["entered_per_day", "left_per_day", "dwell"]].tolist() == pytest.approx([0.2, 0.2, 4])
    assert row["edge"] == pytest.approx(0.6 - 0.8)


def test_a_stage_without_leads_and_an_empty_log_have_no_stay() -> None:
    table = littles_law(tell())
    assert table["mean_wip"].tolist() == [0, 0, 0]
    assert table["stay"].isna().all()
    assert wip(tell()).to_numpy().sum() == 0


def test_a_period_of_no_length_has_no_average() -> None:
    assert littles_law(tell(*THREE_LEADS), (4.0, 4.0))[["mean_wip", "rate"]].isna().all(axis=None)


def test_the_mean_stock_is_told_apart_by_what_the_leads_are_doing() -> None:
    log = tell(
        "0 entered qualify; 2 started @ann; 3 touched @ann; 7 latency_ended", "5 entered qualify; 6 lost qualify"
    )
    assert wip_by_part(log).loc["qualify"].tolist() == pytest.approx([0.6, 0.1, 0.4, 0])
    assert wip_by_part(log, (2.0, 4.0)).loc["qualify"].tolist() == pytest.approx([0, 0.5, 0.5, 0])


def test_a_crm_without_starts_cannot_tell_what_the_leads_are_doing() -> None:
    assert wip_by_part(tell("0 entered qualify", simulated=False)).isna().all(axis=None)


@given(logs())
def test_littles_law_holds_for_every_log_and_period(log: EventLog) -> None:
    end = log.window[1]
    for period in ((0.0, end), (0.0, end / 2), (end / 4, end)):
        table = littles_law(log, period)
        assert np.allclose(table["mean_wip"], (table["rate"] * table["stay"]).fillna(0), atol=1e-12)
        assert np.allclose(wip_by_part(log, period).sum(axis=1), table["mean_wip"])


@given(logs())
def test_the_stock_grows_by_those_who_come_and_shrinks_by_those_who_go(log: EventLog) -> None:
    end = log.window[1]
    first, last = wip(log, (0.0, end), every=end).to_numpy()
    flows = littles_law(log)
    assert np.allclose(last - first, (flows["entered_per_day"] - flows["left_per_day"]) * end)
