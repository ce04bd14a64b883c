"""Hours, months and positions of a hiring plan, each by hand."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scenarios.hiring.hours import Need, monthly_capacity, monthly_need, typical_hours
from scenarios.hiring.months import add_months, months_ahead
from scenarios.hiring.plan import Terms, first_short, hiring_for, hiring_scenarios, staffing_table, unserved
from scenarios.levers.headcount import Hire
from scenarios.prices import MONTH, Horizon, Prices
from sim.distributions import Fixed
from sim.errors import SpecError
from sim.eventlog import Kind
from sim.market import Gate
from sim.opening import Opening
from sim.simulate import simulate
from sim.spec import FunnelSpec
from sim.workforce import Ramp, Rep
from tests.sim.kpis.story import tell

AS_OF = datetime(2026, 1, 1, tzinfo=UTC)
YEAR = months_ahead(AS_OF, 12, "UTC")
RAMP = Ramp(days=60.0, start=0.5)


def test_months_are_those_of_the_calendar_in_the_markets_zone() -> None:
    assert YEAR.names[0] == "2026-01"
    assert YEAR.names[-1] == "2026-12"
    assert YEAR.edges[:3].tolist() == [0.0, 31.0, 59.0]
    assert YEAR.days == 365.0
    begun = months_ahead(datetime(2026, 1, 20, tzinfo=ZoneInfo("Europe/Berlin")), 3, "Europe/Berlin")
    assert begun.names == ("2026-01", "2026-02", "2026-03", "2026-04")
    assert begun.edges.tolist() == pytest.approx([0.0, 12.0, 40.0, 71.0 - 1 / 24, 101.0 - 1 / 24])  # summer time
    assert begun.place(np.array([11.9, 12.0, 500.0])).tolist() == [0, 1, 3]


@pytest.mark.parametrize(("day", "count", "then"), [("2026-01-31", 1, "2026-02-28"), ("2026-11-30", 3, "2027-02-28")])
def test_a_month_later_is_the_same_day_or_the_months_last(day: str, count: int, then: str) -> None:
    assert add_months(date.fromisoformat(day), count) == date.fromisoformat(then)


def capacity(spec: FunnelSpec, leaving: float = 0.0, **about: object) -> np.ndarray:
    rep = Rep(name="New", team="inside", calendar="office", **about)  # type: ignore[arg-type]
    return monthly_capacity(spec, [rep], AS_OF, YEAR, leaving)


def test_capacity_is_working_days_less_leave_admin_work_and_ramp(funnel: FunnelSpec) -> None:
    whole = capacity(funnel)
    assert whole[:2].tolist() == pytest.approx([22 * 8, 20 * 8])  # weekdays of January and February 2026
    assert capacity(funnel, admin_share=0.25, speed=1.2)[0] == pytest.approx(22 * 8 * 0.75 * 1.2)
    assert capacity(funnel, leave=((date(2026, 1, 5), date(2026, 1, 9)),))[0] == pytest.approx(17 * 8)
    assert capacity(funnel, joins=date(2026, 2, 2), leaves=date(2026, 2, 6))[:3].tolist() == pytest.approx([0, 40, 0])
    ramped = replace(funnel.operation, teams=(replace(funnel.operation.teams[0], ramp=RAMP), funnel.operation.teams[1]))
    new = capacity(replace(funnel, operation=ramped), hired=date(2026, 1, 1))
    assert 0.5 < new[0] / whole[0] < 0.75 < new[1] / whole[1] < 1.0
    assert new[3:].tolist() == pytest.approx(whole[3:].tolist())


def test_reps_who_leave_take_their_hours_with_them(funnel: FunnelSpec) -> None:
    kept = capacity(funnel, 0.36) / capacity(funnel)
    assert kept[5] == pytest.approx(0.8, abs=0.03)
    assert kept[-1] == pytest.approx(0.64, abs=0.02)


def test_one_more_rep_is_typical_and_fully_ramped(funnel: FunnelSpec) -> None:
    hours = typical_hours(funnel, funnel.operation.teams[0], AS_OF, YEAR)
    assert hours[0] == pytest.approx(22 * 8)


def test_work_counts_in_the_month_in_which_it_is_wanted(funnel: FunnelSpec) -> None:
    log = tell(
        "-5 created; -5 entered qualify; 2 started @ann; 3 touched @ann; 9 latency_ended qualify; 9 lost qualify !fit",
        "-5 created; -5 entered qualify; -4 started @ann; -3 touched @ann; 40 latency_ended qualify; 70 started @ann",
        "10 created; 10 entered qualify; 20 latency_ended qualify; 33 started @ann; 34 touched @ann;"
        "50 latency_ended qualify; 50 advanced qualify; 50 entered close",
        window=(0.0, 90.0),
        stages=funnel.stage_names,
    )
    months = months_ahead(AS_OF, 3, "UTC")
    # inside: what waited at the start and a lead-in that ended in January, then an answer in February; field: an entry
    assert (monthly_need(funnel, log, months) / 24).tolist() == [
        pytest.approx([2 * 0.1, 0.1, 0.0]),
        pytest.approx([0.0, 0.2, 0.0]),
    ]


def test_a_gate_costs_with_the_first_touch_and_a_lead_that_gives_up_has_wanted_one(funnel: FunnelSpec) -> None:
    months = months_ahead(AS_OF, 1, "UTC")
    gate = Gate(threshold=-9.0, effort=0.3)
    stages = tuple(replace(stage, patience=Fixed(1e-6), gate=gate) for stage in funnel.market.stages)
    spec = replace(funnel, market=replace(funnel.market, stages=stages))
    log = simulate(spec, Opening(AS_OF), days=months.days, seed=3)
    touched = log.of_kind(Kind.ENTERED) & (log.column("stage") == 0)
    assert log.of_kind(Kind.LOST).sum() > 10
    assert monthly_need(spec, log, months)[0] == pytest.approx([24 * 0.4 * touched.sum()])


def test_more_is_wanted_where_nobody_waits_in_a_funnel_that_is_short(funnel: FunnelSpec, opening: Opening) -> None:
    busy = replace(funnel, market=replace(funnel.market, stages=tuple(
        replace(stage, effort=Fixed(0.4), speed_slope=0.5) for stage in funnel.market.stages
    )))  # fmt: skip
    months = months_ahead(opening.as_of, 3, "UTC")
    table = Need(busy, opening, months, 3)(0).groupby("team")[["need", "free"]].sum()
    assert table.loc["field", "free"] > 1.2 * table.loc["field", "need"]


def test_what_isnt_done_in_a_month_waits_for_the_next() -> None:
    need = np.array([[10.0, 10.0, 2.0], [4.0, 4.0, 4.0]])
    carried, backlog = unserved(need, np.array([8.0, 8.0, 8.0]))
    assert carried.tolist() == [[0, 2, 4], [0, 0, 0]]
    assert backlog.tolist() == [[2, 4, 0], [0, 0, 0]]
    table = staffing_table(need, np.array([10.0, 10.0, 10.0]), months_ahead(AS_OF, 3, "UTC"), 0.8)
    assert table["short"].tolist() == [0.5, 0.5, 0.0]
    assert table["p50"].tolist() == [7.0, 7.0, 3.0]


def needs(*hours: float) -> np.ndarray:
    return np.tile(np.array(hours, float), (4, 1))


def test_positions_are_as_few_as_leave_no_month_short_and_open_in_time(funnel: FunnelSpec) -> None:
    need = needs(*[80.0] * 8, *[170.0] * 4)
    terms = Terms(busiest=1.0, time_to_hire=40.0, ramp=RAMP)
    found = hiring_for(funnel, "field", need, np.full(12, 100.0), np.full(12, 30.0), YEAR, terms)
    assert found.short_from == date(2026, 9, 1)
    assert found.positions == 3
    assert first_short(need, np.full(12, 100.0 + 2 * 30.0)) == 8
    assert first_short(need, np.full(12, 100.0 + 3 * 30.0)) is None
    assert found.starts == date(2026, 7, 3)  # 60 days of ramp before
    assert found.open_by == date(2026, 5, 24)  # and 40 days to hire


def test_positions_that_are_overdue_start_as_soon_as_can_be(funnel: FunnelSpec) -> None:
    terms = Terms(busiest=1.0, time_to_hire=40.0, ramp=RAMP)
    found = hiring_for(funnel, "field", needs(*[110.0] * 12), np.full(12, 100.0), np.full(12, 30.0), YEAR, terms)
    assert found.open_by == date(2025, 9, 23)
    assert found.starts == date(2026, 2, 10)


def test_a_teams_own_ramp_counts_before_the_usual_one(funnel: FunnelSpec) -> None:
    terms = Terms(busiest=1.0, time_to_hire=0.0, ramp=RAMP)
    need = needs(*[80.0] * 8, *[170.0] * 4)
    found = hiring_for(funnel, "inside", need, np.full(12, 100.0), np.full(12, 30.0), YEAR, terms)
    assert found.starts == date(2026, 4, 4)  # 150 days


def test_a_team_with_hours_to_spare_hires_nobody(funnel: FunnelSpec) -> None:
    found = hiring_for(funnel, "field", needs(*[80.0] * 12), np.full(12, 100.0), np.full(12, 30.0), YEAR, Terms())
    assert (found.short_from, found.positions, hiring_scenarios(found, Terms())) == (None, 0, ())


def hire(number: int = 2, begins: date = date(2026, 1, 20)) -> Hire:
    return Hire("field", number, begins, time_to_hire=0.0, ramp=RAMP)


def test_who_is_hired_for_a_later_day_does_nothing_before_it(funnel: FunnelSpec, opening: Opening) -> None:
    spec = hire().apply(funnel)
    log = simulate(spec, opening, days=60.0, seed=3)
    new = [place for place, name in enumerate(log.vocabulary["actor"]) if name.startswith("field-new-")]
    theirs = np.isin(log.column("actor"), new)
    assert len(new) == 2
    assert log.column("time")[theirs].min() >= 15.0  # 20 January is the 15th day of the run
    assert spec.team_of("close").ramp == RAMP


def test_a_hire_costs_its_hiring_and_its_pay_from_the_first_day_on(funnel: FunnelSpec) -> None:
    prices = Prices(rep_month=3_000.0, hiring=500.0)
    horizon = Horizon(datetime(2026, 1, 5, tzinfo=UTC), 15.0 + 2 * MONTH)
    assert hire().cost(funnel, horizon, prices) == pytest.approx(2 * (2 * 3_000 + 500))
    assert hire(begins=date(2027, 1, 1)).cost(funnel, horizon, prices) == 0.0


def test_hiring_nobody_changes_nothing(funnel: FunnelSpec) -> None:
    assert hire(0).apply(funnel) == funnel


@pytest.mark.parametrize("terms", [{"busiest": 0.0}, {"busiest": 1.2}, {"time_to_hire": -1.0}, {"leaving": 1.0}])
def test_terms_that_cant_be_are_refused(terms: dict[str, float]) -> None:
    with pytest.raises(SpecError, match="hiring plan"):
        Terms(**terms)
