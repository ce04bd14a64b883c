"""The reduction: the rows of a run, chunk by chunk, give the figures that the queries give over its log."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import SpecError
from sim.eventlog import ROW, EventLog
from sim.kpis import summary
from sim.kpis.reduction import Reduction, jobs, lives, stays
from tests.sim.kpis.reduced import check_equal, day_shifts, periods, query, reduce
from tests.sim.kpis.story import logs, tell

ROUNDING = 1e-12
LOG = tell(
    "-2 created; -2 entered qualify; 1 routed qualify @ann; 2 started @ann; 3 touched @ann; 4 latency_ended;"
    "4 started @ann; 4.5 touched @ann; 5 advanced qualify; 5 entered discovery; 5 routed discovery @cid;"
    "6 advanced discovery; 6 won discovery $90",
    "0 created; 0 entered qualify; 0 routed qualify @ann; 1 recaptured qualify @ann; 1 routed qualify @bob;"
    "2 escalated qualify @ann; 3 lost qualify !price; 4 entered qualify; 4 routed qualify @bob; 5 entered qualify",
    "1 created; 1 entered qualify; 1 routed qualify @bob; 2 recaptured qualify @bob; 3 nurtured qualify",
    "1 created; 1 entered qualify; 1 expert_requested @legal; 1.5 expert_started @legal; 2 latency_ended;"
    "2.5 routed @ann; 3 started @ann; 3.5 expert_finished @legal; 4 touched @ann; 5 lost qualify !price",
    "2 created; 2 entered qualify; 3 started @ann; 4 started @bob; 5 touched @ann; 6 touched @bob; 7 started @ann;"
    "8 routed @bob; 9 escalated @bob",
    "2 created; 2 entered qualify; 2 routed qualify @ann; 2.5 recaptured qualify @ann; 9 merged",
    "0 created; 0 entered qualify; 1 expert_requested @legal; 3 unassigned qualify !region; 9 expert_finished @legal",
    "0 created; 0 entered qualify; 0.5 touched @ann; 4 touched @ann",
    leads=[{"amount": 10.0 * number} for number in range(1, 9)],
)

PLANTED = [
    (lives, "follow", 'life["first_touch"] = min(life["first_touch"], time)', 'life["first_touch"] = time'),
    (lives, "follow", 'life["ended"] = np.inf if opens else time', 'life["ended"] = time'),
    (lives, "follow", 'life["orphaned"] &= kind != Kind.NURTURED', 'life["orphaned"] &= True'),
    (lives, "follow", "if _ASSIGNS[kind]:", "if True:"),
    (lives, "follow", 'life["returned"] |= inside', "pass"),
    (lives, "follow", 'life["owner"] if row["actor"] == NONE else row["actor"]', 'row["actor"]'),
    (lives, "follow", "min(max(until, start), end)", "until"),
    (stays, "follow_stays", "owed = _WAIT", "owed = _EXPERT"),
    (stays, "follow_stays", "free = owed = _LATENCY", "free = _LATENCY"),
    (stays, "follow_stays", "after > here", "after >= here"),
    (jobs, "follow_jobs", 'job["touch"] and np.isnan(job["cut"])', 'job["touch"]'),
    (jobs, "follow_jobs", 'records[place]["actor"] == actor and ', ""),
]


def agree(log: EventLog, sizes: Sequence[int]) -> None:
    for period in periods(log):
        check_equal(reduce(log, period, day_shifts(log), sizes), query(log, period, day_shifts(log)), ROUNDING)


def as_python(module: ModuleType, old: str = "", new: str = "") -> dict[str, Callable[..., None]]:
    """Read a module's rules as the Python they are written in, one piece of them replaced."""
    source = Path(str(module.__file__)).read_text("utf-8").replace("@rule\n", "")
    assert source.count(old) >= 1, old
    names: dict[str, Callable[..., None]] = {}
    exec(compile(source.replace(old, new) if old else source, f"planted in {module.__name__}", "exec"), names)  # noqa: S102
    return names


def test_a_story_told_in_full_has_the_figures_of_its_log() -> None:
    agree(LOG, [len(LOG)])


def test_figures_worked_out_by_hand() -> None:
    run = Reduction(LOG, (2.0, 8.0), with_stays=True, hours=day_shifts(LOG))
    for rows in LOG.records(5):
        run.take(rows)
    figures = run.figures()
    assert figures["leads"] == 1  # of the two created in the period one is merged by the window's end
    assert (figures["bookings"], figures["wins"], figures["lost"]) == (90, 1, 2)
    assert figures["sales_cycle_mean"] == 8
    assert figures["wip_mean"] == pytest.approx((4 + (1 + 4) + 1 + 3 + 6 + 6 + 6 + 6) / 6)
    assert figures["pipeline_end"] == 20 + 50 + 60 + 70 + 80
    assert figures["ping_pong"] == 1
    assert figures["unassigned"] == 2  # the sixth was taken back, the seventh found nobody
    discovery, cid = LOG.code("stage", "discovery"), LOG.code("actor", "cid")
    assert [run.dwell()[name][discovery] for name in ("left", "mean", "wait")] == [1, 1, 1]
    assert run.won_by_actor()["wins"].tolist() == [int(actor == cid) for actor in range(4)]


@given(logs(), st.lists(st.integers(1, 9), min_size=1, max_size=3))
def test_any_story_in_any_chunks_has_the_figures_of_its_log(log: EventLog, sizes: list[int]) -> None:
    agree(log, sizes)


@given(logs(), st.lists(st.integers(1, 9), min_size=1, max_size=3))
def test_where_the_chunks_are_cut_changes_not_a_bit(log: EventLog, sizes: list[int]) -> None:
    hours = day_shifts(log)
    whole = reduce(log, (0.0, log.window[1]), hours, [max(1, len(log))])
    check_equal(reduce(log, (0.0, log.window[1]), hours, sizes), whole, within=0)


@pytest.mark.parametrize(("module", "name"), [(lives, "follow"), (stays, "follow_stays"), (jobs, "follow_jobs")])
def test_the_rules_say_the_same_as_plain_python(module: ModuleType, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, name, as_python(module)[name])
    agree(LOG, [7])


@pytest.mark.parametrize(("module", "name", "old", "new"), PLANTED, ids=[old for _, _, old, _ in PLANTED])
def test_an_error_planted_in_one_rule_is_caught(
    module: ModuleType, name: str, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, as_python(module, old, new)[name])
    with pytest.raises(AssertionError):
        agree(LOG, [7])


def test_what_is_kept_grows_with_the_leads_and_not_with_the_rows() -> None:
    run = Reduction(LOG, with_stays=True, hours=day_shifts(LOG))
    once = np.zeros(1, ROW)
    once["kind"], once["stage"], once["amount"] = lives.Kind.REMINDED, -1, np.nan
    sizes = []
    for _ in range(2):
        run.take(np.repeat(once, 200_000))
        sizes.append(sum(kept.nbytes for part in (run._lives, run._stays, run._jobs) for kept in part or ()))
    assert sizes[0] == sizes[1]


def test_a_reduction_says_what_it_was_not_told_to_follow() -> None:
    run = Reduction(LOG)
    assert run.figures() == pytest.approx(summary(LOG.select(np.zeros(len(LOG), bool))), nan_ok=True)
    with pytest.raises(SpecError, match="no stays were followed; make it with_stays=True"):
        run.dwell()
    with pytest.raises(SpecError, match="no jobs were followed; give it the actors' hours"):
        run.work()
    with pytest.raises(SpecError, match="hours of 0 actors for 4; give those of every actor"):
        Reduction(LOG, hours=())
