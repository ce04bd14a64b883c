"""Closed forms against published values, against balance equations solved state by state, and against each other."""

import math
from collections.abc import Callable, Hashable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import spsolve

from sim.errors import SpecError
from sim.queueing import (
    deterministic_patience,
    erlang_a,
    erlang_b,
    erlang_c,
    gi_m_1,
    jackson,
    mg1,
    mmc,
    mtginf_mean,
    nonpreemptive_priority,
    nonpreemptive_priority_mg1,
    sinusoidal_mtminf_mean,
    throughput,
)


def stationary[State: Hashable](start: State, rates: Callable[[State], dict[State, float]]) -> dict[State, float]:
    """Long-run probabilities of a Markov process, by solving its balance equations over every state it can reach."""
    index, rows, columns, values = {start: 0}, [], [], []
    frontier = [start]
    while frontier:
        state = frontier.pop()
        for following, rate in rates(state).items():
            if following not in index:
                assert len(index) < 10_000, "these rates reach too many states: cut the queue off somewhere"
                index[following] = len(index)
                frontier.append(following)
            here, there = index[state], index[following]
            rows += [there, here]
            columns += [here, here]
            values += [rate, -rate]
    balance = csc_matrix((values, (rows, columns)), shape=(len(index), len(index))).tolil()
    balance[0, :] = (
        1.0  # one balance equation follows from the others; that the probabilities add up to 1 takes its place
    )
    right = np.zeros(len(index))
    right[0] = 1.0
    return dict(zip(index, spsolve(balance.tocsc(), right).tolist(), strict=True))


def mean(law: dict[Hashable, float], of: Callable[..., float]) -> float:
    return sum(chance * of(state) for state, chance in law.items())


# Published values, to the digits given


def test_ten_servers_at_nine_tenths() -> None:
    queue = mmc(10, 9, 1)
    assert erlang_b(10, 9) == pytest.approx(0.167963226, abs=5e-10)
    assert erlang_c(10, 9) == pytest.approx(0.668731524, abs=5e-10)
    assert queue.mean_wait == pytest.approx(0.668731524, abs=5e-10)
    assert queue.utilisation == 0.9


def test_a_call_centre_with_and_without_patience() -> None:
    impatient, patient = erlang_a(50, 48, 1, 2), mmc(50, 48, 1)
    assert impatient.abandonment == pytest.approx(0.03091, abs=5e-6)
    assert 60 * impatient.mean_wait == pytest.approx(3.709, abs=5e-4)
    assert impatient.mean_queue == pytest.approx(2.968, abs=5e-4)
    assert impatient.utilisation == pytest.approx(0.9303, abs=5e-5)
    assert 60 * patient.mean_wait == pytest.approx(20.83, abs=5e-3)
    assert patient.mean_queue == pytest.approx(16.67, abs=5e-3)


@pytest.mark.parametrize(
    ("servers", "arrivals", "service", "patience", "left", "wait_served"),
    [
        (20, 10, 2.1, 24, 0.0476194, 21.90021),
        (5, 4, 1, 1, 0.0487134, 0.1839084),
        (10, 12, 1, 0.5, 0.1995542, 0.2292844),
    ],
)
def test_leads_that_go_stale_after_a_fixed_time(
    servers: int, arrivals: float, service: float, patience: float, left: float, wait_served: float
) -> None:
    queue = deterministic_patience(servers, arrivals, service, patience)
    assert queue.abandonment == pytest.approx(left, abs=5e-8)
    assert queue.mean_wait_served == pytest.approx(wait_served, abs=5e-6 if wait_served > 1 else 5e-8)


def test_a_funnel_of_four_pools_in_line() -> None:
    onward = np.diag([0.6, 0.5, 0.5], k=1)
    funnel = jackson([24, 36, 27, 27], [10, 0, 0, 0], onward, [2.1, 5.25, 8, 16])
    assert [node.arrival_rate for node in funnel.nodes] == pytest.approx([10, 6, 3, 1.5])
    assert [node.mean_wait for node in funnel.nodes] == pytest.approx(
        [0.297426, 0.393646, 1.199369, 2.398738], abs=5e-7
    )


