"""Goal seek on a company whose best plan is known by trying all of them, in formulas instead of a simulation."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from scenarios.chances import Chance
from scenarios.confirm import confirm
from scenarios.dials import Dial, plan_at, size, steps
from scenarios.goal import Confirmed, Effort, Goal, Measure, Question, Sought, Trial
from scenarios.landscape import Landscape
from scenarios.pairing import Floats
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever, Scenario
from scenarios.search import seek
from sim.errors import SpecError, UnknownNameError
from sim.spec import FunnelSpec

COMMON, OWN = 0.12, 0.03
"""Luck that all plans share, and luck of their own, as shares of the mean."""
GRID_RUNS = 40


@dataclass(frozen=True)
class Turn(Lever):
    name: str
    to: float | str

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        return spec

    def describe(self) -> str:
        return f"Set {self.name} to {self.to}."

    def cost(self, _spec: FunnelSpec, _horizon: Horizon, _prices: Prices) -> float:
        return 0.0


def dial(name: str, settings: tuple[float | str, ...], as_is: float | str) -> Dial:
    return Dial(name, settings, as_is, lambda to: Turn(name, to), lambda to: f"{name} {to}")


DIALS = (
    dial("closers", steps("closers", -1, 4, 1), 0.0),
    dial("desk", steps("desk", -2, 2, 1), 0.0),
    dial("leads", steps("leads", 0.8, 1.5, 0.05), 1.0),
    dial("routing", ("as is", "better", "worse"), "as is"),
)


def settings(plan: Scenario) -> dict[str, float | str]:
    as_is: dict[str, float | str] = {"closers": 0.0, "desk": 0.0, "leads": 1.0, "routing": "as is"}
    return as_is | {lever.name: lever.to for lever in plan.levers if isinstance(lever, Turn)}


def mean(plan: Scenario) -> float:
    """Millions booked: the scarcest of closers, desk and leads decides, smoothly."""
    at = settings(plan)
    leads = 11 * float(at["leads"]) + {"as is": 0.0, "better": 0.6, "worse": -0.3}[str(at["routing"])]
    parts = (11 + float(at["closers"]), 0.9 * (14 + float(at["desk"])), leads)
    return 0.24 * float(sum(part**-6 for part in parts)) ** (-1 / 6)


def cost(plan: Scenario) -> float:
    at = settings(plan)
    return 30_000 * float(at["closers"]) + 20_000 * float(at["desk"]) + 180_000 * (float(at["leads"]) - 1)


def company(seed: int, spoil: Callable[[Floats, range], Floats] = lambda values, _: values) -> Measure:
    def measure(plan: Scenario, runs: range) -> Floats:
        own = np.random.default_rng([seed, *map(ord, plan.name)]).standard_normal(runs.stop)[runs.start :]
        common = np.random.default_rng(seed).standard_normal(runs.stop)[runs.start :]
        return spoil(mean(plan) * (1 + COMMON * common + OWN * own), runs)

    return measure


def truth(plan: Scenario, target: float) -> float:
    return float(ndtr((mean(plan) - target) / (mean(plan) * np.hypot(COMMON, OWN))))


EVERY = [plan_at(DIALS, point) for point in product(*(range(len(each.settings)) for each in DIALS))]
QUESTION = Question(goal=Goal(target=2.4, chance=0.8), dials=DIALS, cost=cost, effort=Effort(trials=40), seed=2)


@pytest.fixture(scope="module")
def sought() -> Sought:
    return seek(QUESTION, company(2))


def exhaustive(seed: int) -> Confirmed:
    """The cheapest plan confirmed after every plan of the grid has had its runs, under the search's own fresh luck."""
    tried, later = company(seed), QUESTION.effort.base - GRID_RUNS
    points = list(product(*(range(len(each.settings)) for each in DIALS)))
    shares = [float((tried(plan, range(GRID_RUNS)) >= QUESTION.goal.target).mean()) for plan in EVERY]
    trials = [
        Trial(point, plan, cost(plan), GRID_RUNS, Chance(share, 0.06))
        for point, plan, share in zip(points, EVERY, shares, strict=True)
    ]

    def fresh(plan: Scenario, runs: range) -> Floats:
        return company(QUESTION.seed)(plan, range(runs.start + later, runs.stop + later))

    asked = replace(QUESTION, effort=replace(QUESTION.effort, base=GRID_RUNS))
    return next(each for each in confirm(asked, sorted(trials, key=lambda each: each.cost), fresh) if each.passed)


