"""Every policy is held to what it declares, by one test: the leads, the absences and the closings are random."""

import inspect
import pkgutil
from collections.abc import Callable, Iterator
from importlib import import_module

import numpy as np
import pytest
from scipy.stats import chi2

import sim.routing
from sim.routing.account_owner import AccountOwner
from sim.routing.by_index import NAMES, ByIndex
from sim.routing.by_tier import ByTier
from sim.routing.daily_cap import DailyCap
from sim.routing.policy import Filter, Guarantee, Ranking, Routing
from sim.routing.state import LeadView
from sim.routing.user_function import UserFunction
from tests.sim.routing.desk import PRODUCTS, REGIONS, Desk, lead, team

REPS, DAYS = 7, 60


def policies(kind: type) -> Iterator[type]:
    """Yield every policy of the package that is a Ranking, or a Filter."""
    for module in pkgutil.iter_modules(sim.routing.__path__, "sim.routing."):
        for _, policy in inspect.getmembers(import_module(module.name), inspect.isclass):
            if policy.__module__ == module.name and issubclass(policy, kind) and policy is not kind:
                yield policy


WITH_ARGUMENTS: dict[type, Callable[[], Ranking | Filter]] = {
    DailyCap: lambda: DailyCap(most=2),
    ByIndex: lambda: ByIndex(**dict.fromkeys(NAMES, 1.0)),
    ByTier: lambda: ByTier(exclusive=True),
    UserFunction: lambda: UserFunction(lambda *_: -1),
}
DECLARED = [
    (policy, promise)
    for kind in (Ranking, Filter)
    for policy in policies(kind)
    for promise in sorted(policy.guarantees, key=lambda promise: promise.name)
]


def sample(policy: type) -> Ranking | Filter:
    return WITH_ARGUMENTS.get(policy, policy)()


def routing_with(part: Ranking | Filter) -> Routing:
    return Routing(eligible=(part,)) if isinstance(part, Filter) else Routing(rank=(part,))


def random_lead(number: int, now: float, luck: np.random.Generator) -> LeadView:
    worth = float(luck.lognormal(5, 1))
    facts = {
        "region": int(luck.integers(REGIONS)),
        "product": int(luck.integers(PRODUCTS)),
        "tier": int(luck.integers(3)),
    }
    return lead(number, now=now, amount=worth * 2, value=worth, **facts)


