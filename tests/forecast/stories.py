"""Small histories for forecasts: deals as lists of (day, what), and a funnel that is simulated."""

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np

from sim.eventlog import EventLog, Kind

ORIGIN = datetime(2025, 1, 6, tzinfo=UTC)
STAGES = ("qualify", "proposal")


def log_of(
    deals: Sequence[Sequence[tuple[float, str]]],
    days: float,
    *,
    amount: float = 1000.0,
    stages: Sequence[str] = STAGES,
    rep: str = "",
) -> EventLog:
    """Return a log of deals, each a list of (day, stage | won | lost), all held by one ``rep`` or by nobody."""
    rows = []
    for lead, story in enumerate(deals):
        rows.append((story[0][0], lead, Kind.CREATED, -1, np.nan))
        if rep:
            rows.append((story[0][0], lead, Kind.ROUTED, -1, np.nan))
        stage = -1
        for day, what in story:
            if what in stages:
                stage = stages.index(what)
                rows.append((day, lead, Kind.ENTERED, stage, np.nan))
            else:
                rows.append(
                    (day, lead, Kind.WON if what == "won" else Kind.LOST, stage, amount if what == "won" else np.nan)
                )
    columns = list(zip(*rows, strict=True)) if rows else [[], [], [], [], []]
    n, created = len(deals), [story[0][0] for story in deals]
    nothing = [-1] * len(rows)
    return EventLog.from_rows(
        origin=ORIGIN,
        window=(0.0, days),
        events={
            "time": columns[0], "lead": columns[1], "kind": columns[2], "stage": columns[3], "amount": columns[4],
            "actor": [0 if kind == Kind.ROUTED else -1 for kind in columns[2]], "cause": nothing,
        },
        leads={
            "channel": [0] * n, "number": list(range(n)), "region": [-1] * n, "segment": [-1] * n, "product": [-1] * n,
            "account": [-1] * n, "created": created, "amount": [amount] * n, "score": [np.nan] * n,
            "quality": [np.nan] * n,
        },
        vocabulary={"stage": tuple(stages), "channel": ("web",), "cause": ("price",), "actor": (rep,) if rep else ()},
    )  # fmt: skip


def steady(n: int, *, every: float = 1.0, wins: bool = True) -> list[list[tuple[float, str]]]:
    """Return deals that come one by one: a third is won after 20 days, a third lost after 10, a third stays open."""
    found: list[list[tuple[float, str]]] = []
    for k in range(n):
        at = k * every
        ends: list[list[tuple[float, str]]] = [
            [(at, "qualify"), (at + 7.5, "proposal"), (at + 20.5, "won" if wins else "lost")],
            [(at, "qualify"), (at + 10.5, "lost")],
            [(at, "qualify")],
        ]
        found.append(ends[k % 3])
    return found
