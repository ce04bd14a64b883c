"""Records of stays at nodes, as an event log holds them, and their comparison."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import groupby

import numpy as np

from sim.eventlog import EventLog, Kind
from sim.spec import FunnelSpec
from tests.oracle.itineraries import nodes_of

TOLERANCE = 1e-9
NOBODY = -1
NOT_YET = math.inf
COMPARED = "records compared"
"""Under this name each test notes how many it has compared."""

type Row = tuple[int, float, Kind, int, int]
"""Lead, time, kind, stage and actor."""


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


def records_of(log: EventLog, spec: FunnelSpec) -> list[Record]:
    """Read the stays of all leads from an event log, in order of lead and step."""
    columns = (log.events[name] for name in ("lead", "time", "kind", "stage", "actor"))
    lead, time, kind, stage, actor = columns
    order = np.lexsort((np.arange(len(lead)), lead))
    rows = [(int(lead[i]), float(time[i]), Kind(int(kind[i])), int(stage[i]), int(actor[i])) for i in order]
    return [record for _, life in groupby(rows, key=lambda row: row[0]) for record in _stays(list(life), spec)]


def _stays(life: Sequence[Row], spec: FunnelSpec) -> Iterator[Record]:
    nodes, teams = nodes_of(spec), len(spec.operation.teams)
    first = np.cumsum([0, *(len(spec.operation.team_reps(team.name)) for team in spec.operation.teams)]).tolist()
    step, arrival, start, server = 0, NOT_YET, NOT_YET, NOBODY
    open_at = None
    for lead, time, kind, stage, actor in life:
        node = nodes[stage]
        match kind:
            case Kind.ENTERED:
                open_at, arrival, start, server = node, time, NOT_YET, NOBODY
            case Kind.STARTED:
                start, server = time, actor - first[node]
            case Kind.TOUCHED:
                yield Record(lead, step, node, arrival, start, time, server, "service")
                step, open_at, arrival, start, server = step + 1, teams + stage, time, time, NOBODY
            case Kind.LATENCY_ENDED:
                if time > arrival:
                    yield Record(lead, step, teams + stage, arrival, start, time, NOBODY, "service")
                    step += 1
                open_at, arrival, start, server = node, time, NOT_YET, NOBODY
            case Kind.LOST if open_at == node and _gave_up(life):
                yield Record(lead, step, node, arrival, NOT_YET, time, NOBODY, "renege")
                open_at = None
            case Kind.LOST | Kind.WON:
                open_at = None
    if open_at is not None:
        yield Record(life[0][0], step, open_at, arrival, start, NOT_YET, server, "service")


def _gave_up(life: Sequence[Row]) -> bool:
    """Tell whether the last row ends a wait: a buyer who decides has answered just before."""
    return life[-2][2] is not Kind.LATENCY_ENDED


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