def reps_who_are_alike_get_alike_shares(part: Ranking, luck: np.random.Generator) -> None:
    for per_day, closes in ((1, True), (10, True), (10, False)):
        counts = np.zeros(REPS)
        for month in range(12):
            desk = Desk(Routing(rank=(part,)), team(REPS))
            for number in range(DAYS * per_day // 2):
                day = number // per_day
                if closes and number % per_day == 0:
                    desk.close_all()
                desk.route(random_lead(month * 10_000 + number, day + luck.random(), luck))
            counts += desk.counts
        # one choice in a run tends to correct another, so a policy may only be more even than a fair die
        statistic = float(((counts - counts.mean()) ** 2 / counts.mean()).sum())
        assert chi2.sf(statistic, REPS - 1) > 1e-4, counts


def counts_differ_by_at_most_one(part: Ranking, luck: np.random.Generator) -> None:
    desk = Desk(Routing(rank=(part,)), team(REPS))
    always = [1, 2, 5]
    for number in range(400):
        desk.team.away[:] = luck.random(REPS) < 0.5
        desk.team.away[always] = False
        desk.route(random_lead(number, number // 9, luck))  # nine leads come at the same instant
        counts = np.array(desk.counts)[always]
        assert counts.max() - counts.min() <= 1


def counts_keep_to_the_weights(part: Ranking, luck: np.random.Generator) -> None:
    for _ in range(10):
        weight = luck.exponential(size=REPS) * (luck.random(REPS) < 0.8) + 1e-3
        desk = Desk(Routing(rank=(part,)), team(REPS, weight=weight))
        for number in range(300):
            desk.route(random_lead(number, float(number), luck))
            owed = weight / weight.sum() * (number + 1)
            assert np.abs(np.array(desk.counts) - owed).max() <= 2


def an_absence_is_not_followed_by_a_flood(part: Ranking, luck: np.random.Generator) -> None:
    excess = []
    for absence in range(40):
        desk = Desk(Routing(rank=(part,)), team(REPS))
        leaves, returns = sorted(luck.integers(20, 150, size=2).tolist())
        got, all_of_it, most, worst = 0.0, 0.0, 0.0, -np.inf
        for number in range(200):
            desk.team.away[0] = leaves <= number < returns
            view = random_lead(1000 * absence + number, float(number), luck)
            chosen = desk.route(view)
            assert chosen >= 0
            assert not desk.team.away[chosen]
            price = view.value if balances_value(part) else 1.0
            most = max(most, price)
            if number >= returns:
                got, all_of_it = got + price * (chosen == 0), all_of_it + price
                worst = max(worst, (got - all_of_it / REPS) / most)
        excess.append(worst)
    luck_of_the_draw = 4 * np.sqrt(180 / REPS) if is_random(part) else 0.0
    assert max(excess) <= 2 + luck_of_the_draw
    assert np.mean(excess) <= 1.5 + luck_of_the_draw / 4


def balances_value(part: Ranking) -> bool:
    return type(part).__name__ == "ValueBalanced"


def is_random(part: Ranking) -> bool:
    return type(part).__name__ == "RandomChoice"


def the_chosen_has_fewest_open(part: Ranking, luck: np.random.Generator) -> None:
    desk = Desk(Routing(rank=(part,)), team(REPS))
    for number in range(300):
        desk.team.open_deals[:] = luck.integers(0, 4, REPS)
        desk.team.away[:] = luck.random(REPS) < 0.3
        before, there = desk.team.open_deals.copy(), ~desk.team.away
        chosen = desk.route(random_lead(number, float(number), luck))
        assert not there.any() or before[chosen] == before[there].min()


def the_chosen_has_most_room(part: Ranking, luck: np.random.Generator) -> None:
    desk = Desk(Routing(rank=(part,)), team(REPS, wip_limit=luck.integers(1, 9, REPS)))
    for number in range(300):
        desk.team.open_deals[:] = luck.integers(0, 9, REPS)
        room = desk.team.wip_limit - desk.team.open_deals
        chosen = desk.route(random_lead(number, float(number), luck))
        assert room[chosen] == room.max() if (room > 0).any() else chosen == -1


def an_account_stays_with_its_owner(part: Ranking, luck: np.random.Generator) -> None:
    desk = Desk(Routing(rank=(part,)), team(REPS))
    for number in range(300):
        desk.team.away[:] = luck.random(REPS) < 0.5
        view = random_lead(number, float(number), luck)
        view.owner = int(luck.integers(-1, REPS))
        there = not desk.team.away[view.owner] and view.owner >= 0
        chosen = desk.route(view)
        assert chosen == view.owner if there else desk.team.away.all() or not desk.team.away[chosen]


def nobody_outside_the_filter_is_chosen(part: Filter, luck: np.random.Generator) -> None:
    state = team(
        REPS,
        seniority=luck.integers(0, 3, REPS),
        serves_region=luck.random((REPS, REGIONS)) < 0.5,
        serves_product=luck.random((REPS, PRODUCTS)) < 0.5,
    )
    desk, unserved = Desk(Routing(eligible=(part,)), state), 0
    for number in range(300):
        state.available_at[:] = number / 10 + luck.choice([0.0, 0.3], REPS)
        view = random_lead(number, number / 10, luck)
        allowed = part.allows(state, view)
        chosen = desk.route(view)
        assert allowed[chosen] if chosen >= 0 else not allowed.any()
        unserved += chosen < 0
        desk.close_all()
    assert unserved < 300


CHECKS: dict[Guarantee, Callable[..., None]] = {
    Guarantee.EXCHANGEABLE: reps_who_are_alike_get_alike_shares,
    Guarantee.BALANCED: counts_differ_by_at_most_one,
    Guarantee.PROPORTIONAL: counts_keep_to_the_weights,
    Guarantee.HEALS: an_absence_is_not_followed_by_a_flood,
    Guarantee.LEAST_LOADED: the_chosen_has_fewest_open,
    Guarantee.MOST_ROOM: the_chosen_has_most_room,
    Guarantee.STICKY: an_account_stays_with_its_owner,
    Guarantee.FILTERS: nobody_outside_the_filter_is_chosen,
}


@pytest.mark.parametrize(
    ("policy", "promise"), DECLARED, ids=lambda value: getattr(value, "__name__", None) or value.name
)
def test_every_policy_keeps_what_it_declares(policy: type, promise: Guarantee) -> None:
    CHECKS[promise](sample(policy), np.random.default_rng(11))


def test_every_guarantee_is_declared_by_some_policy() -> None:
    assert {promise for _, promise in DECLARED} == set(Guarantee)


class First(Ranking):
    """Always the first: keeps no promise."""

    def rank(self, team, lead, candidates, keys):  # noqa: ANN001, ANN201, ARG002
        """Rank by the place in the list."""
        keys[:] = np.arange(len(team.names))


class Open(Filter):
    """Says that nobody may, and is then ignored."""

    def forbid(self, team, lead, allowed):  # noqa: ANN001, ANN201, ARG002
        """Flag somebody else each time."""
        team.memory[0, 0] += 1
        allowed[:] = np.arange(len(team.names)) == team.memory[0, 0] % len(team.names)


@pytest.mark.parametrize("promise", Guarantee, ids=lambda promise: promise.name)
def test_a_policy_that_breaks_its_promise_is_caught(promise: Guarantee) -> None:
    part = Open() if promise is Guarantee.FILTERS else First()
    with pytest.raises(AssertionError):
        CHECKS[promise](part, np.random.default_rng(11))


def test_the_sticky_check_knows_an_owner() -> None:
    assert AccountOwner in {policy for policy, promise in DECLARED if promise is Guarantee.STICKY}
