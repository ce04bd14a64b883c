"""A log read as lives: what happened to each lead, and who did what when, row by row and without the engine's help."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np

from sim.calendar import OpenHours
from sim.discipline import Discipline, place_in_line
from sim.distributions import quantile
from sim.engine.opening import OPENING_KEY
from sim.eventlog import EventLog, Kind
from sim.market import Stage
from sim.operation import Ownership, Team
from sim.scoring import tier_of
from sim.spec import FunnelSpec
from sim.streams import Purpose, name_key, stage_key, uniform
from sim.workforce import Rep
from tests.properties.funnels import Run

GAINS = frozenset({Kind.ROUTED, Kind.CLAIMED, Kind.ESCALATED})
"""Somebody becomes the owner."""
EXPERT_KINDS = frozenset({Kind.EXPERT_REQUESTED, Kind.EXPERT_STARTED, Kind.EXPERT_FINISHED})
LEAVES_STAGE = frozenset({Kind.ADVANCED, Kind.LOST, Kind.NURTURED})
INF = float("inf")


@dataclass(frozen=True, slots=True)
class Row:
    """One fact: ``place`` is its number in the log; stage, actor and cause are names, or empty."""

    place: int
    time: float
    lead: int
    kind: Kind
    stage: str
    actor: str
    amount: float
    cause: str


@dataclass(slots=True)
class Stay:
    """Where a touch that is wanted waits: on a rep's to-do list, or, with no rep, where the ``cause`` says."""

    rep: str
    cause: str
    since: float
    gain: Row | None
    hop: int
    until: float = INF
    end: Row | None = None


@dataclass(slots=True)
class Touch:
    """One touch wanted, from then until it is started or given up."""

    lead: int
    stage: str
    visit: int
    number: int
    wanted: float
    entered: float
    stays: list[Stay] = field(default_factory=list)
    reminded: float = INF
    started: Row | None = None
    finished: Row | None = None


