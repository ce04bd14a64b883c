"""Counterfactual levers: what nobody can do, pulled to see what a cause costs.

No company has all the hours it could need, answers every lead at once and buys only good leads. But the funnel in which
one of these holds, on the same leads under the same luck, says how much of the bookings that one thing keeps away.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from scenarios.levers.marketing import scaled
from scenarios.levers.named import change, find
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.distributions import Fixed
from sim.errors import UnknownNameError, require
from sim.market import Stage
from sim.operation import Operation
from sim.spec import FunnelSpec


class Counterfactual(Lever):
    """A lever that nobody can pull, so it has no price."""

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:  # noqa: ARG002 - whatever they are
        """Return NaN: what can't be bought has no price."""
        return math.nan


_ALL_THE_HOURS = 1000.0
"""So many times the hours that there are: no task waits for one that is being done."""


@dataclass(frozen=True, slots=True)
class EndWaiting(Counterfactual):
    """Let nobody who is at work ever be too busy.

    Effort takes no time, nobody is full, and holding many deals costs no odds. Who is when at work stays, and so do
    nights, weekends and leave; rules that ration leads, such as a daily cap, stay too.

    Attributes
    ----------
    who
        Name of a team or of a group of experts; None is everybody. What overload costs is a trait of the market, so it
        goes only with everybody.
    """

    who: str | None = None

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel without waiting for whoever is busy."""
        faster = _faster(spec.operation, self.who, _ALL_THE_HOURS)
        teams = {team.name for team in spec.operation.teams} if self.who is None else {self.who}
        reps = tuple(replace(rep, wip_limit=None) if rep.team in teams else rep for rep in faster.reps)
        light = replace(spec.market, overload_slope=0.0) if self.who is None else spec.market
        return replace(spec, market=light, operation=replace(faster, reps=reps))

    def describe(self) -> str:
        """Say who is never too busy."""
        return f"No deal waits for {'anybody' if self.who is None else repr(self.who)} who is at work but busy."


@dataclass(frozen=True, slots=True)
class StretchHours(Counterfactual):
    """Give a team or a group of experts a share more hours for the work they have.

    Attributes
    ----------
    who
        Name of the team or of the group of experts.
    share
        0.1 is a tenth more.
    """

    who: str
    share: float

    def __post_init__(self) -> None:
        """Refuse to take all hours away."""
        require(self.share > -1, f"stretch hours: share must be above -1, got {self.share:g}")

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with everybody there that much faster."""
        return replace(spec, operation=_faster(spec.operation, self.who, 1.0 + self.share))

    def describe(self) -> str:
        """Say how many more hours who has."""
        return f"Give {self.who!r} {100 * self.share:g} % more hours."


@dataclass(frozen=True, slots=True)
class TouchAtOnce(Counterfactual):
    """Let a stage's first touch be as good as immediate: no lead-in, no odds lost by delay, nobody gives up before it.

    The touch still needs a rep's hours, and the deal still waits for them.

    Attributes
    ----------
    stage
        Name of the stage; None is every stage.
    """

    stage: str | None = None

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with prompt first touches."""
        stages = change("stage", spec.market.stages, self.stage, _prompt)
        return replace(spec, market=replace(spec.market, stages=stages))

    def describe(self) -> str:
        """Say where the first touch comes at once."""
        where = "every stage" if self.stage is None else f"stage {self.stage!r}"
        return f"The first touch at {where} is as good as immediate."


@dataclass(frozen=True, slots=True)
class LiftLeads(Counterfactual):
    """Make a channel's leads better, or worse, at every stage; their number and amounts stay.

    Attributes
    ----------
    channel
        Name of the channel.
    log_odds
        What is added to their log odds of advancing at each stage.
    """

    channel: str
    log_odds: float

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the channel's effects moved."""
        find("channel", spec.market.channels, self.channel)
        if self.log_odds == 0:
            return spec
        stages = tuple(self._lift(stage) for stage in spec.market.stages)
        return replace(spec, market=replace(spec.market, stages=stages))

    def describe(self) -> str:
        """Say how much better whose leads are."""
        return f"Leads of channel {self.channel!r} have log odds {self.log_odds:+.2f} at every stage."

    def _lift(self, stage: Stage) -> Stage:
        lifted = stage.channel_effects.get(self.channel, 0.0) + self.log_odds
        return replace(stage, channel_effects={**stage.channel_effects, self.channel: lifted})


def weekly_hours(spec: FunnelSpec) -> Mapping[str, float]:
    """Return the hours a week that each team, and each group of experts, has for deals when nobody is away.

    Managers are left out, and so is the share of time that goes to admin work.
    """
    operation = spec.operation
    week = {
        name: sum((shift.length for day in calendar.week for shift in day), timedelta()) / timedelta(hours=1)
        for name, calendar in operation.calendars.items()
    }
    hours = {team.name: 0.0 for team in operation.teams}
    for rep in operation.reps:
        hours[rep.team] += 0.0 if rep.manager else week[rep.calendar] * (1.0 - rep.admin_share)
    asked = {job.experts for job in operation.jobs}
    return hours | {
        group.name: group.servers * week[group.calendar] for group in operation.experts if group.name in asked
    }


def _faster(operation: Operation, who: str | None, factor: float) -> Operation:
    """Return the operation with a team, a group of experts or everybody ``factor`` times as fast."""
    groups = [group.name for group in operation.experts]
    known = [*(team.name for team in operation.teams), *groups]
    if who is not None and who not in known:
        raise UnknownNameError("team or group of experts", who, known)
    reps = tuple(replace(rep, speed=rep.speed * factor) if who in (None, rep.team) else rep for rep in operation.reps)
    jobs = tuple(
        replace(job, effort=scaled(job.effort, 1.0 / factor)) if who in (None, job.experts) else job
        for job in operation.jobs
    )
    return replace(operation, reps=reps, jobs=jobs)


def _prompt(stage: Stage) -> Stage:
    return replace(stage, lead_in=Fixed(0.0), speed_slope=0.0, patience=None)
