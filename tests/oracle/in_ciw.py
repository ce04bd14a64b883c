"""The same network in Ciw: it keeps the queues, the servers and the clock, and is told each traveller's own luck."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Self

import ciw

from sim.discipline import Discipline
from sim.operation import Team
from sim.spec import FunnelSpec
from sim.workforce import Rep, working_time
from tests.oracle.itineraries import Step, Traveller
from tests.oracle.records import NOBODY, NOT_YET, Record

ORDERS = {
    Discipline.FIFO: ciw.disciplines.FIFO,
    Discipline.TIER: ciw.disciplines.FIFO,
    Discipline.FRESHEST: ciw.disciplines.LIFO,
}
"""How each discipline orders one priority class; tiers are classes of their own."""


class _Gaps(ciw.dists.Distribution):
    """Recorded times between arrivals, and none after the last, where Ciw's own `Sequential` would begin again."""

    def __init__(self, times: Sequence[float]) -> None:
        self.gaps = iter([*(b - a for a, b in pairwise([0.0, *times])), math.inf])

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def sample(self, t: float | None = None, ind: Any = None) -> float:  # noqa: ARG002 - Ciw's signature
        """Return the time to the next arrival."""
        return next(self.gaps)


class _Own(ciw.dists.Distribution):
    """A customer's own value: Ciw numbers customers in order of arrival, and each record it has kept is a step made."""

    def __init__(self, everybody: Sequence[Traveller]) -> None:
        self.everybody = everybody

    def __deepcopy__(self, _memo: object) -> Self:
        return self  # Ciw copies each distribution for each node and class; this one holds everybody's luck

    def step(self, customer: Any) -> Step:
        """Return the step that a customer is about to make."""
        return self.everybody[customer.id_number - 1].steps[len(customer.data_records)]


class _OwnService(_Own):
    def __init__(self, everybody: Sequence[Traveller], reps: Sequence[Rep]) -> None:
        super().__init__(everybody)
        self.reps = reps

    def sample(self, t: float | None = None, ind: Any = None) -> float:  # noqa: ARG002 - Ciw's signature
        """Return how long the customer's step takes its server."""
        if not self.reps:
            return self.step(ind).time
        rep = self.reps[ind.server.id_number - 1]
        return working_time(self.step(ind).time, rep.speed, 1.0, rep.admin_share)


class _OwnPatience(_Own):
    def sample(self, t: float | None = None, ind: Any = None) -> float:  # noqa: ARG002 - Ciw's signature
        """Return how long the customer waits before giving up."""
        return self.step(ind).patience


def simulate_in_ciw(
    spec: FunnelSpec, days: float, everybody: Sequence[Traveller], disciplines: Sequence[Discipline] = ()
) -> list[Record]:
    """Simulate a network in Ciw and return its records; ``disciplines`` may replace the teams' own."""
    simulation = ciw.Simulation(_network(spec, everybody, disciplines or [t.discipline for t in spec.operation.teams]))
    simulation.simulate_until_max_time(days)
    kept = [
        _record(row, person, step)
        for person in simulation.get_all_individuals()
        for step, row in enumerate(person.data_records)
    ]
    unfinished = [
        _record(simulation.nodes[person.node].write_incomplete_record(person), person, len(person.data_records))
        for person in simulation.get_all_individuals()
        if person.node != NOBODY
    ]
    return kept + unfinished


def _network(spec: FunnelSpec, everybody: Sequence[Traveller], disciplines: Sequence[Discipline]) -> Any:
    teams, stages = spec.operation.teams, spec.market.stages
    nodes = len(teams) + len(stages)
    classes = {f"tier {tier}": tier for tier in sorted({person.tier for person in everybody})} or {"tier 0": 0}
    ranked = disciplines[0] is Discipline.TIER
    thinking = [_OwnService(everybody, ()) for _ in stages]
    services = [_OwnService(everybody, spec.operation.team_reps(team.name)) for team in teams]
    patience = [_OwnPatience(everybody) for _ in teams]
    return ciw.create_network(
        number_of_servers=[*(_size(spec, team) for team in teams), *(math.inf for _ in stages)],
        service_disciplines=[*(ORDERS[each] for each in disciplines), *(ciw.disciplines.FIFO for _ in stages)],
        priority_classes={name: place if ranked else 0 for place, name in enumerate(classes)},
        arrival_distributions={name: _arrivals(everybody, tier, nodes) for name, tier in classes.items()},
        service_distributions={name: [*services, *thinking] for name in classes},
        reneging_time_distributions={name: [*patience, *(None for _ in stages)] for name in classes},
        routing={name: ciw.routing.ProcessBased(lambda person, _: _route(everybody, person)) for name in classes},
    )


def _size(spec: FunnelSpec, team: Team) -> int:
    return len(spec.operation.team_reps(team.name))


def _route(everybody: Sequence[Traveller], person: Any) -> list[int]:
    """Return the nodes after the first, as Ciw counts them."""
    return [step.node + 1 for step in everybody[person.id_number - 1].steps[1:]]


def _arrivals(everybody: Sequence[Traveller], tier: int, nodes: int) -> list[Any]:
    """Return the recorded arrivals of one tier at each node."""
    times: list[list[float]] = [[] for _ in range(nodes)]
    for person in everybody:
        if person.tier == tier:
            times[person.steps[0].node].append(person.created)
    return [_Gaps(here) if here else None for here in times]


def _record(row: Any, person: Any, step: int) -> Record:
    reneged = row.record_type == "renege"
    start, end = (_known(time) for time in (row.service_start_date, row.exit_date))
    server = NOBODY if reneged else _server(row, person)
    kind = "renege" if reneged else "service"
    return Record(person.id_number - 1, step, row.node - 1, row.arrival_date, start, end, server, kind)


def _known(time: float | None) -> float:
    return NOT_YET if time is None or math.isnan(time) else time


def _server(row: Any, person: Any) -> int:
    """Return the position of who serves, or `NOBODY`; the record of an unfinished stay leaves that out."""
    unfinished = row.record_type == "incomplete" and person.server
    number = person.server.id_number if unfinished else row.server_id
    return number - 1 if number else NOBODY