@dataclass(frozen=True)
class Story:
    """A run's log, and the run."""

    run: Run
    log: EventLog

    @property
    def spec(self) -> FunnelSpec:
        """The funnel."""
        return self.run.spec

    @cached_property
    def rows(self) -> list[Row]:
        """Every row, in the log's order."""
        log = self.log
        texts = {name: (*log.vocabulary[name], "") for name in ("stage", "actor", "cause")}  # code -1: the last, none
        columns = (log.events[name].tolist() for name in ("time", "lead", "kind", "stage", "actor", "amount", "cause"))
        return [
            Row(place, t, lead, Kind(kind), texts["stage"][s], texts["actor"][a], amount, texts["cause"][c])
            for place, (t, lead, kind, s, a, amount, c) in enumerate(zip(*columns, strict=True))
        ]

    @cached_property
    def lives(self) -> dict[int, list[Row]]:
        """The rows of each lead, but for its experts'."""
        return _by_lead(row for row in self.rows if row.kind not in EXPERT_KINDS)

    @cached_property
    def expert_work(self) -> dict[int, list[Row]]:
        """The experts' rows of each lead."""
        return _by_lead(row for row in self.rows if row.kind in EXPERT_KINDS)

    @cached_property
    def reps(self) -> dict[str, Rep]:
        """The reps by name."""
        return {rep.name: rep for rep in self.spec.operation.reps}

    @cached_property
    def hours(self) -> dict[str, OpenHours]:
        """Each rep's open hours."""
        calendars, origin = self.spec.operation.calendars, self.run.opening.as_of
        return {
            rep.name: calendars[rep.calendar].open_hours(origin, 0.0, self.run.days + 400.0, rep.leave)
            for rep in self.spec.operation.reps
        }

    @cached_property
    def employed(self) -> dict[str, list[tuple[float, float]]]:
        """From when until when each rep's position is held, holder by holder, from the addresses of its luck."""
        return {rep.name: list(self._holders(rep)) for rep in self.spec.operation.reps}

    def _holders(self, rep: Rep) -> Iterator[tuple[float, float]]:
        rules = next(team for team in self.spec.operation.teams if team.name == rep.team).attrition
        rules = None if rep.manager else rules
        joins = -INF if rep.joins is None else self.local_midnight(rep, rep.joins)
        ends = INF if rep.leaves is None else self.local_midnight(rep, rep.leaves + timedelta(days=1))
        for holder in range(1000):
            address = (self.run.seed, 0, name_key("(staff)"), name_key(rep.name))
            leaves = ends
            if rules is not None:
                hazard = -math.log1p(-rules.per_year) / 365.25
                leaves = max(joins, 0.0) - math.log1p(-uniform(*address, int(Purpose.LEAVING), 0, holder)) / hazard
            yield joins, min(leaves, ends)
            if leaves >= min(ends, self.run.days) or rules is None or rules.backfill is None:
                return
            u = uniform(*address, int(Purpose.BACKFILL), 0, holder + 1)
            joins = leaves + quantile(rules.backfill.kind, rules.backfill.table, u)

    def is_employed(self, rep: str, at: float) -> bool:
        """Tell whether a rep's position is held at an instant."""
        return any(joins <= at < leaves for joins, leaves in self.employed[rep])

    @cached_property
    def shifts(self) -> dict[str, OpenHours]:
        """Each rep's open hours while the position is held: when work may be begun."""
        return {rep: _within(hours, self.employed[rep]) for rep, hours in self.hours.items()}

    @cached_property
    def stages(self) -> dict[str, Stage]:
        """The stages by name."""
        return {stage.name: stage for stage in self.spec.market.stages}

    @cached_property
    def teams(self) -> dict[str, Team]:
        """The team of each stage."""
        return {stage: self.spec.team_of(stage) for stage in self.spec.stage_names}

    def of_kind(self, *kinds: Kind) -> Iterator[Row]:
        """Yield the rows of some kinds."""
        return (row for row in self.rows if row.kind in kinds)

    def visits(self, lead: int) -> list[list[Row]]:
        """Return a lead's rows visit by visit, each beginning with its ``ENTERED``."""
        visits: list[list[Row]] = []
        for row in self.lives[lead]:
            if row.kind == Kind.ENTERED:
                visits.append([])
            if visits:
                visits[-1].append(row)
        return visits

    @cached_property
    def touches(self) -> list[Touch]:
        """Every touch that was wanted in the run and left a row, with its waits."""
        return [touch for lead in self.lives for touch in _Reader(self, lead).read()]

    @cached_property
    def ownerships(self) -> list[tuple[str, Row, Row | None]]:
        """Every ownership in the run, and the opening's."""
        return list(self.held())

    def held(self) -> Iterator[tuple[str, Row, Row | None]]:
        """Yield every ownership: the rep, the row it begins with and the one it ends with."""
        for rows in self.lives.values():
            first: Row | None = None
            for row in rows:
                if first is not None and self.ends_ownership(row):
                    yield first.actor, first, row
                    first = None
                if row.kind in GAINS and self.reps[row.actor].team == self.teams[row.stage].name:
                    first = row if self.is_kept(row) else None
            if first is not None:
                yield first.actor, first, None

    def is_kept(self, gain: Row) -> bool:
        """Tell whether an owner is there to own the deal: one of the opening may be gone."""
        return not self.is_history(gain) or self.is_employed(gain.actor, 0.0)

    @cached_property
    def after(self) -> dict[int, Row]:
        """The next row in the lead's life, by the place of a row."""
        return {row.place: after for rows in self.lives.values() for row, after in pairwise(rows)}

    def ends_ownership(self, row: Row) -> bool:
        """Tell whether an owner is rid of the deal with this row."""
        if row.kind == Kind.ADVANCED:
            after = self.after.get(row.place)
            return after is None or after.kind == Kind.WON or self.teams[after.stage] is not self.teams[row.stage]
        if row.kind == Kind.TOUCHED:
            return self.teams[row.stage].ownership is Ownership.TOUCH and not self.is_history(row)
        return row.kind in {Kind.RECAPTURED, Kind.RELEASED, Kind.LOST, Kind.NURTURED}

    def luck(self, lead: int, purpose: Purpose, stage: str, k: int) -> float:
        """Return the uniform number that a lead has for a purpose at a stage."""
        if lead < len(self.run.opening.deals):
            key, number = OPENING_KEY, lead
        else:
            channel = int(self.log.leads["channel"][lead])
            key, number = name_key(self.log.vocabulary["channel"][channel]), int(self.log.leads["number"][lead])
        return uniform(self.run.seed, 0, key, number, int(purpose), stage_key(stage), k)

    def effort(self, touch: Touch) -> float:
        """Return the nominal effort of a touch."""
        here = self.stages[touch.stage]
        u = self.luck(touch.lead, Purpose.EFFORT, touch.stage, (touch.visit << 16) | touch.number)
        effort = quantile(here.effort.kind, here.effort.table, u)
        return effort + here.gate.effort if here.gate is not None and touch.number == 0 else effort

    def key(self, touch: Touch, stay: Stay, discipline: Discipline, at: float) -> tuple[bool, float, float, float, int]:
        """Return where a touch stands in a line at an instant, lowest first."""
        leads, market, here = self.log.leads, self.spec.market, self.stages[touch.stage]
        blind = discipline is Discipline.RANDOM
        luck = (
            self.luck(touch.lead, Purpose.CLAIM, touch.stage, (touch.visit << 16) | (touch.number << 8) | stay.hop)
            if blind
            else 0.0
        )
        place = place_in_line(
            int(discipline),
            touch.wanted,
            float(leads["created"][touch.lead]),
            float(leads["score"][touch.lead]),
            market.scoring.half_life,
            self.tier(touch.lead),
            INF,
            float(leads["amount"][touch.lead]),
            here.speed_slope,
            here.effort.mean,
            luck,
        )
        return touch.reminded >= at, place, touch.wanted, touch.entered, touch.lead

    def on_leave(self, rep: Rep, at: float) -> bool:
        """Tell whether a rep is on leave at an instant."""
        spans = (
            (self.local_midnight(rep, first), self.local_midnight(rep, last + timedelta(days=1)))
            for first, last in rep.leave
        )
        return any(begins <= at < ends for begins, ends in spans)

    def local_midnight(self, rep: Rep, day: date) -> float:
        """Return when a day begins where a rep lives, in days since the origin."""
        zone = ZoneInfo(self.spec.operation.calendars[rep.calendar].time_zone)
        return (datetime.combine(day, time(), zone).astimezone(UTC) - self.run.opening.as_of) / timedelta(days=1)

    def tier(self, lead: int) -> int:
        """Return a lead's tier."""
        cuts = np.array(list(self.spec.market.scoring.tiers.values()))
        return int(tier_of(float(self.log.leads["score"][lead]), cuts))

    def is_history(self, row: Row) -> bool:
        """Tell whether a row is from before the run: the opening's history comes first."""
        return row.place < self._rows_of_history

    @cached_property
    def _rows_of_history(self) -> int:
        deals = self.run.opening.deals
        return sum(2 + (deal.owner in self.reps) + 2 * (deal.touches > 0) for deal in deals)


