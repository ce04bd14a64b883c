"""What is the compiled engine's own: policies of the user's in machine code, and runs that keep no log."""

import gc
import resource
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from sim.discipline import Discipline
from sim.engine.compiled import run as compiled
from sim.engine.compiled.functions import address_of
from sim.errors import SpecError
from sim.eventlog import EventLog, Kind
from sim.kpis.reduction import Reduction
from sim.market import Stage
from sim.opening import Opening
from sim.operation import PoolRules
from sim.pull import ChooseLead, FreeRep, UserPull
from sim.routing.least_open import LeastOpen
from sim.routing.policy import Ranking, Routing
from sim.routing.state import Flags, Floats, LeadView, TeamState, Whole
from sim.routing.user_function import UserFunction
from sim.simulate import COMPILED, ENGINES, REFERENCE, SlowPolicyWarning, simulate, simulator
from sim.spec import FunnelSpec
from tests.properties.funnels import Run, runs
from tests.properties.test_two_engines import differences
from tests.sim.engine.scene import MONDAY, TALK, many, rep, scene

NAMES: list[str] = []


def best_loaded(lead: LeadView, now: float, load: Whole, reps: TeamState, state: Floats) -> int:
    """Weigh everything that a policy is shown, and remember something."""
    desk = (load + 1.0) / reps.speed + 0.1 * (~reps.serves_region[:, lead.region]) - 0.01 * reps.weight * reps.seniority
    desk += 0.001 * (reps.last_turn % 7) + 0.01 * state[:, 3] + lead.tier * (reps.available_at > now)
    desk[reps.away | (load >= reps.wip_limit) | ~reps.eligible] = np.inf
    best = int(np.argmin(desk))
    state[best, 3] += lead.score / 100.0
    return best


def out_of_range(lead: LeadView, now: float, load: Whole, reps: TeamState, state: Floats) -> int:
    return 5


def reads_beyond(lead: LeadView, now: float, load: Whole, reps: TeamState, state: Floats) -> int:
    return int(load[len(load) + 3])


def takes_notes(lead: LeadView, now: float, load: Whole, reps: TeamState, state: Floats) -> int:
    NAMES.append(reps.names[0])  # a list of Python's: not for Numba
    return 0


class Last(Ranking):
    """A policy of one's own, written as a class."""

    def rank(self, team: TeamState, lead: LeadView, candidates: Flags, keys: Floats) -> None:  # noqa: ARG002
        keys[:] = -np.arange(len(team.names))


def desk(*rank: Ranking) -> FunnelSpec:
    stages = (Stage(name="call", advance=1.0, effort=TALK),)
    people = [rep("Ann", speed=2.0), rep("Bob", weight=3.0), rep("Cem", "office")]
    return scene(many(30), stages, people, routing=Routing(rank=(*rank, LeastOpen())))


def play(spec: FunnelSpec, engine: str = COMPILED) -> EventLog:
    return simulate(spec, Opening(MONDAY), days=5.0, seed=3, engine=engine)


def test_a_policy_of_ones_own_is_compiled_and_does_the_same() -> None:
    spec = desk(UserFunction(best_loaded))
    told, defined = play(spec), play(spec, REFERENCE)
    assert differences(told, defined) == []
    assert differences(told, play(desk())) != []  # it does make a difference
    assert address_of(best_loaded) > 0


