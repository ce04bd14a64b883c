"""Whatever the funnel: SLA steps come when they are due, and the pool's limits hold."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from hypothesis import given

from sim.calendar import finish
from sim.eventlog import Kind
from sim.operation import SlaAction, SlaStep
from tests.properties.funnels import Run, runs
from tests.properties.lives import Row, Stay, Story, Touch

LEAST = 1e-9


def on_the_clock(story: Story) -> Iterator[tuple[Touch, Stay]]:
    """Yield the waits for a first touch that an SLA times: each begins with an assignment."""
    for touch in story.touches:
        sla = story.teams[touch.stage].sla
        tier = tuple(story.spec.market.scoring.tiers)[story.tier(touch.lead)]
        if sla is not None and touch.number == 0 and (not sla.tiers or tier in sla.tiers):
            yield from ((touch, stay) for stay in touch.stays if stay.gain is not None)


def due(story: Story, touch: Touch, stay: Stay, step: SlaStep) -> float:
    hours, sla = story.hours[stay.rep], story.teams[touch.stage].sla
    assert sla is not None
    return finish(hours.starts, hours.ends, stay.since, step.after) if sla.working else stay.since + step.after


def every_step_comes_when_it_is_due_and_not_otherwise(story: Story) -> None:
    told = defaultdict(list)
    for row in story.of_kind(Kind.REMINDED, Kind.BREACHED):
        told[row.lead].append(row)
    expected: Counter[tuple[int, Kind]] = Counter()
    for touch, stay in on_the_clock(story):
        sla = story.teams[touch.stage].sla
        assert sla is not None
        for step in sla.steps:
            at = due(story, touch, stay, step)
            kind = Kind.REMINDED if step.action is SlaAction.REMIND else Kind.BREACHED
            end = min(stay.until, story.run.days)
            if at < end - LEAST:
                expected[touch.lead, kind] += 1
                assert has_row(told[touch.lead], kind, at), (touch, step)
            elif at <= end + LEAST:
                expected[touch.lead, kind] += has_row(told[touch.lead], kind, at)
    for lead, rows in told.items():
        counts = Counter(row.kind for row in rows)
        for kind, count in counts.items():
            # steps due at one instant, the first of which moves the deal, leave the others without a row
            assert count <= expected[lead, kind] + simultaneous(rows), (rows, expected)


def has_row(rows: list[Row], kind: Kind, at: float) -> bool:
    return any(row.kind is kind and abs(row.time - at) < LEAST for row in rows)


def simultaneous(rows: list[Row]) -> int:
    times = Counter(row.time for row in rows)
    return sum(count - 1 for count in times.values())


def recaptures_stay_within_the_most_hops(story: Story) -> None:
    for lead in story.lives:
        for visit in story.visits(lead):
            taken = [row for row in visit if row.kind is Kind.RECAPTURED]
            escalated = [row for row in taken if story.after[row.place].kind is Kind.ESCALATED]
            sla = story.teams[visit[0].stage].sla
            assert not taken or sla is not None
            if sla is not None:
                assert len(taken) - len(escalated) <= sla.most_hops
                assert len(escalated) <= sla.most_hops + 1  # only who was taken from the manager can go there again


def only_an_owner_is_reminded_or_loses_the_deal(story: Story) -> None:
    held = defaultdict(list)
    for rep, first, last in story.ownerships:
        held[first.lead].append((rep, first.place, last.place if last else len(story.rows)))
    for row in story.of_kind(Kind.REMINDED, Kind.BREACHED, Kind.RECAPTURED):
        assert row.actor in {rep for rep, first, last in held[row.lead] if first < row.place <= last}


def nobody_gets_a_deal_back_under_the_next_rep_rule(story: Story) -> None:
    for touch in story.touches:
        team = story.teams[touch.stage]
        actions = {step.action for step in team.sla.steps} if team.sla else set()
        if SlaAction.NEXT_REP in actions and not actions & {SlaAction.POOL, SlaAction.ESCALATE}:
            owners = [
                stay.rep for stay in touch.stays if stay.gain is not None and stay.rep != team.routing.default_owner
            ]
            owners = [rep for rep in owners if not story.reps[rep].manager and len(story.employed[rep]) == 1]
            assert len(owners) == len(set(owners)), touch


def claims_keep_the_pools_limits(story: Story) -> None:
    claims: Counter[tuple[str, int]] = Counter()
    load: Counter[str] = Counter()
    changes = defaultdict(list)
    for rep, first, last in story.ownerships:
        changes[first.place].append((rep, 1))
        changes[last.place if last else -1].append((rep, -1))
    for row in story.rows:
        for rep, change in sorted(changes[row.place], key=lambda each: each[1]):
            load[rep] += change
        if row.kind is Kind.CLAIMED:
            rules = story.teams[row.stage].pool
            assert rules is not None
            claims[row.actor, int(row.time // 1)] += 1
            assert rules.claims_per_day is None or claims[row.actor, int(row.time // 1)] <= rules.claims_per_day
            assert rules.holding_limit is None or load[row.actor] <= rules.holding_limit


def nobody_claims_a_deal_back_before_the_cool_down(story: Story) -> None:
    for touch in story.touches:
        lost: dict[str, float] = {}
        for stay in touch.stays:
            rules = story.teams[touch.stage].pool
            if stay.gain is not None and stay.gain.kind is Kind.CLAIMED and rules is not None and stay.rep in lost:
                assert stay.since >= lost[stay.rep] + rules.cool_down
            if stay.end is not None and stay.end.kind is Kind.RECAPTURED:
                lost[stay.rep] = stay.until


def who_claims_has_nothing_else_to_do(story: Story) -> None:
    for touch in story.touches:
        for stay in touch.stays:
            if stay.gain is None or stay.gain.kind is not Kind.CLAIMED:
                continue
            for other in story.touches:
                for waits in other.stays:
                    if waits.rep == stay.rep and other is not touch:
                        assert not waits.since < stay.since < waits.until
                begun, done = other.started, other.finished
                if begun is not None and begun.actor == stay.rep:
                    assert not begun.time < stay.since < (done.time if done else story.run.days)


@given(run=runs())
def test_whatever_the_funnel_promises_and_limits_hold(run: Run) -> None:
    story = Story(run, run.log)
    every_step_comes_when_it_is_due_and_not_otherwise(story)
    recaptures_stay_within_the_most_hops(story)
    only_an_owner_is_reminded_or_loses_the_deal(story)
    nobody_gets_a_deal_back_under_the_next_rep_rule(story)
    claims_keep_the_pools_limits(story)
    nobody_claims_a_deal_back_before_the_cool_down(story)
    who_claims_has_nothing_else_to_do(story)
