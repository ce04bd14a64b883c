"""What a stage is made of, worked by hand: experts, gates, nurture, calendars, ramps, and where deals go next."""

import math
from collections import Counter
from datetime import date

import numpy as np
import pytest

from sim.distributions import Exponential, Fixed
from sim.eventlog import EventLog, Kind
from sim.market import Gate, Nurture, Scoring, Stage
from sim.operation import ExpertJob
from sim.workforce import Experts, Ramp
from tests.sim.engine.scene import at, many, play, rep, scene, times, told

CALL = Stage(name="call", advance=1.0, effort=Fixed(0.1))
LEGAL = Experts(name="legal", servers=1, calendar="always")
WORK = (Kind.EXPERT_REQUESTED, Kind.EXPERT_STARTED, Kind.EXPERT_FINISHED, Kind.STARTED, Kind.TOUCHED, Kind.WON)


def job(effort: float, **facts: object) -> dict[str, object]:
    return {"experts": (LEGAL,), "jobs": (ExpertJob(stage="call", experts="legal", effort=Fixed(effort), **facts),)}


def won(log: EventLog) -> float:
    """Return the share of leads that were won."""
    return float(log.of_kind(Kind.WON).sum()) / log.n_leads


def within(share: float, expected: float, count: int) -> bool:
    """Tell whether a share of so many lies within four standard errors."""
    return abs(share - expected) < 4 * math.sqrt(expected * (1 - expected) / count)


# experts


def test_a_job_that_blocks_comes_before_the_touch() -> None:
    log = play(scene(at(0.0), [CALL], [rep("Ada")], operation=job(0.5, blocking=True)))
    assert told(log, *WORK) == [
        "0 0 expert_requested legal",
        "0 0 expert_started legal",
        "0.5 0 expert_finished legal",
        "0.5 0 started Ada",
        "0.6 0 touched Ada",
        "0.6 0 won Ada",
    ]


def test_a_job_that_runs_beside_holds_up_only_the_end() -> None:
    log = play(scene(at(0.0), [CALL], [rep("Ada")], operation=job(0.5)))
    assert told(log, *WORK[2:]) == [
        "0 0 started Ada",
        "0.1 0 touched Ada",
        "0.5 0 expert_finished legal",
        "0.5 0 won Ada",
    ]
    quick = play(scene(at(0.0), [CALL], [rep("Ada")], operation=job(0.05)))
    assert times(quick, Kind.WON) == pytest.approx([0.1])


def test_experts_take_jobs_in_order_of_asking_each_one_at_a_time() -> None:
    log = play(scene(many(3), [CALL], [rep("Ada")], operation=job(0.5)))
    assert times(log, Kind.EXPERT_STARTED) == pytest.approx([0.0, 0.5, 1.0])
    two = job(0.5) | {"experts": (Experts(name="legal", servers=2, calendar="office"),)}
    log = play(scene(many(3), [CALL], [rep("Ada")], operation=two))
    assert times(log, Kind.EXPERT_STARTED) == pytest.approx([0.375, 0.375, 1.375 + 1 / 6])
    assert times(log, Kind.EXPERT_FINISHED)[:2] == pytest.approx([1.375 + 1 / 6] * 2)


def test_only_the_share_that_needs_it_asks_an_expert() -> None:
    log = play(scene(many(400), [CALL], [rep("Ada")], operation=job(0.0, share=0.3)), days=60)
    assert within(log.of_kind(Kind.EXPERT_REQUESTED).sum() / 400, 0.3, 400)


def test_a_lost_deals_job_is_dropped_unless_it_is_begun() -> None:
    impatient = Stage(name="call", advance=1.0, effort=Fixed(0.1), patience=Fixed(0.2))
    log = play(scene(many(2), [impatient], [rep("Ada", "late")], operation=job(0.5)))
    assert told(log, *WORK, Kind.LOST) == [
        "0 0 expert_requested legal",
        "0 1 expert_requested legal",
        "0 0 expert_started legal",
        "0.2 0 lost Ada",
        "0.2 1 lost Ada",
        "0.5 0 expert_finished legal",
    ]


