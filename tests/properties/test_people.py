"""Whatever the funnel: people do one thing at a time, in their hours, and get only what is theirs to do."""

from collections import Counter, defaultdict
from itertools import pairwise

import pytest
from hypothesis import given

from sim.calendar import is_open, worked
from sim.eventlog import Kind
from sim.routing.at_work import AtWork
from sim.routing.by_product import ByProduct
from sim.routing.by_region import ByRegion
from sim.routing.by_tier import ByTier
from sim.routing.daily_cap import DailyCap
from sim.routing.policy import Nobody
from sim.workforce import Rep, productivity
from tests.properties.funnels import Run, runs
from tests.properties.lives import GAINS, INF, Row, Story, Touch

LEAST = 1e-9
"""Days (0.1 milliseconds): less than this is rounding."""


def nobody_does_two_things_at_once(story: Story) -> None:
    for work in by_rep(story).values():
        for touch, after in pairwise(work):
            assert touch.finished is not None
            assert touch.finished.time <= after.started.time


def work_begins_in_working_hours_and_takes_its_effort(story: Story) -> None:
    for rep, work in by_rep(story).items():
        hours, shifts = story.hours[rep], story.shifts[rep]
        for touch in work:
            start = touch.started.time
            begun = any(is_open(shifts.starts, shifts.ends, start + late) for late in (0.0, LEAST, -LEAST))
            assert begun, touch
            if touch.finished is not None:
                spent = worked(hours.starts, hours.ends, start, touch.finished.time)
                assert spent == pytest.approx(working_time(story, touch, story.reps[rep]), abs=LEAST)


def nobody_idles_while_there_is_something_to_do(story: Story) -> None:
    everything = by_rep(story)
    for touch in story.touches:
        for stay in touch.stays:
            if stay.rep and stay.end is not None:
                hours = story.shifts[stay.rep]
                free = worked(hours.starts, hours.ends, stay.since, stay.until)
                for other in everything.get(stay.rep, []):
                    begun = max(stay.since, other.started.time)
                    done = min(stay.until, other.finished.time if other.finished else stay.until)
                    free -= worked(hours.starts, hours.ends, begun, done)
                assert free == pytest.approx(0.0, abs=LEAST), (touch, stay)


def nobody_holds_more_than_the_limit(story: Story) -> None:
    steps = defaultdict(list)
    for rep, first, last in story.ownerships:
        exempt = first.kind is Kind.ESCALATED or is_default_owner(story, first)
        steps[rep].append((first.place, 1, exempt or story.is_history(first)))
        steps[rep].append((last.place if last else len(story.rows), -1, True))
    for rep, changes in steps.items():
        load, limit = 0, story.reps[rep].wip_limit or len(story.rows)
        for _, change, exempt in sorted(changes, key=lambda step: (step[0], step[1])):
            load += change
            assert load >= 0
            assert exempt or load <= limit


def reps_get_only_what_is_theirs(story: Story) -> None:
    for row in story.of_kind(*GAINS):
        if story.is_history(row):
            continue
        rep, team = story.reps[row.actor], story.teams[row.stage]
        assert rep.team == team.name
        assert rep.manager == (row.kind is Kind.ESCALATED) or is_default_owner(story, row)
        if row.kind is Kind.ESCALATED or is_default_owner(story, row):
            continue
        assert not story.on_leave(rep, row.time)
        assert any(story.is_employed(rep.name, row.time + late) for late in (0.0, LEAST, -LEAST))
        if not team.routing.relax:
            the_filters_allow(story, row, rep)


def the_filters_allow(story: Story, row: Row, rep: Rep) -> None:
    names, leads = story.log.vocabulary, story.log.leads
    for part in story.teams[row.stage].routing.eligible:
        match part:
            case ByRegion():
                assert not rep.regions or names["region"][leads["region"][row.lead]] in rep.regions
            case ByProduct():
                assert not rep.products or names["product"][leads["product"][row.lead]] in rep.products
            case ByTier(tiers=tiers, seniority=least, exclusive=exclusive):
                best, senior = story.tier(row.lead) < tiers, rep.seniority >= least
                assert senior if best else not (exclusive and senior)
            case AtWork(within=within):
                hours = story.hours[rep.name]
                until = row.time + within + LEAST
                soon = is_open(hours.starts, hours.ends, row.time) or worked(hours.starts, hours.ends, row.time, until)
                assert soon
            case DailyCap(most=most):
                before = [
                    other
                    for other in story.of_kind(Kind.ROUTED, Kind.CLAIMED)
                    if other.actor == rep.name and other.place < row.place and not story.is_history(other)
                    and other.time // 1 == row.time // 1
                ]  # fmt: skip
                assert len(before) < most


