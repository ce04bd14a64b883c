"""A diagnosis splits what is missing without remainder, knows the shapes of funnels, and finds planted causes."""

import importlib.util
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from scenarios.diagnosis.attribution import Attribution, attribute
from scenarios.diagnosis.diagnosis import AS_IS
from scenarios.diagnosis.lead_quality import Lift
from scenarios.diagnosis.plans import STEP, Cause, Plans, plans_for
from scenarios.diagnosis.shape import shape_of, shape_table
from scenarios.diagnosis.verdict import verdict_on
from scenarios.levers.counterfactual import weekly_hours
from sim.opening import OpenDeal, Opening
from sim.spec import FunnelSpec

ROOT = Path(__file__).parents[2]
AS_OF = datetime(2026, 1, 5, tzinfo=UTC)
LIFTS = (Lift("web", 0.1, 0.2, 0.8), Lift("fair", 0.2, 0.1, 0.0))
RUNS = 12


def table(plans: Plans, gains: dict[str, float], noise: float = 1.0) -> pd.DataFrame:
    """Figures of 100 as things are, plus each plan's gain, blurred by luck of which each plan has some of its own."""
    luck = np.random.default_rng(1)
    shared = luck.normal(0, 20, RUNS)
    parts = [
        pd.DataFrame(
            {
                "scenario": plan.name,
                "draw": 0,
                "replication": range(RUNS),
                "bookings": 100 + shared + gains.get(plan.name, 0.0) + luck.normal(0, noise, RUNS),
            }
        )
        for plan in plans.scenarios
    ]
    return pd.concat(parts, ignore_index=True)


def split(
    funnel: FunnelSpec, gains: dict[str, float], lifts: tuple[Lift, ...] = LIFTS, noise: float = 1.0
) -> Attribution:
    plans = plans_for(funnel, AS_IS, lifts)
    return attribute(table(plans, gains, noise), "bookings", plans, weekly_hours(funnel))


def test_the_fair_shares_add_up_to_the_whole(funnel: FunnelSpec) -> None:
    found = split(funnel, {"capacity": 30, "follow-up": 20, "follow-up + capacity": 35, "lead quality + capacity": 40})
    assert sum(effect.share.value for effect in found.effects.values()) == pytest.approx(found.total.value)
    alone = sum(effect.alone.value for effect in found.effects.values())
    assert alone + found.interaction.value == pytest.approx(found.total.value)


def test_two_causes_share_their_overlap_evenly(funnel: FunnelSpec) -> None:
    found = split(funnel, {"capacity": 30, "follow-up": 20, "follow-up + capacity": 40}, lifts=(), noise=0.0)
    assert {cause: effect.share.value for cause, effect in found.effects.items()} == pytest.approx(
        {Cause.CAPACITY: 25, Cause.FOLLOW_UP: 15}
    )
    assert found.interaction.value == pytest.approx(-10)
    assert found.effects[Cause.CAPACITY].last.value == pytest.approx(20)


def test_the_verdict_names_the_cause_its_part_and_how_sure(funnel: FunnelSpec) -> None:
    gains = {"follow-up": 12, "capacity": 30, "follow-up + capacity": 35, "capacity: field": 25, "capacity: legal": 3}
    said = verdict_on(split(funnel, gains), 0.1)
    assert (said.cause, said.part, said.next) == (Cause.CAPACITY, "field", Cause.FOLLOW_UP)
    assert said.sure > 0.99
    close = verdict_on(split(funnel, {"follow-up": 30, "capacity": 30.2, "follow-up + capacity": 40}, noise=3.0), 0.1)
    assert 0.4 < close.sure < 0.95


@pytest.mark.parametrize("noise", [1.0, 60.0])
def test_gains_that_are_small_or_no_more_than_luck_leave_a_funnel_healthy(funnel: FunnelSpec, noise: float) -> None:
    gains = {"capacity": 8.0 if noise == 1.0 else 30.0}
    assert verdict_on(split(funnel, gains, noise=noise), 0.1).healthy
    assert not verdict_on(split(funnel, {"capacity": 30.0}), 0.1).healthy


