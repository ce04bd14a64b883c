"""What a file calls the things that one chooses among: distributions, rankings, filters, levers."""

from scenarios.levers.assignment import AssignManually
from scenarios.levers.demand import AddBurst
from scenarios.levers.experts import ChangeExpertJob
from scenarios.levers.headcount import Hire, PlanHeadcount
from scenarios.levers.leaving import ChangeAttrition, RepLeaves
from scenarios.levers.registry import LEVERS
from scenarios.levers.training import Train
from scenarios.scenario import Lever
from sim.distributions import (
    Discrete,
    Distribution,
    Empirical,
    Exponential,
    Fixed,
    LogNormal,
    Uniform,
    Weibull,
)
from sim.market import Batch, Gate, Nurture, Scoring, Stage
from sim.operation import ExpertJob, PoolRules, SlaStep
from sim.routing.account_owner import AccountOwner
from sim.routing.at_work import AtWork
from sim.routing.by_index import ByIndex
from sim.routing.by_product import ByProduct
from sim.routing.by_region import ByRegion
from sim.routing.by_speed import BySpeed
from sim.routing.by_tier import ByTier
from sim.routing.daily_cap import DailyCap
from sim.routing.least_open import LeastOpen
from sim.routing.most_capacity import MostCapacity
from sim.routing.policy import Filter, Ranking
from sim.routing.random_choice import RandomChoice
from sim.routing.round_robin import RoundRobin
from sim.routing.user_function import UserFunction
from sim.routing.value_balanced import ValueBalanced
from sim.routing.weighted_round_robin import WeightedRoundRobin
from sim.workforce import Attrition, Ramp, SkillGain

CHOICES: dict[type, dict[str, type]] = {
    Distribution: {
        "fixed": Fixed,
        "exponential": Exponential,
        "uniform": Uniform,
        "lognormal": LogNormal,
        "weibull": Weibull,
        "empirical": Empirical,
        "discrete": Discrete,
    },
    Ranking: {
        "random": RandomChoice,
        "round-robin": RoundRobin,
        "weighted-round-robin": WeightedRoundRobin,
        "least-open": LeastOpen,
        "most-capacity": MostCapacity,
        "value-balanced": ValueBalanced,
        "by-speed": BySpeed,
        "account-owner": AccountOwner,
        "by-index": ByIndex,
        "function": UserFunction,
    },
    Filter: {
        "by-region": ByRegion,
        "by-product": ByProduct,
        "by-tier": ByTier,
        "at-work": AtWork,
        "daily-cap": DailyCap,
    },
    Lever: dict(LEVERS),
}
"""Kind of thing → name in a file → class."""

NAMES = {kind: name for options in CHOICES.values() for name, kind in options.items()}
"""Class → name in a file."""

LENGTHS = frozenset(
    {
        *((Stage, name) for name in ("effort", "latency", "lost_latency", "automatic_latency", "lead_in", "patience")),
        *((Stage, "speed_reference"), (Gate, "effort"), (Scoring, "half_life"), (Nurture, "cadence")),
        *((Batch, "upload_lag"), (ExpertJob, "effort"), (Ramp, "days")),
        *((SkillGain, "half_life"), (Attrition, "backfill")),
        *(
            (Hire, "time_to_hire"),
            (PlanHeadcount, "time_to_hire"),
            (RepLeaves, "backfill"),
            (ChangeAttrition, "backfill"),
        ),
        *((Train, "half_life"), (AssignManually, "effort"), (ChangeExpertJob, "effort"), (AddBurst, "upload_lag")),
        *((SlaStep, "after"), (PoolRules, "cool_down"), (AtWork, "within")),
    }
)
"""The fields, numbers and distributions alike, that are lengths of time and so take a unit."""

PURE = frozenset({(LogNormal, "sigma"), (Weibull, "shape"), (Discrete, "chances")})
"""The parameters of distributions that stay plain numbers in a distribution of lengths."""