def test_a_network_with_feedback() -> None:
    onward = [[0, 0.6, 0.2], [0.1, 0, 0.5], [0.25, 0, 0]]
    network = jackson([4, 3, 5], [4, 1, 0.5], onward, [1 / 2, 1 / 2, 1 / 1.5])
    assert [node.mean_wait for node in network.nodes] == pytest.approx([0.142406, 0.274232, 0.031597], abs=5e-7)


@pytest.mark.parametrize(
    ("reps", "arrivals", "in_turn", "pooled"), [(10, 9, 4.660276, 0.668732), (2, 1.8, 6.588284, 4.263158)]
)
def test_own_queues_fed_at_random_or_in_turn_against_one_pool(
    reps: int, arrivals: float, in_turn: float, pooled: float
) -> None:
    every_nth = gi_m_1(lambda s: (arrivals / (arrivals + s)) ** reps, arrivals / reps, 1)
    assert mmc(1, arrivals / reps, 1).mean_wait == pytest.approx(9)
    assert every_nth.mean_wait == pytest.approx(in_turn, abs=5e-7)
    assert mmc(reps, arrivals, 1).mean_wait == pytest.approx(pooled, abs=5e-7)


def test_two_priorities_at_one_server() -> None:
    for classes in (nonpreemptive_priority(1, [0.2, 0.6], 1), nonpreemptive_priority_mg1([0.2, 0.6], [1, 1], [1, 1])):
        assert [each.mean_time_in_system for each in classes] == pytest.approx([2, 6])


def test_regular_services_halve_the_wait() -> None:
    assert mg1(0.9, 1, 0).mean_wait == pytest.approx(4.5)
    assert mg1(0.9, 1, 1 / 2).mean_wait == pytest.approx(6.75)
    assert mg1(0.9, 1).mean_wait == pytest.approx(mmc(1, 0.9, 1).mean_wait)


# Balance equations, solved state by state


@pytest.mark.parametrize(("servers", "load"), [(1, 0.3), (3, 2.5), (7, 20.0)])
def test_erlang_b_solves_the_balance_equations(servers: int, load: float) -> None:
    def rates(n: int) -> dict[int, float]:
        return ({n + 1: load} if n < servers else {}) | ({n - 1: float(n)} if n else {})

    assert erlang_b(servers, load) == pytest.approx(stationary(0, rates)[servers], rel=1e-9)


def queue_with_patience(servers: int, arrivals: float, service: float, patience: float, most: int) -> dict[int, float]:
    def rates(n: int) -> dict[int, float]:
        leaving = min(n, servers) / service + max(0, n - servers) / patience
        return ({n + 1: arrivals} if n < most else {}) | ({n - 1: leaving} if n else {})

    return stationary(0, rates)


@pytest.mark.parametrize(("servers", "arrivals", "service"), [(1, 0.5, 1.5), (4, 1.2, 2.5), (10, 4.0, 2.0)])
def test_mmc_solves_the_balance_equations(servers: int, arrivals: float, service: float) -> None:
    law = queue_with_patience(servers, arrivals, service, math.inf, 300)
    queue = mmc(servers, arrivals, service)
    assert queue.mean_queue == pytest.approx(mean(law, lambda n: max(0, n - servers)), rel=1e-9)
    assert queue.mean_in_system == pytest.approx(mean(law, lambda n: n), rel=1e-9)
    assert queue.wait_probability == pytest.approx(mean(law, lambda n: n >= servers), rel=1e-9)


@pytest.mark.parametrize(
    ("servers", "arrivals", "service", "patience"),
    [(1, 0.7, 1, 3), (4, 1.2, 2.5, 10), (3, 5.0, 2.0, 4.0), (10, 1.0, 1.0, 0.2)],
)
def test_erlang_a_solves_the_balance_equations(servers: int, arrivals: float, service: float, patience: float) -> None:
    law = queue_with_patience(servers, arrivals, service, patience, 300)
    queue = erlang_a(servers, arrivals, service, patience)
    waiting = mean(law, lambda n: max(0, n - servers))
    assert queue.mean_queue == pytest.approx(waiting, rel=1e-9)
    assert queue.abandonment == pytest.approx(waiting / patience / arrivals, rel=1e-9)
    assert queue.utilisation == pytest.approx(mean(law, lambda n: min(n, servers)) / servers, rel=1e-9)
    assert queue.wait_probability == pytest.approx(mean(law, lambda n: n >= servers), rel=1e-9)