def test_the_answer_is_confirmed_and_really_reaches_the_target(sought: Sought) -> None:
    answer = sought.answer
    assert answer is not None
    assert answer.low >= 0.8
    assert truth(answer.trial.plan, 2.4) >= 0.8
    assert sought.runner_up is None or sought.runner_up.trial.cost >= answer.trial.cost


def test_the_answer_costs_little_more_than_the_cheapest_plan_that_is_as_sure(sought: Sought) -> None:
    assert sought.answer is not None
    as_sure = [cost(plan) for plan in EVERY if truth(plan, 2.4) >= truth(sought.answer.trial.plan, 2.4)]
    assert sought.answer.trial.cost <= min(as_sure) + 15_000
    assert sum(each <= min(as_sure) + 15_000 for each in as_sure) < 0.03 * len(EVERY)  # so few plans would do


def test_it_is_no_dearer_than_a_grid_with_ten_times_the_runs(sought: Sought) -> None:
    assert sought.answer is not None
    assert sought.replications <= size(DIALS) * GRID_RUNS / 10
    assert sought.answer.trial.cost <= exhaustive(101).trial.cost


def test_the_same_seed_finds_the_same() -> None:
    short = replace(QUESTION, effort=Effort(trials=16, base=100, more=20, confirm=100))
    found = seek(short, company(2))
    assert seek(short, company(2)) == found
    assert seek(replace(short, seed=3), company(2)).trials != found.trials


def test_it_tells_after_each_measurement_how_many_runs_are_done_and_how_many_there_may_be() -> None:
    told: list[tuple[int, int]] = []
    effort = Effort(trials=16, base=100, more=20, confirm=100)
    found = seek(replace(QUESTION, effort=effort), company(2), lambda done, most: told.append((done, most)))
    done, most = zip(*told, strict=True)
    assert list(done) == sorted(set(done))
    assert done[-2] == found.replications <= most[0]
    assert told[-1] == (most[0], most[0])


def test_more_certainty_never_costs_less(sought: Sought) -> None:
    prices = [trial.cost for level in QUESTION.goal.levels if (trial := sought.price(level))]
    assert prices == sorted(prices)
    ahead = sought.frontier
    assert [trial.cost for trial in ahead] == sorted(trial.cost for trial in ahead)
    assert [trial.chance.value for trial in ahead] == sorted(trial.chance.value for trial in ahead)


def test_what_only_looked_good_in_the_search_is_not_confirmed() -> None:
    def spoiled(values: Floats, runs: range) -> Floats:
        return values - 0.5 * (np.array(runs) >= QUESTION.effort.base)

    found = seek(QUESTION, company(1, spoiled))
    assert found.price(0.8) is not None
    assert found.answer is None


LADDER = [
    Trial((closers, 0, 0, 0), plan_at(DIALS, (closers, 0, 0, 0)), float(closers), 40, Chance(chance, 0.02))
    for closers, chance in enumerate((0.7, 0.82, 0.86, 0.89, 0.92, 0.99))
]
"""Plans that seem surer the more they cost."""


