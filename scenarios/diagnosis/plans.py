"""The counterfactual plans of a diagnosis: every set of causes gone at once, each part of a cause, and more hours.

The sets make a full factorial design, so that what the causes do together can be told from what each does alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from scenarios.diagnosis.lead_quality import Lift
from scenarios.levers.counterfactual import EndWaiting, LiftLeads, StretchHours, TouchAtOnce, weekly_hours
from scenarios.scenario import Lever, Scenario
from sim.spec import FunnelSpec

STEP = 0.1
"""Share of its hours that a team is given more to see what an hour is worth: small, but more than luck blurs."""


class Cause(StrEnum):
    """What may keep bookings down."""

    LEADS = "lead quality"
    FOLLOW_UP = "follow-up"
    CAPACITY = "capacity"


@dataclass(frozen=True, slots=True)
class Plans:
    """The plans of a diagnosis.

    Attributes
    ----------
    sets
        The causes taken away → the plan; the empty set is the baseline.
    parts
        A cause and one of its parts (a channel, a stage, a team or a group of experts) → the plan in which the cause is
        gone there only.
    hours
        A team or a group of experts → the plan that gives it `STEP` more hours.
    """

    sets: Mapping[frozenset[Cause], Scenario]
    parts: Mapping[tuple[Cause, str], Scenario]
    hours: Mapping[str, Scenario]

    @property
    def causes(self) -> tuple[Cause, ...]:
        """The causes that were looked at."""
        return tuple(cause for cause in Cause if frozenset({cause}) in self.sets)

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """All plans, the baseline first."""
        return (*self.sets.values(), *self.parts.values(), *self.hours.values())


def plans_for(spec: FunnelSpec, baseline: Scenario, lifts: tuple[Lift, ...]) -> Plans:
    """Return the plans for a funnel.

    Parameters
    ----------
    spec
        The funnel.
    baseline
        Things as they are.
    lifts
        How far each channel's leads fall short (`scenarios.diagnosis.lead_quality.lifts`); where none does, lead
        quality isn't among the causes.
    """
    short = tuple(LiftLeads(lift.channel, lift.log_odds) for lift in lifts if lift.log_odds > 0)
    cures: dict[Cause, tuple[Lever, ...]] = {Cause.LEADS: short} if short else {}
    cures |= {Cause.FOLLOW_UP: (TouchAtOnce(),), Cause.CAPACITY: (EndWaiting(),)}
    hours = weekly_hours(spec)
    return Plans(
        sets=_factorial(baseline, cures),
        parts={
            **{(Cause.LEADS, lever.channel): _part(Cause.LEADS, lever.channel, lever) for lever in short},
            **{
                (Cause.FOLLOW_UP, stage): _part(Cause.FOLLOW_UP, stage, TouchAtOnce(stage))
                for stage in spec.stage_names
            },
            **{(Cause.CAPACITY, who): _part(Cause.CAPACITY, who, EndWaiting(who)) for who in hours},
        },
        hours={who: Scenario(f"more hours: {who}", (StretchHours(who, STEP),)) for who in hours},
    )


def _factorial(baseline: Scenario, cures: Mapping[Cause, tuple[Lever, ...]]) -> dict[frozenset[Cause], Scenario]:
    chosen = [some for size in range(len(cures) + 1) for some in combinations(cures, size)]
    return {
        frozenset(some): Scenario(" + ".join(some), tuple(lever for cause in some for lever in cures[cause]))
        if some
        else baseline
        for some in chosen
    }


def _part(cause: Cause, name: str, lever: Lever) -> Scenario:
    return Scenario(f"{cause}: {name}", (lever,))