def test_a_buyer_may_give_up_while_an_expert_is_at_work() -> None:
    impatient = Stage(name="call", advance=1.0, effort=Fixed(0.1), patience=Fixed(0.2))
    log = play(scene(at(0.0), [impatient], [rep("Ada")], operation=job(0.5, blocking=True)))
    assert told(log, Kind.LOST, Kind.STARTED) == ["0.2 0 lost"]


# time


def test_work_is_carried_over_the_night_and_the_weekend() -> None:
    long = Stage(name="call", advance=1.0, effort=Fixed(0.5))  # a day and a half of office hours
    log = play(scene(at(0.0, 4.5), [long], [rep("Ada", "office")]), days=20)
    assert times(log, Kind.STARTED) == pytest.approx([0.375, 4.5])
    assert times(log, Kind.TOUCHED) == pytest.approx([1.375 + 1 / 6, 7.375 + 0.5 - (17 / 24 - 0.5)])


def test_speed_admin_and_ramp_stretch_the_same_effort() -> None:
    reps = {
        "fast": rep("Ada", speed=2.0),
        "with admin": rep("Ada", admin_share=0.5),
        "hired today": rep("Ada", hired=date(2026, 1, 5)),
        "hired a month ago": rep("Ada", hired=date(2025, 12, 5)),
    }
    took = {}
    for name, ada in reps.items():
        log = play(scene(at(0.0, 5.0), [CALL], [ada], ramp=Ramp(days=10.0, start=0.5)))
        took[name] = np.subtract(times(log, Kind.TOUCHED), times(log, Kind.STARTED)).tolist()
    assert took["fast"] == pytest.approx([0.05, 0.05])
    assert took["with admin"] == pytest.approx([0.2, 0.2])
    assert took["hired today"] == pytest.approx([0.2, 0.1 / 0.75])
    assert took["hired a month ago"] == pytest.approx([0.1, 0.1])


def test_touches_and_answers_take_turns() -> None:
    stage = Stage(
        name="call", advance=1.0, lead_in=Fixed(0.5), touches=Fixed(2.0), effort=Fixed(0.1), latency=Fixed(1.0)
    )
    log = play(scene(at(0.0), [stage], [rep("Ada")]))
    assert told(log, Kind.LATENCY_ENDED, Kind.STARTED, Kind.TOUCHED, Kind.WON) == [
        "0.5 0 latency_ended",
        "0.5 0 started Ada",
        "0.6 0 touched Ada",
        "1.6 0 latency_ended",
        "1.6 0 started Ada",
        "1.7 0 touched Ada",
        "2.7 0 latency_ended",
        "2.7 0 won Ada",
    ]


def test_patience_runs_from_entering_until_the_touch_begins() -> None:
    stage = Stage(name="call", advance=1.0, lead_in=Fixed(0.3), effort=Fixed(0.5), patience=Fixed(0.4))
    log = play(scene(at(0.0, 0.05, 0.6), [stage], [rep("Ada")]))
    # lead 1 is wanted from 0.35 on, while Ada is with lead 0, and gives up at 0.45; lead 2 is begun in time
    assert told(log, Kind.STARTED, Kind.LOST) == ["0.3 0 started Ada", "0.45 1 lost Ada", "0.9 2 started Ada"]
    hasty = Stage(name="call", advance=1.0, lead_in=Fixed(0.3), effort=Fixed(0.5), patience=Fixed(0.2))
    assert told(play(scene(at(0.0), [hasty], [rep("Ada")])), Kind.STARTED, Kind.LOST) == ["0.2 0 lost"]


def test_a_stage_that_runs_by_itself_needs_no_rep() -> None:
    stage = Stage(name="call", advance=1.0, automatic=0.4, automatic_latency=Fixed(2.0), effort=Fixed(0.0))
    log = play(scene(many(500), [stage], [rep("Ada")]))
    assert within(1 - log.of_kind(Kind.STARTED).sum() / 500, 0.4, 500)
    assert set(times(log, Kind.WON)) == {0.0, 2.0}


# who gets in, who comes back, who goes where


