"""The best plan is among those that can still be the best, and all intervals hold together, as often as they say."""

import numpy as np
import pytest
from scipy import stats

from scenarios import best
from scenarios.best import against_best, together
from scenarios.compare import Verdict, compare
from scenarios.pairing import Floats, Whole, limits
from tests.scenarios.test_compare import table

PROBLEMS, RUNS, PLANS = 500, 20, 8
MEANS = np.array([0.0, 0.0, 0.0, 1.5, 0.0, 0.0, 0.0, 0.0])
"""One plan leads by so much that only true intervals show by how much: where all are equal, any would do."""


def unlike(dice: np.random.Generator, shared: float = 2.0) -> Floats:
    """Runs under plans that share most of their luck, and vary by very different amounts beside it."""
    own = np.linspace(0.2, 2.0, PLANS) * dice.standard_normal((RUNS, PLANS))
    return MEANS + shared * dice.standard_normal((RUNS, 1)) + own


def skewed(dice: np.random.Generator) -> Floats:
    return MEANS + dice.exponential(1.0, (RUNS, 1)) + dice.exponential(1.0, (RUNS, PLANS)) - 2.0


def hold_together(sample: object, confidence: float = 0.95) -> float:
    dice, draw = np.random.default_rng(5), np.zeros(RUNS, np.int64)
    true = MEANS - np.array([np.delete(MEANS, plan).max() for plan in range(PLANS)])
    hits = 0
    for _ in range(PROBLEMS):
        found = against_best(sample(dice), draw, confidence)  # type: ignore[operator]
        hits += bool(((found.low <= true) & (true <= found.high)).all() and found.possible[MEANS.argmax()])
    return hits / PROBLEMS


def least(truth: float) -> float:
    return truth - 4 * float(np.sqrt(truth * (1 - truth) / PROBLEMS))


@pytest.mark.parametrize("sample", [unlike, lambda dice: unlike(dice, 0.0), skewed], ids=["shared", "alone", "skewed"])
def test_all_intervals_hold_together_and_the_best_plan_is_never_left_out(sample: object) -> None:
    assert hold_together(sample) >= least(0.95)


def test_the_check_catches_intervals_that_hold_by_themselves_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best, "together", lambda confidence, _: confidence)
    assert hold_together(unlike) < least(0.95)


def test_with_two_plans_the_limits_are_those_of_the_one_sided_paired_t_test() -> None:
    values = np.array([[3.0, 1.0], [4.0, 3.0], [2.0, 2.0], [6.0, 4.0], [5.0, 5.0]])
    gain = values[:, 0] - values[:, 1]  # 2, 1, 0, 2, 0: symmetric
    one_sided = stats.t.ppf(0.95, 4) * gain.std(ddof=1) / np.sqrt(5)
    found = against_best(values, np.zeros(5, np.int64), 0.95)
    assert found.ahead == pytest.approx([1.0, -1.0])
    assert found.high == pytest.approx([1.0 + one_sided, max(0.0, one_sided - 1.0)])
    assert found.low == pytest.approx([min(0.0, 1.0 - one_sided), -1.0 - one_sided])


def test_less_is_better_turns_everything_round() -> None:
    values, draw = unlike(np.random.default_rng(1)), np.zeros(RUNS, np.int64)
    more, less = against_best(values, draw, 0.95), against_best(-values, draw, 0.95, larger=False)
    assert less.ahead == pytest.approx(-more.ahead)
    assert (less.low, less.high) == (pytest.approx(-more.high), pytest.approx(-more.low))
    assert (less.possible == more.possible).all()


def test_draws_are_averaged_before_plans_are_held_against_each_other() -> None:
    draw: Whole = np.repeat([0, 1, 2], 4)
    values = np.random.default_rng(2).standard_normal((12, 3))
    means = values.reshape(3, 4, 3).mean(axis=1)
    whole, averaged = against_best(values, draw, 0.9), against_best(means, np.zeros(3, np.int64), 0.9)
    assert whole.high == pytest.approx(averaged.high)


def test_one_run_leaves_every_plan_possible() -> None:
    found = against_best(np.array([[1.0, 9.0]]), np.zeros(1, np.int64), 0.95)
    assert found.possible.all()
    assert np.isnan([found.low, found.high]).all()


def no_effects(dice: np.random.Generator, kind: str) -> Floats:
    """Differences of seven plans that change what happens, but nothing on average: runs × comparisons × plans."""
    shape = (RUNS, PROBLEMS, 7)
    if kind == "rare":
        return np.where(dice.random(shape) < 0.2, 30.0 * dice.standard_normal(shape), 0.0)
    return dice.standard_normal(shape) if kind == "normal" else dice.exponential(1.0, shape) - 1.0


def falsely_different(kind: str, confidence: float) -> float:
    """Share of comparisons in which any plan without effect lies outside its interval."""
    low, high = limits(no_effects(np.random.default_rng(9), kind), confidence)
    return float(((low > 0) | (high < 0)).any(axis=1).mean())


@pytest.mark.parametrize("kind", ["normal", "exponential", "rare"])
def test_plans_without_effect_are_called_different_in_at_most_five_of_a_hundred_comparisons(kind: str) -> None:
    assert falsely_different(kind, together(0.95, 7)) <= 0.05
    assert falsely_different(kind, 0.95) > 0.05  # what intervals that hold by themselves only would do


def test_verdicts_rest_on_the_limits_that_hold_together() -> None:
    dice = np.random.default_rng(12)
    base = 100.0 + 20.0 * dice.standard_normal(RUNS)
    plans = {f"plan {place}": (base + 2.2 + 4.0 * dice.standard_normal(RUNS)).tolist() for place in range(7)}
    found = compare(table(base=base.tolist(), **plans), "bookings").table.iloc[1:]
    sure = (found["low_all"] > 0) | (found["high_all"] < 0)
    assert ((found["verdict"] == Verdict.BETTER) == sure).all()
    assert (found["low_all"] < found["low"]).all()
    assert ((found["low"] > 0) & ~sure).any()  # by itself it would look better


def test_together_divides_the_chance_of_an_error() -> None:
    assert together(0.95, 5) == pytest.approx(0.99)
    assert together(0.95, 0) == together(0.95, 1) == 0.95
