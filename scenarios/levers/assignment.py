"""Assignment by hand or by rule: a dispatcher is a server with a queue, working hours and some minutes for each lead.

In the funnel a dispatcher is a group of experts with a job that blocks a stage's first touch; a rule takes no time.
"""

from dataclasses import KW_ONLY, dataclass, replace

from scenarios.levers.named import find
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.distributions import Distribution
from sim.market import check_chance
from sim.operation import ExpertJob
from sim.spec import FunnelSpec
from sim.workforce import Experts

DISPATCHER = "dispatcher"


@dataclass(frozen=True, slots=True)
class AssignManually(Lever):
    """Let a dispatcher look at each lead of a stage before a rep gets it.

    Attributes
    ----------
    stage
        Name of the stage.
    effort
        Dispatcher's working time for one lead, in days.
    calendar
        Name of the dispatcher's working calendar.
    servers
        Number of dispatchers who share the queue.
    share
        Share of the leads that are assigned by hand.
    dispatcher
        Name of the group; one that exists takes this stage as well, as it is.
    """

    stage: str
    effort: Distribution
    calendar: str
    _: KW_ONLY
    servers: int = 1
    share: float = 1.0
    dispatcher: str = DISPATCHER

    def __post_init__(self) -> None:
        """Refuse what is no share, and nobody."""
        check_chance("assign manually: share", self.share)
        self._group()

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the dispatcher."""
        find("stage", spec.market.stages, self.stage)
        if self.share == 0:
            return spec
        operation = spec.operation
        job = ExpertJob(stage=self.stage, experts=self.dispatcher, effort=self.effort, share=self.share, blocking=True)
        more = () if self._exists(spec) else (self._group(),)
        return replace(
            spec, operation=replace(operation, experts=(*operation.experts, *more), jobs=(*operation.jobs, job))
        )

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
        """Return the dispatchers' pay, if they aren't there already."""
        hired = 0 if self.share == 0 or self._exists(spec) else self.servers
        return hired * prices.rep_days(self.dispatcher, horizon.days)

    def describe(self) -> str:
        """Say who assigns what."""
        who = "a dispatcher" if self.servers == 1 else f"{self.servers} dispatchers"
        hours = f"in the hours of {self.calendar!r}, some {self.effort.mean * 1440:.3g} minutes each"
        return f"Let {who} assign {100 * self.share:g}% of the leads of stage {self.stage!r} by hand, {hours}."

    def _group(self) -> Experts:
        return Experts(name=self.dispatcher, servers=self.servers, calendar=self.calendar)

    def _exists(self, spec: FunnelSpec) -> bool:
        return any(group.name == self.dispatcher for group in spec.operation.experts)


@dataclass(frozen=True, slots=True)
class AssignAutomatically(Lever):
    """Let a rule assign what a dispatcher assigned: at once, at any hour.

    Attributes
    ----------
    dispatcher
        Name of the group whose jobs end.
    """

    dispatcher: str = DISPATCHER

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel in which no lead needs the dispatcher."""
        find("expert group", spec.operation.experts, self.dispatcher)
        # the jobs stay, for no lead, so that the luck of the others keeps its address
        jobs = tuple(replace(job, share=0.0) if job.experts == self.dispatcher else job for job in spec.operation.jobs)
        return replace(spec, operation=replace(spec.operation, jobs=jobs))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
        """Return the dispatchers' pay, which is saved."""
        group = find("expert group", spec.operation.experts, self.dispatcher)
        return -group.servers * prices.rep_days(self.dispatcher, horizon.days)

    def describe(self) -> str:
        """Say whose work ends."""
        return f"Assign by rule and at once what {self.dispatcher!r} assigned by hand."