def all_alike(seed: int, chance: float) -> Measure:
    """Plans that all have the same chance to reach 0, and half of their luck in common."""

    def measure(plan: Scenario, runs: range) -> Floats:
        words = (0, *map(ord, plan.name))
        common, own = (np.random.default_rng([seed, *word]).standard_normal(runs.stop) for word in ((), words))
        return float(ndtri(chance)) + ((common + own) / np.sqrt(2))[runs.start :]

    return measure


def test_plans_that_miss_the_chance_by_a_hair_are_confirmed_no_more_often_than_stated() -> None:
    asked = replace(QUESTION, goal=Goal(target=0.0, chance=0.8, confidence=0.9))
    found = [confirm(asked, LADDER, all_alike(seed, 0.7999)) for seed in range(400)]
    false = np.mean([any(each.passed for each in tried) for tried in found])
    assert false <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / 400)
    assert max(len(tried) for tried in found) > 1  # a false one is followed by the next


def test_finalists_held_to_the_whole_error_each_are_confirmed_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Question, "confidence", lambda question, _failures: question.goal.confidence)
    asked = replace(QUESTION, goal=Goal(target=0.0, chance=0.8, confidence=0.9))
    found = [confirm(asked, LADDER, all_alike(seed, 0.7999)) for seed in range(400)]
    assert np.mean([any(each.passed for each in tried) for tried in found]) > 0.1 + 3 * np.sqrt(0.1 * 0.9 / 400)


def test_after_a_success_cheaper_plans_are_tried_and_after_a_failure_surer_ones() -> None:
    sure = {each.plan.name for each in LADDER[3:]}
    order: list[str] = []

    def measure(plan: Scenario, runs: range) -> Floats:
        order.append(plan.name)
        return all_alike(1, 0.95 if plan.name in sure else 0.7)(plan, runs)

    tried = confirm(replace(QUESTION, goal=Goal(target=0.0, chance=0.8)), LADDER, measure)
    cost = {each.plan.name: each.cost for each in LADDER}
    assert next(each for each in tried if each.passed).trial == LADDER[3]
    assert [each.passed for each in tried] == sorted(each.passed for each in tried)
    assert sum(each.runs for each in tried) <= QUESTION.effort.confirm
    assert {cost[name] for name in order} >= {2.0, 3.0}  # the answer, and one just below it that failed


def test_a_target_out_of_reach_has_a_surest_plan_and_no_answer() -> None:
    found = seek(replace(QUESTION, goal=Goal(target=3.2)), company(1))
    assert found.answer is None
    assert found.surest.high < 0.8
    best = max(truth(plan, 3.2) for plan in EVERY)
    assert truth(found.surest.trial.plan, 3.2) > best - 0.1


def test_plans_that_never_reach_the_target_are_told_apart_by_nothing() -> None:
    seen = {each.point: Chance(0.0, 0.0) for each in LADDER}
    told = Landscape(DIALS, seen).chances()
    assert all(chance.value < 0.01 and chance.error == 0 for chance in told.values())


def test_a_target_that_is_reached_already_costs_nothing_or_less() -> None:
    found = seek(replace(QUESTION, goal=Goal(target=1.5)), company(1))
    assert found.answer is not None
    assert found.answer.trial.cost <= 0


def test_impossible_questions_are_refused() -> None:
    with pytest.raises(SpecError, match="can't be confirmed"):
        replace(QUESTION, goal=Goal(target=2.4, chance=0.99), effort=Effort(confirm=50))
    with pytest.raises(SpecError, match="chance must be"):
        Goal(target=1.0, chance=1.0)
    with pytest.raises(UnknownNameError, match="figure 'booking'"):
        Goal(target=1.0, kpi="booking")
    with pytest.raises(SpecError, match="pairs, more and base"):
        Effort(pairs=50)


def test_a_search_of_few_plans_ends_when_all_of_them_were_tried() -> None:
    dials = (DIALS[0], DIALS[3])
    found = seek(replace(QUESTION, dials=dials, goal=Goal(target=9.9, chance=0.8)), company(2))
    assert len(found.trials) == size(dials)
