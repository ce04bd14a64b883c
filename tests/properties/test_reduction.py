"""Whatever the funnel: its rows, cut into chunks anywhere, give the figures and the tables of its log."""

from hypothesis import given
from hypothesis import strategies as st

from scenarios.tables import working_hours
from tests.properties.funnels import Run, runs
from tests.sim.kpis.reduced import check_equal, periods, query, reduce

ROUNDING = 1e-12


@given(run=runs(), sizes=st.lists(st.integers(1, 300), min_size=1, max_size=4))
def test_the_reduction_of_a_run_says_what_its_log_says(run: Run, sizes: list[int]) -> None:
    log, hours = run.log, working_hours(run.spec, run.log.origin, run.log.window[1])
    for period in periods(log):
        found = reduce(log, period, hours, sizes)
        check_equal(found, query(log, period, hours), ROUNDING)
        check_equal(found, reduce(log, period, hours, [len(log) or 1]), within=0)
