"""Whatever the funnel: a discipline never serves out of order, on a to-do list, in a team's queue or in the pool."""

from collections import defaultdict
from collections.abc import Iterator

from hypothesis import given

from sim.discipline import Discipline
from sim.engine.desk import HELD
from sim.engine.pool import IN_POOL
from sim.eventlog import Kind
from sim.operation import SlaAction, Team
from tests.properties.funnels import Run, runs
from tests.properties.lives import Row, Stay, Story, Touch

type Waiting = tuple[Touch, Stay]


def nobody_is_served_before_one_who_stands_ahead(story: Story, line: list[Waiting], discipline: Discipline) -> None:
    for touch, stay in line:
        if stay.end is None or stay.end.kind not in {Kind.STARTED, Kind.ROUTED, Kind.CLAIMED}:
            continue
        at = stay.until
        mine = story.key(touch, stay, discipline, at)
        for other, waits in line:
            if waits.since < at < waits.until and touch.reminded != at != other.reminded:
                assert story.key(other, waits, discipline, at) > mine, (touch, other)


def to_do_lists(story: Story) -> Iterator[tuple[list[Waiting], Discipline]]:
    lists = defaultdict(list)
    for touch in story.touches:
        for stay in touch.stays:
            lists[stay.rep].append((touch, stay))
    for rep, line in lists.items():
        team = next((team for team in story.spec.operation.teams if rep and team.name == story.reps[rep].team), None)
        # when a first touch is due isn't in the log, so the order of deadlines is tested by hand
        if team is not None and (team.discipline is not Discipline.DEADLINE or team.sla is None):
            yield line, team.discipline


def shared_lines(story: Story) -> Iterator[tuple[list[Waiting], Discipline]]:
    """Yield the queues and pools in which every rep may take every deal."""
    for team in story.spec.operation.teams:
        actions = {step.action for step in team.sla.steps} if team.sla else set()
        if team.routing.eligible or SlaAction.NEXT_REP in actions:
            continue
        yield waiting_for(story, team, HELD), team.discipline
        if team.pool is not None and (team.pool.cool_down == 0 or SlaAction.POOL not in actions):
            yield waiting_for(story, team, IN_POOL), team.pool.pick


def waiting_for(story: Story, team: Team, cause: str) -> list[Waiting]:
    return [
        (touch, stay)
        for touch in story.touches
        if touch.stage in team.stages
        for stay in touch.stays
        if stay.cause == cause
    ]


def nobody_overtakes_the_queue(story: Story) -> None:
    """A new lead is routed at once only past those who stand behind it."""
    for team in story.spec.operation.teams:
        actions = {step.action for step in team.sla.steps} if team.sla else set()
        if team.routing.eligible or SlaAction.NEXT_REP in actions:
            continue
        queue = waiting_for(story, team, HELD)
        for touch in story.touches:
            if touch.stage in team.stages and touch.stays and straight_to(touch.stays[0].gain):
                at = touch.wanted
                mine = story.key(touch, touch.stays[0], team.discipline, at)
                for other, waits in queue:
                    if waits.since < at < waits.until:
                        assert story.key(other, waits, team.discipline, at) > mine, (touch, other)


def straight_to(gain: Row | None) -> bool:
    return gain is not None and gain.kind is Kind.ROUTED


def nobody_waits_unnoticed(story: Story) -> None:
    """A deal that wants a touch has an owner, or the log says where it waits."""
    for touch in story.touches:
        assert touch.stays
        assert touch.stays[0].since == touch.wanted
        for stay in touch.stays:
            assert stay.rep or stay.cause


@given(run=runs())
def test_whatever_the_funnel_no_line_is_served_out_of_order(run: Run) -> None:
    story = Story(run, run.log)
    for line, discipline in (*to_do_lists(story), *shared_lines(story)):
        nobody_is_served_before_one_who_stands_ahead(story, line, discipline)
    nobody_overtakes_the_queue(story)
    nobody_waits_unnoticed(story)
