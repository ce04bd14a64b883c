"""A trace tells what happened, no more and no less, with the reasons that the rules themselves gave."""

from dataclasses import replace

import numpy as np
import pytest

from scenarios.levers.routing import ChangeRouting
from scenarios.scenario import Scenario
from scenarios.tables import working_hours
from scenarios.trace.reasons import reason
from scenarios.trace.story import Moment, Teller
from scenarios.trace.trace import interesting_leads, trace_lead
from scenarios.trace.witness import Diary, diary_for, watch, watched_routing
from sim.errors import SpecError
from sim.eventlog import EventLog, Kind
from sim.opening import Opening
from sim.operation import PoolRules
from sim.routing.by_index import ByIndex
from sim.routing.by_region import ByRegion
from sim.routing.daily_cap import DailyCap
from sim.routing.least_open import LeastOpen
from sim.routing.policy import Nobody, Routing, Ties
from sim.routing.registry import POLICIES
from sim.routing.user_function import UserFunction
from sim.simulate import REFERENCE, simulate
from sim.spec import FunnelSpec
from studies.language import Language
from studies.trace import phrases_of
from tests.sim.routing.desk import lead, team

ENGLISH, CHINESE = (phrases_of(language) for language in Language)
DAYS = 14.0
TOLD = {Kind.CREATED, Kind.ROUTED, Kind.CLAIMED, Kind.UNASSIGNED, Kind.STARTED, Kind.TOUCHED, Kind.LATENCY_ENDED,
        Kind.LOST, Kind.WON}  # fmt: skip
"""Kinds whose sentences need more than stage and actor."""
POOLED = {name: ChangeRouting(name, pool=PoolRules(claims_per_day=3)) for name in POLICIES}


def run(spec: FunnelSpec, opening: Opening) -> EventLog:
    return simulate(spec, opening, days=DAYS, seed=7, engine=REFERENCE)


def trace(funnel: FunnelSpec, opening: Opening, label: str, *levers: ChangeRouting) -> tuple[Moment, ...]:
    return trace_lead(funnel, opening, Scenario("plan", levers), label, phrases=ENGLISH, days=DAYS, seed=7).moments


@pytest.mark.parametrize("name", sorted(POLICIES))
def test_the_witness_changes_not_one_row_and_sees_every_choice(name: str, funnel: FunnelSpec, opening: Opening) -> None:
    spec = POOLED[name].apply(funnel)
    plain = run(spec, opening)
    labels = plain.lead_labels()
    for label in ("web-3", "web-9", "D-1"):
        diary = diary_for(label, opening)
        assert diary is not None
        log = run(watch(spec, diary), opening)
        assert all(np.array_equal(log.column(c), plain.column(c), equal_nan=c == "amount") for c in log.events)
        assert chosen(diary) >= given(log, labels.index(label))


def chosen(diary: Diary) -> set[tuple[float, str]]:
    return {(choice.time, choice.names[choice.chosen]) for choice in diary.choices if choice.chosen >= 0}


def given(log: EventLog, lead: int) -> set[tuple[float, str]]:
    rows = np.flatnonzero(
        log.of_kind(Kind.ROUTED, Kind.CLAIMED) & (log.column("lead") == lead) & (log.column("time") >= 0)
    )
    return {(float(log.column("time")[row]), log.vocabulary["actor"][log.column("actor")[row]]) for row in rows}


def test_a_users_own_policy_is_asked_no_more_often_than_without_a_witness(funnel: FunnelSpec, opening: Opening) -> None:
    asked: list[int] = []

    def choose_rep(lead: object, now: float, load: np.ndarray, reps: object, state: object) -> int:
        asked.append(1)
        return int(load.argmin())

    spec = ChangeRouting(Routing(rank=(UserFunction(choose_rep), LeastOpen()))).apply(funnel)
    run(spec, opening)
    alone = len(asked)
    diary = diary_for("web-3", opening)
    assert diary is not None
    run(watch(spec, diary), opening)
    assert len(asked) == 2 * alone


def test_every_row_of_the_lead_becomes_a_sentence_in_its_order(funnel: FunnelSpec, opening: Opening) -> None:
    log = run(funnel, opening)
    for label in ("web-0", "web-5", "D-1"):
        moments = trace(funnel, opening, label)
        times = log.column("time")[log.column("lead") == log.lead_labels().index(label)]
        told = [moment.time for moment in moments]
        assert told[: len(times)] == times.tolist()
        assert len(told) - len(times) == ("still open" in moments[-1].sentence)
        assert all(moment.sentence for moment in moments)


def test_a_story_says_who_why_and_how_it_ended(funnel: FunnelSpec, opening: Opening) -> None:
    said = " | ".join(moment.sentence for moment in trace(funnel, opening, "web-0", ChangeRouting("least-open")))
    assert "arrives (web, " in said
    assert "enters stage qualify" in said
    assert "could have it. " in said
    assert "Least open (open deals, lowest first): " in said
    assert "begins touch 1" in said


def test_the_parts_of_a_wait_are_told_apart(funnel: FunnelSpec, opening: Opening) -> None:
    reps = tuple(replace(rep, leave=()) for rep in funnel.operation.reps)
    spec = replace(funnel, operation=replace(funnel.operation, reps=reps))
    log = run(spec, opening)
    waits = [
        moment.sentence
        for label in log.lead_labels()[:25]
        for moment in told(log, spec, label)
        if "after waiting" in moment.sentence
    ]
    assert any("was at work" in wait for wait in waits)
    assert any("was busy" in wait for wait in waits)


