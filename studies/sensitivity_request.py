"""What a sensitivity study is asked, and what it finds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from scenarios.dials import Dial
from scenarios.experiment import Experiment
from scenarios.information import Information
from scenarios.prices import Prices
from scenarios.scenario import AS_IS, Scenario
from scenarios.sobol import Indices
from scenarios.tornado import Swing
from sim.errors import UnknownNameError, require
from sim.kpis import HEADLINES
from sim.spec import FunnelSpec
from studies.executors import ALONE, Sharing
from studies.funnel_folder import Funnel
from studies.ranges import Ranges
from studies.store import Question

VERB = "sensitivity"


@dataclass(frozen=True, kw_only=True)
class SensitivityRequest:
    """What is asked.

    Attributes
    ----------
    funnel
        The funnel.
    ranges
        What isn't known of it.
    plans
        Plans to choose from, the baseline first; with the baseline alone nothing is to be chosen, and no number is
        worth anything.
    decided
        Dials that the tornado shows too.
    margin
        Share of bookings that is benefit.
    prices
        What the plans cost.
    replications
        Runs of each end of the tornado.
    draws
        Runs over all that isn't known, each under every plan.
    """

    funnel: Funnel
    ranges: Ranges
    plans: tuple[Scenario, ...] = (AS_IS,)
    decided: tuple[Dial, ...] = ()
    margin: float = 1.0
    prices: Prices = field(default_factory=Prices)
    days: float
    replications: int = 20
    draws: int = 200
    seed: int = 1
    kpi: str = "bookings"
    warm_up: float = 0.0
    sharing: Sharing = ALONE

    def __post_init__(self) -> None:
        """Refuse what nothing could be told from."""
        if self.kpi not in HEADLINES:
            raise UnknownNameError("figure", self.kpi, HEADLINES, "a run")
        require(self.draws >= 20, f"sensitivity: draws must be 20 or more, got {self.draws}")
        require(self.replications > 1, f"sensitivity: replications must be 2 or more, got {self.replications}")
        require(0 < self.margin <= 1, f"sensitivity: margin must be above 0 and at most 1, got {self.margin:g}")

    @property
    def swings(self) -> tuple[Swing, ...]:
        """The numbers of the tornado."""
        return (*map(Swing.of_belief, self.ranges.beliefs), *map(Swing.of_dial, self.decided))

    def experiment(self, base: tuple[FunnelSpec, ...], plans: tuple[Scenario, ...], replications: int) -> Experiment:
        """Return an experiment on funnels made of the one asked about."""
        return Experiment(
            base=base,
            opening=self.funnel.opening,
            scenarios=plans,
            days=self.days,
            seed=self.seed,
            replications=replications,
            warm_up=self.warm_up,
        )

    def question(self, command: tuple[str, ...]) -> Question:
        """Return what the manifest says was asked."""
        names = ("days", "replications", "draws", "kpi", "margin", "warm_up")
        settings: Mapping[str, object] = {
            **{name: getattr(self, name) for name in names},
            "ranges": {each.name: [each.low, each.high, each.basis] for each in self.ranges.beliefs},
            "joint": self.ranges.joint is not None,
            "decided": [dial.name for dial in self.decided],
            "plans": {plan.name: plan.describe() for plan in self.plans},
        }
        return Question(
            verb=VERB,
            command=command,
            settings=settings,
            inputs=self.funnel.files,
            fingerprint=self.funnel.spec.fingerprint,
            seed=self.seed,
        )


@dataclass(frozen=True)
class Sensitivity:
    """What was found.

    Attributes
    ----------
    tornado
        As of `scenarios.tornado.tornado`.
    indices
        Shares of what isn't known of the figure as things are.
    plans
        The plans' benefits on average, ``plan``, ``benefit``, ``cost``.
    information
        What knowing would be worth in the choice between them; None where there is only one.
    kpis
        The figures of the runs over all that isn't known.
    """

    tornado: pd.DataFrame
    indices: Indices
    plans: pd.DataFrame
    information: Information | None
    kpis: pd.DataFrame
