"""A known funnel and the history that a CRM would hold of it."""

from datetime import UTC, datetime, time

import pytest

from forecast.calibration.calibrate import Calibration, calibrate
from sim.calendar import WorkingCalendar
from sim.distributions import Discrete, Exponential, LogNormal
from sim.eventlog import OBSERVABLE, EventLog
from sim.market import Channel, Market, Scoring, Stage
from sim.opening import Opening
from sim.operation import Operation, Team
from sim.routing.registry import policy
from sim.simulate import simulate
from sim.spec import FunnelSpec
from sim.units import HOUR
from sim.workforce import Rep

START = datetime(2025, 1, 6, tzinfo=UTC)
DAYS = 360.0
OFFICE = WorkingCalendar.office("office", time(9), time(17))


def known_funnel() -> FunnelSpec:
    """Two teams, three stages; scores that tell quality exactly, as a calibrated funnel takes them to."""
    market = Market(
        channels=(
            Channel(name="web", rate_per_day=8.0, dispersion=0.02, weekday=(1.4, 1.4, 1.4, 1.4, 1.4, 0.0, 0.0)),
            Channel(name="partner", rate_per_day=3.0, weekday=(1.4, 1.4, 1.4, 1.4, 1.4, 0.0, 0.0)),
        ),
        stages=(
            Stage(
                name="lead",
                advance=0.45,
                effort=Exponential(0.5 * HOUR),
                latency=Exponential(1.0),
                patience=Exponential(6.0),
                quality_slope=0.6,
                causes={"bad fit": 0.7, "no budget": 0.3},
            ),
            Stage(
                name="proposal",
                advance=0.4,
                touches=Discrete((1.0, 2.0, 3.0), (0.3, 0.4, 0.3)),
                effort=LogNormal(1.0 * HOUR, 0.6),
                latency=Exponential(4.0),
                lost_latency=Exponential(6.0),
                channel_effects={"partner": 0.6},
                causes={"price": 0.6, "competitor": 0.4},
            ),
        ),
        amounts={"any": {"any": LogNormal(20_000, 0.8)}},
        scoring=Scoring(concordance=1.0),
    )
    reps = [Rep(name=f"sdr {i}", team="sdr", calendar="office") for i in range(4)]
    reps += [Rep(name=f"ae {i}", team="ae", calendar="office") for i in range(5)]
    operation = Operation(
        teams=(
            Team(name="sdr", stages=("lead",), routing=policy("round-robin")),
            Team(name="ae", stages=("proposal",), routing=policy("least-open")),
        ),
        reps=tuple(reps),
        calendars={"office": OFFICE},
    )
    return FunnelSpec(market=market, operation=operation)


@pytest.fixture(scope="session")
def truth() -> FunnelSpec:
    return known_funnel()


@pytest.fixture(scope="session")
def history(truth: FunnelSpec) -> EventLog:
    log = simulate(truth, Opening(START), days=DAYS, seed=7)
    return log.select(log.of_kind(*OBSERVABLE))


@pytest.fixture(scope="session")
def calibration(history: EventLog) -> Calibration:
    return calibrate(history, history.instant(DAYS))