def test_the_wait_of_those_who_stay_is_found_by_following_one_arrival_through_the_queue() -> None:
    """From place j in line the next event moves us up or is our own leaving; the mean wait follows place by place."""
    servers, arrivals, service, patience = 3, 5.0, 2.0, 4.0
    law = queue_with_patience(servers, arrivals, service, patience, 300)
    served, waited, chance, wait = 0.0, 0.0, 1.0, 0.0
    for n in range(300):
        if n >= servers:
            moving = servers / service + (n - servers) / patience
            step = moving / (moving + 1 / patience)  # we outlast this stage
            chance, wait = chance * step, (wait + chance / (moving + 1 / patience)) * step
        served += law[n] * chance
        waited += law[n] * wait
    queue = erlang_a(servers, arrivals, service, patience)
    assert 1 - queue.abandonment == pytest.approx(served, rel=1e-9)
    assert queue.mean_wait_served == pytest.approx(waited / served, rel=1e-9)


@pytest.mark.parametrize(
    ("servers", "arrivals", "patience"), [(1, 0.8, 2.0), (4, 4.0, 1.5), (5, 9.0, 3.0), (3, 1.0, 0.1), (2, 2.001, 50.0)]
)
def test_a_fixed_patience_agrees_with_the_integrals_of_the_virtual_wait(
    servers: int, arrivals: float, patience: float
) -> None:
    """The weights of the idle states and of each virtual wait, summed and integrated as they stand."""

    def weight(v: float) -> float:
        return arrivals * math.exp(arrivals * min(v, patience) - servers * v)

    idle = sum(arrivals ** (n - servers + 1) * math.factorial(servers - 1) / math.factorial(n) for n in range(servers))
    in_time, served_wait = (quad(lambda v, k=k: v**k * weight(v), 0, patience)[0] for k in (0, 1))
    too_late = quad(weight, patience, math.inf)[0]
    queue = deterministic_patience(servers, arrivals, 1, patience)
    assert queue.abandonment == pytest.approx(too_late / (idle + in_time + too_late), rel=1e-7)
    assert queue.wait_probability == pytest.approx(1 - idle / (idle + in_time + too_late), rel=1e-7)
    assert queue.mean_wait_served == pytest.approx(served_wait / (idle + in_time), rel=1e-7)
    assert queue.mean_wait == pytest.approx((served_wait + patience * too_late) / (idle + in_time + too_late), rel=1e-7)


def test_two_classes_at_a_pool_solve_the_balance_equations() -> None:
    servers, (first, second), most = 3, (0.7, 1.2), 45

    def rates(state: tuple[int, int, int]) -> dict[tuple[int, int, int], float]:
        busy, a, b = state
        if busy < servers:
            return {(busy + 1, 0, 0): first + second} | ({(busy - 1, 0, 0): float(busy)} if busy else {})
        after = (busy, a - 1, b) if a else (busy, a, b - 1) if b else (busy - 1, 0, 0)
        arrivals = ({(busy, a + 1, b): first} if a < most else {}) | ({(busy, a, b + 1): second} if b < most else {})
        return arrivals | {after: float(servers)}

    law = stationary((0, 0, 0), rates)
    classes = nonpreemptive_priority(servers, [first, second], 1)
    assert [each.mean_queue for each in classes] == pytest.approx(
        [mean(law, lambda state: state[1]), mean(law, lambda state: state[2])], rel=1e-6
    )


def test_two_pools_with_feedback_solve_the_balance_equations() -> None:
    outside, servers, service, most = (0.6, 0.2), (2, 1), (1.0, 0.5), 40
    onward = [[0.1, 0.5], [0.3, 0.0]]

    def rates(state: tuple[int, int]) -> dict[tuple[int, int], float]:
        moves: dict[tuple[int, int], float] = {}
        for i in (0, 1):
            if state[i] < most:
                moves[(state[0] + (i == 0), state[1] + (i == 1))] = outside[i]
            working = min(state[i], servers[i]) / service[i]
            left = (state[0] - (i == 0), state[1] - (i == 1))
            over = (left[0] + (i == 1), left[1] + (i == 0))
            if working:
                moves[left] = moves.get(left, 0.0) + working * (1 - sum(onward[i]))
            if working and max(over) <= most:
                moves[over] = moves.get(over, 0.0) + working * onward[i][1 - i]
        return moves

    law = stationary((0, 0), rates)
    network = jackson(servers, outside, onward, service)
    in_system = [mean(law, lambda state: state[0]), mean(law, lambda state: state[1])]
    assert [node.mean_in_system for node in network.nodes] == pytest.approx(in_system, rel=1e-7)
    assert network.mean_time_in_system == pytest.approx(sum(in_system) / 0.8, rel=1e-7)


