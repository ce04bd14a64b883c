"""A difference in any one rule between the engines is caught: planted in the reference engine, it changes some log."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, settings

from sim.simulate import REFERENCE
from tests.properties.funnels import Run, runs
from tests.properties.test_two_engines import differences

RULES = [
    ("sim.deal", "admits"),
    ("sim.deal", "advance_chance"),
    ("sim.deal", "deal_log_odds"),
    ("sim.deal", "delay_effect"),
    ("sim.deal", "messages_until_reaction"),
    ("sim.deal", "odds_of_being_open"),
    ("sim.engine.desk", "rep_log_odds"),
    ("sim.engine.floor", "quantile"),
    ("sim.engine.floor", "residual"),
    ("sim.engine.floor", "uniform"),
    ("sim.engine.line", "place_in_line"),
    ("sim.engine.people", "finish"),
    ("sim.engine.people", "productivity"),
    ("sim.engine.people", "working_time"),
    ("sim.engine.hours", "is_absent"),
    ("sim.engine.people", "is_absent"),
    ("sim.engine.people", "next_at_work"),
    ("sim.engine.sla", "finish"),
    ("sim.engine.staffing", "days_until_leaving"),
    ("sim.engine.staffing", "quantile"),
    ("sim.engine.staffing", "remembered"),
    ("sim.engine.staffing", "uniform"),
    ("sim.routing.account_owner", "one_first"),
    ("sim.routing.at_work", "forbid_late"),
    ("sim.routing.by_index", "note_worth"),
    ("sim.routing.by_index", "weigh"),
    ("sim.routing.by_index", "worth_of"),
    ("sim.routing.by_product", "forbid_strangers"),
    ("sim.routing.by_region", "forbid_strangers"),
    ("sim.routing.by_speed", "fastest"),
    ("sim.routing.by_tier", "forbid_other_ranks"),
    ("sim.routing.daily_cap", "forbid_full_days"),
    ("sim.routing.least_open", "fewest_open"),
    ("sim.routing.most_capacity", "least_room"),
    ("sim.routing.policy", "keep_best"),
    ("sim.routing.policy", "first_best"),
    ("sim.routing.policy", "rooms"),
    ("sim.routing.policy", "tie_luck"),
    ("sim.routing.random_choice", "tie_luck"),
    ("sim.routing.round_robin", "longest_waiting"),
    ("sim.routing.value_balanced", "most_saved"),
    ("sim.routing.value_balanced", "settle"),
    ("sim.routing.weighted_round_robin", "most_saved"),
    ("sim.routing.weighted_round_robin", "settle"),
]
"""Each rule where the reference engine calls it."""

LOOKING = settings(
    max_examples=600, derandomize=True, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)


class EndlessError(Exception):
    """A planted difference lets a run stand still for ever."""


class Planted:
    """A rule that is off in what it returns, or in the column that it writes."""

    def __init__(self, rule: Callable[..., Any]) -> None:
        self.rule, self.calls = rule, 0

    def __call__(self, *args: Any) -> Any:
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise EndlessError
        result = self.rule(*args)
        if result is None:
            column = args[0] if self.rule.__name__ in CHANGE_THEIR_FIRST else args[-1]
            column[:] = ~column if column.dtype == np.bool_ else -column - np.arange(len(column))
            return None
        return off(self.rule.__name__, result)


MOST_CALLS = 100_000
"""Calls of one rule beyond which a run, days long and with a few dozen leads, doesn't end."""

CHANGE_THEIR_FIRST = {"keep_best", "note_worth", "settle"}
"""Rules that write into their first column; the others write into the last."""


def off(rule: str, result: Any) -> Any:
    """Return a result that is wrong, but still of its kind."""
    if isinstance(result, bool | np.bool_):
        return not result
    if rule == "place_in_line":
        return -result  # another order; whatever keeps the order changes nothing
    if rule in {"uniform", "advance_chance"}:
        return min(result * 1.1 + 0.01, 0.999999)
    if isinstance(result, float):
        return result * 1.1 + 0.5
    return max(0, result - 1) if rule == "first_best" else result + 1


@pytest.mark.slow
@pytest.mark.parametrize(("module", "name"), RULES, ids=lambda value: value.rpartition(".")[2])
def test_a_planted_difference_in_one_rule_is_caught(module: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = import_module(module)
    planted = Planted(getattr(place, name))
    monkeypatch.setattr(place, name, planted)

    def differs(run: Run) -> bool:
        from sim.simulate import simulate  # noqa: PLC0415 - after planting

        planted.calls = 0
        try:
            defined = simulate(run.spec, run.opening, days=run.days, seed=run.seed, engine=REFERENCE)
        except EndlessError:
            return True
        return differences(defined, run.log) != []

    find(runs(), differs, settings=LOOKING)
