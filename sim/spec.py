"""The funnel as one frozen value: a market and an operation that fit together, with a fingerprint."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from hashlib import sha256
from types import FunctionType

import numpy as np

from sim.errors import SpecError, UnknownNameError, require
from sim.market import WON, Market, Stage
from sim.operation import Operation, SlaAction, Team
from sim.routing.policy import Nobody
from sim.streams import name_key, stage_key

ANY = "any"
"""The name of a region, segment or product where a market doesn't tell them apart."""

_MAX_BATCHES = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelSpec:
    """A market and an operation, cross-checked: what `simulate` runs.

    Raises
    ------
    SpecError, UnknownNameError
        Where the two contradict each other; the message names the place, the value and the fix.
    """

    market: Market
    operation: Operation

    def __post_init__(self) -> None:
        """Check every reference from one part to another."""
        _check_names(self)
        _check_market(self.market)
        for team in self.operation.teams:
            _check_team(self, team)
        _check_people(self)

    @property
    def stage_names(self) -> tuple[str, ...]:
        """Stages in the order of the chain."""
        return tuple(stage.name for stage in self.market.stages)

    def names(self, kind: str) -> tuple[str, ...]:
        """Return all ``regions``, ``segments`` or ``products`` that leads can have, sorted."""
        return tuple(sorted({name for channel in self.market.channels for name in getattr(channel, kind)}))

    def team_of(self, stage: str) -> Team:
        """Return the team that works a stage."""
        return next(team for team in self.operation.teams if stage in team.stages)

    @property
    def fingerprint(self) -> str:
        """A SHA-256 over everything in the spec, the same on every machine."""
        return sha256(canonical(self).encode()).hexdigest()


def canonical(value: object) -> str:  # noqa: PLR0911 - one line a kind of value
    """Write a spec, or a part of one, as text, the same for equal values: sets sorted, functions by their code."""
    if is_dataclass(value):
        parts = (f"{field.name}={canonical(getattr(value, field.name))}" for field in fields(value))
        return f"{type(value).__name__}({','.join(parts)})"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{canonical(key)}:{canonical(item)}" for key, item in value.items()) + "}"
    if isinstance(value, frozenset | set):
        return "{" + ",".join(sorted(canonical(item) for item in value)) + "}"
    if isinstance(value, tuple | list):
        return "(" + ",".join(canonical(item) for item in value) + ")"
    if isinstance(value, int | float | np.number):
        return repr(float(value) + 0.0)  # 1, 1.0 and NumPy's 1.0 are equal, as are -0.0 and 0.0: written alike
    if isinstance(value, FunctionType):
        code = value.__code__
        return f"{value.__qualname__}:{sha256(code.co_code).hexdigest()}:{code.co_consts!r}:{code.co_names!r}"
    return repr(value)


def _check_names(spec: FunnelSpec) -> None:
    operation = spec.operation
    _unique("channel", (channel.name for channel in spec.market.channels), name_key)
    _unique("stage", spec.stage_names, stage_key)
    _unique("team", (team.name for team in operation.teams))
    people = [rep.name for rep in operation.reps] + [group.name for group in operation.experts]
    _unique("rep or expert group", people, name_key)


def _unique(what: str, names: Iterable[str], key: Callable[[str], int] = hash) -> None:
    seen: dict[int, str] = {}
    for name in names:
        require(name != "", f"a {what} has an empty name; give it one")
        other = seen.setdefault(key(name), name)
        if other is not name:
            clash = "appears twice" if other == name else f"has the same address as {other!r}"
            raise SpecError(f"{what} {name!r} {clash}; give one of them another name")


