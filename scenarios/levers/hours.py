"""Hours: who works in which shift and time zone, and when a calendar is open."""

from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import cycle

from scenarios.levers.named import find
from scenarios.prices import Horizon, Prices
from scenarios.scenario import Lever
from sim.calendar import WorkingCalendar
from sim.errors import UnknownNameError, require
from sim.spec import FunnelSpec


@dataclass(frozen=True, slots=True)
class ChangeShifts(Lever):
    """Give the reps of a team other working calendars; several are dealt out in turn, to follow the sun.

    Attributes
    ----------
    team
        Name of the team; managers keep their hours.
    calendars
        Names of calendars, for the first rep of the roster, the second, and so on, then from the first again.
    """

    team: str
    calendars: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse no calendar at all."""
        require(len(self.calendars) > 0, "shifts: calendars is empty; give at least one")

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with those hours."""
        find("team", spec.operation.teams, self.team)
        for name in self.calendars:
            if name not in spec.operation.calendars:
                raise UnknownNameError("calendar", name, spec.operation.calendars)
        turn = cycle(self.calendars)
        reps = tuple(
            replace(rep, calendar=next(turn)) if rep.team == self.team and not rep.manager else rep
            for rep in spec.operation.reps
        )
        return replace(spec, operation=replace(spec.operation, reps=reps))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
        """Return the pay of the hours worked more; it goes with the hours of a week."""
        return _pay_of_hours(spec, self.apply(spec), horizon, prices)

    def describe(self) -> str:
        """Say who works when."""
        names = ", ".join(repr(name) for name in self.calendars)
        return (
            f"Let the reps of team {self.team!r} work in the hours of {names}{', in turn' * (len(self.calendars) > 1)}."
        )


@dataclass(frozen=True, slots=True)
class ChangeHours(Lever):
    """Open a calendar at other hours, for all who work by it, or add a new one for a later lever.

    Attributes
    ----------
    calendar
        Name of the calendar.
    hours
        The hours it has from now on.
    """

    calendar: str
    hours: WorkingCalendar

    def apply(self, spec: FunnelSpec) -> FunnelSpec:
        """Return the funnel with the calendar changed or added."""
        calendars = {**spec.operation.calendars, self.calendar: replace(self.hours, name=self.calendar)}
        return replace(spec, operation=replace(spec.operation, calendars=calendars))

    def cost(self, spec: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
        """Return the pay of the hours worked more; it goes with the hours of a week."""
        return _pay_of_hours(spec, self.apply(spec), horizon, prices)

    def describe(self) -> str:
        """Say how long the calendar is open."""
        hours = _weekly(self.hours) / timedelta(hours=1)
        return f"Open the calendar {self.calendar!r} for {hours:g} hours a week."


def _pay_of_hours(before: FunnelSpec, after: FunnelSpec, horizon: Horizon, prices: Prices) -> float:
    """Return what the hours of a week that are worked more cost over the horizon: reps' and experts'."""
    paid = (
        prices.rep_days(rep.team, horizon.days) * (_hours(after, rep.calendar) / _hours(before, old.calendar) - 1)
        for rep, old in zip(after.operation.reps, before.operation.reps, strict=True)
    )
    experts = (
        group.servers * prices.rep_days(group.name, horizon.days)
        * (_hours(after, group.calendar) / _hours(before, group.calendar) - 1)
        for group in before.operation.experts
    )  # fmt: skip
    return sum(paid) + sum(experts)


def _hours(spec: FunnelSpec, calendar: str) -> float:
    return _weekly(spec.operation.calendars[calendar]) / timedelta(hours=1)


def _weekly(calendar: WorkingCalendar) -> timedelta:
    return sum((shift.length for shifts in calendar.week for shift in shifts), timedelta(0))