def test_a_gate_lets_in_what_it_takes_for_good() -> None:
    gate = Gate(threshold=0.0, sensitivity=0.9, specificity=0.7, effort=0.2)
    stage = Stage(name="call", advance=1.0, effort=Fixed(0.1), gate=gate)
    log = play(scene(many(4000), [stage], [rep("Ada", wip_limit=1)]), days=0.35)
    turned = np.isin(np.arange(4000), log.events["lead"][log.of_kind(Kind.LOST)])
    good = log.leads["quality"] >= 0
    assert within(turned[good].mean(), 0.1, int(good.sum()))
    assert within(turned[~good].mean(), 0.7, int((~good).sum()))
    assert times(log, Kind.TOUCHED) == pytest.approx([0.3])
    assert set(log.to_frame().query("kind == 'lost'")["cause"]) == {"bad fit"}


def test_a_nurtured_lead_comes_back_so_often_and_no_more() -> None:
    stages = [Stage(name="first", advance=1.0), Stage(name="call", advance=0.0, nurture=1.0)]
    nurture = Nurture(returns_to="first", cadence=2.0, wake=1.0, opt_out=0.0, most_returns=2)
    log = play(scene(at(0.0), stages, [rep("Ada")], market={"nurture": nurture}))
    assert told(log, Kind.NURTURED, Kind.WOKEN, Kind.LOST) == [
        "0 0 nurtured",
        "2 0 woken",
        "2 0 nurtured",
        "4 0 woken",
        "4 0 lost Ada",
    ]
    entered = log.to_frame().query("kind == 'entered'")["stage"].tolist()
    assert entered == ["first", "call"] * 3


def test_the_messages_that_wake_a_lead_are_counted_from_a_geometric_law() -> None:
    stage = Stage(name="call", advance=0.0, nurture=0.6)
    nurture = Nurture(returns_to="call", cadence=1.0, wake=0.15, opt_out=0.05, most_returns=1)
    log = play(scene(many(3000), [stage], [rep("Ada")], market={"nurture": nurture}), days=200.0)
    first = log.events["time"] == 0
    nurtured = np.unique(log.events["lead"][log.of_kind(Kind.NURTURED) & first])
    assert within(len(nurtured) / 3000, 0.6, 3000)
    causes = log.to_frame().query("kind == 'lost' and cause == 'opted out'")
    woken = times(log, Kind.WOKEN)
    assert within(len(woken) / len(nurtured), 0.75, len(nurtured))
    waits = np.array([*woken, *causes["time"].tolist()])
    assert abs(waits.mean() - 5.0) < 4 * waits.std() / math.sqrt(len(waits))
    assert np.bincount(waits.astype(int))[1] / len(waits) == pytest.approx(0.2, abs=0.05)


def test_deals_skip_ahead_and_go_back_in_the_shares_told() -> None:
    stages = [
        Stage(name="first", advance=1.0, next={"second": 0.5, "third": 0.3, "won": 0.2}),
        Stage(name="second", advance=1.0),
        Stage(name="third", advance=0.5, causes={"price": 0.25, "competitor": 0.75}),
    ]
    log = play(scene(many(4000), stages, [rep("Ada")]), days=1.0)
    frame = log.to_frame()
    entered = Counter(frame.query("kind == 'entered'")["stage"])
    assert within(entered["second"] / 4000, 0.5, 4000)
    assert within(entered["third"] / 4000, 0.8, 4000)
    assert within(won(log), 0.2 + 0.8 * 0.5, 4000)
    causes = Counter(frame.query("kind == 'lost'")["cause"])
    assert within(causes["price"] / causes.total(), 0.25, causes.total())


def test_a_channel_may_enter_in_the_middle() -> None:
    stages = [Stage(name="first", advance=1.0), Stage(name="second", advance=1.0)]
    log = play(scene(at(0.0, entry="second"), stages, [rep("Ada")]))
    assert log.to_frame().query("kind == 'entered'")["stage"].tolist() == ["second"]


# what moves the odds


def logistic(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))


