"""How near plans come to the most that any routing policy can book."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from scenarios.bound.limit import bound
from scenarios.pairing import mean_interval
from sim.discipline import Discipline
from sim.opening import Opening
from sim.operation import Team
from sim.routing.policy import Routing
from sim.spec import FunnelSpec
from studies.executors import Progress
from studies.grid import Grid
from studies.report import Section
from studies.wording import quantity, unit_of

CONFIDENCE = 0.95
_MEANING = (
    "The limit is what no routing policy can exceed on average: it knows every deal's worth, lets the right rep begin "
    "at the right time, and errs on the high side wherever it simplifies. So a share says at least how much of what "
    "can be had a plan gets; the rest isn't all to be had."
)


def limits_of(
    specs: Mapping[str, FunnelSpec],
    opening: Opening,
    days: float,
    *,
    known: dict[str, float] | None = None,
    told: Progress | None = None,
) -> dict[str, float]:
    """Return each plan's limit; plans that differ in rules alone share one, and it is computed once.

    ``known`` holds limits that are known already, by fingerprint, and takes those that are found; ``told`` hears after
    each round of a computation.
    """
    known = {} if known is None else known
    found = {}
    for name, spec in specs.items():
        bare = without_rules(spec)
        if bare.fingerprint not in known:
            known[bare.fingerprint] = bound(bare, opening, days=days, told=told).bookings
        found[name] = known[bare.fingerprint]
    return found


def without_rules(spec: FunnelSpec) -> FunnelSpec:
    """Return a funnel without what the limit doesn't depend on: routing, disciplines, pools and promises."""
    return replace(spec, operation=replace(spec.operation, teams=tuple(map(_bare, spec.operation.teams))))


def shares(kpis: pd.DataFrame, limits: Mapping[str, float]) -> pd.DataFrame:
    """Return one row a plan: ``scenario``, ``bookings`` (mean), ``limit``, their ratio ``share``, ``low``, ``high``.

    Parameters
    ----------
    kpis
        One row a run under a plan: ``scenario``, ``draw``, ``bookings``.
    limits
        Plan → limit, in account currency; where it is 0 the share is NaN.
    """
    rows = []
    for name, limit in limits.items():
        mine = kpis[kpis["scenario"] == name]
        mean = mean_interval(mine["bookings"].to_numpy(float), mine["draw"].to_numpy(int), CONFIDENCE)
        part = [value / limit if limit > 0 else float("nan") for value in (mean.value, mean.low, mean.high)]
        rows.append((name, mean.value, limit, *part))
    return pd.DataFrame(rows, columns=["scenario", "bookings", "limit", "share", "low", "high"])


def shares_grid(table: pd.DataFrame) -> Grid:
    """Lay out `shares`."""
    unit = unit_of("bookings")
    rows = (
        (
            str(row["scenario"]),
            quantity(row["bookings"], unit),
            quantity(row["limit"], unit),
            f"{row['share']:.1%}",
            f"{row['low']:.1%} to {row['high']:.1%}",
        )
        for row in table.to_dict("records")
    )
    columns = ("plan", "bookings", "limit", "share of the limit", f"{CONFIDENCE:.0%} interval")
    note = "The limit is what no routing policy can exceed on average, with these people and this market."
    return Grid.of("How near to the most that can be booked", columns, rows, note)


def shares_section(grids: Sequence[Grid]) -> Section:
    """Return the report's section about the limit."""
    return Section("What any policy could book", (_MEANING,), tuple(grids))


def _bare(team: Team) -> Team:
    return replace(team, routing=Routing(), discipline=Discipline.FIFO, sla=None, pool=None)
