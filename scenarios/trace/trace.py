"""The trace itself: one lead followed on the reference engine, and the leads that are worth following."""

from dataclasses import dataclass

import pandas as pd

from scenarios.scenario import Scenario
from scenarios.tables import working_hours
from scenarios.trace.phrases import Phrases
from scenarios.trace.story import Moment, Teller
from scenarios.trace.witness import diary_for, watch
from sim.errors import SpecError
from sim.eventlog import NONE, EventLog, Kind
from sim.kpis import per_lead_bookings
from sim.kpis.fates import fates
from sim.opening import Opening
from sim.simulate import REFERENCE, simulate
from sim.spec import FunnelSpec

OUTCOME = "outcome"


@dataclass(frozen=True)
class Traced:
    """What happened to the lead under a plan."""

    plan: str
    log: EventLog
    moments: tuple[Moment, ...]


def trace_lead(
    spec: FunnelSpec,
    opening: Opening,
    plan: Scenario,
    label: str,
    *,
    phrases: Phrases,
    days: float,
    seed: int,
    replication: int = 0,
) -> Traced:
    """Follow one lead under a plan.

    Parameters
    ----------
    spec, opening
        The funnel and what is open in it.
    plan
        What is changed.
    label
        The lead's label, as `sim.eventlog.EventLog.lead_labels` has it.
    phrases
        The language that its story is told in.
    days, seed, replication
        As of `sim.simulate.simulate`.

    Raises
    ------
    SpecError
        If no lead of that label comes in that time under that luck.
    """
    changed, diary = plan.apply(spec), diary_for(label, opening)
    missing = SpecError(f"no lead {label!r} in these {days:g} days under seed {seed}; --list shows some that there are")
    if diary is None:
        raise missing
    log = simulate(watch(changed, diary), opening, days=days, seed=seed, replication=replication, engine=REFERENCE)
    labels = log.lead_labels()
    if label not in labels:
        raise missing
    hours = dict(zip(log.vocabulary["actor"], working_hours(changed, log.origin, log.window[1]), strict=True))
    return Traced(plan.name, log, Teller(log, labels.index(label), diary.choices, hours, phrases).tell())


def interesting_leads(first: EventLog, second: EventLog | None = None) -> pd.DataFrame:
    """Return the leads that are worth a look, the most telling first.

    Parameters
    ----------
    first, second
        Logs of the same funnel and luck under two plans, or a single one.

    Returns
    -------
    pandas.DataFrame
        Indexed by ``lead`` (label): ``channel``, ``amount``, ``outcome`` and ``bookings`` under the first plan and,
        with a second, ``outcome_2`` and ``bookings_2``. With two plans: the leads whose outcome differs, those first
        whose bookings differ most. With one: won and lost leads by amount.
    """
    table = _outcomes(first)
    if second is None:
        closed = table[table[OUTCOME].str.startswith(("won", "lost"))]
        return closed.sort_values("amount", ascending=False, kind="stable")
    both = table.join(_outcomes(second)[[OUTCOME, "bookings"]].add_suffix("_2"), how="inner")
    differ = both[both[OUTCOME] != both[f"{OUTCOME}_2"]]
    gap = (differ["bookings"] - differ["bookings_2"]).abs()
    order = pd.DataFrame({"gap": -gap, "amount": -differ["amount"]}).sort_values(["gap", "amount"], kind="stable").index
    return differ.loc[order]


def _outcomes(log: EventLog) -> pd.DataFrame:
    known, words = fates(log), log.vocabulary
    causes = dict(zip(*_last_causes(log), strict=True))
    outcome = [_outcome(int(end), causes.get(row, "")) for row, end in enumerate(known.end)]
    channel = [words["channel"][code] if code != NONE else "" for code in log.leads["channel"]]
    table = pd.DataFrame(
        {"channel": channel, "amount": log.leads["amount"], OUTCOME: outcome, "bookings": per_lead_bookings(log)},
        index=pd.Index(log.lead_labels(), name="lead"),
    )
    return table[known.is_lead]


def _last_causes(log: EventLog) -> tuple[list[int], list[str]]:
    lost = log.of_kind(Kind.LOST)
    return log.column("lead")[lost].tolist(), [log.vocabulary["cause"][code] for code in log.column("cause")[lost]]


def _outcome(end: int, cause: str) -> str:
    if end == Kind.WON:
        return "won"
    return f"lost: {cause}" if end == Kind.LOST else "open"