def _check_market(market: Market) -> None:
    stages = [stage.name for stage in market.stages]
    for channel in market.channels:
        if channel.entry is not None:
            _known("stage", channel.entry, stages, f"channel {channel.name!r}: entry")
        few = len(channel.batches) <= _MAX_BATCHES
        require(few, f"channel {channel.name!r}: at most {_MAX_BATCHES} batches, got {len(channel.batches)}; split it")
    for stage in market.stages:
        _check_stage(market, stage, stages)
    for shift in market.demand:
        if shift.channel is not None:
            _known("channel", shift.channel, [channel.name for channel in market.channels], "demand")
        if shift.region is not None:
            regions = {name for channel in market.channels for name in channel.regions}
            _known("region", shift.region, sorted(regions), "demand")
    if market.nurture is not None:
        _known("stage", market.nurture.returns_to, stages, "nurture: returns_to")
    _check_amounts(market)


def _check_stage(market: Market, stage: Stage, stages: list[str]) -> None:
    for target in stage.next:
        _known("stage", target, [*stages, WON], f"stage {stage.name!r}: next")
    homeless = stage.nurture > 0 and market.nurture is None
    require(not homeless, f"stage {stage.name!r}: nurture is {stage.nurture:g}, but the market has no nurture; add one")


def _check_amounts(market: Market) -> None:
    for channel in market.channels:
        for segment in channel.segments:
            products = market.amounts.get(segment) or market.amounts.get(ANY)
            if products is None:
                raise SpecError(f"market: amounts has neither {segment!r} nor 'any'; add one of them")
            for product in channel.products:
                known = product in products or ANY in products
                require(known, f"market: amounts of {segment!r} has neither {product!r} nor 'any'; add one of them")


def _check_team(spec: FunnelSpec, team: Team) -> None:
    where = f"team {team.name!r}"
    for stage in team.stages:
        _known("stage", stage, spec.stage_names, where)
    reps = spec.operation.team_reps(team.name)
    require(any(not rep.manager for rep in reps), f"{where}: has no reps; add one or give its stages to another team")
    _unique(f"rep of {where}", (rep.name for rep in reps), stage_key)
    rules = team.routing
    if rules.default_owner is not None:
        _known("rep", rules.default_owner, [rep.name for rep in reps], f"{where}: default_owner")
    steps = team.sla.steps if team.sla else ()
    actions = {step.action for step in steps}
    pooled = not rules.push or rules.nobody is Nobody.POOL or SlaAction.POOL in actions
    require(not pooled or team.pool is not None, f"{where}: deals go to the pool, but pool is missing; add its rules")
    managed = rules.nobody is Nobody.MANAGER or SlaAction.ESCALATE in actions
    has_manager = any(rep.manager for rep in reps)
    require(not managed or has_manager, f"{where}: deals go to the manager, but no rep has manager: true; mark one")
    for tier in team.sla.tiers if team.sla else ():
        _known("tier", tier, spec.market.scoring.tiers, f"{where}: sla")


def _check_people(spec: FunnelSpec) -> None:
    operation = spec.operation
    for stage in spec.stage_names:
        teams = [team.name for team in operation.teams if stage in team.stages]
        found = ", ".join(teams) or "none"
        require(len(teams) == 1, f"stage {stage!r} needs exactly one team, got {found}; fix the teams' stages")
    for rep in operation.reps:
        where = f"rep {rep.name!r}"
        _known("team", rep.team, [team.name for team in operation.teams], where)
        _known("calendar", rep.calendar, operation.calendars, where)
        for kind, mine in (("region", rep.regions), ("product", rep.products)):
            for name in mine:
                _known(kind, name, spec.names(f"{kind}s"), where)
        for stage in rep.skill:
            _known("stage", stage, [*spec.stage_names, "*"], f"{where}: skill")
        for gain in rep.gains:
            _known("stage", gain.stage, [*spec.stage_names, "*"], f"{where}: gains")
    for group in operation.experts:
        _known("calendar", group.calendar, operation.calendars, f"experts {group.name!r}")
    for job in operation.jobs:
        _known("stage", job.stage, spec.stage_names, f"expert job for {job.experts!r}")
        _known("expert group", job.experts, [group.name for group in operation.experts], f"job at {job.stage!r}")


def _known(what: str, name: str, known: Iterable[str], where: str) -> None:
    choices = tuple(known)
    if name not in choices:
        raise UnknownNameError(f"{what}", name, choices, f"{where} must name one that exists: this funnel")
