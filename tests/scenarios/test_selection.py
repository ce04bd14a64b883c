"""Procedures choose the best plan as often as they promise, and spend no more than they need."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest
from sim_tools.ovs.fixed_budget import OCBA
from sim_tools.ovs.indifference_zone import KN

from scenarios.pairing import Floats
from scenarios.selection import Budget, Chosen, KimNelson
from scenarios.selection.ocba import granted, independent_shares, paired_shares
from scenarios.selection.source import Ask
from sim.errors import SpecError

PROBLEMS, ZONE = 500, 0.4
PROMISE = KimNelson(relative=None, absolute=ZONE, confidence=0.95, first=20, most=10_000)


class MadeUp:
    """A source of values with known means; ``shared`` is the correlation between plans."""

    def __init__(self, mean: Floats, sd: Floats, shared: float, seed: int, *, skewed: bool = False) -> None:
        self._mean, self._sd, self._shared, self._skewed = mean, sd, shared, skewed
        self._dice = np.random.default_rng(seed)
        self.values = np.empty((0, len(mean)))

    def __call__(self, ask: Ask) -> Mapping[int, Floats]:
        while len(self.values) < max(wanted.stop for wanted in ask.values()):
            self.values = np.concatenate([self.values, self._more(100)])
        return {plan: self.values[wanted.start : wanted.stop, plan] for plan, wanted in ask.items()}

    def _more(self, n: int) -> Floats:
        luck, own = self._luck((n, 1)), self._luck((n, len(self._mean)))
        return self._mean + self._sd * (np.sqrt(self._shared) * luck + np.sqrt(1 - self._shared) * own)

    def _luck(self, shape: tuple[int, int]) -> Floats:
        return self._dice.exponential(1.0, shape) - 1.0 if self._skewed else self._dice.standard_normal(shape)


def slippage(number: int, plans: int = 8) -> Floats:
    """The hardest case: one plan, each in turn, leads all others by exactly the zone."""
    return ZONE * (np.arange(plans) == number % plans)


EQUAL, UNEQUAL = np.ones(8), np.linspace(0.5, 2.0, 8)
CASES: dict[str, dict[str, Any]] = {
    "alone and alike": {"sd": EQUAL, "shared": 0.0},
    "shared luck": {"sd": EQUAL, "shared": 0.8},
    "alone and unlike": {"sd": UNEQUAL, "shared": 0.0},
    "shared luck and unlike": {"sd": UNEQUAL, "shared": 0.8},
    "shared luck, unlike and skewed": {"sd": UNEQUAL, "shared": 0.8, "skewed": True},
}


def choices(rule: KimNelson, case: Mapping[str, Any], problems: int = PROBLEMS) -> list[Chosen]:
    return [rule.choose(MadeUp(slippage(number), seed=number, **case), 8) for number in range(problems)]


def right(found: list[Chosen]) -> int:
    return sum(chosen.best == number % 8 for number, chosen in enumerate(found))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_best_plan_is_chosen_as_often_as_promised(case: Mapping[str, Any]) -> None:
    found = choices(PROMISE, case)
    assert all(chosen.decided for chosen in found)
    assert binomtest(right(found), PROBLEMS).proportion_ci(0.95).low > 0.93


def test_the_check_catches_a_procedure_that_puts_plans_out_too_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    honest = KimNelson._reach
    monkeypatch.setattr(KimNelson, "_reach", lambda self, *told: 0.25 * honest(self, *told))
    found = choices(PROMISE, CASES["alone and unlike"])
    assert binomtest(right(found), PROBLEMS).proportion_ci(0.95).low < 0.93


def test_shared_luck_saves_runs() -> None:
    alone, shared = (choices(PROMISE, CASES[name], 60) for name in ("alone and unlike", "shared luck and unlike"))
    spent = [np.mean([chosen.runs.sum() for chosen in found]) for found in (alone, shared)]
    assert spent[1] < 0.6 * spent[0]


def test_fifty_plans_are_no_trouble() -> None:
    found = [
        PROMISE.choose(MadeUp(slippage(number, 50), np.linspace(0.5, 2.0, 50), 0.8, number), 50) for number in range(40)
    ]
    assert sum(chosen.best == number for number, chosen in enumerate(found)) >= 36
    assert np.mean([chosen.runs.mean() for chosen in found]) < 50


def test_of_plans_within_the_zone_one_is_chosen_all_the_same() -> None:
    mean = np.array([0.0, 0.3, 0.2, -1.0])
    for seed in range(20):
        chosen = PROMISE.choose(MadeUp(mean, np.ones(4), 0.5, seed), 4)
        assert chosen.decided
        assert chosen.best != 3


def test_equal_plans_end_with_the_first_of_them() -> None:
    values = np.random.default_rng(1).standard_normal(5000)

    def same(ask: Ask) -> Mapping[int, Floats]:
        return {plan: values[wanted.start : wanted.stop] for plan, wanted in ask.items()}

    chosen = PROMISE.choose(same, 3)
    assert (chosen.best, chosen.decided, chosen.runs.tolist()) == (0, True, [20, 20, 20])


def test_less_can_be_better() -> None:
    source = MadeUp(np.array([5.0, 3.0, 4.0]), 0.1 * np.ones(3), 0.0, 1)
    chosen = PROMISE.choose(source, 3, larger=False)
    assert chosen.best == 1
    assert chosen.difference == pytest.approx([2.0, 0.0, 1.0], abs=0.2)
    assert Budget(runs=40).choose(source, 3, larger=False).best == 1


def test_a_plan_that_is_out_is_asked_for_no_more() -> None:
    asked: list[Ask] = []
    source = MadeUp(np.array([1.0, 1.5, -9.0]), np.ones(3), 0.0, 3)

    def watched(ask: Ask) -> Mapping[int, Floats]:
        asked.append(ask)
        return source(ask)

    chosen = PROMISE.choose(watched, 3)
    assert [plan for ask in asked[1:] for plan in ask if plan == 2] == []
    assert chosen.runs[2] == 20 < chosen.runs[1]


def test_what_the_most_runs_cannot_decide_is_said_to_be_undecided() -> None:
    chosen = replace(PROMISE, most=25).choose(MadeUp(np.zeros(3), 9 * np.ones(3), 0.0, 1), 3)
    assert not chosen.decided
    assert chosen.best in chosen.left
    assert chosen.runs.max() == 25


def test_a_relative_zone_is_a_share_of_the_first_plans_mean() -> None:
    source = MadeUp(np.array([200.0, 210.0]), np.ones(2), 0.0, 1)
    chosen = KimNelson(relative=0.01).choose(source, 2)
    assert chosen.zone == pytest.approx(0.01 * source.values[:20, 0].mean())
    with pytest.raises(SpecError, match="the first plan's mean is 0"):
        KimNelson().choose(lambda ask: {plan: np.zeros(len(wanted)) for plan, wanted in ask.items()}, 2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"relative": None}, "absolute or as relative"),
        ({"relative": 0.1, "absolute": 3.0}, "absolute or as relative"),
        ({"relative": 0.0}, "must be above 0, got 0"),
        ({"confidence": 0.4}, r"confidence must be in \(0.5, 1\), got 0.4"),
        ({"first": 9}, "must have 10 to 2000 replications, got 9"),
        ({"most": 15}, "must have 10 to 15 replications, got 20"),
    ],
)
def test_a_promise_that_promises_nothing_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        KimNelson(**change)


# held against sim-tools


class Told:
    """The same values, told one by one as sim-tools asks for them."""

    def __init__(self, values: Floats) -> None:
        self.values, self.seen, self.observer = values, np.zeros(values.shape[1], np.int64), None

    def register_observer(self, observer: object) -> None:
        self.observer = observer

    def simulate(self, design: int) -> None:
        value = self.values[self.seen[design], design]
        self.seen[design] += 1
        self.observer.feedback(self, design, value)  # type: ignore[attr-defined]


class Corrected(KN):  # type: ignore[misc]
    """KN of sim-tools, which for a pair in falling order looks up the variance of another pair."""

    def _limit_to_distance_from_sample_means(self, design_i: int, design_l: int) -> float:
        return float(super()._limit_to_distance_from_sample_means(*sorted((design_i, design_l))))


def after_each_run(rule: KimNelson) -> Iterator[int]:
    yield from range(rule.first, rule.most + 1)


@pytest.mark.parametrize("plans", [2, 5])
def test_with_a_look_after_each_run_it_is_the_procedure_of_sim_tools(
    plans: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(KimNelson, "_looks", after_each_run)
    for seed in range(20):
        source = MadeUp(slippage(seed, plans), np.linspace(0.5, 2.0, plans), 0.6, seed)
        mine = PROMISE.choose(source, plans)
        source({0: range(2000)})
        told = Told(source.values)
        theirs = Corrected(told, plans, ZONE, alpha=0.05, n_0=20).solve()
        assert theirs.tolist() == [mine.best]
        one_more = np.arange(plans) == mine.best  # they run the chosen plan once more before they stop
        assert (told.seen - one_more).tolist() == mine.runs.tolist()


def test_the_shares_of_a_budget_are_those_of_sim_tools() -> None:
    dice = np.random.default_rng(4)
    for _ in range(30):
        mean, sd = dice.normal(0.0, 2.0, 6), dice.uniform(0.5, 2.0, 6)
        theirs = OCBA(Told(np.zeros((1, 6))), 6, 220, 40, n_0=10, obj="max")
        theirs._means, theirs._vars, theirs._allocations = -mean, sd**2, np.full(6, 10)
        expected = theirs._allocate() + 10
        mine = granted(independent_shares(mean, sd, int(mean.argmax())), np.full(6, 10), 100)
        assert abs(mine - expected).max() <= 3  # they round all, and give what is left over to the best


# a budget


def correct(rule: Budget, shared: float, problems: int = 300) -> float:
    """Share of right choices among ten normal plans whose means are 0, −1, ..., −9 (Chen et al. 2000, experiment 1)."""
    mean = -np.arange(10.0)
    return float(
        np.mean([rule.choose(MadeUp(mean, np.full(10, 6.0), shared, seed), 10).best == 0 for seed in range(problems)])
    )


@pytest.mark.slow
@pytest.mark.parametrize("shared", [0.0, 0.8])
def test_a_budget_by_importance_beats_equal_shares(shared: float) -> None:
    paired = shared > 0
    by_importance = correct(Budget(runs=300, paired=paired), shared)
    equal = correct(Budget(runs=300, first=30, paired=paired), shared)
    error = np.sqrt((by_importance * (1 - by_importance) + equal * (1 - equal)) / 300)
    assert by_importance - equal > 2 * error


@pytest.mark.slow
def test_the_check_catches_shares_that_are_turned_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "scenarios.selection.ocba.independent_shares", lambda mean, *_: np.maximum(mean.max() - mean, 0.01)
    )
    wrong, equal = correct(Budget(runs=300, paired=False), 0.0), correct(Budget(runs=300, first=30, paired=False), 0.0)
    assert wrong < equal


def test_a_budget_is_spent_to_the_last_run() -> None:
    source = MadeUp(-np.arange(4.0), np.ones(4), 0.5, 2)
    for runs in (40, 41, 67, 200):
        assert Budget(runs=runs).choose(source, 4).runs.sum() == runs


def test_with_shared_luck_the_best_plan_is_run_as_often_as_the_nearest_rival() -> None:
    shares = paired_shares(np.array([0.0, -1.0, -2.0]), np.array([0.0, 1.0, 1.0]), 0)
    assert shares == pytest.approx(np.array([4, 4, 1]) / 9)


def test_plans_that_never_differ_share_equally() -> None:
    assert paired_shares(np.zeros(4), np.zeros(4), 0) == pytest.approx(np.full(4, 0.25))
    assert granted(np.full(4, 0.25), np.array([10, 10, 10, 30]), 80).tolist() == [17, 17, 16, 30]


@pytest.mark.parametrize(
    ("change", "message"),
    [({"first": 4}, "begins with 5 runs or more, got 4"), ({"step": 0}, "step must be 1 or more, got 0")],
)
def test_a_budget_that_cannot_be_given_out_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Budget(runs=100, **change)
    with pytest.raises(SpecError, match="3 plans need 30 runs to begin with, got a budget of 29"):
        Budget(runs=29).choose(MadeUp(np.zeros(3), np.ones(3), 0.0, 1), 3)