@dataclass
class _Reader:
    """Reads one lead's touches."""

    story: Story
    lead: int
    owner: str = ""
    now: Touch | None = None

    def read(self) -> list[Touch]:
        """Return the touches."""
        touches: list[Touch] = []
        for number, visit in enumerate(self.story.visits(self.lead), start=1):
            touches += self._read_visit(visit, number)
        return touches

    def _read_visit(self, rows: list[Row], visit: int) -> list[Touch]:
        touches: list[Touch] = []
        opening = [row for row in rows if self.story.is_history(row)]
        number = self.story.run.opening.deals[self.lead].touches if opening else 0
        touch, entered = None, rows[0].time
        for row in rows:
            if self.story.is_history(row):
                in_team = (
                    row.kind is Kind.ROUTED and self.story.reps[row.actor].team == self.story.teams[row.stage].name
                )
                self.owner = row.actor if in_team and self.story.is_kept(row) else self.owner
                continue
            if touch is None and row.kind is Kind.RELEASED and self._waits(row):
                wanted = self._wanted(row, rows, number)
                touch = Touch(row.lead, row.stage, visit, number, wanted, entered)
                touch.stays.append(Stay(self.owner, "", wanted, None, 0))
            chatter = row.kind in GAINS or row.kind is Kind.UNASSIGNED
            if touch is None and (chatter or row.kind is Kind.STARTED):
                wanted = row.time if chatter else self._wanted(row, rows, number)
                touch = Touch(row.lead, row.stage, visit, number, wanted, entered)
                if row.kind is Kind.STARTED:
                    touch.stays.append(Stay(self.owner, "", wanted, None, 0))
            if touch is not None:
                self._note(touch, row)
            if self.story.ends_ownership(row):
                self.owner = ""
            if row.kind in GAINS:
                self.owner = row.actor
            if touch is not None and row.kind in {Kind.TOUCHED, Kind.LOST}:
                touches.append(touch)
                touch, number = None, number + 1
        return touches if touch is None else [*touches, touch]

    @staticmethod
    def _note(touch: Touch, row: Row) -> None:
        moves = row.kind in GAINS or row.kind in {Kind.UNASSIGNED, Kind.STARTED, Kind.LOST, Kind.RECAPTURED}
        moves |= row.kind is Kind.RELEASED
        if moves and touch.stays and touch.stays[-1].until == INF:
            touch.stays[-1].until, touch.stays[-1].end = row.time, row
        hops = sum(stay.gain is not None for stay in touch.stays)
        if row.kind in GAINS:
            touch.stays.append(Stay(row.actor, "", row.time, row, hops + 1))
        elif row.kind is Kind.UNASSIGNED:
            touch.stays.append(Stay("", row.cause, row.time, None, hops))
        elif row.kind is Kind.REMINDED:
            touch.reminded = min(touch.reminded, row.time)
        elif row.kind is Kind.STARTED:
            touch.started = row
        elif row.kind is Kind.TOUCHED:
            touch.finished = row

    def _waits(self, released: Row) -> bool:
        """Tell whether a deal whose owner has left waited for a touch: then it was routed again at once."""
        after = self.story.after.get(released.place)
        found = after is not None and (after.kind in GAINS or after.kind is Kind.UNASSIGNED)
        return found and after.time == released.time

    def _wanted(self, started: Row, rows: list[Row], number: int) -> float:
        """Return when the owner was asked for a touch: at the row before, or when what blocked it was finished."""
        before = max(0.0, rows[rows.index(started) - 1].time)
        jobs = [job for job in self.story.spec.operation.jobs if job.stage == started.stage]
        if number > 0 or not any(job.blocking for job in jobs):
            return before
        if not all(job.blocking for job in jobs):
            return started.time  # which job was done when isn't in the log: claim nothing
        work = self.story.expert_work.get(self.lead, [])
        done = [row.time for row in work if rows[0].place < row.place < started.place]
        return max([before, *done])


def _within(hours: OpenHours, spans: list[tuple[float, float]]) -> OpenHours:
    pairs = [
        (max(begins, joins), min(ends, leaves))
        for joins, leaves in spans
        for begins, ends in zip(hours.starts.tolist(), hours.ends.tolist(), strict=True)
    ]
    table = np.array([pair for pair in pairs if pair[0] < pair[1]], np.float64).reshape(-1, 2)
    return OpenHours(table[:, 0].copy(), table[:, 1].copy())


def _by_lead(rows: Iterable[Row]) -> dict[int, list[Row]]:
    lives: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        lives[row.lead].append(row)
    return dict(lives)
