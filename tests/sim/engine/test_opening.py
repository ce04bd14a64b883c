"""Deals that are open at the start live on as if the simulation had been there before."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.distributions import Discrete, Exponential, Fixed, Weibull, geometric_counts
from sim.errors import SpecError, UnknownNameError
from sim.eventlog import EventLog, Kind
from sim.market import Scoring, Stage
from sim.opening import OpenDeal
from sim.operation import Ownership
from tests.sim.engine.scene import at, many, play, rep, scene, times, told

CALL = Stage(name="call", advance=1.0, effort=Fixed(0.1), latency=Fixed(5.0))
NOBODY = many(0)


def deals(count: int, **facts: Any) -> list[OpenDeal]:
    """Return so many deals that stand alike."""
    return [OpenDeal(label=f"open {i}", stage="call", **facts) for i in range(count)]


def opened(stage: Stage, count: int, *, days: float = 200.0, **facts: Any) -> EventLog:
    """Simulate nothing but the opening."""
    return play(scene(NOBODY, [stage], [rep("Ada", wip_limit=None)]), days=days, deals=deals(count, **facts))


def share(log: EventLog, kind: Kind) -> float:
    return float(log.of_kind(kind).sum()) / log.n_leads


def close_to(found: float, expected: float, count: int) -> bool:
    return abs(found - expected) < 4 * math.sqrt(expected * (1 - expected) / count)


def test_a_deal_waits_for_the_rest_of_its_answer() -> None:
    log = opened(CALL, 1, age=9.0, stage_age=8.0, touches=1, last_touch_age=3.0, owner="Ada")
    assert told(log) == [
        "-9 0 created",
        "-8 0 entered",
        "-8 0 routed Ada",
        "-3 0 started Ada",
        "-3 0 touched Ada",
        "2 0 latency_ended",
        "2 0 advanced",
        "2 0 won Ada",
    ]


def test_the_rest_of_a_latency_has_its_conditional_law() -> None:
    latency, silence = Weibull(0.6, 4.0), 3.0
    log = opened(
        replace(CALL, latency=latency), 4000, age=5.0, stage_age=5.0, touches=1, last_touch_age=silence, days=2000
    )
    rest = np.array(times(log, Kind.WON))
    assert len(rest) == 4000
    survived = 1 - latency.cdf(silence)
    for later in (0.5, 2.0, 6.0, 20.0):
        expected = (1 - latency.cdf(silence + later)) / survived
        assert close_to(float((rest > later).mean()), expected, 4000)
        assert not close_to(float((rest > later).mean()), (1 - latency.cdf(later)) * 0.95, 4000)


def test_touches_so_far_say_how_many_are_still_to_come() -> None:
    """Of a geometric number of touches at least 3: the chance that the third was the last is still one in four."""
    stage = replace(CALL, effort=Fixed(0.0), touches=geometric_counts(4.0), latency=Fixed(1.0))
    log = opened(stage, 3000, age=5.0, stage_age=5.0, touches=3, last_touch_age=0.5, owner="Ada")
    ended = np.array(times(log, Kind.WON))
    assert close_to(float((ended < 1).mean()), 0.25, 3000)
    assert abs(ended.mean() - (0.5 + 3.0)) < 4 * ended.std() / math.sqrt(3000)


def test_silence_speaks_against_deals_of_a_kind_that_answers_soon() -> None:
    """Bayes: those who advance answer within a day on average, the others within five."""
    stage = replace(
        CALL, advance=0.5, effort=Fixed(0.0), latency=Exponential(1.0), lost_latency=Exponential(5.0),
        touches=Discrete((1.0, 2.0), (0.5, 0.5)), lost_touches=Fixed(2.0),
    )  # fmt: skip
    log = opened(stage, 4000, age=9.0, stage_age=9.0, touches=2, last_touch_age=4.0)
    advancing, lost = 0.5 * math.exp(-4.0), 1.0 * math.exp(-0.8)
    assert close_to(share(log, Kind.WON), advancing / (advancing + lost), 4000)


SLOWER_IF_LOST = {"latency": Weibull(1.5, 2.0), "lost_latency": Weibull(0.8, 3.0)}
FEWER_IF_LOST = {"touches": geometric_counts(2.5), "lost_touches": geometric_counts(1.5), "latency": Weibull(1.5, 2.0)}


@pytest.mark.parametrize(("had", "laws"), [(1, FEWER_IF_LOST | SLOWER_IF_LOST), (3, FEWER_IF_LOST)])
def test_a_deal_that_was_simulated_and_one_that_is_resumed_end_alike(had: int, laws: dict[str, Any]) -> None:
    """Simulate from the beginning, and put those who have had so many touches by day 3 in an opening as they stand."""
    count, looked = 15_000, 3.0
    stage = Stage(name="call", advance=0.4, effort=Fixed(0.0), **laws)
    fresh = play(scene(many(count), [stage], [rep("Ada")]), days=400.0)
    frame = pd.DataFrame(fresh.events)
    touched = (
        frame[(frame["kind"] == Kind.TOUCHED) & (frame["time"] <= looked)].groupby("lead")["time"].agg(["size", "max"])
    )
    exits = frame[frame["kind"].isin([Kind.WON, Kind.LOST])].set_index("lead")
    alike = touched[(touched["size"] == had) & (exits["time"].reindex(touched.index) > looked)]
    simulated = exits.loc[alike.index]
    as_they_stand = [
        OpenDeal(label=str(lead), stage="call", age=looked, stage_age=looked, touches=had, last_touch_age=looked - last)
        for lead, last in alike["max"].items()
    ]
    resumed = play(scene(NOBODY, [stage], [rep("Ada")]), days=400.0, deals=as_they_stand)
    n = len(alike)
    assert n > 900
    p, q = float((simulated["kind"] == Kind.WON).mean()), share(resumed, Kind.WON)
    assert abs(p - q) < 4 * math.sqrt((p * (1 - p) + q * (1 - q)) / n)
    went, goes = simulated["time"] - looked, np.array([*times(resumed, Kind.WON), *times(resumed, Kind.LOST)])
    assert abs(went.mean() - goes.mean()) < 4 * math.sqrt(went.var() / n + goes.var() / n)


def test_a_deal_that_was_never_touched_waits_on_and_the_oldest_goes_first() -> None:
    young = OpenDeal(label="young", stage="call", age=1.0, stage_age=1.0, last_touch_age=1.0, owner="Ada")
    old = OpenDeal(label="old", stage="call", age=9.0, stage_age=4.0, last_touch_age=4.0, owner="Ada")
    log = play(scene(at(0.0), [CALL], [rep("Ada", "office")]), deals=[young, old])
    assert [line.split()[1] for line in told(log, Kind.STARTED)] == ["1", "0", "2"]


def test_a_lead_in_that_has_begun_goes_on() -> None:
    stage = replace(CALL, lead_in=Fixed(3.0))
    assert times(opened(stage, 1, age=2.0, stage_age=2.0, last_touch_age=2.0), Kind.STARTED) == pytest.approx([1.0])
    assert times(opened(stage, 1, age=5.0, stage_age=5.0, last_touch_age=5.0), Kind.STARTED) == [0.0]


def test_patience_that_has_begun_goes_on() -> None:
    stage = replace(CALL, patience=Fixed(2.0))
    spec = scene(NOBODY, [stage], [rep("Ada", "late")])
    waiting = deals(1, age=1.8, stage_age=1.8, last_touch_age=1.8, owner="Ada")
    assert times(play(spec, deals=waiting), Kind.LOST) == pytest.approx([0.2])


def test_a_deal_without_owner_or_of_somebody_who_left_is_routed() -> None:
    for owner in (None, "Zoe"):
        log = opened(CALL, 1, age=1.0, stage_age=1.0, last_touch_age=1.0, owner=owner)
        assert told(log, Kind.ROUTED, Kind.STARTED) == ["0 0 routed Ada", "0 0 started Ada"]


def test_open_deals_count_towards_the_limit() -> None:
    spec = scene(at(0.0), [CALL], [rep("Ada", wip_limit=2), rep("Ben")])
    log = play(spec, deals=deals(2, age=1.0, stage_age=1.0, touches=1, last_touch_age=1.0, owner="Ada"))
    assert [line for line in told(log, Kind.ROUTED) if " 2 " in line] == ["0 2 routed Ben"]


def test_the_next_touch_of_an_open_deal_is_its_owners_or_at_a_service_desk_anybodys() -> None:
    stage = replace(CALL, touches=Fixed(2.0))
    stands = {"age": 2.0, "stage_age": 2.0, "touches": 1, "last_touch_age": 1.0}
    for ownership, owner, expected in ((Ownership.DEAL, "Ben", "Ben"), (Ownership.DEAL, None, "Ada")):
        spec = scene(NOBODY, [stage], [rep("Ada"), rep("Ben")], ownership=ownership)
        log = play(spec, deals=deals(1, owner=owner, **stands))
        assert [line for line in told(log, Kind.STARTED) if not line.startswith("-")] == [f"4 0 started {expected}"]


def test_the_known_amount_and_score_are_kept_and_the_unknown_drawn() -> None:
    spec = scene(NOBODY, [CALL], [rep("Ada")], market={"amounts": {"any": {"any": Exponential(100.0)}}})
    known = OpenDeal(label="known", stage="call", amount=500.0, score=90.0)
    log = play(spec, deals=[known, *deals(2000)], days=50)
    assert (log.leads["amount"][0], log.leads["score"][0]) == (500.0, 90.0)
    assert abs(log.leads["amount"][1:].mean() - 100.0) < 4 * 100.0 / math.sqrt(2000)
    assert abs(log.leads["score"][1:].mean() - 50.0) < 4 * 100 / math.sqrt(12 * 2000)
    assert log.lead_labels()[:2] == ("known", "open 0")


def test_a_good_score_speaks_for_quality_as_far_as_scores_do() -> None:
    for concordance, expected in ((1.0, 1.2816), (0.5, 0.0)):
        spec = scene(NOBODY, [CALL], [rep("Ada")], market={"scoring": Scoring(concordance=concordance)})
        quality = play(spec, deals=deals(1000, score=90.0), days=1).leads["quality"]
        assert abs(quality.mean() - expected) < 4 / math.sqrt(1000)


def test_an_unknown_stage_or_name_is_told() -> None:
    spec = scene(NOBODY, [CALL], [rep("Ada")])
    with pytest.raises(UnknownNameError, match="no stage 'close'; open deal 'x': this funnel has call"):
        play(spec, deals=[OpenDeal(label="x", stage="close")])
    with pytest.raises(UnknownNameError, match="no region 'moon'; open deal 'x': this funnel has any"):
        play(spec, deals=[OpenDeal(label="x", stage="call", region="moon")])
    with pytest.raises(SpecError, match="opening: deal 'x' appears twice; keep one of them"):
        play(spec, deals=[OpenDeal(label="x", stage="call")] * 2)