@pytest.mark.parametrize(
    ("log_odds", "stage", "facts", "channel", "market"),
    [
        (-0.4 * 3, {"speed_slope": 0.4, "speed_reference": 0.0625, "lead_in": Fixed(0.5)}, {}, {}, {}),
        (-0.8, {"speed_slope": 0.4, "speed_reference": 0.0625, "speed_most": 0.8, "lead_in": Fixed(0.5)}, {}, {}, {}),
        (0.7, {}, {"skill": {"call": 0.7, "*": 9.0}}, {}, {}),
        (0.7, {}, {"skill": {"*": 0.7}}, {}, {}),
        (-0.5, {"channel_effects": {"fair": -0.5}}, {}, {}, {}),
        (0.6, {"segment_effects": {"large": 0.6}}, {}, {"segments": {"large": 1.0}}, {}),
        (-0.6, {"product_effects": {"pro": -0.6}}, {}, {"products": {"pro": 1.0}}, {}),
        (0.9, {}, {"products": ("pro",)}, {"products": {"pro": 1.0}}, {"product_match": 0.9}),
        (0.0, {}, {}, {"products": {"pro": 1.0}}, {"product_match": 0.9}),
    ],
    ids=["delay", "worst delay", "skill", "skill anywhere", "channel", "segment", "product", "match", "no match"],
)  # fmt: skip
def test_the_odds_of_advancing_move_as_told(log_odds, stage, facts, channel, market) -> None:  # noqa: ANN001
    here = Stage(name="call", advance=0.5, **stage)
    log = play(scene(many(4000, **channel), [here], [rep("Ada", **facts)], market=market))
    assert within(won(log), logistic(log_odds), 4000)
    assert not within(won(log), logistic(log_odds + 0.2), 4000)


def test_a_full_desk_costs_odds() -> None:
    """The k-th lead is touched when k deals are open: all but 5 of them beyond what is comfortable."""
    here = Stage(name="call", advance=0.5, latency=Fixed(5.0))
    crowded = {"overload_slope": 0.05, "comfortable_load": 5}
    spec = scene(at(*[0.01 * k for k in range(60)]), [here], [rep("Ada")], market=crowded)
    wins = [int(play(spec, seed=seed).of_kind(Kind.WON).sum()) for seed in range(40)]
    chances = np.array([logistic(-0.05 * max(0, k - 5)) for k in range(1, 61)])
    error = math.sqrt(40 * float((chances * (1 - chances)).sum()))
    assert abs(sum(wins) - 40 * chances.sum()) < 4 * error


def test_quality_moves_the_odds_lead_by_lead() -> None:
    here = Stage(name="call", advance=0.5, quality_slope=1.0)
    log = play(scene(many(6000), [here], [rep("Ada")]))
    advanced = np.isin(np.arange(6000), log.events["lead"][log.of_kind(Kind.WON)])
    chances = 1 / (1 + np.exp(-log.leads["quality"]))
    error = math.sqrt(float((chances * (1 - chances)).sum()))
    assert abs(advanced.sum() - chances.sum()) < 4 * error
    for good in (log.leads["quality"] > 1, log.leads["quality"] < -1):
        assert abs(advanced[good].sum() - chances[good].sum()) < 4 * math.sqrt(
            float((chances * (1 - chances))[good].sum())
        )


def test_the_amount_is_the_list_less_the_discount() -> None:
    market = {"amounts": {"any": {"any": Fixed(1000.0)}}, "discount": Fixed(0.2), "scoring": Scoring()}
    log = play(scene(at(0.0), [CALL], [rep("Ada")], market=market))
    assert log.events["amount"][log.of_kind(Kind.WON)].tolist() == [800.0]


def test_buyers_who_lose_interest_take_their_own_time() -> None:
    stage = Stage(name="call", advance=0.5, latency=Fixed(1.0), lost_latency=Fixed(3.0), lost_touches=Fixed(2.0))
    log = play(scene(many(200), [stage], [rep("Ada")]))
    assert set(times(log, Kind.WON)) == {1.0}
    assert set(times(log, Kind.LOST)) == {6.0}


def test_a_wait_counts_from_the_answer_and_an_exponential_latency_has_its_mean() -> None:
    stage = Stage(name="call", advance=1.0, latency=Exponential(2.0))
    log = play(scene(many(4000), [stage], [rep("Ada")]), days=100.0)
    waited = np.array(times(log, Kind.WON))
    assert abs(waited.mean() - 2.0) < 4 * 2.0 / math.sqrt(4000)
