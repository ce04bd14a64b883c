"""Dwell and its parts: wait, effort, latency and expert."""

import numpy as np
import pytest
from hypothesis import given

from sim.eventlog import EventLog, Kind
from sim.kpis import PARTS, dwell, dwell_summary
from sim.kpis.dwell import parts_of, stretches
from sim.kpis.visits import visits
from tests.sim.kpis.story import logs, tell


def _parts(line: str) -> list[list[float]]:
    return dwell(tell(line))[list(PARTS)].to_numpy().tolist()


def test_a_touch_parts_the_stay_into_wait_effort_and_latency() -> None:
    line = "0 entered qualify; 1 started @ann; 3 touched @ann; 6 latency_ended; 6 advanced qualify; 6 entered discovery"
    assert _parts(line) == [[1, 2, 3, 0], [4, 0, 0, 0]]


def test_after_the_buyers_answer_the_deal_waits_for_the_next_touch() -> None:
    line = "0 entered qualify; 1 started @ann; 2 touched @ann; 4 latency_ended; 7 started @ann; 8 touched @ann"
    assert _parts(line) == [[4, 2, 4, 0]]


def test_what_ends_with_the_buyers_answer_was_the_buyers_time() -> None:
    assert _parts("0 entered proposal; 3 latency_ended; 5 started @ann; 6 touched @ann") == [[2, 1, 7, 0]]
    assert _parts("0 entered proposal; 0 expert_requested; 1 expert_finished; 3 latency_ended") == [[7, 0, 3, 0]]
    assert _parts("0 entered proposal; 0 expert_requested; 3 latency_ended; 4 expert_finished") == [[6, 0, 3, 1]]


def test_a_deal_taken_back_waits_again() -> None:
    assert _parts("0 entered qualify; 0 routed @ann; 4 recaptured @ann; 6 started @bob; 7 touched @bob") == [
        [6, 1, 3, 0]
    ]


def test_time_in_nurture_belongs_to_no_stay() -> None:
    assert _parts("0 entered qualify; 2 nurtured qualify; 7 woken; 7 entered qualify; 9 lost qualify") == [
        [2, 0, 0, 0],
        [2, 0, 0, 0],
    ]


def test_while_only_an_expert_is_awaited_the_time_is_the_experts() -> None:
    line = "0 entered proposal; 1 expert_requested; 2 expert_started; 5 expert_finished; 7 started @ann"
    assert _parts(line) == [[3, 3, 0, 4]]


def test_a_decision_held_up_by_an_expert_is_the_experts_time() -> None:
    line = (
        "0 entered proposal; 0 expert_requested @legal; 0 started @ann; 1 touched @ann; 3 latency_ended;"
        "8 expert_finished @legal; 8 advanced proposal; 8 won proposal"
    )
    assert _parts(line) == [[0, 1, 2, 5]]


def test_an_expert_who_works_beside_the_rep_holds_nothing_up() -> None:
    line = "0 entered proposal; 0 expert_requested; 3 started @ann; 4 touched @ann; 6 expert_finished; 9 latency_ended"
    assert _parts(line) == [[4, 1, 5, 0]]


def test_an_expert_of_another_lead_holds_nothing_up() -> None:
    log = tell("0 entered proposal; 0 expert_requested @legal", "0 entered proposal")
    assert dwell(log)[list(PARTS)].to_numpy().tolist() == [[0, 0, 0, 10], [10, 0, 0, 0]]


def test_the_summary_is_over_the_stays_that_ended_in_the_period() -> None:
    log = tell(
        "0 entered qualify; 1 started @ann; 2 touched @ann; 4 latency_ended; 4 advanced qualify",
        "-6 entered qualify; 2 lost qualify",
        "0 entered qualify",
        "0 entered qualify; 9 lost qualify",
    )
    row = dwell_summary(log, (0.0, 9.0)).loc["qualify"]
    assert row["left"] == 2
    assert row[["mean", "median", "p90"]].tolist() == pytest.approx([6, 6, 7.6])
    assert row[list(PARTS)].tolist() == pytest.approx([4.5, 0.5, 1, 0])
    assert dwell_summary(log)["left"].tolist() == [3, 0, 0]
    assert np.isnan(dwell_summary(log)["mean"]["discovery"])


