"""Expert levers: how many share the work of legal or of solution engineers, and when a deal needs them."""

from dataclasses import KW_ONLY, dataclass, replace

from scenarios.levers.named import change, find
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.distributions import Distribution
from sim.errors import SpecError, require
from sim.market import check_chance
from sim.operation import ExpertJob
from sim.spec import FunnelSpec
from sim.workforce import Experts


@dataclass(frozen=True, slots=True)
class ChangeExperts(Lever):
    """Add experts to a group or take some away, or give the group other hours.

    Attributes
    ----------
    experts
        Name of the group.
    change
        Experts more, or with a minus sign fewer.
    calendar
        Name of a working calendar; None leaves it.
    """

    experts: str
    change: int = 0
    calendar: str | None = None

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the changed group."""
        groups = change("expert group", spec.operation.experts, self.experts, self._set)
        return replace(spec, operation=replace(spec.operation, experts=groups))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - experts cost the same in any funnel
        """Return the pay of the experts added, and their hiring; that of those who go is saved."""
        return self.change * prices.rep_days(self.experts, horizon.days) + max(0, self.change) * prices.hiring

    def describe(self) -> str:
        """Say how many come or go."""
        count = f"Change the number of experts in {self.experts!r} by {self.change:+d}"
        return f"{count}." if self.calendar is None else f"{count}; they work in the hours of {self.calendar!r}."

    def _set(self, group: Experts) -> Experts:
        left = group.servers + self.change
        require(left >= 1, f"experts {group.name!r}: {group.servers} {self.change:+d} leaves {left}; leave at least 1")
        return replace(group, servers=left, calendar=self.calendar or group.calendar)


@dataclass(frozen=True, slots=True)
class ChangeExpertJob(Lever):
    """Change what experts are asked at a stage: how much it takes, how often, and whether the deal waits for it.

    Attributes
    ----------
    stage, experts
        Names; where several jobs fit, all are changed.
    effort
        Working time for one job, in days; None leaves it.
    share
        Share of deals that need it; None leaves it.
    blocking
        Whether the first touch waits for it; None leaves it.
    """

    stage: str
    experts: str
    _: KW_ONLY
    effort: Distribution | None = None
    share: float | None = None
    blocking: bool | None = None

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        check_chance("expert job: share", self.share or 0.0)

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the changed job."""
        find("stage", spec.market.stages, self.stage)
        find("expert group", spec.operation.experts, self.experts)
        if not any(self._is_meant(job) for job in spec.operation.jobs):
            raise SpecError(
                f"expert job: none for {self.experts!r} at stage {self.stage!r}; choose one that the funnel has"
            )
        jobs = tuple(self._changed(job) if self._is_meant(job) else job for job in spec.operation.jobs)
        return replace(spec, operation=replace(spec.operation, jobs=jobs))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - it is free
        """Return 0: a rule, or a template, costs nothing by itself."""
        return 0.0

    def describe(self) -> str:
        """Say what changes."""
        effort = () if self.effort is None else (f"takes some {self.effort.mean * 24:.3g} hours",)
        share = () if self.share is None else (f"is needed by {100 * self.share:g}% of the deals",)
        blocks = (
            () if self.blocking is None else ("blocks the first touch" if self.blocking else "runs beside the touches",)
        )
        what = " and ".join((*effort, *share, *blocks)) or "stays as it is"
        return f"The job of {self.experts!r} at stage {self.stage!r} {what}."

    def _changed(self, job: ExpertJob) -> ExpertJob:
        return replace(
            job,
            effort=job.effort if self.effort is None else self.effort,
            share=job.share if self.share is None else self.share,
            blocking=job.blocking if self.blocking is None else self.blocking,
        )

    def _is_meant(self, job: ExpertJob) -> bool:
        return job.stage == self.stage and job.experts == self.experts
