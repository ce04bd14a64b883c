"""Whether the diagnosis finds the planted cause: random funnels with one thing wrong, and healthy ones.

    python tools/diagnosis_recovery.py 10 docs/diagnosis-recovery.csv

A healthy funnel has enough people, channels that are much alike and prompt follow-up; all its numbers are drawn at
random. Then one cause is planted: a team loses reps until it has 70 to 95 % of the hours that its work needs, a channel
that brings at least a fifth of the leads sends poor ones, or one stage's first touch is put off by days on end.
"""

import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from math import ceil
from pathlib import Path

from studies.compiled_rules import keep_compiled_rules

keep_compiled_rules()

import numpy as np  # noqa: E402 - rules are found before they are imported
import pandas as pd  # noqa: E402

from scenarios.diagnosis.diagnosis import Diagnosis, Inquiry  # noqa: E402
from scenarios.diagnosis.plans import Cause  # noqa: E402
from sim.calendar import WorkingCalendar  # noqa: E402
from sim.distributions import Discrete, Exponential, LogNormal  # noqa: E402
from sim.market import Channel, Market, Stage  # noqa: E402
from sim.opening import Opening  # noqa: E402
from sim.operation import Operation, Team  # noqa: E402
from sim.routing.registry import policy  # noqa: E402
from sim.spec import FunnelSpec  # noqa: E402
from sim.units import HOUR  # noqa: E402
from sim.workforce import Rep  # noqa: E402
from studies.executors import Sharing  # noqa: E402
from studies.experiments import run_experiment  # noqa: E402

START, DAYS, REPLICATIONS = datetime(2026, 1, 5, tzinfo=UTC), 150.0, 8
STAGES, CHANNELS = ("qualify", "discovery", "proposal", "closing"), ("search", "partner", "events", "content")
SPLITS = (((0,), (1, 2, 3)), ((0, 1), (2, 3)), ((0,), (1,), (2, 3)), ((0,), (1, 2), (3,)))
"""Ways to share the stages out to teams."""
WEEKDAYS = (1.2, 1.1, 1.0, 1.0, 0.9, 0.1, 0.1)
BUSY = (0.55, 0.7)
"""Share of its hours that a team of a healthy funnel spends on deals."""
WORKING_DAYS_A_DAY = 5 / 7 * 8 * HOUR


@dataclass(frozen=True, slots=True)
class Planted:
    """A funnel, and what is wrong with it where; no cause for a healthy one."""

    spec: FunnelSpec
    cause: Cause | None = None
    part: str = ""


def healthy(rng: np.random.Generator) -> FunnelSpec:
    """Draw a funnel with nothing wrong."""
    shares = rng.dirichlet([6.0] * len(CHANNELS))
    leads = rng.uniform(8, 16)
    channels = tuple(
        Channel(name=name, rate_per_day=float(leads * share), weekday=WEEKDAYS)
        for name, share in zip(CHANNELS, shares, strict=True)
    )
    stages = tuple(_stage(rng, name) for name in STAGES)
    amounts = {"any": {"any": LogNormal(float(rng.uniform(4_000, 30_000)), float(rng.uniform(0.3, 0.7)))}}
    market = Market(channels=channels, stages=stages, amounts=amounts)
    return FunnelSpec(market=market, operation=_operation(rng, market))


def _stage(rng: np.random.Generator, name: str) -> Stage:
    return Stage(
        name=name,
        advance=float(rng.uniform(0.4, 0.7)),
        touches=Discrete((1.0, 2.0, 3.0), (0.3, 0.4, 0.3)),
        effort=LogNormal(float(rng.uniform(0.6, 1.6)) * HOUR, 0.5),
        latency=Exponential(float(rng.uniform(1.0, 3.0))),
        patience=Exponential(float(rng.uniform(60, 120))),
        quality_slope=float(rng.uniform(0.1, 0.3)),
        speed_slope=float(rng.uniform(0.2, 0.5)),
        speed_reference=2.0,
        channel_effects={channel: float(rng.normal(0, 0.05)) for channel in CHANNELS},
    )


def work(market: Market, stages: tuple[int, ...]) -> float:
    """Return the days of effort a day that some stages ask for."""
    reach = np.cumprod([1.0, *(stage.advance for stage in market.stages)])
    leads = sum(channel.rate_per_day * np.mean(channel.weekday) for channel in market.channels)
    chosen = (market.stages[place] for place in stages)
    return float(sum(leads * reach[p] * s.touches.mean * s.effort.mean for p, s in zip(stages, chosen, strict=True)))


