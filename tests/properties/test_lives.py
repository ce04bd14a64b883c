"""Whatever the funnel: every lead's life makes sense, nobody is lost on the way, and time adds up."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given

from sim.eventlog import EXITS, Kind
from tests.properties.funnels import Run, runs
from tests.properties.lives import Story

K = Kind
FOLLOWS: dict[Kind, set[Kind]] = {
    K.CREATED: {K.ENTERED},
    K.ENTERED: {K.LOST, K.LATENCY_ENDED, K.ROUTED, K.UNASSIGNED, K.ESCALATED, K.STARTED, K.RELEASED},
    K.LATENCY_ENDED: {K.ROUTED, K.UNASSIGNED, K.ESCALATED, K.STARTED, K.ADVANCED, K.LOST, K.NURTURED, K.RELEASED},
    K.UNASSIGNED: {K.ROUTED, K.CLAIMED, K.LOST},
    K.ROUTED: {K.STARTED, K.REMINDED, K.BREACHED, K.LOST, K.RELEASED},
    K.CLAIMED: {K.STARTED, K.REMINDED, K.BREACHED, K.LOST, K.RELEASED},
    K.ESCALATED: {K.STARTED, K.REMINDED, K.BREACHED, K.LOST, K.RELEASED},
    K.REMINDED: {K.STARTED, K.REMINDED, K.BREACHED, K.LOST, K.RELEASED},
    K.BREACHED: {K.STARTED, K.REMINDED, K.BREACHED, K.RECAPTURED, K.LOST, K.RELEASED},
    K.RECAPTURED: {K.ROUTED, K.UNASSIGNED, K.ESCALATED},
    K.RELEASED: {K.ROUTED, K.UNASSIGNED, K.ESCALATED, K.TOUCHED, K.LATENCY_ENDED, K.ADVANCED, K.LOST},
    K.STARTED: {K.TOUCHED, K.RELEASED},
    K.TOUCHED: {K.LATENCY_ENDED, K.RELEASED},
    K.ADVANCED: {K.ENTERED, K.WON},
    K.NURTURED: {K.WOKEN, K.LOST},
    K.WOKEN: {K.ENTERED},
    K.LOST: set(),
    K.WON: set(),
}
"""What may happen to a lead next; experts work beside it."""

AT_ONCE = {
    (K.CREATED, K.ENTERED),
    (K.ADVANCED, K.ENTERED),
    (K.ADVANCED, K.WON),
    (K.WOKEN, K.ENTERED),
    (K.BREACHED, K.RECAPTURED),
    (K.RECAPTURED, K.ROUTED),
    (K.RECAPTURED, K.UNASSIGNED),
    (K.RECAPTURED, K.ESCALATED),
}
"""Steps that take no time."""


def every_lead_lives_by_the_grammar(story: Story) -> None:
    for lead, rows in story.lives.items():
        assert rows[0].kind == K.CREATED
        assert rows[0].time == pytest.approx(story.log.leads["created"][lead], abs=1e-9)
        for row, after in pairwise(rows):
            assert after.kind in FOLLOWS[row.kind] or row.time <= 0, (row, after)
            if row.time >= 0 and (row.kind, after.kind) in AT_ONCE:
                assert row.time == after.time, (row, after)


def leads_in_are_exits_plus_open(story: Story) -> None:
    exits = [row.lead for row in story.of_kind(*EXITS)]
    still_open = [lead for lead, rows in story.lives.items() if rows[-1].kind not in EXITS]
    assert sorted(exits + still_open) == list(range(story.log.n_leads))


def nothing_happens_after_an_exit_but_an_expert_finishing(story: Story) -> None:
    gone = {row.lead: row.place for row in story.of_kind(*EXITS)}
    for rows in story.expert_work.values():
        late = [row.kind for row in rows if row.place > gone.get(row.lead, len(story.rows))]
        assert set(late) <= {K.EXPERT_FINISHED}, rows


def time_in_stages_adds_up(story: Story) -> None:
    """Little's law as bookkeeping: the area under the number in each stage is the time that leads spend there."""
    end = story.run.days
    for stage in story.stages:
        steps, spent = [], 0.0
        for lead in story.lives:
            for visit in story.visits(lead):
                if visit[0].stage != stage:
                    continue
                left = next((row.time for row in visit if row.kind in {K.ADVANCED, K.LOST, K.NURTURED}), end)
                steps += [(visit[0].time, 1), (left, -1)]
                spent += left - visit[0].time
        steps.sort(key=lambda step: (step[0], -step[1]))
        times, changes = np.array([time for time, _ in steps]), np.array([change for _, change in steps])
        area = float(np.sum(np.cumsum(changes)[:-1] * np.diff(times))) if steps else 0.0
        assert area == pytest.approx(spent, abs=1e-6)
        assert np.all(np.cumsum(changes) >= 0)


def a_stay_in_the_funnel_is_its_stages_and_its_rests(story: Story) -> None:
    for lead, rows in story.lives.items():
        if rows[-1].kind not in EXITS:
            continue
        rests = sum(b.time - a.time for a, b in pairwise(rows) if a.kind == K.NURTURED)
        stages = 0.0
        for visit in story.visits(lead):
            left = next(row for row in visit if row.kind in {K.ADVANCED, K.LOST, K.NURTURED})
            stages += left.time - visit[0].time
        entered = next(row for row in rows if row.kind == K.ENTERED)  # a deal of the opening has passed others before
        assert stages + rests == pytest.approx(rows[-1].time - entered.time, abs=1e-9)


def leads_go_where_the_funnel_says(story: Story) -> None:
    names = story.spec.stage_names
    for rows in story.lives.values():
        for row, after in pairwise(rows):
            if row.kind == K.ADVANCED:
                goes_on = names.index(row.stage) + 1
                ways = story.stages[row.stage].next or {(*names, "won")[goes_on]: 1.0}
                assert ways[after.stage if after.kind == K.ENTERED else "won"] > 0
            if row.kind == K.WOKEN:
                nurture = story.spec.market.nurture
                assert nurture is not None
                assert after.stage == nurture.returns_to
        assert sum(row.kind == K.WOKEN for row in rows) <= 3


def only_a_won_deal_has_an_amount(story: Story) -> None:
    for row in story.rows:
        assert (row.kind == K.WON) == (not np.isnan(row.amount))
        if row.kind == K.WON:
            assert 0 <= row.amount <= story.log.leads["amount"][row.lead]


@given(run=runs())
def test_whatever_the_funnel_every_life_makes_sense(run: Run) -> None:
    story = Story(run, run.log)
    every_lead_lives_by_the_grammar(story)
    leads_in_are_exits_plus_open(story)
    nothing_happens_after_an_exit_but_an_expert_finishing(story)
    time_in_stages_adds_up(story)
    a_stay_in_the_funnel_is_its_stages_and_its_rests(story)
    leads_go_where_the_funnel_says(story)
    only_a_won_deal_has_an_amount(story)