def test_a_crm_without_starts_and_answers_tells_the_dwell_but_not_its_parts() -> None:
    log = tell("0 entered qualify; 1 touched @ann; 4 advanced qualify", simulated=False)
    row = dwell_summary(log).loc["qualify"]
    assert row["mean"] == 4
    assert row[list(PARTS)].isna().all()


def test_a_crm_that_logs_starts_tells_effort_alone() -> None:
    log = tell("0 entered qualify; 1 started @ann; 3 touched @ann; 4 advanced qualify", simulated=False)
    row = dwell_summary(log).loc["qualify"]
    assert row["effort"] == 2
    assert row[["wait", "latency", "expert"]].isna().all()


def test_an_empty_log_has_no_dwell() -> None:
    assert dwell(tell()).empty
    assert dwell_summary(tell())["left"].tolist() == [0, 0, 0]


@given(logs())
def test_the_parts_add_up_to_the_stay(log: EventLog) -> None:
    stays = visits(log)
    # The tale's times are eighths of a day, so that the sums are exact.
    assert (parts_of(log, stays).sum(axis=1) == stays.seen_for(log.window[1])).all()


@given(logs())
def test_the_stretches_of_a_stay_join_without_gap_or_overlap(log: EventLog) -> None:
    cut, stays = stretches(log), visits(log)
    same = cut.visit[1:] == cut.visit[:-1]
    assert (cut.begin[1:] == cut.end[:-1])[same].all()
    first = np.append(True, ~same)[: len(same) + 1] if len(cut.visit) else np.empty(0, bool)
    assert (cut.begin[first] == stays.entered[cut.visit[first]]).all()


@given(logs())
def test_the_parts_are_those_of_a_walk_through_each_leads_rows(log: EventLog) -> None:
    assert parts_of(log, visits(log)).tolist() == _walk(log)


def _walk(log: EventLog) -> list[list[float]]:
    """Add up the parts row by row, lead by lead, as one would with a pencil."""
    days: list[list[float]] = []
    for lead in range(log.n_leads):
        story = [
            (time, Kind(kind))
            for time, kind, of in zip(log.events["time"], log.events["kind"], log.events["lead"], strict=True)
            if of == lead
        ]
        inside, state, owed = False, 0, 0
        for place, (time, kind) in enumerate(story):
            owed += (kind == Kind.EXPERT_REQUESTED) - (kind == Kind.EXPERT_FINISHED)
            if kind == Kind.ENTERED:
                inside = True
                days.append([0.0] * 4)
            inside = inside and kind not in (Kind.ADVANCED, Kind.LOST, Kind.NURTURED, Kind.WON)
            state = {Kind.ENTERED: 0, Kind.WOKEN: 0, Kind.LATENCY_ENDED: 0, Kind.STARTED: 1, Kind.TOUCHED: 2}.get(
                kind, state
            )
            if inside:
                end = story[place + 1][0] if place + 1 < len(story) else log.window[1]
                days[-1][_charged_to(state, owed, story[place + 1 :])] += float(end - time)
    return days


def _charged_to(state: int, owed: int, rest: list[tuple[float, Kind]]) -> int:
    """Tell a wait for the rep from one for the buyer (the answer comes next) or an expert (no rep goes ahead)."""
    owed_then = owed
    for _, kind in rest if state == 0 else []:
        if kind == Kind.LATENCY_ENDED:
            return 2
        if kind == Kind.STARTED and owed_then:
            return 0
        if kind in (Kind.ENTERED, Kind.WOKEN, Kind.STARTED):
            break
        owed_then += (kind == Kind.EXPERT_REQUESTED) - (kind == Kind.EXPERT_FINISHED)
    return 3 if state == 0 and owed else state