def test_services_of_two_phases_solve_the_balance_equations() -> None:
    """M/E2/1 counted in phases still to work: an arrival brings two."""

    def rates(phases: int) -> dict[int, float]:
        return ({phases + 2: 0.6} if phases < 400 else {}) | ({phases - 1: 2.0} if phases else {})

    law = stationary(0, rates)
    assert mg1(0.6, 1, 1 / 2).mean_queue == pytest.approx(mean(law, lambda n: max(0, math.ceil(n / 2) - 1)), rel=1e-9)


def test_arrivals_of_two_phases_solve_the_balance_equations() -> None:
    """E2/M/1: every second tick of a clock brings a customer."""

    def rates(state: tuple[int, int]) -> dict[tuple[int, int], float]:
        n, phase = state
        tick = (n, 1) if phase == 0 else (n + 1, 0)
        return ({tick: 1.4} if tick[0] <= 200 else {}) | ({(n - 1, phase): 1.0} if n else {})

    law = stationary((0, 0), rates)
    queue = gi_m_1(lambda s: (1.4 / (1.4 + s)) ** 2, 0.7, 1)
    assert queue.mean_queue == pytest.approx(mean(law, lambda state: max(0, state[0] - 1)), rel=1e-9)


def stale_leads(patience: float, seed: int) -> float:
    """z-score of the share that leaves M/M/3 + D, simulated by the workload of each server, against the closed form."""
    random, lines, leads, warm_up = np.random.default_rng(seed), 5000, 600, 200
    busy_for, left = np.zeros((lines, 3)), np.zeros(lines)
    for lead in range(leads):
        busy_for = np.maximum(0, busy_for - random.exponential(1 / 3.2, (lines, 1)))
        soonest, rows = busy_for.argmin(axis=1), np.arange(lines)
        stays = busy_for[rows, soonest] <= 1.5
        busy_for[rows, soonest] += stays * random.exponential(1.0, lines)
        left += ~stays * (lead >= warm_up)
    shares = left / (leads - warm_up)
    exact = deterministic_patience(3, 3.2, 1, patience).abandonment
    return float((shares.mean() - exact) / (shares.std(ddof=1) / math.sqrt(lines)))


def test_a_fixed_patience_agrees_with_a_simulation() -> None:
    assert abs(stale_leads(1.5, seed=1)) < 4


def test_the_simulation_catches_a_patience_that_is_a_twentieth_too_long() -> None:
    assert abs(stale_leads(1.575, seed=1)) > 4


# Limits and identities


def test_no_patience_at_all_is_erlang_b() -> None:
    assert deterministic_patience(7, 5, 1, 0).abandonment == pytest.approx(erlang_b(7, 5), rel=1e-12)
    assert erlang_a(7, 5, 1, 1e-9).abandonment == pytest.approx(erlang_b(7, 5), rel=1e-6)


def test_endless_patience_is_erlang_c() -> None:
    assert deterministic_patience(7, 5, 1, 1e3).mean_wait == pytest.approx(mmc(7, 5, 1).mean_wait, rel=1e-9)
    assert erlang_a(7, 5, 1, 1e9).mean_wait == pytest.approx(mmc(7, 5, 1).mean_wait, rel=1e-6)


@pytest.mark.parametrize("law", [erlang_a, deterministic_patience])
@given(
    servers=st.integers(1, 400),
    arrivals=st.floats(0.01, 900),
    service=st.floats(0.1, 10),
    patience=st.floats(0.01, 100),
)
def test_those_who_are_served_and_those_who_leave_add_up(
    law: Callable[..., object], servers: int, arrivals: float, service: float, patience: float
) -> None:
    queue = law(servers, arrivals, service, patience)
    assert 0 <= queue.abandonment < 1
    assert 0 <= queue.utilisation <= 1 + 1e-12
    assert queue.abandonment <= queue.wait_probability + 1e-12
    assert queue.mean_wait_served >= 0
    assert queue.mean_wait <= patience * (1 + 1e-9)
    assert queue.utilisation == pytest.approx(arrivals * service * (1 - queue.abandonment) / servers)