def who_works_on_a_deal_owns_it(story: Story) -> None:
    held = defaultdict(list)
    for rep, first, last in story.ownerships:
        held[first.lead].append((rep, first.place, last.place if last else len(story.rows)))
    for touch in story.touches:
        if touch.started:
            place = touch.started.place
            owner = [rep for rep, first, last in held[touch.lead] if first < place < last]
            assert owner == [touch.started.actor]


def who_has_left_owns_nothing(story: Story) -> None:
    for rep, first, last in story.ownerships:
        gone = min((leaves for joins, leaves in story.employed[rep] if joins <= first.time < leaves), default=INF)
        if gone < story.run.days:
            assert last is not None
            assert last.time <= gone + LEAST


def experts_do_their_jobs_one_at_a_time_in_working_hours(story: Story) -> None:
    for group in story.spec.operation.experts:
        hours = story.spec.operation.calendars[group.calendar].open_hours(story.run.opening.as_of, 0.0, 400.0)
        rows = [row for row in story.rows if row.actor == group.name]
        busy, counts = 0, Counter[tuple[int, Kind]]()
        for row in rows:
            busy += {Kind.EXPERT_STARTED: 1, Kind.EXPERT_FINISHED: -1}.get(row.kind, 0)
            assert 0 <= busy <= group.servers
            counts[row.lead, row.kind] += 1
            if row.kind is Kind.EXPERT_STARTED:
                # a start may lie a rounding error before opening, or before closing
                assert any(is_open(hours.starts, hours.ends, row.time + late) for late in (0.0, LEAST))
                assert counts[row.lead, row.kind] <= counts[row.lead, Kind.EXPERT_REQUESTED]
            if row.kind is Kind.EXPERT_FINISHED:
                assert counts[row.lead, row.kind] <= counts[row.lead, Kind.EXPERT_STARTED]


def a_stage_is_left_only_when_its_experts_are_done(story: Story) -> None:
    for lead, work in story.expert_work.items():
        for visit in story.visits(lead):
            left = next((row for row in visit if row.kind in {Kind.ADVANCED, Kind.NURTURED}), None)
            if left is not None:
                done = [row.kind for row in work if row.place < left.place]
                assert done.count(Kind.EXPERT_REQUESTED) == done.count(Kind.EXPERT_FINISHED)


def by_rep(story: Story) -> dict[str, list[Touch]]:
    """Return the touches that each rep has begun, in order."""
    work = defaultdict(list)
    for touch in story.touches:
        if touch.started is not None:
            work[touch.started.actor].append(touch)
    return {rep: sorted(touches, key=lambda touch: touch.started.place) for rep, touches in work.items()}


def working_time(story: Story, touch: Touch, rep: Rep) -> float:
    """Return the time that a touch should take a rep."""
    ramp, productive = story.teams[touch.stage].ramp, 1.0
    at = touch.started.time
    hired = None if rep.hired is None else story.local_midnight(rep, rep.hired)
    holder = sum(joins <= at + LEAST for joins, _ in story.employed[rep.name])
    if holder > 1:
        hired = story.employed[rep.name][holder - 1][0]
    if ramp is not None and hired is not None:
        tenure = at - hired
        productive = productivity(tenure, ramp.days, ramp.start)
    return story.effort(touch) / (rep.speed * productive * (1 - rep.admin_share))


def is_default_owner(story: Story, row: Row) -> bool:
    """Tell whether a row may be the default owner's, to whom no rule applies."""
    routing = story.teams[row.stage].routing
    return routing.nobody is Nobody.DEFAULT_OWNER and row.kind is Kind.ROUTED and row.actor == routing.default_owner


@given(run=runs())
def test_whatever_the_funnel_people_do_one_thing_at_a_time_and_only_what_is_theirs(run: Run) -> None:
    story = Story(run, run.log)
    nobody_does_two_things_at_once(story)
    work_begins_in_working_hours_and_takes_its_effort(story)
    nobody_idles_while_there_is_something_to_do(story)
    nobody_holds_more_than_the_limit(story)
    reps_get_only_what_is_theirs(story)
    who_works_on_a_deal_owns_it(story)
    who_has_left_owns_nothing(story)
    experts_do_their_jobs_one_at_a_time_in_working_hours(story)
    a_stage_is_left_only_when_its_experts_are_done(story)
