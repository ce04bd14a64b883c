"""Every lead's way through a network, read from its luck alone: nothing here knows of queues or of time.

A random number is a pure function of its address, so where a lead would go, how long each touch would take, how long
the buyer would think and wait, are known before anything is simulated.
"""

import math
from dataclasses import dataclass, replace

from sim.arrivals import Leads, Luck, draw_leads
from sim.buyer import advance_chance
from sim.distributions import Distribution, quantile
from sim.engine.floor import VISIT_BITS
from sim.market import WON, Stage
from sim.opening import Opening
from sim.spec import FunnelSpec
from sim.streams import Purpose, stage_key, uniform


@dataclass(frozen=True)
class Step:
    """A stay at a node: ``time`` is the nominal effort or the latency in days, ``patience`` what the buyer waits."""

    node: int
    time: float
    patience: float = math.inf


@dataclass(frozen=True)
class Traveller:
    """A lead: when it arrives, its tier, and all the steps that it would take with infinite patience."""

    created: float
    tier: int
    steps: tuple[Step, ...]


def nodes_of(spec: FunnelSpec) -> list[int]:
    """Return each stage's node: the position of its team. Thinking about stage i is node ``teams + i``."""
    teams = [team.name for team in spec.operation.teams]
    return [teams.index(spec.team_of(stage).name) for stage in spec.stage_names]


def travellers(spec: FunnelSpec, opening: Opening, days: float, luck: Luck) -> list[Traveller]:
    """Return all leads of a run in order of arrival."""
    leads = draw_leads(spec, opening.as_of, days, luck)
    return [
        Traveller(float(leads.created[row]), int(leads.tier[row]), tuple(_Journey(spec, leads, row, luck).steps()))
        for row in range(len(leads))
    ]


def delayed(everybody: list[Traveller], who: int, step: int, by: float, patience_by: float = 0.0) -> list[Traveller]:
    """Return the same travellers, but one step of one of them takes ``by`` longer, or would be waited for longer."""
    found = everybody[who]
    before = found.steps[step]
    longer = replace(before, time=before.time + by, patience=before.patience + patience_by)
    steps = (*found.steps[:step], longer, *found.steps[step + 1 :])
    return [*everybody[:who], replace(found, steps=steps), *everybody[who + 1 :]]


class _Journey:
    """One lead on its way."""

    def __init__(self, spec: FunnelSpec, leads: Leads, row: int, luck: Luck) -> None:
        self.spec, self.luck = spec, luck
        self.key, self.number = int(leads.key[row]), int(leads.number[row])
        self.quality, self.entry = float(leads.quality[row]), int(leads.entry[row])
        self.nodes, self.teams = nodes_of(spec), len(spec.operation.teams)
        self.stage, self.visits = 0, 0

    def steps(self) -> list[Step]:
        """Return the way to the end."""
        way: list[Step] = []
        stage: int | None = self.entry
        while stage is not None:
            self.stage, self.visits = stage, self.visits + 1
            advances = self._advances()
            way += self._visit(advances=advances)
            stage = self._next_stage() if advances else None
        return way

    def _visit(self, *, advances: bool) -> list[Step]:
        here = self._here
        touches = here.touches if advances else here.lost_touches or here.touches
        latency = here.latency if advances else here.lost_latency or here.latency
        way = []
        for k in range(round(self._draw(Purpose.TOUCHES, touches))):
            patient = here.patience is None or k > 0
            patience = math.inf if patient else self._draw(Purpose.PATIENCE, here.patience)
            way.append(Step(self.nodes[self.stage], self._draw(Purpose.EFFORT, here.effort, k), patience))
            if (thinks := self._draw(Purpose.LATENCY, latency, k + 1)) > 0:
                way.append(Step(self.teams + self.stage, thinks))
        return way

    def _advances(self) -> bool:
        return self._uniform(Purpose.OUTCOME) < advance_chance(self._here.advance, self._log_odds)

    @property
    def _log_odds(self) -> float:
        return self._here.quality_slope * self.quality

    def _next_stage(self) -> int | None:
        names = (*self.spec.stage_names, WON)
        u, until = self._uniform(Purpose.NEXT_STAGE), 0.0
        goal = names[self.stage + 1]
        for goal, share in self._here.next.items():  # noqa: B007 - the last one takes what rounding leaves
            until += share
            if u <= until:
                break
        return None if goal == WON else names.index(goal)

    @property
    def _here(self) -> Stage:
        return self.spec.market.stages[self.stage]

    def _draw(self, purpose: Purpose, distribution: Distribution, k: int = 0) -> float:
        return quantile(distribution.kind, distribution.table, self._uniform(purpose, k))

    def _uniform(self, purpose: Purpose, k: int = 0) -> float:
        address = (self.visits << VISIT_BITS) | k
        stage = stage_key(self._here.name)
        return uniform(self.luck.seed, self.luck.replication, self.key, self.number, int(purpose), stage, address)