def told(log: EventLog, spec: FunnelSpec, label: str) -> tuple[Moment, ...]:
    hours = dict(zip(log.vocabulary["actor"], working_hours(spec, log.origin, log.window[1]), strict=True))
    return Teller(log, log.lead_labels().index(label), (), hours, ENGLISH).tell()


def choices(routing: Routing, **columns: list[float]) -> Diary:
    """Route one lead at a watched desk of three reps."""
    diary = Diary(99, 0)
    state = team(3, **columns)
    watched = watched_routing(routing, diary)
    state.open_deals[:] = [2, 1, 1]
    able = watched.candidates(state, lead(), np.zeros(3, np.bool_))
    watched.choose(state, lead(), able)
    return diary


def test_a_reason_says_what_the_ranking_saw_and_how_the_tie_was_broken() -> None:
    (choice,) = choices(Routing(rank=(LeastOpen(),), ties=Ties.LIST)).choices
    assert reason(choice, ENGLISH) == (
        "rep 0, rep 1 and rep 2 could have it. Least open (open deals, lowest first): rep 1 1, rep 2 1, rep 0 2. "
        "Tie of rep 1 and rep 2, broken for who is listed first."
    )


def test_a_reason_is_told_in_chinese_too() -> None:
    serves = np.array([[True] * 3, [False] * 3, [True] * 3])
    (choice,) = choices(Routing(eligible=(ByRegion(),)), serves_region=serves, wip_limit=[2, 9, 9]).choices  # type: ignore[arg-type]
    assert reason(choice, CHINESE) == "rep 2 可以接。排除：rep 0（已满，在手 2，上限 2）；rep 1（按区域）。"


def test_every_kind_of_row_has_a_sentence_in_each_language() -> None:
    for phrases in (ENGLISH, CHINESE):
        assert all(phrases.say(f"kind_{kind.name.lower()}", stage="s", actor="a") for kind in Kind if kind not in TOLD)


def test_a_reason_tells_the_points_of_an_index() -> None:
    (choice,) = choices(Routing(rank=(ByIndex(load=7.0),), ties=Ties.LIST)).choices
    assert "By index (points with a minus, lowest first): rep 1 3, rep 2 3, rep 0 6." in reason(choice, ENGLISH)


def test_a_reason_says_who_was_ruled_out_and_why() -> None:
    serves = np.array([[True] * 3, [False] * 3, [True] * 3])
    limits = [2, 9, 9]
    (choice,) = choices(Routing(eligible=(ByRegion(),)), serves_region=serves, wip_limit=limits).choices  # type: ignore[arg-type]
    assert reason(choice, ENGLISH) == "rep 2 could have it. Ruled out: rep 0 (full, holds 2 of 2); rep 1 (by region)."


def test_a_reason_says_when_a_filter_was_given_up_and_when_nobody_was_found() -> None:
    serves = np.zeros((3, 3), np.bool_)
    (relaxed,) = choices(Routing(eligible=(ByRegion(),), relax=True), serves_region=serves).choices  # type: ignore[arg-type]
    assert "(nobody passes by region, so it was given up)" in reason(relaxed, ENGLISH)
    (nobody,) = choices(Routing(eligible=(ByRegion(),)), serves_region=serves).choices  # type: ignore[arg-type]
    assert reason(nobody, ENGLISH) == "Nobody could have it. Ruled out: rep 0, rep 1 and rep 2 (by region)."


def test_a_lead_that_nobody_may_have_says_why_it_waits(funnel: FunnelSpec, opening: Opening) -> None:
    strict = ChangeRouting(Routing(eligible=(DailyCap(1),), nobody=Nobody.HOLD), team="inside")
    log = run(strict.apply(funnel), opening)
    held = np.flatnonzero(log.of_kind(Kind.UNASSIGNED))
    label = log.lead_labels()[int(log.column("lead")[held[0]])]
    said = " | ".join(moment.sentence for moment in trace(funnel, opening, label, strict))
    assert "without owner: held in queue. Nobody could have it. Ruled out: " in said
    assert "for an owner" in said


def test_leads_that_end_differently_are_listed_with_the_largest_gap_first(funnel: FunnelSpec, opening: Opening) -> None:
    first = run(funnel, opening)
    second = run(ChangeRouting("pool").apply(funnel), opening)
    found = interesting_leads(first, second)
    gaps = (found["bookings"] - found["bookings_2"]).abs().to_numpy()
    assert len(found) > 0
    assert (found["outcome"] != found["outcome_2"]).all()
    assert (np.diff(gaps) <= 0).all()
    assert len(interesting_leads(first, first)) == 0
    assert interesting_leads(first)["outcome"].str.startswith(("won", "lost")).all()


@pytest.mark.parametrize("label", ["nobody", "web-99999", "mail-1"])
def test_a_lead_that_never_comes_is_refused(label: str, funnel: FunnelSpec, opening: Opening) -> None:
    with pytest.raises(SpecError, match=f"no lead '{label}' in these 14 days under seed 7; --list shows"):
        trace(funnel, opening, label)