def _operation(rng: np.random.Generator, market: Market) -> Operation:
    split = SPLITS[rng.integers(len(SPLITS))]
    teams = tuple(
        Team(
            name=f"team {number}", stages=tuple(STAGES[place] for place in places),
            routing=policy(str(rng.choice(["round-robin", "least-open"]))),
        )
        for number, places in enumerate(split, 1)
    )  # fmt: skip
    reps = [
        Rep(name=f"rep {number}.{rep}", team=f"team {number}", calendar="office")
        for number, places in enumerate(split, 1)
        for rep in range(1, 1 + ceil(work(market, places) / WORKING_DAYS_A_DAY / rng.uniform(*BUSY)))
    ]
    office = WorkingCalendar.office("office", time(9), time(17))
    return Operation(teams=teams, reps=tuple(reps), calendars={"office": office})


def plant(cause: Cause | None, seed: int) -> Planted:
    """Draw a funnel and plant a cause in it."""
    rng = np.random.default_rng([11, seed, *(() if cause is None else (list(Cause).index(cause),))])
    spec = healthy(rng)
    match cause:
        case Cause.CAPACITY:
            return _too_few(rng, spec)
        case Cause.LEADS:
            return _poor_leads(rng, spec)
        case Cause.FOLLOW_UP:
            return _slow(rng, spec)
    return Planted(spec)


def _too_few(rng: np.random.Generator, spec: FunnelSpec) -> Planted:
    """Leave a team too few hours: a whole number of reps, and their pace makes up the rest."""
    team = spec.operation.teams[rng.integers(len(spec.operation.teams))]
    places = tuple(STAGES.index(stage) for stage in team.stages)
    wanted = work(spec.market, places) / WORKING_DAYS_A_DAY * rng.uniform(0.7, 0.95)
    kept = ceil(wanted)
    reps = tuple(
        replace(rep, speed=wanted / kept) if rep.team == team.name else rep
        for rep in spec.operation.reps
        if rep.team != team.name or int(rep.name.rpartition(".")[2]) <= kept
    )
    return Planted(replace(spec, operation=replace(spec.operation, reps=reps)), Cause.CAPACITY, team.name)


def _poor_leads(rng: np.random.Generator, spec: FunnelSpec) -> Planted:
    rates = np.array([channel.rate_per_day for channel in spec.market.channels])
    large = [name for name, share in zip(CHANNELS, rates / rates.sum(), strict=True) if share > 0.2]
    name = str(rng.choice(large))
    worse = float(rng.uniform(0.6, 1.2))
    stages = tuple(
        replace(stage, channel_effects={**stage.channel_effects, name: stage.channel_effects[name] - worse})
        for stage in spec.market.stages
    )
    return Planted(replace(spec, market=replace(spec.market, stages=stages)), Cause.LEADS, name)


def _slow(rng: np.random.Generator, spec: FunnelSpec) -> Planted:
    place = int(rng.integers(len(STAGES)))
    late = replace(spec.market.stages[place], lead_in=Exponential(float(rng.uniform(4, 9))))
    stages = tuple(late if number == place else stage for number, stage in enumerate(spec.market.stages))
    return Planted(replace(spec, market=replace(spec.market, stages=stages)), Cause.FOLLOW_UP, STAGES[place])


def diagnose(spec: FunnelSpec, seed: int, replications: int = REPLICATIONS) -> Diagnosis:
    """Diagnose a funnel."""
    inquiry = Inquiry(spec=spec, opening=Opening(START), days=DAYS)
    sharing = Sharing(workers=1)
    causes = run_experiment(inquiry.causes(seed, replications), sharing=sharing)
    flows = run_experiment(inquiry.flows(seed, replications), sharing=sharing)
    return inquiry.conclude(causes.kpis, flows.tables)


def row(cause: Cause | None, seed: int) -> dict[str, object]:
    """Plant, diagnose, and say whether the cause and its place were found."""
    planted = plant(cause, seed)
    found = diagnose(planted.spec, seed)
    said, effects = found.verdict, found.attribution.effects
    gains = {str(name): round(found.attribution.relative(effects[name].alone), 4) for name in effects}
    return {
        "planted": str(cause or "nothing"), "seed": seed, "where": planted.part,
        "found": str(said.cause or "nothing"), "at": said.part, "sure": round(said.sure, 4),
        "right": said.cause is cause, "right place": said.part == planted.part,
        **{f"gain {name}": gains.get(str(name), 0.0) for name in Cause},
        "shape": found.shape.shape, "stage": found.shape.stage,
        "hour worth most": found.attribution.bottlenecks()[0],
    }  # fmt: skip


def main() -> None:
    """Run it, store the table and print the score."""
    n, place = int(sys.argv[1]), Path(sys.argv[2])
    table = pd.DataFrame([row(cause, seed) for cause in (*Cause, None) for seed in range(n)])
    table.to_csv(place, index=False, lineterminator="\n")
    print(table.groupby("planted")[["right", "right place"]].sum())


if __name__ == "__main__":
    main()
