"""What a stage does with a deal, whoever treats it: its times as lags, its touches as chances, its work by crew."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from scenarios.bound.crews import Crew, Work, work_of
from scenarios.bound.first_touch import Desk, Reach, reach
from scenarios.bound.timing import Carrier, Floats, Grid, Sample, Sparse, later
from sim.distributions import Distribution, Exponential
from sim.engine.floor import targets_of
from sim.market import Stage
from sim.operation import ExpertJob
from sim.spec import FunnelSpec

_TOUCHES = 8
"""Touches beyond which a deal is let off any further ones."""


@dataclass(frozen=True, slots=True)
class Job:
    """Work of a group of experts on a deal: working days of one of them, on average over deals with and without."""

    group: int
    work: float
    blocking: bool


@dataclass(frozen=True, slots=True)
class StageLaw:
    """A stage on the grid.

    Attributes
    ----------
    stage, place, team, desk
        The stage, its place in the chain, its team's place, and when anybody of the team is at work.
    reach
        How deals reach their first touch that enter the stage in each cell or the next one.
    latency
        Carries values from the buyer's answer in some cell back to the end of the touch in some slot.
    again
        Carries values from one touch in some slot back to the one before.
    automatic
        Carries values back over what a system takes, from cell to cell; None where it handles none.
    last
        Chance that the k-th touch, k = 1, 2, …, is the last one of a deal that will advance and has had it.
    others
        For each of such deals that wants touch k + 1, how many that won't advance want it too and look just the same,
        per odds against: shape as ``last``.
    follows
        Where advancing deals go: (stage or None for won, share).
    first, more
        Work of the first touch, with what the gate costs, and of any further one.
    jobs
        Of the experts.
    """

    stage: Stage
    place: int
    team: int
    desk: Desk
    reach: Reach
    latency: Carrier
    again: Carrier
    automatic: Carrier | None
    last: Floats
    others: Floats
    follows: tuple[tuple[int | None, float], ...]
    first: Work
    more: Work
    jobs: tuple[Job, ...]

    @property
    def touches(self) -> int:
        """Most touches of a deal that will advance."""
        return len(self.last)

    def answer(self, touches: float) -> int:
        """Return the place in `last` of a number of touches, the last one for those that have had even more."""
        return min(int(touches), self.touches) - 1


def stage_laws(spec: FunnelSpec, crews: tuple[Crew, ...], grid: Grid, expert_hours: Floats) -> tuple[StageLaw, ...]:
    """Lay every stage out on the grid."""
    return tuple(_law(spec, place, crews, grid, expert_hours) for place in range(len(spec.market.stages)))


def nurturing(spec: FunnelSpec, grid: Grid) -> Sparse | None:
    """Return the matrix (cells, cells) that carries values back from when a nurtured lead is back, if any ever is."""
    nurture = spec.market.nurture
    if nurture is None:
        return None
    reacts = nurture.wake + nurture.opt_out
    messages = np.arange(1.0, int(grid.days / nurture.cadence) + 1)
    chances = nurture.wake / reacts * reacts * (1 - reacts) ** (messages - 1)
    return csr_array(later(np.bincount(grid.cells_of(messages * nurture.cadence), chances, grid.cells)))


def _law(spec: FunnelSpec, place: int, crews: tuple[Crew, ...], grid: Grid, hours: Floats) -> StageLaw:
    stage = spec.market.stages[place]
    teams = [team.name for team in spec.operation.teams]
    last, others = _touches(stage)
    until = 0.0
    follows = []
    for target, share in targets_of(spec, place):
        follows.append((target, share - until))
        until = share
    team = teams.index(spec.team_of(stage.name).name)
    desk = Desk.of([crew for crew in crews if crew.team == team])
    extra = stage.gate.effort if stage.gate is not None else 0.0
    more = work_of(crews, team, desk.slots, Sample.of(stage.effort), grid)
    latency = later(grid.lags(stage.latency), desk.slots)
    return StageLaw(
        stage=stage,
        place=place,
        team=team,
        desk=desk,
        reach=reach(stage, desk, grid, grid.edges[:-1], grid.edges[:-1] + 2 * grid.cell),
        latency=Carrier.of(latency),
        again=Carrier.of(desk.waits.T @ latency),
        automatic=Carrier.of(later(grid.lags(stage.automatic_latency))) if stage.automatic else None,
        last=last,
        others=others,
        follows=tuple(follows),
        first=more if extra == 0.0 else work_of(crews, team, desk.slots, Sample.of(stage.effort, extra), grid),
        more=more,
        jobs=tuple(_job(spec, job, hours) for job in spec.operation.jobs if job.stage == stage.name),
    )


def _job(spec: FunnelSpec, job: ExpertJob, hours: Floats) -> Job:
    group = next(place for place, each in enumerate(spec.operation.experts) if each.name == job.experts)
    each = hours[group, -1] / spec.operation.experts[group].servers
    work = Sample.of(job.effort).spent_per_finish(0.0, each)
    return Job(group, job.share * work, job.blocking)


def _touches(stage: Stage) -> tuple[Floats, Floats]:
    """Return `StageLaw.last` and `StageLaw.others`."""
    won, lost = (_more_than(law) for law in (stage.touches, stage.lost_touches or stage.touches))
    most = int((won > 1e-12).sum()) + 1
    last = 1.0 - np.append(won[: most - 1], 0.0)[:most] / np.append(1.0, won[: most - 1])[:most]
    last[-1] = 1.0
    alike = least_ratio(stage.latency, stage.lost_latency or stage.latency)
    answers = np.arange(1, most + 1)
    others = np.divide(lost[:most], won[:most], out=np.zeros(most), where=won[:most] > 1e-12) * alike**answers
    return last, others


def _more_than(touches: Distribution) -> Floats:
    """Return the chances of more than 1, 2, … touches: shape (`_TOUCHES`,), the last one 0."""
    more = np.array([1.0 - touches.cdf(k + 0.5) for k in range(1, _TOUCHES + 1)])
    more[-1] = 0.0
    return more


def least_ratio(latency: Distribution, lost: Distribution) -> float:
    """Return how much less likely at the most a buyer's answer after some time is from a deal that won't advance.

    The infimum of the ratio of densities. Where it isn't known, answers may tell everything: 0.
    """
    if latency == lost:
        return 1.0
    if isinstance(latency, Exponential) and isinstance(lost, Exponential) and lost.average >= latency.average:
        return latency.average / lost.average
    return 0.0
