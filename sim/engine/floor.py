"""The sales floor: what every process of a run shares, the clock, the journal, the lead's luck and the desks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import simpy

from sim.distributions import Distribution, quantile, residual
from sim.engine import causes
from sim.engine.journal import NOTHING, Journal
from sim.eventlog import NONE, Kind
from sim.market import WON, Market, Stage
from sim.operation import ExpertJob
from sim.spec import FunnelSpec
from sim.streams import Purpose, stage_key, uniform

if TYPE_CHECKING:
    from sim.arrivals import Luck
    from sim.deal import Deal
    from sim.engine.desk import Desk
    from sim.engine.people import ExpertGroup

VISIT_BITS = 16
"""A deal's k-th draw for a purpose in its v-th visit to a stage has the number v · 2¹⁶ + k."""


@dataclass(frozen=True, slots=True)
class Effects:
    """A stage's effects on the log odds by code; the last entry, also reached by the code -1, is 0 for "unknown"."""

    channel: tuple[float, ...]
    segment: tuple[float, ...]
    product: tuple[float, ...]


@dataclass(slots=True)
class Floor:
    """Everything that the processes of one run share."""

    spec: FunnelSpec
    luck: "Luck"
    clock: simpy.Environment = field(default_factory=simpy.Environment)
    journal: Journal = field(init=False)
    desks: tuple["Desk", ...] = ()
    """The desk of each stage, in the order of the chain."""
    experts: dict[str, "ExpertGroup"] = field(default_factory=dict)
    account_owner: dict[int, int] = field(default_factory=dict)
    """Account → actor code of the rep who last owned one of its deals."""
    stage_keys: tuple[int, ...] = field(init=False)
    jobs: tuple[tuple[ExpertJob, ...], ...] = field(init=False)
    """Expert jobs that entering each stage creates."""
    targets: tuple[tuple[tuple[int | None, float], ...], ...] = field(init=False)
    """Where each stage's advancing deals go: (stage or None for won, cumulative share)."""

    effects: tuple[Effects, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Look everything up once that is asked for often."""
        self.journal = Journal(causes.vocabulary(self.spec))
        self.effects = tuple(effects_of(self.spec, stage) for stage in self.market.stages)
        names = self.spec.stage_names
        self.stage_keys = tuple(stage_key(name) for name in names)
        self.jobs = tuple(tuple(job for job in self.spec.operation.jobs if job.stage == name) for name in names)
        self.targets = tuple(targets_of(self.spec, place) for place in range(len(names)))

    @property
    def market(self) -> Market:
        """The market of the spec."""
        return self.spec.market

    @property
    def now(self) -> float:
        """Days since the origin."""
        return float(self.clock.now)

    def later(self, at: float, act: Callable[[], None]) -> None:
        """Do ``act`` at a time: a timer. Timers aren't cancelled; ``act`` looks whether its cause still holds."""
        if at < float("inf"):
            self.clock.timeout(max(0.0, at - self.now)).callbacks.append(partial(_ring, act))

    def note(
        self, deal: "Deal", kind: Kind, *, actor: int = NONE, amount: float = NOTHING, cause: str | None = None
    ) -> None:
        """Write a fact about a deal at its present stage."""
        self.journal.write(self.now, deal.row, kind, deal.stage, actor, amount, cause)

    def uniform(self, deal: "Deal", purpose: Purpose, k: int = 0) -> float:
        """Return the deal's own uniform number for a purpose at its present stage and visit."""
        key = self.stage_keys[deal.stage]
        at = (deal.visits << VISIT_BITS) | k
        # int(): Numba takes twenty times longer to recognise an enum than a whole number
        return uniform(self.luck.seed, self.luck.replication, deal.key, deal.number, int(purpose), key, at)

    def draw(self, deal: "Deal", purpose: Purpose, distribution: Distribution, k: int = 0) -> float:
        """Return the deal's own value of a distribution."""
        return quantile(distribution.kind, distribution.table, self.uniform(deal, purpose, k))

    def draw_rest(self, deal: "Deal", purpose: Purpose, distribution: Distribution, age: float, k: int = 0) -> float:
        """Return how much longer something lasts that has lasted ``age``."""
        return residual(distribution.kind, distribution.table, age, self.uniform(deal, purpose, k))

    def next_stage(self, deal: "Deal") -> int | None:
        """Return where an advancing deal goes; None is won."""
        targets = self.targets[deal.stage]
        if len(targets) == 1:
            return targets[0][0]
        u = self.uniform(deal, Purpose.NEXT_STAGE)
        return next((stage for stage, until in targets if u <= until), targets[-1][0])


def effects_of(spec: FunnelSpec, stage: Stage) -> Effects:
    """Return a stage's effects on the log odds by code."""
    channels = (channel.name for channel in spec.market.channels)
    return Effects(
        channel=(*(stage.channel_effects.get(name, 0.0) for name in channels), 0.0),
        segment=(*(stage.segment_effects.get(name, 0.0) for name in spec.names("segments")), 0.0),
        product=(*(stage.product_effects.get(name, 0.0) for name in spec.names("products")), 0.0),
    )


def targets_of(spec: FunnelSpec, place: int) -> tuple[tuple[int | None, float], ...]:
    """Return where advancing deals go from the stage at a place: (stage or None for won, cumulative share)."""
    names = spec.stage_names
    follows = names[place + 1] if place + 1 < len(names) else WON
    until, targets = 0.0, []
    for name, share in (spec.market.stages[place].next or {follows: 1.0}).items():
        until += share
        targets.append((None if name == WON else names.index(name), until))
    return tuple(targets)


def _ring(act: Callable[[], None], _event: simpy.Event) -> None:
    act()
