"""The reference engine: the funnel as SimPy processes, written to be read.

It sets the floor up (desks, reps, experts, deals of the opening, arrivals), lets the clock run, and hands back the
journal.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime

import simpy

from sim.arrivals import Leads, Luck, draw_leads
from sim.deal import Deal
from sim.engine.desk import Desk
from sim.engine.floor import Floor
from sim.engine.hours import TeamHours
from sim.engine.line import Line
from sim.engine.opening import KnownDeals, check_opening, write_history
from sim.engine.people import ExpertGroup, Worker
from sim.engine.result import event_log
from sim.engine.staff import Staff
from sim.engine.staffing import Position
from sim.eventlog import EventLog
from sim.opening import Opening
from sim.operation import Team
from sim.simulate import MakeReader, Reader
from sim.spec import FunnelSpec
from sim.workforce import Rep, is_absent


@dataclass(frozen=True, slots=True)
class Processes:
    """A funnel to be run as SimPy processes: a `sim.simulate.Simulator`."""

    spec: FunnelSpec
    opening: Opening
    days: float

    def log(self, seed: int, replication: int) -> EventLog:
        """Run one replication and return its log."""
        return run(self.spec, self.opening, self.days, Luck(seed, replication))

    def feed[R: Reader](self, seed: int, replication: int, make: MakeReader[R]) -> R:
        """Run one replication and let a reader follow it."""
        log = self.log(seed, replication)
        reader = make(log)
        for rows in log.records():
            reader.take(rows)
        return reader


def run(spec: FunnelSpec, opening: Opening, days: float, luck: Luck) -> EventLog:
    """Simulate ``days`` days from the opening."""
    check_opening(spec, opening)
    floor = Floor(spec, luck)
    _open_desks(floor, opening.as_of, days)
    carried = KnownDeals.of(spec, opening).draw(luck)
    write_history(floor.journal, spec, opening)
    leads = draw_leads(spec, opening.as_of, days, luck)
    for deal, open_deal in zip(_deals(floor, carried, 0), opening.deals, strict=True):
        _place(deal, open_deal.stage_age, open_deal.touches, open_deal.last_touch_age, open_deal.owner)
    floor.clock.process(_arrivals(floor, leads, len(carried)))
    floor.clock.run(until=days)
    return event_log(spec, opening, days, floor.journal.rows(), carried, leads)


def _open_desks(floor: Floor, origin: datetime, days: float) -> None:
    spec, operation = floor.spec, floor.spec.operation
    staff = Staff(spec, origin, days)
    desks, code = {}, 0
    for team in operation.teams:
        reps = operation.team_reps(team.name)
        desks[team.name] = _desk(floor, team, reps, staff, code)
        code += len(reps)
    floor.desks = tuple(desks[spec.team_of(stage).name] for stage in spec.stage_names)
    for group in operation.experts:
        floor.experts[group.name] = ExpertGroup(floor, code, group.servers, staff.hours(group.calendar))
        code += 1


def _desk(floor: Floor, team: Team, reps: tuple[Rep, ...], staff: Staff, code: int) -> Desk:
    hours = [staff.hours(rep.calendar, rep.leave) for rep in reps]
    leave = [staff.absences(rep) for rep in reps]
    desk = Desk(floor, team, staff.team_state(reps), TeamHours.of(hours, leave), code)
    desk.workers = [
        Worker(
            floor,
            desk,
            rep,
            code + place,
            place,
            hours[place],
            Line(floor.market, team.discipline),
            team.ramp,
            _position(desk, staff, rep, place),
        )
        for place, rep in enumerate(reps)
    ]
    for worker in desk.workers:
        worker.position.employ()
    return desk


def _position(desk: Desk, staff: Staff, rep: Rep, place: int) -> Position:
    attrition = desk.team.attrition
    return Position(
        desk=desk,
        place=place,
        name=rep.name,
        joins=staff.joins_at(rep),
        ends=staff.leaves_at(rep),
        hired_at=staff.hired_at(rep),
        gains=staff.gains(rep),
        per_year=0.0 if attrition is None or rep.manager else attrition.per_year,
    )


def _deals(floor: Floor, leads: Leads, first_row: int) -> Iterator[Deal]:
    columns = {name: getattr(leads, name).tolist() for name in Leads.__slots__}
    columns["stage"] = columns.pop("entry")
    for row in range(len(leads)):
        yield Deal(floor=floor, row=first_row + row, **{name: values[row] for name, values in columns.items()})


def _place(deal: Deal, stage_age: float, touches: int, last_touch_age: float, owner: str | None) -> None:
    """Put a deal of the opening where it stands and let it live on."""
    deal.entered, deal.touches, deal.last_touch, deal.visits = -stage_age, touches, -last_touch_age, 1
    desk = deal.floor.desks[deal.stage]
    if owner in desk.state.names:
        place = desk.state.names.index(str(owner))
        position = desk.workers[place].position
        if not is_absent(0.0, position.joins, position.leaves):
            desk.adopt(deal, place)
    deal.floor.clock.process(deal.resume())


def _arrivals(floor: Floor, leads: Leads, first_row: int) -> Generator[simpy.Event]:
    for deal in _deals(floor, leads, first_row):
        yield floor.clock.timeout(deal.created - floor.now)
        floor.clock.process(deal.arrive())
