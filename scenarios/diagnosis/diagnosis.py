"""A diagnosis from its question to its verdict: which runs it needs, and what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from scenarios.diagnosis.attribution import Attribution, attribute
from scenarios.diagnosis.lead_quality import TYPICAL, Lift, lifts
from scenarios.diagnosis.plans import Plans, plans_for
from scenarios.diagnosis.shape import shape_of, shape_table
from scenarios.diagnosis.verdict import Verdict, verdict_on
from scenarios.experiment import Experiment
from scenarios.levers.counterfactual import EndWaiting, weekly_hours
from scenarios.scenario import AS_IS, Scenario
from sim.errors import require
from sim.kpis import FunnelShape
from sim.opening import Opening
from sim.spec import FunnelSpec

MATERIAL = 0.1
"""Gain, as a share of what is booked, from which a cause is worth acting on unless somebody says otherwise."""

NOBODY_BUSY = Scenario("nobody busy", (EndWaiting(),))


@dataclass(frozen=True)
class Diagnosis:
    """What a diagnosis found.

    Attributes
    ----------
    lifts
        How each channel's leads compare with the reference.
    attribution
        How much each cause keeps away, and where.
    stages
        `scenarios.diagnosis.shape.shape_table`.
    shape
        The funnel's shape.
    verdict
        The main cause and where it sits.
    """

    lifts: tuple[Lift, ...]
    attribution: Attribution
    stages: pd.DataFrame
    shape: FunnelShape
    verdict: Verdict


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """What is to be diagnosed.

    Attributes
    ----------
    spec, opening
        The funnel and what is open in it.
    days
        How far ahead the counterfactual runs look; the shape's runs take twice as long and count their second half.
    kpi
        Headline figure that is to be higher.
    reference
        What the channels are held against (`scenarios.diagnosis.lead_quality.lifts`).
    material
        Gain, as a share of the figure's mean, from which a cause is worth acting on.
    """

    spec: FunnelSpec
    opening: Opening
    days: float
    kpi: str = "bookings"
    reference: str = TYPICAL
    material: float = MATERIAL

    def __post_init__(self) -> None:
        """Refuse a threshold below which everything would be a cause."""
        require(self.material > 0, f"diagnose: material must be above 0, got {self.material:g}; 0.1 is a tenth")

    @property
    def lifts(self) -> tuple[Lift, ...]:
        """How far each channel's leads fall short."""
        return lifts(self.spec, self.reference)

    @property
    def plans(self) -> Plans:
        """The counterfactual plans."""
        return plans_for(self.spec, AS_IS, self.lifts)

    def causes(self, seed: int, replications: int) -> Experiment:
        """Return the experiment that splits what is missing by cause."""
        return Experiment(
            base=(self.spec,),
            opening=self.opening,
            scenarios=self.plans.scenarios,
            days=self.days,
            seed=seed,
            replications=replications,
        )

    def flows(self, seed: int, replications: int) -> Experiment:
        """Return the experiment that measures the funnel's own flows, from an empty funnel on."""
        empty = replace(self.causes(seed, replications), opening=Opening(self.opening.as_of), tables=("stages",))
        return replace(empty, scenarios=(AS_IS, NOBODY_BUSY), days=2 * self.days, warm_up=self.days)

    def conclude(self, kpis: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> Diagnosis:
        """Return the diagnosis, given the figures of the first experiment and the tables of the second."""
        found = attribute(kpis, self.kpi, self.plans, weekly_hours(self.spec))
        table = shape_table(tables["stages"], AS_IS.name, NOBODY_BUSY.name, self.days, self.opening)
        return Diagnosis(self.lifts, found, table, shape_of(table), verdict_on(found, self.material))
