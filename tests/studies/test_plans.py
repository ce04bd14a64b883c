from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from scenarios.levers.routing import ChangeRouting
from sim.errors import SpecError
from sim.market import Channel
from sim.operation import SlaAction
from studies.config import parse_spec
from studies.plans import AS_IS, read_plans, read_precision
from studies.recovery import recovered, recovery_grid, true_value
from tests.studies.config.funnels import RICH
from tests.studies.small_company import FUNNEL, OWN_POLICY


def test_plans_are_the_baseline_and_one_for_each_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.py").write_text(OWN_POLICY, "utf-8")
    plans = read_plans(
        "least-open, own.py:choose_rep,", ["sales:+2", "sales:-1"], ["sales: remind 30 min, next rep 4 h", "none"]
    )
    names = ["as is", "least-open", "own.py:choose_rep", "sales +2 reps", "sales -1 rep"]
    assert [plan.name for plan in plans] == [*names, "SLA: remind 30 min, next rep 4 h (sales)", "no SLA"]
    assert plans[0] is AS_IS
    spec = parse_spec(FUNNEL)
    for plan in plans:
        plan.apply(spec)
    assert len(plans[3].apply(spec).operation.reps) == 5
    steps = plans[5].apply(spec).operation.teams[0].sla
    assert steps is not None
    assert [(step.action, step.after) for step in steps.steps] == [
        (SlaAction.REMIND, pytest.approx(1 / 48)),
        (SlaAction.NEXT_REP, pytest.approx(1 / 6)),
    ]


def test_a_policy_of_headraces_own_is_named_in_the_plan() -> None:
    assert read_plans("least-open")[1].levers == (ChangeRouting("least-open"),)


@pytest.mark.parametrize(("text", "share"), [("", None), ("2%", 0.02), ("0.5%", 0.005), ("0.02", 0.02)])
def test_a_precision_is_a_share(text: str, share: float | None) -> None:
    assert read_precision(text) == share


@pytest.mark.parametrize("text", ["0", "100%", "-2%", "x", "nan"])
def test_a_precision_out_of_range_is_refused(text: str) -> None:
    with pytest.raises(SpecError, match="no precision"):
        read_precision(text)


@pytest.mark.parametrize("sla", ["remind", "remind soon", "remind 0 h", "", "next rep 4 h, remind 1 h"])
def test_a_promise_that_means_nothing_is_refused(sla: str) -> None:
    with pytest.raises(SpecError):
        read_plans(sla=[sla])


def test_an_estimate_stands_beside_the_truth_in_its_own_terms() -> None:
    rows = [
        ("stage 'qualify'", "patience", 11.0),
        ("stage 'qualify'", "latency", 9.0),
        ("stage 'qualify'", "latency without waiting", 1.4),
        ("stage 'qualify'", "cause bad fit", 0.41),
        ("channel 'web'", "dispersion", 0.25),
        ("amounts large / core", "median", 61_000.0),
        ("deals", "discount", 0.11),
        ("somewhere", "else", 1.0),
    ]
    estimates = pd.DataFrame(rows, columns=["where", "what", "value"]).assign(error=0.5)
    table = recovered(estimates, RICH).set_index(["where", "what"])
    assert len(table) == 6
    assert table.loc[("stage 'qualify'", "latency without waiting"), "truth"] == 1.5
    assert table.loc[("amounts large / core", "median"), "z"] == pytest.approx(2000)
    assert len(recovery_grid(table.reset_index()).rows) == 6


def test_a_channels_untold_quality_is_part_of_its_effect_and_effects_add_up_to_nothing() -> None:
    spec = parse_spec(FUNNEL)
    web, partner = spec.market.channels
    stage = replace(spec.market.stages[0], quality_slope=1.0, channel_effects={"partner": 0.4})
    channels: tuple[Channel, ...] = (web, replace(partner, quality=0.5))
    truth = replace(spec, market=replace(spec.market, channels=channels, stages=(stage, spec.market.stages[1])))
    effects = [true_value(truth, "stage 'qualify'", f"channel_effects {name}") for name in ("web", "partner")]
    told = np.sin(np.pi * (truth.market.scoring.concordance - 0.5)) ** 2
    assert effects[1] - effects[0] == pytest.approx(0.4 + 0.5 * (1 - told))
    assert np.dot(effects, [6, 2]) == pytest.approx(0)
    assert np.isnan(true_value(truth, "stage 'nowhere'", "advance"))