def test_an_hour_is_worth_the_gain_per_hour_a_week_and_the_bottleneck_comes_first(funnel: FunnelSpec) -> None:
    found = split(funnel, {"more hours: field": 16.0, "more hours: legal": 2.0}, noise=0.0)
    assert found.hours["field"].value == pytest.approx(16 / (STEP * 80))
    assert found.bottlenecks()[:2] == ("field", "legal")


STAGES = ("qualify", "discovery", "closing")


def flows(entered: float = 90.0, stay: float = 10.0) -> pd.DataFrame:
    """Two plans, four runs of 90 days: one lead a day enters each stage, and stays ten days if nobody is busy."""
    rows = [
        {"scenario": plan, "draw": 0, "replication": run, "stage": stage,
         "entered": entered, "mean": days, "p90": 20.0, "wip": 3 * stay}
        for plan, days in (("as is", 3 * stay), ("free", stay))
        for run in range(4)
        for stage in STAGES
    ]  # fmt: skip
    return pd.DataFrame(rows)


def opening(*counts: int, age: float = 5.0) -> Opening:
    deals = [
        OpenDeal(label=f"{stage}-{k}", stage=stage, age=age, stage_age=age)
        for stage, count in zip(STAGES, counts, strict=True)
        for k in range(count)
    ]
    return Opening(AS_OF, tuple(deals))


@pytest.mark.parametrize(
    ("counts", "shape", "stage"),
    [
        ((11, 9, 10), "balanced", ""),
        ((40, 9, 10), "top-heavy", "qualify"),
        ((10, 1, 10), "gap in the middle", "discovery"),
        ((10, 11, 60), "bottom-heavy", "closing"),
    ],
)
def test_open_deals_against_the_funnels_own_flows_give_its_shape(
    counts: tuple[int, ...], shape: str, stage: str
) -> None:
    stages = shape_table(flows(), "as is", "free", 90.0, opening(*counts))
    assert stages["steady_stock"].tolist() == pytest.approx([10, 10, 10])
    assert stages["low"].iloc[0] == pytest.approx(10 - 1.96 * np.sqrt(10))
    found = shape_of(stages)
    assert (found.shape, found.stage) == (shape, stage)


def test_a_pile_isnt_measured_by_the_stays_that_it_makes_itself() -> None:
    stages = shape_table(flows(), "as is", "free", 90.0, Opening(AS_OF))
    assert stages["stock"].tolist() == pytest.approx([30, 30, 30])
    assert stages["verdict"].tolist() == ["heavy"] * 3
    by_itself = shape_table(flows(), "as is", "as is", 90.0, Opening(AS_OF))
    assert by_itself["verdict"].tolist() == ["as expected"] * 3


def test_deals_that_have_stood_longer_than_nine_in_ten_are_counted() -> None:
    old = Opening(AS_OF, (*opening(3, 0, 0).deals, OpenDeal(label="old", stage="qualify", age=50.0, stage_age=30.0)))
    shares = shape_table(flows(), "as is", "free", 90.0, old)["old"]
    assert shares["qualify"] == pytest.approx(0.25)
    assert np.isnan(shares["closing"])


def test_a_stage_that_nobody_enters_has_no_verdict() -> None:
    assert (
        shape_table(flows(entered=0.0), "as is", "free", 90.0, opening(1, 1, 1))["verdict"].tolist() == ["unknown"] * 3
    )


@pytest.fixture(scope="module")
def recovery() -> ModuleType:
    spec = importlib.util.spec_from_file_location("diagnosis_recovery", ROOT / "tools" / "diagnosis_recovery.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
@pytest.mark.parametrize("cause", [*Cause, None], ids=str)
def test_the_planted_cause_is_found_where_it_was_planted(recovery: ModuleType, cause: Cause | None) -> None:
    planted = recovery.plant(cause, 0)
    said = recovery.diagnose(planted.spec, seed=0, replications=6).verdict
    assert (said.cause, said.part) == (cause, planted.part)


def test_the_stored_experiment_finds_nearly_every_planted_cause_and_calls_the_healthy_healthy() -> None:
    stored = pd.read_csv(ROOT / "docs" / "diagnosis-recovery.csv")
    assert stored["planted"].value_counts().to_dict() == {"nothing": 10, **{str(cause): 10 for cause in Cause}}
    healthy = stored["planted"] == "nothing"
    assert stored["right"][~healthy].sum() >= 28
    assert stored["right"][healthy].all()
