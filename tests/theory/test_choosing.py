"""Who is chosen, and in which order: priorities, reps of unequal speed, and lists of their own against one queue."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import spsolve

from sim.discipline import Discipline
from sim.distributions import Exponential
from sim.queueing import gi_m_1, mg1, mmc, nonpreemptive_priority
from sim.routing.by_speed import BySpeed
from sim.routing.policy import Ranking, Routing
from sim.routing.random_choice import RandomChoice
from sim.routing.round_robin import RoundRobin
from tests.theory.measure import PULL, agrees, all_agree, desk, estimate, run, waits

SLOW = 1.05
LONG = pytest.mark.slow


@pytest.mark.parametrize("leads", [20_000, pytest.param(150_000, marks=LONG)])
@pytest.mark.parametrize(("routing", "servers"), [(Routing(), 1), (PULL, 3)], ids=["queue of one", "pool of three"])
def test_the_better_tier_waits_less_as_in_a_priority_queue(
    routing: Routing, servers: int, leads: int, engine: str
) -> None:
    rates, work = (0.25 * servers, 0.45 * servers), Exponential(1.0)
    spec = desk(servers, rates, work, routing=routing, discipline=Discipline.TIER, qualities=(9.0, -9.0))
    found = run(spec, leads, engine, seed=4)
    theory, slower = (nonpreemptive_priority(servers, rates, factor) for factor in (1.0, SLOW))
    luck = ((found.effort, 1.0), (found.gap, 1 / sum(rates)))
    nodes = []
    for tier in (0, 1):
        waiting = np.where(found.channel == tier, found.wait, np.nan)
        nodes.append((estimate(waiting, *luck), theory[tier].mean_wait, slower[tier].mean_wait))
    all_agree(nodes)


@pytest.mark.parametrize("leads", [20_000, pytest.param(150_000, marks=LONG)])
@pytest.mark.parametrize(
    "discipline",
    [Discipline.FRESHEST, pytest.param(Discipline.RANDOM, marks=LONG), pytest.param(Discipline.SCORE, marks=LONG)],
)
def test_a_discipline_that_is_blind_to_effort_changes_who_waits_but_not_the_mean(
    discipline: Discipline, leads: int, engine: str
) -> None:
    rate, work = 1.5, Exponential(1.0)
    found = run(desk(2, [rate], work, discipline=discipline), leads, engine, seed=5)
    agrees(waits(found, work, rate), mmc(2, rate, 1.0).mean_wait, planted=mmc(2, rate, SLOW).mean_wait)


SPEEDS, RATE, LONGEST = (2.0, 1.0, 0.5), 2.2, 90

type Order = tuple[int, ...]
type Choose = Callable[[Order], list[int]]
"""Which of the idle reps may be chosen, all with equal chances; they are told in the order of their last assignment."""


def mean_queue(choose: Choose, *, by_idleness: bool = False, speeds: Sequence[float] = SPEEDS) -> float:
    """Return the mean number in queue of three unequal reps, from the balance equations of the whole Markov chain.

    A state is who is busy, in which order the reps stand, and how many wait. With ``by_idleness`` the order is that of
    becoming idle, otherwise that of the last assignment.
    """
    start = (frozenset[int](), tuple(range(len(speeds))), 0)
    index, frontier, flows = {start: 0}, [start], []
    while frontier:
        state = frontier.pop()
        for after, rate in _moves(state, choose, speeds, by_idleness=by_idleness):
            if after not in index:
                index[after] = len(index)
                frontier.append(after)
            flows += [(index[after], index[state], rate), (index[state], index[state], -rate)]
    to, out_of, rates = (np.array(column) for column in zip(*flows, strict=True))
    balance = coo_matrix((rates, (to, out_of)), shape=(len(index), len(index))).tolil()
    balance[0, :] = 1.0  # one balance equation follows from the others; probabilities add up to 1 instead
    chances = spsolve(balance.tocsc(), np.eye(1, len(index))[0])
    return float(sum(chances[i] * waiting for (_, _, waiting), i in index.items()))


def _moves(state, choose, speeds, *, by_idleness):  # noqa: ANN001, ANN202
    busy, order, waiting = state
    idle = tuple(rep for rep in order if rep not in busy)
    if idle:
        chosen = choose(idle)
        for rep in chosen:
            yield (busy | {rep}, _last(order, rep), 0), RATE / len(chosen)
    elif waiting < LONGEST:
        yield (busy, order, waiting + 1), RATE
    for rep in busy:
        if waiting:
            yield (busy, _last(order, rep), waiting - 1), speeds[rep]
        else:
            yield (busy - {rep}, _last(order, rep) if by_idleness else order, 0), speeds[rep]


def _last(order: Order, rep: int) -> Order:
    return (*(other for other in order if other != rep), rep)


LONGEST_WAITING = mean_queue(lambda idle: [idle[0]])
CHOICES: dict[str, tuple[Ranking, float]] = {
    "random": (RandomChoice(), mean_queue(list)),
    "round robin": (RoundRobin(), LONGEST_WAITING),
    "fastest first": (BySpeed(), mean_queue(lambda idle: [min(idle)])),
    "slowest first": (BySpeed(slowest=True), mean_queue(lambda idle: [max(idle)])),
}


def test_longest_idle_and_random_have_the_same_queue_and_fastest_first_a_shorter_one() -> None:
    random, fast, slow = (CHOICES[name][1] for name in ("random", "fastest first", "slowest first"))
    longest_idle = mean_queue(lambda idle: [idle[0]], by_idleness=True)
    assert longest_idle == pytest.approx(random, rel=1e-9)
    assert fast < random < LONGEST_WAITING < slow


@pytest.mark.parametrize("leads", [25_000, pytest.param(200_000, marks=LONG)])
@pytest.mark.parametrize("choice", CHOICES)
def test_which_idle_rep_is_chosen_matters_as_the_markov_chain_says(choice: str, leads: int, engine: str) -> None:
    ranking, queue = CHOICES[choice]
    found = run(
        desk(3, [RATE], Exponential(1.0), routing=Routing(rank=(ranking,)), speeds=SPEEDS), leads, engine, seed=6
    )
    nominal = found.effort * np.array(SPEEDS)[found.actor]
    waiting = estimate(found.wait, (nominal, 1.0), (found.gap, 1 / RATE))
    agrees(waiting, queue / RATE, planted=mean_queue_of_slower(ranking) / RATE)


def mean_queue_of_slower(ranking: Ranking) -> float:
    choose: Choose = list
    match ranking:
        case RoundRobin():
            choose = lambda idle: [idle[0]]  # noqa: E731
        case BySpeed(slowest=slowest):
            choose = (lambda idle: [max(idle)]) if slowest else (lambda idle: [min(idle)])
    return mean_queue(choose, speeds=[speed / SLOW for speed in SPEEDS])


@pytest.mark.parametrize("leads", [20_000, pytest.param(200_000, marks=LONG)])
def test_ten_reps_with_lists_of_their_own_wait_far_longer_than_with_one_queue(leads: int, engine: str) -> None:
    rate, work = 7.0, Exponential(1.0)

    def of_ten_in_turn(s: float) -> float:
        return (rate / (rate + s)) ** 10

    theory = {
        "random": (RandomChoice(), None, lambda mean: mg1(rate / 10, mean).mean_wait),
        "round robin": (RoundRobin(), None, lambda mean: gi_m_1(of_ten_in_turn, rate / 10, mean).mean_wait),
        "pooled": (RoundRobin(), 1, lambda mean: mmc(10, rate, mean).mean_wait),
    }
    for ranking, limit, mean_wait in theory.values():
        found = run(desk(10, [rate], work, routing=Routing(rank=(ranking,)), limit=limit), leads, engine, seed=7)
        agrees(waits(found, work, rate), mean_wait(1.0), planted=mean_wait(SLOW))


def test_the_published_waits_of_ten_reps() -> None:
    turns = gi_m_1(lambda s: (9 / (9 + s)) ** 10, 0.9, 1.0).mean_wait
    assert (mg1(0.9, 1.0).mean_wait, turns, mmc(10, 9.0, 1.0).mean_wait) == pytest.approx(
        (9.0, 4.660276, 0.668732), abs=5e-7
    )