@pytest.mark.parametrize("engine", ENGINES)
def test_a_policy_that_names_nobody_there_is_told(engine: str) -> None:
    told = "policy 'out_of_range': returned rep 5; it must return a position from 0 to 2, or -1"
    with pytest.raises(SpecError, match=told):
        play(desk(UserFunction(out_of_range)), engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_policy_that_fails_fails_as_python_does(engine: str) -> None:
    with pytest.raises(IndexError):
        play(desk(UserFunction(reads_beyond)), engine)


@pytest.mark.parametrize(
    ("part", "told"), [(UserFunction(takes_notes), "takes_notes"), (Last(), "Last")], ids=["function", "class"]
)
def test_a_policy_that_numba_cannot_compile_runs_slowly_with_a_warning(part: Ranking, told: str) -> None:
    with pytest.warns(SlowPolicyWarning, match=f"{told}.*the reference engine does the work, .* 40 times as long"):
        log = play(desk(part))
    assert differences(log, play(desk(part), REFERENCE)) == []


def best_scored(rep: FreeRep, now: float, queue: Any, state: Floats) -> int:
    return int(queue.score.argmax())


def beyond(rep: FreeRep, now: float, queue: Any, state: Floats) -> int:
    return len(queue)


def looks_beyond(rep: FreeRep, now: float, queue: Any, state: Floats) -> int:
    return int(queue[len(queue) + 3].tier)


def writes_down(rep: FreeRep, now: float, queue: Any, state: Floats) -> int:
    NAMES.append(str(rep))  # a list of Python's: not for Numba
    return -1


def pulled(function: ChooseLead, **team: Any) -> FunnelSpec:
    stages = (Stage(name="call", advance=1.0, effort=TALK),)
    return scene(many(30), stages, [rep("Ann"), rep("Bob", speed=2.0)], choose_lead=UserPull(function), **team)


def test_a_free_rep_takes_the_lead_that_the_function_names() -> None:
    told, defined = play(pulled(best_scored)), play(pulled(best_scored), REFERENCE)
    assert differences(told, defined) == []
    ann = told.code("actor", "Ann")
    taken = told.events["lead"][(told.events["actor"] == ann) & told.of_kind(Kind.STARTED)]
    score = told.leads["score"][taken]
    assert len(score) > 10
    assert (np.diff(score[1:]) < 0).all()  # the first was taken before anybody else was there


@pytest.mark.parametrize("engine", ENGINES)
def test_a_function_claims_from_the_pool_too(engine: str) -> None:
    rules = {"routing": Routing(push=False), "pool": PoolRules(claims_per_day=3), "discipline": Discipline.FIFO}
    log = play(pulled(best_scored, **rules), engine)
    claims = log.events["lead"][log.of_kind(Kind.CLAIMED)]
    best = set(np.argsort(log.leads["score"])[-3:].tolist())
    assert best <= set(claims[:6].tolist())  # two reps begin with whom they are offered, then they choose


@pytest.mark.parametrize("engine", ENGINES)
def test_a_function_that_names_no_waiting_lead_is_told(engine: str) -> None:
    with pytest.raises(SpecError, match=r"policy 'beyond': returned lead \d+; it must return a position from 0 to \d+"):
        play(pulled(beyond), engine)
    with pytest.raises(IndexError):
        play(pulled(looks_beyond), engine)


def test_a_function_to_pull_by_that_numba_cannot_compile_runs_slowly_with_a_warning() -> None:
    with pytest.warns(SlowPolicyWarning, match="writes_down.*the reference engine does the work"):
        log = play(pulled(writes_down))
    assert differences(log, play(pulled(writes_down), REFERENCE)) == []


class Rows(Reduction):
    """Figures, and the rows that they were made from."""

    def __init__(self, frame: EventLog) -> None:
        super().__init__(frame)
        self.kept: list[Any] = []

    def take(self, rows: Any) -> None:
        self.kept.append(rows.copy())
        super().take(rows)


@settings(max_examples=20)
@given(run=runs())
def test_a_run_that_keeps_no_log_tells_the_same(run: Run) -> None:
    both: list[Rows] = [
        simulator(run.spec, run.opening, days=run.days, engine=engine).feed(run.seed, 0, Rows) for engine in ENGINES
    ]
    assert same(both[0].figures(), both[1].figures())
    told = np.concatenate(both[0].kept)
    for name in run.log.events:
        np.testing.assert_array_equal(told[name], run.log.events[name])


def same(one: dict[str, float], other: dict[str, float]) -> bool:
    return all(a == b or np.isnan([a, b]).all() for a, b in zip(one.values(), other.values(), strict=True))


def test_rows_are_fetched_before_they_take_much_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "_AT_A_TIME", 64)
    ready = simulator(desk(), Opening(MONDAY), days=5.0)
    found = ready.feed(3, 0, Rows)
    assert len(found.kept) > 2
    assert max(map(len, found.kept)) < 64 + 40  # one event may write a few rows more
    assert sum(map(len, found.kept)) == len(play(desk()))


def test_memory_does_not_grow_with_the_number_of_replications() -> None:
    ready = simulator(desk(), Opening(MONDAY), days=5.0)

    def peak(runs: int) -> int:
        for replication in range(runs):
            ready.feed(1, replication, Reduction).figures()
        gc.collect()
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    before = peak(50)
    assert peak(1500) - before < 8 * 1024  # KiB on Linux: 6 KiB a replication left behind would show
