"""Whatever the funnel: a discipline never serves out of order, on a to-do list, in a team's queue or in the pool.

Teams whose reps choose by a function of their own have no order that could be broken.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given

from sim.calendar import is_open
from sim.discipline import Discipline
from sim.engine.desk import HELD
from sim.engine.pool import IN_POOL
from sim.eventlog import Kind
from sim.operation import SlaAction, Team
from tests.properties.funnels import Run, runs
from tests.properties.lives import INF, Row, Stay, Story, Touch

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
        in_order = team is not None and team.choose_lead is None
        if in_order and (team.discipline is not Discipline.DEADLINE or team.sla is None):
            yield line, team.discipline


def shared_lines(story: Story) -> Iterator[tuple[list[Waiting], Discipline]]:
    """Yield the queues and pools in which every rep may take every deal."""
    for team in story.spec.operation.teams:
        actions = {step.action for step in team.sla.steps} if team.sla else set()
        if team.choose_lead or team.routing.eligible or SlaAction.NEXT_REP in actions:
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
        if team.choose_lead or team.routing.eligible or SlaAction.NEXT_REP in actions:
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


def nobody_waits_in_line_while_somebody_could_serve(story: Story) -> None:
    """Between any two rows: who is at work, with room under every limit, leaves no queue, and no pool if idle."""
    times = sorted(
        {row.time for row in story.rows if row.time >= 0} | {float(day) for day in range(int(story.run.days))}
    )
    for team in story.spec.operation.teams:
        if team.routing.eligible or team.sla is not None:
            continue
        queue, pool = waiting_for(story, team, HELD), waiting_for(story, team, IN_POOL)
        for before, after in pairwise(times):
            at = (before + after) / 2
            waits = [[stay for _, stay in line if stay.since < at < stay.until] for line in (queue, pool)]
            for rep in story.spec.operation.team_reps(team.name) if any(waits) else ():
                hours, load = story.shifts[rep.name], holds(story, rep.name, at)
                full = rep.manager or load >= (rep.wip_limit or INF)
                if full or story.on_leave(rep, at) or not is_open(hours.starts, hours.ends, at):
                    continue
                assert not waits[0], (rep, waits[0])
                assert not waits[1] or is_busy(story, rep.name, at) or may_not_claim(story, team, rep.name, at, load)


def holds(story: Story, rep: str, at: float) -> int:
    """Count the deals that a rep owns at an instant."""
    stays = (stay for stay in story.ownerships if stay[0] == rep)
    return sum(first.time <= at and (last is None or at < last.time) for _, first, last in stays)


def is_busy(story: Story, rep: str, at: float) -> bool:
    """Tell whether a rep is giving a touch at an instant."""
    mine = (touch for touch in story.touches if touch.started is not None and touch.started.actor == rep)
    return any(touch.started.time <= at and not (touch.finished and touch.finished.time <= at) for touch in mine)


def may_not_claim(story: Story, team: Team, rep: str, at: float, load: int) -> bool:
    """Tell whether the pool's limits keep a rep from claiming at an instant."""
    assert team.pool is not None
    today = [row for row in story.of_kind(Kind.CLAIMED) if row.actor == rep and at // 1 <= row.time < at]
    full = team.pool.claims_per_day is not None and len(today) >= team.pool.claims_per_day
    return full or (team.pool.holding_limit is not None and load >= team.pool.holding_limit)


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
    nobody_waits_in_line_while_somebody_could_serve(story)
    nobody_waits_unnoticed(story)
