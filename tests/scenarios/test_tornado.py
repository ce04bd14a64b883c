"""What isn't known put into a funnel, and one number after the other from low to high."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scenarios.beliefs import RANGE, Belief, draws, market_at
from scenarios.dials import Dial
from scenarios.experiment import Experiment
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.run import Runner, merge
from scenarios.tornado import Swing, plans_of, tornado
from sim.errors import SpecError, UnknownNameError
from sim.opening import Opening
from sim.spec import FunnelSpec

ADVANCE = Belief("advance", "close", 0.3, 0.5, "stated")
AMOUNTS = Belief("amounts", "", 0.8, 1.25, "evidence, grade D")
REPS = Dial(
    "headcount", (-1.0, 0.0, 1.0), 0.0, lambda to: ChangeHeadcount("inside", int(to)), lambda to: f"inside {to:+g}"
)


def test_the_ends_of_a_range_lie_at_its_quantiles() -> None:
    assert [ADVANCE.value(z) for z in (-RANGE, RANGE)] == pytest.approx([0.3, 0.5])
    assert AMOUNTS.value(0.0) == pytest.approx(1.0)
    inside = np.abs(draws(1, 4000, 1)) < RANGE
    assert abs(inside.mean() - 0.9) < 4 * np.sqrt(0.9 * 0.1 / 4000)


@pytest.mark.parametrize(
    ("kind", "of", "seen"),
    [
        ("advance", "close", lambda spec: spec.market.stages[1].advance),
        ("leads", "web", lambda spec: spec.market.channels[0].rate_per_day / 3.0),
        ("amounts", "any", lambda spec: spec.market.amounts["any"]["any"].median / 10_000),
        ("effort", "qualify", lambda spec: spec.market.stages[0].effort.mean / 0.1),
        ("latency", "close", lambda spec: spec.market.stages[1].latency.mean / 3.0),
    ],
)
def test_an_assumption_is_what_the_funnel_then_has(funnel: FunnelSpec, kind: str, of: str, seen: object) -> None:
    belief = Belief(kind, of, 0.5, 0.9, "stated")
    assert callable(seen)
    assert seen(market_at(funnel, (belief,), np.array([RANGE]))) == pytest.approx(0.9)
    assert f"{kind} {of}" in belief.lever(0.0).describe()


@pytest.mark.parametrize(("low", "high"), [(0.5, 0.5), (0.6, 0.4), (0.5, 1.0), (0.0, 0.5)])
def test_a_range_of_a_chance_lies_between_nothing_and_all(low: float, high: float) -> None:
    with pytest.raises(SpecError, match="belief 'advance close'"):
        replace(ADVANCE, low=low, high=high)


def test_numbers_that_a_funnel_does_not_have_are_refused(funnel: FunnelSpec) -> None:
    with pytest.raises(UnknownNameError, match="stage 'closed'"):
        replace(ADVANCE, of="closed").lever(0.0).apply(funnel)
    with pytest.raises(UnknownNameError, match="segment 'large'"):
        replace(AMOUNTS, of="large").lever(0.0).apply(funnel)
    with pytest.raises(UnknownNameError, match="kind of belief"):
        replace(ADVANCE, kind="conversion")


SWINGS = (Swing.of_belief(ADVANCE), Swing.of_belief(AMOUNTS), Swing.of_dial(REPS))


def test_a_tornado_tells_each_end_apart_and_puts_the_widest_on_top() -> None:
    noise = np.random.default_rng(1).standard_normal(20)
    shift = {"as is": 0.0, "advance close, low": -50.0, "advance close, high": 60.0, "amounts, low": -200.0}
    shift |= {"amounts, high": 220.0, "headcount, low": -5.0, "headcount, high": 0.0}
    rows = [
        {
            "scenario": name,
            "draw": 0,
            "replication": run,
            "bookings": 1000 + by + 100 * noise[run] + by * noise[run] / 10,
        }
        for name, by in shift.items()
        for run in range(20)
    ]
    table = tornado(pd.DataFrame(rows), "bookings", SWINGS)
    assert list(dict.fromkeys(table["name"])) == ["amounts", "advance close", "headcount"]
    low = table.iloc[0]
    assert (low["end"], low["at"], low["basis"]) == ("low", "×0.8", "evidence, grade D")
    assert low["low"] < -200 < low["high"] < -150
    assert table.set_index(["name", "end"]).loc[("headcount", "high"), "difference"] == 0


def test_amounts_move_bookings_by_just_their_factor(funnel: FunnelSpec, opening: Opening) -> None:
    asked = Experiment(
        base=(funnel,), opening=opening, scenarios=plans_of(SWINGS[1:2]), days=25.0, seed=1, replications=4
    )
    kpis = merge(asked, [*map(Runner(asked), asked.rounds[0])]).kpis
    base = kpis[kpis["scenario"] == "as is"]["bookings"].mean()
    table = tornado(kpis, "bookings", SWINGS[1:2]).set_index("end")
    assert base > 0
    # the deal that is open at the start has an amount of its own, which no belief about amounts moves
    assert table.loc["high", "difference"] / base == pytest.approx(0.25, abs=0.05)
    assert table.loc["low", "difference"] / base == pytest.approx(-0.2, abs=0.05)