def test_a_heavy_overload_turns_away_what_the_servers_can_not_work() -> None:
    for law in (erlang_a, deterministic_patience):
        assert law(10, 1000, 1, 50).abandonment == pytest.approx(0.99, rel=1e-9)
        assert law(10, 1000, 1, 50).utilisation == pytest.approx(1, rel=1e-9)


def test_a_large_pool_with_little_to_do_lets_nobody_wait() -> None:
    for law in (erlang_a, deterministic_patience):
        assert law(500, 1, 1, 1).wait_probability == pytest.approx(0, abs=1e-300)
    assert erlang_b(500, 1) == pytest.approx(0, abs=1e-300)


def test_nobody_arriving_nobody_waits() -> None:
    assert mmc(3, 0, 1).mean_wait == 0
    assert mg1(0, 1).mean_wait == 0
    assert erlang_b(3, 0) == 0
    assert erlang_b(0, 3) == 1


def test_priorities_shift_waits_between_classes_and_keep_the_work() -> None:
    """Kleinrock's conservation law: the waits weighted by utilisation add up to those of a queue without priorities."""
    classes = nonpreemptive_priority(4, [0.5, 1.1, 1.3], 1)
    total = sum(each.arrival_rate * each.mean_wait for each in classes)
    assert total == pytest.approx(mmc(4, 2.9, 1).mean_queue)
    rates, means, scvs = [0.1, 0.2, 0.15], [1.0, 2.0, 0.5], [0.0, 1.0, 3.0]
    mixed = nonpreemptive_priority_mg1(rates, means, scvs)
    load, second = np.dot(rates, means), np.dot(rates, np.square(means) * (1 + np.array(scvs)))
    assert sum(each.utilisation * each.mean_wait for each in mixed) == pytest.approx(load * second / 2 / (1 - load))


def test_poisson_arrivals_make_gi_m_1_an_m_m_1() -> None:
    queue = gi_m_1(lambda s: 0.97 / (0.97 + s), 0.97, 1)
    assert queue.mean_wait == pytest.approx(mmc(1, 0.97, 1).mean_wait, rel=1e-9)


def test_arrivals_by_the_clock_wait_less_than_those_by_chance() -> None:
    regular = gi_m_1(lambda s: math.exp(-s / 0.9), 0.9, 1)
    w = regular.wait_probability
    assert w == pytest.approx(math.exp(-(1 - w) / 0.9))
    assert regular.mean_wait < mmc(1, 0.9, 1).mean_wait / 1.9


def test_waits_do_not_depend_on_the_unit_of_time() -> None:
    hours, days = mmc(5, 2.0, 2.1), mmc(5, 48.0, 2.1 / 24)
    assert days.mean_wait * 24 == pytest.approx(hours.mean_wait)
    assert deterministic_patience(5, 48, 2.1 / 24, 1).mean_wait * 24 == pytest.approx(
        deterministic_patience(5, 2, 2.1, 24).mean_wait
    )


def test_throughput_counts_every_visit() -> None:
    assert throughput([1.0], [[0.75]]) == pytest.approx([4.0])


# Arrivals that change with time


@pytest.mark.parametrize("t", [0.0, 1.7, 3.3, 6.9])
def test_a_weekly_swing_follows_the_closed_form_and_the_differential_equation(t: float) -> None:
    def rate(s: float) -> float:
        return 5 + 3 * math.sin(2 * math.pi * s / 7)

    integral = mtginf_mean(rate, lambda age: math.exp(-age / 2), t)
    grown = solve_ivp(lambda s, m: rate(s) - m / 2, (-70, t), [10.0], rtol=1e-9, atol=1e-9).y[0, -1]
    assert integral == pytest.approx(sinusoidal_mtminf_mean(5, 3, 7, 2, t), rel=1e-9)
    assert integral == pytest.approx(grown, rel=1e-6)


