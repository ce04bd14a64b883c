"""What theory tests share: funnels that are queues, waits read from a log, and a test in standard errors.

A mean is compared with its closed form as z = (estimate - expectation) / standard error. Standard errors come from
batch means; what the run's luck with efforts and arrivals explains is taken out first (control variates), so that runs
of seconds tell an error of 5 % from luck. `agrees` also demands that such an error, planted, is caught by the same
numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from sim.calendar import ALWAYS
from sim.discipline import Discipline
from sim.distributions import Distribution
from sim.eventlog import EventLog, Kind
from sim.market import Channel, Market, Scoring, Stage
from sim.opening import Opening
from sim.operation import Operation, PoolRules, Team
from sim.routing.policy import Routing
from sim.simulate import simulate
from sim.spec import FunnelSpec
from sim.workforce import Rep

type Floats = npt.NDArray[np.float64]

START = Opening(as_of=datetime(2026, 1, 5, tzinfo=UTC))
BATCHES = 30
PULL = Routing(push=False)


def staff(team: str, servers: int, speeds: Sequence[float] = (), *, limit: int | None = 1) -> list[Rep]:
    """Return reps who work around the clock, one deal at a time unless there is no ``limit``."""
    pace = speeds or [1.0] * servers
    return [
        Rep(name=f"{team} {i}", team=team, calendar="always", wip_limit=limit, speed=pace[i]) for i in range(servers)
    ]


def desk(
    servers: int,
    rates: Sequence[float],
    effort: Distribution,
    *,
    routing: Routing | None = None,
    patience: Distribution | None = None,
    discipline: Discipline = Discipline.FIFO,
    qualities: Sequence[float] = (),
    speeds: Sequence[float] = (),
    limit: int | None = 1,
    **stage: object,
) -> FunnelSpec:
    """Return one stage, one team and a channel for each arrival rate: a queue as in the textbooks."""
    rules = Routing() if routing is None else routing
    means = qualities or [0.0] * len(rates)
    return FunnelSpec(
        market=Market(
            channels=tuple(
                Channel(name=f"channel {i}", rate_per_day=rate, quality=mean)
                for i, (rate, mean) in enumerate(zip(rates, means, strict=True))
            ),
            stages=(Stage(name="desk", advance=1.0, effort=effort, patience=patience, **stage),),
            scoring=Scoring(concordance=1.0, tiers={"A": 50.0, "B": 0.0}),
        ),
        operation=Operation(
            teams=(
                Team(
                    name="team",
                    stages=("desk",),
                    routing=rules,
                    discipline=discipline,
                    pool=None if rules.push else PoolRules(pick=discipline),
                ),
            ),
            reps=tuple(staff("team", servers, speeds, limit=limit)),
            calendars={"always": ALWAYS},
        ),
    )


@dataclass(frozen=True)
class Touches:
    """Touches that were wanted at a stage, in order of wanting: shape (touches,).

    ``wait`` and ``effort`` are in days; ``served`` is False for those that the buyer gave up; ``gap`` is the time since
    the touch before was wanted.
    """

    wanted: Floats
    wait: Floats
    effort: Floats
    served: npt.NDArray[np.bool_]
    channel: npt.NDArray[np.int32]
    actor: npt.NDArray[np.int32]

    @property
    def gap(self) -> Floats:
        """Time since the one before was wanted."""
        return np.diff(self.wanted, prepend=self.wanted[0])

    def of(self, mask: npt.NDArray[np.bool_]) -> "Touches":
        """Keep some."""
        parts = (self.wanted, self.wait, self.effort, self.served, self.channel, self.actor)
        return Touches(*(part[mask] for part in parts))


def touches(log: EventLog, stage: int = 0) -> Touches:
    """Return the first touches of each visit to a stage; waits begin with entering."""
    kind, time, lead = log.events["kind"], log.events["time"], log.events["lead"]
    here = (log.events["stage"] == stage) & np.isin(
        kind, [int(k) for k in (Kind.ENTERED, Kind.STARTED, Kind.TOUCHED, Kind.LOST)]
    )
    order = np.lexsort((np.arange(len(kind))[here], lead[here]))
    kind, time, lead = kind[here][order], time[here][order], lead[here][order]
    actor = log.events["actor"][here][order]
    entered = np.flatnonzero(kind[:-1] == Kind.ENTERED)
    begun = entered + 1
    known = (lead[begun] == lead[entered]) & (kind[begun] != Kind.ENTERED)
    entered, begun = entered[known], begun[known]
    done = np.minimum(begun + 1, len(kind) - 1)
    served = kind[begun] == Kind.STARTED
    finished = served & (kind[done] == Kind.TOUCHED) & (lead[done] == lead[begun])
    effort = np.where(finished, time[done] - time[begun], np.nan)
    by_time = np.argsort(time[entered], kind="stable")
    parts = (
        time[entered],
        time[begun] - time[entered],
        effort,
        served,
        log.leads["channel"][lead[entered]],
        actor[begun],
    )
    return Touches(*(part[by_time] for part in parts))


def run(
    spec: FunnelSpec, leads: float, engine: str, *, seed: int = 1, warm_up: float = 0.05, stage: int = 0
) -> Touches:
    """Simulate about so many leads and return the first touches, without the start and the unfinished end."""
    rate = sum(channel.rate_per_day for channel in spec.market.channels)
    days = leads / rate
    everything = touches(simulate(spec, START, days=days, seed=seed, engine=engine), stage)
    return everything.of((everything.wanted > warm_up * days) & (everything.wanted < 0.99 * days))


@dataclass(frozen=True)
class Estimate:
    """A mean and its standard error."""

    mean: float
    error: float

    def z(self, expected: float) -> float:
        """How many standard errors the mean lies above what was expected."""
        return (self.mean - expected) / self.error


def estimate(values: Floats, *controls: tuple[Floats, float]) -> Estimate:
    """Estimate a mean by batch means, given other columns whose means are known."""
    batches = batch_means(values)
    if not controls:
        return Estimate(float(batches.mean()), float(batches.std(ddof=1) / np.sqrt(BATCHES)))
    surprises = np.column_stack([batch_means(column) - mean for column, mean in controls])
    design = np.column_stack([np.ones(BATCHES), surprises])
    weights, *_ = np.linalg.lstsq(design, batches, rcond=None)
    noise = float(((batches - design @ weights) ** 2).sum()) / (BATCHES - design.shape[1])
    return Estimate(float(weights[0]), float(np.sqrt(noise * np.linalg.inv(design.T @ design)[0, 0])))


def batch_means(values: Floats) -> Floats:
    """Return the means of consecutive batches of equal length: shape (BATCHES,)."""
    length = len(values) // BATCHES
    return np.asarray(np.nanmean(values[: length * BATCHES].reshape(BATCHES, length), axis=1))


def agrees(found: Estimate, expected: float, planted: float) -> None:
    """Demand |z| < 4 against the theory, and more than that against what a 5 % error would make of it."""
    assert abs(found.z(expected)) < 4, f"{found}: z = {found.z(expected):.1f} against {expected:.5g}"
    assert abs(found.z(planted)) > 4, f"{found}: a planted {planted:.5g} for {expected:.5g} isn't caught"


def all_agree(nodes: Sequence[tuple[Estimate, float, float]]) -> None:
    """Demand |z| < 4 for every node of a network, and more than that for some node against an error in all."""
    for found, expected, _ in nodes:
        assert abs(found.z(expected)) < 4, f"{found}: z = {found.z(expected):.1f} against {expected:.5g}"
    assert max(abs(found.z(planted)) for found, _, planted in nodes) > 4, f"a planted error isn't caught: {nodes}"


def waits(found: Touches, effort: Distribution, rate: float) -> Estimate:
    """Estimate the mean wait, given the luck with efforts and arrivals."""
    return estimate(found.wait, (found.effort, effort.mean), (found.gap, 1 / rate))
