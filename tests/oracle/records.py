"""Records of stays at nodes, as an event log holds them, and their comparison."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import accumulate, groupby
from operator import itemgetter

import numpy as np

from sim.engine.task import NO_RESPONSE
from sim.eventlog import EXITS, EventLog, Kind
from sim.spec import FunnelSpec
from tests.oracle.itineraries import nodes_of

TOLERANCE = 1e-9
NOBODY = -1
NOT_YET = math.inf
COMPARED = "records compared"
"""Under this name each test notes how many it has compared."""

type Row = tuple[int, float, int, int, int, int]
"""Lead, time, kind, stage, actor and cause."""


@dataclass(frozen=True, order=True)
class Record:
    """A lead's ``step``-th stay at a node.

    Times are in days, `NOT_YET` for what lies beyond the horizon or never came; ``server`` is the rep's position in the
    team, or `NOBODY`; ``kind`` is ``service`` for work and thinking, ``renege`` for a wait that the buyer ended.
    """

    lead: int
    step: int
    node: int
    arrival: float
    start: float
    end: float
    server: int
    kind: str


NOWHERE = Record(NOBODY, NOBODY, NOBODY, NOT_YET, NOT_YET, NOT_YET, NOBODY, "service")


def records_of(log: EventLog, spec: FunnelSpec) -> list[Record]:
    """Read the stays of all leads from an event log, in order of lead and step."""
    columns = [log.events[name] for name in ("lead", "time", "kind", "stage", "actor", "cause")]
    order = np.lexsort((np.arange(len(columns[0])), columns[0]))
    rows: list[Row] = list(zip(*(column[order].tolist() for column in columns), strict=True))
    causes = log.vocabulary["cause"]
    gave_up = causes.index(NO_RESPONSE) if NO_RESPONSE in causes else NOBODY - 1
    return [record for _, life in groupby(rows, key=itemgetter(0)) for record in _stays(life, spec, gave_up)]


def _stays(life: Iterable[Row], spec: FunnelSpec, gave_up: int) -> Iterator[Record]:
    nodes, teams = nodes_of(spec), len(spec.operation.teams)
    sizes = [len(spec.operation.team_reps(team.name)) for team in spec.operation.teams]
    first = [0, *accumulate(sizes)]
    step, now = 0, NOWHERE
    for lead, time, kind, stage, actor, cause in life:
        node = nodes[stage]
        if kind == Kind.STARTED:
            now = replace(now, start=time, server=actor - first[node])
        elif kind == Kind.TOUCHED:
            yield replace(now, end=time)
            step += 1
            now = Record(lead, step, teams + stage, time, time, NOT_YET, NOBODY, "service")
        elif kind in {Kind.ENTERED, Kind.LATENCY_ENDED}:
            if kind == Kind.LATENCY_ENDED and time > now.arrival:
                yield replace(now, end=time)
                step += 1
            now = Record(lead, step, node, time, NOT_YET, NOT_YET, NOBODY, "service")
        elif kind in EXITS:
            if cause == gave_up:
                yield replace(now, end=time, kind="renege")
            now = NOWHERE
    if now is not NOWHERE:
        yield now


def differences(ours: Sequence[Record], theirs: Sequence[Record]) -> list[str]:
    """Say where two lists of records differ, by more than 1e-9 days or in anything else."""
    pairs = zip(sorted(ours), sorted(theirs), strict=False)
    found = [f"{mine} against {other}" for mine, other in pairs if not _alike(mine, other)]
    if len(ours) != len(theirs):
        found.append(f"{len(ours)} records against {len(theirs)}")
    return found


def _alike(mine: Record, other: Record) -> bool:
    for field in fields(Record):
        a, b = getattr(mine, field.name), getattr(other, field.name)
        if isinstance(a, float) and a != b and not abs(a - b) <= TOLERANCE:
            return False
        if not isinstance(a, float) and a != b:
            return False
    return True