def test_a_steady_rate_fills_the_system_to_its_offered_load() -> None:
    assert sinusoidal_mtminf_mean(5, 0, 7, 2, 1.0) == 10
    assert mtginf_mean(lambda _: 5.0, lambda age: math.exp(-age / 2), 0.0) == pytest.approx(10)


def test_a_system_that_starts_empty_fills_up() -> None:
    filled = mtginf_mean(lambda _: 5.0, lambda age: math.exp(-age / 2), 3.0, since=0.0)
    assert filled == pytest.approx(10 * (1 - math.exp(-1.5)))
    assert mtginf_mean(lambda _: 5.0, lambda _: 1.0, 0.0, since=0.0) == 0


def test_equal_services_count_the_arrivals_of_the_last_service_time() -> None:
    counted = mtginf_mean(lambda s: 2 + math.sin(s), lambda age: float(age < 1.5), 4.0, since=0.0)
    assert counted == pytest.approx(3 + math.cos(2.5) - math.cos(4.0), abs=1e-7)


# Queues that make no sense


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: mmc(10, 12, 1), r"M/M/c has no steady state: offered load 12 erlangs, 10 servers; let fewer in"),
        (lambda: erlang_c(3, 3), r"M/M/c has no steady state: offered load 3 erlangs, 3 servers"),
        (lambda: mg1(1, 1), r"M/G/1 has no steady state: utilisation 1;"),
        (lambda: gi_m_1(lambda s: math.exp(-s), 1, 1), r"GI/M/1 has no steady state: utilisation 1;"),
        (
            lambda: nonpreemptive_priority(2, [1, 1.5], 1),
            r"M/M/c has no steady state: offered load 2.5 erlangs, 2 servers",
        ),
        (lambda: nonpreemptive_priority_mg1([1], [2], [0]), r"M/G/1 has no steady state: utilisation 2;"),
        (
            lambda: nonpreemptive_priority_mg1([1], [2, 1], [0]),
            r"1 arrival rates, 2 mean services, 1 service_scvs; give one of each a class",
        ),
        (lambda: jackson([1, 1], [0.5, 0], [[0, 1], [0, 0]], [1, 3]), r"M/M/c has no steady state: utilisation 1.5"),
        (lambda: jackson([1], [0.5, 0], [[0, 1], [0, 0]], [1, 3]), r"1 pools, 2 mean services, 2 external rates"),
        (lambda: jackson([1], [0.0], [[0]], [1]), r"nobody arrives from outside"),
        (lambda: throughput([1, 1], [[0, 1], [1, 0]]), r"from some nodes nobody ever leaves"),
        (lambda: throughput([1, 1], [[0.6, 0.6], [0, 0]]), r"routing from node 0 sums to 1.2; it must be at most 1"),
        (lambda: throughput([1, 1], [[-0.6, 0.6], [0, 0]]), r"routing probabilities must be 0 or more, got -0.6"),
        (lambda: throughput([-1, 1], [[0, 0], [0, 0]]), r"external rates must be 0 or more, got -1"),
        (lambda: throughput([1, 1], [[0, 0]]), r"2 external rates and routing of shape \(1, 2\); give one row"),
        (lambda: mmc(0, 1, 1), r"servers must be a whole number, 1 or more, got 0"),
        (lambda: mmc(2.5, 1, 1), r"servers must be a whole number, 1 or more, got 2.5"),
        (lambda: erlang_b(math.inf, 1), r"servers must be a whole number, 0 or more, got inf"),
        (lambda: mmc(1, -1, 1), r"arrival_rate must be 0 or more and finite, got -1"),
        (lambda: mmc(1, math.nan, 1), r"arrival_rate must be 0 or more and finite, got nan"),
        (lambda: mmc(1, 1, 0), r"mean_service must be positive and finite, got 0"),
        (lambda: erlang_a(1, 1, 1, math.inf), r"mean_patience must be positive and finite, got inf"),
        (lambda: deterministic_patience(1, 1, 1, -1), r"patience must be positive and finite, got -1"),
        (lambda: mtginf_mean(float, float, 0, since=1), r"t 0 lies before the start 1; ask about a later time"),
        (lambda: sinusoidal_mtminf_mean(1, 2, 7, 1, 0), r"amplitude 2 makes the rate negative; at most mean_rate 1"),
    ],
)
def test_a_question_without_an_answer_says_what_to_change(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        ask()
