"""Small scenes with known times: leads come when the test says, and the log is read as lines: ``0.25 0 routed Ada``."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np

from sim.calendar import ALWAYS, Shift, WorkingCalendar
from sim.distributions import Fixed
from sim.eventlog import EventLog, Kind
from sim.market import Batch, Channel, Market, Stage
from sim.opening import OpenDeal, Opening
from sim.operation import Operation, Team
from sim.routing.policy import Routing, Ties
from sim.simulate import simulate
from sim.spec import FunnelSpec
from sim.workforce import Rep

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
OFFICE = WorkingCalendar.office("office", time(9), time(17))
LATE = WorkingCalendar("late", ((Shift(time(12), time(18)),),) * 7)
SPLIT = WorkingCalendar("split", ((Shift(time(8), time(12)), Shift(time(13), time(17))),) * 7)
BY_LIST = Routing(ties=Ties.LIST)
"""Whoever stands first in the roster and may have the lead, gets it: times are then known without drawing."""

TALK = Fixed(0.1)


def at(*times: float, **channel: Any) -> tuple[Channel, ...]:
    """Return channels that bring one lead each at the given days."""
    return tuple(
        Channel(
            name=f"lead {i}",
            rate_per_day=0.0,
            batches=(Batch(day=date(2026, 1, 5), size=Fixed(1.0), upload_lag=Fixed(t)),),
            **channel,
        )
        for i, t in enumerate(times)
    )


def many(count: int, **channel: Any) -> tuple[Channel, ...]:
    """Return a channel that brings so many leads at the start."""
    batch = Batch(day=date(2026, 1, 5), size=Fixed(float(count)))
    return (Channel(name="fair", rate_per_day=0.0, batches=(batch,), **channel),)


def scene(
    channels: Sequence[Channel],
    stages: Sequence[Stage],
    reps: Iterable[Rep],
    *,
    market: dict[str, Any] | None = None,
    operation: dict[str, Any] | None = None,
    **team: Any,
) -> FunnelSpec:
    """Return a funnel with one team."""
    rules = {"routing": BY_LIST, **team}
    return FunnelSpec(
        market=Market(channels=tuple(channels), stages=tuple(stages), **(market or {})),
        operation=Operation(
            teams=(Team(name="team", stages=tuple(stage.name for stage in stages), **rules),),
            reps=tuple(reps),
            calendars={"always": ALWAYS, "office": OFFICE, "late": LATE, "split": SPLIT},
            **(operation or {}),
        ),
    )


def rep(name: str, calendar: str = "always", **facts: Any) -> Rep:
    """Return a rep of the team."""
    return Rep(name=name, team="team", calendar=calendar, **facts)


def play(spec: FunnelSpec, days: float = 10.0, deals: Sequence[OpenDeal] = (), seed: int = 1) -> EventLog:
    """Simulate from Monday midnight on."""
    return simulate(spec, Opening(as_of=MONDAY, deals=tuple(deals)), days=days, seed=seed)


def told(log: EventLog, *kinds: Kind) -> list[str]:
    """Return the rows of some kinds (of all, if none is named) as lines: time, lead's number, kind and actor."""
    frame = log.to_frame()
    lines = []
    for row in frame[np.asarray(log.of_kind(*(kinds or Kind)))].itertuples():
        actor = "" if row.actor != row.actor else f" {row.actor}"  # NaN: nobody
        lines.append(f"{row.time:.4g} {row.lead} {row.kind}{actor}")
    return lines


def times(log: EventLog, kind: Kind) -> list[float]:
    """Return when rows of a kind were written."""
    return [float(t) for t in log.events["time"][log.of_kind(kind)]]
