"""The reference engine: the funnel as SimPy processes, written to be read.

It sets the floor up (desks, reps, experts, deals of the opening, arrivals), lets the clock run, and hands back the
journal.
"""

from collections.abc import Generator, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import simpy

from sim.arrivals import Leads, Luck, draw_leads
from sim.calendar import OpenHours, WorkingCalendar
from sim.deal import Deal
from sim.engine.desk import Desk
from sim.engine.floor import Floor
from sim.engine.hours import TeamHours
from sim.engine.line import Line
from sim.engine.opening import opening_leads, write_history
from sim.engine.people import ExpertGroup, Worker
from sim.eventlog import NONE, EventLog
from sim.opening import Opening
from sim.operation import Team
from sim.routing.state import NO_LIMIT, TeamState
from sim.spec import FunnelSpec
from sim.streams import stage_key
from sim.workforce import Rep

_BEYOND = 400.0
"""Days that calendars are laid out beyond a run's end, for work that is begun before it."""


def run(spec: FunnelSpec, opening: Opening, *, days: float, seed: int, replication: int) -> EventLog:
    """Simulate ``days`` days from the opening; see `sim.simulate.simulate`."""
    luck = Luck(seed, replication)
    floor = Floor(spec, luck)
    _open_desks(floor, opening.as_of, days)
    carried = opening_leads(spec, opening, luck)
    write_history(floor.journal, spec, opening)
    leads = draw_leads(spec, opening.as_of, days, luck)
    for deal, open_deal in zip(_deals(floor, carried, 0), opening.deals, strict=True):
        _place(deal, open_deal.stage_age, open_deal.touches, open_deal.last_touch_age, open_deal.owner)
    floor.clock.process(_arrivals(floor, leads, len(carried)))
    floor.clock.run(until=days)
    return _to_log(floor, opening, days, carried, leads)


def _open_desks(floor: Floor, origin: datetime, days: float) -> None:
    operation = floor.spec.operation
    until = days + _BEYOND
    desks, code = {}, 0
    for team in operation.teams:
        reps = operation.team_reps(team.name)
        desks[team.name] = _desk(floor, team, reps, code, origin, until)
        code += len(reps)
    floor.desks = tuple(desks[floor.spec.team_of(stage).name] for stage in floor.spec.stage_names)
    for group in operation.experts:
        hours = operation.calendars[group.calendar].open_hours(origin, 0.0, until)
        floor.experts[group.name] = ExpertGroup(floor, code, group.servers, hours)
        code += 1


def _desk(floor: Floor, team: Team, reps: tuple[Rep, ...], code: int, origin: datetime, until: float) -> Desk:
    calendars = [floor.spec.operation.calendars[rep.calendar] for rep in reps]
    people = list(zip(reps, calendars, strict=True))
    hours = [calendar.open_hours(origin, 0.0, until, rep.leave) for rep, calendar in people]
    leave = [_absences(rep, calendar, origin) for rep, calendar in people]
    desk = Desk(floor, team, _team_state(floor.spec, reps), TeamHours.of(hours, leave), code)
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
            _days_until(rep.hired or date.min, calendars[place], origin),
        )
        for place, rep in enumerate(reps)
    ]
    return desk


def _team_state(spec: FunnelSpec, reps: tuple[Rep, ...]) -> TeamState:
    regions, products = spec.names("regions"), spec.names("products")
    return TeamState(
        names=tuple(rep.name for rep in reps),
        keys=np.array([stage_key(rep.name) for rep in reps]),
        seniority=np.array([rep.seniority for rep in reps]),
        speed=np.array([rep.speed for rep in reps]),
        weight=np.array([rep.weight for rep in reps]),
        wip_limit=np.array([rep.wip_limit or NO_LIMIT for rep in reps]),
        serves_region=np.array([[not rep.regions or name in rep.regions for name in regions] for rep in reps]),
        serves_product=np.array([[not rep.products or name in rep.products for name in products] for rep in reps]),
        eligible=np.array([not rep.manager for rep in reps]),
    )


def _days_until(day: date, calendar: WorkingCalendar, origin: datetime) -> float:
    """Return the days from the origin to the local midnight at which ``day`` begins."""
    if day == date.min:
        return float("-inf")
    return (datetime.combine(day, time(), ZoneInfo(calendar.time_zone)).astimezone(UTC) - origin) / timedelta(days=1)


def _absences(rep: Rep, calendar: WorkingCalendar, origin: datetime) -> OpenHours:
    spans = [
        (_days_until(a, calendar, origin), _days_until(b + timedelta(1), calendar, origin))
        for a, b in sorted(rep.leave)
    ]
    table = np.array(spans, np.float64).reshape(-1, 2)
    return OpenHours(np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1]))


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
        desk.adopt(deal, desk.state.names.index(str(owner)))
    deal.floor.clock.process(deal.resume())


def _arrivals(floor: Floor, leads: Leads, first_row: int) -> Generator[simpy.Event]:
    for deal in _deals(floor, leads, first_row):
        yield floor.clock.timeout(deal.created - floor.now)
        floor.clock.process(deal.arrive())


def _to_log(floor: Floor, opening: Opening, days: float, carried: Leads, leads: Leads) -> EventLog:
    spec, operation = floor.spec, floor.spec.operation
    teams = tuple(team.name for team in operation.teams)
    reps = [(rep.name, place) for place, team in enumerate(teams) for rep in operation.team_reps(team)]
    experts = [(group.name, NONE) for group in operation.experts]
    both = {
        name: np.concatenate([getattr(carried, name), getattr(leads, name)])
        for name in (
            "channel",
            "number",
            "region",
            "segment",
            "product",
            "account",
            "created",
            "amount",
            "score",
            "quality",
        )
    }
    accounts, both["account"] = np.unique(both["account"], return_inverse=True)
    return floor.journal.to_log(
        origin=opening.as_of,
        days=days,
        leads=both,
        vocabulary={
            "stage": spec.stage_names,
            "actor": tuple(name for name, _ in (*reps, *experts)),
            "team": teams,
            "channel": tuple(channel.name for channel in spec.market.channels),
            "region": spec.names("regions"),
            "segment": spec.names("segments"),
            "product": spec.names("products"),
            "account": tuple(f"account-{number}" for number in accounts.tolist()),
        },
        actor_team=np.array([team for _, team in (*reps, *experts)], np.int32),
        labels=_labels(spec, opening, leads),
    )


def _labels(spec: FunnelSpec, opening: Opening, leads: Leads) -> tuple[str, ...]:
    if not opening.deals:
        return ()
    channels = [channel.name for channel in spec.market.channels]
    pairs = zip(leads.channel.tolist(), leads.number.tolist(), strict=True)
    return (*(deal.label for deal in opening.deals), *(f"{channels[channel]}-{number}" for channel, number in pairs))
