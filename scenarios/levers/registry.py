"""The levers by the names that plans call them."""

from collections.abc import Mapping
from types import MappingProxyType

from scenarios.levers.assignment import AssignAutomatically, AssignManually
from scenarios.levers.conversion import ShiftConversion
from scenarios.levers.demand import AddBurst, ShiftDemand
from scenarios.levers.experts import ChangeExpertJob, ChangeExperts
from scenarios.levers.headcount import Hire, PlanHeadcount
from scenarios.levers.hours import ChangeHours, ChangeShifts
from scenarios.levers.leaving import ChangeAttrition, RepLeaves
from scenarios.levers.marketing import ScaleLeads
from scenarios.levers.pricing import ChangeDiscount, ChangePrice
from scenarios.levers.qualification import SetGate, SetScoreThreshold, SharpenScore
from scenarios.levers.routing import ChangeRouting
from scenarios.levers.sla import ChangeSla
from scenarios.levers.spending import ChangeBudget
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.levers.training import Train
from scenarios.scenario import Lever

LEVERS: Mapping[str, type[Lever]] = MappingProxyType(
    {
        "change-headcount": ChangeHeadcount,
        "hire": Hire,
        "plan-headcount": PlanHeadcount,
        "rep-leaves": RepLeaves,
        "attrition": ChangeAttrition,
        "train": Train,
        "shifts": ChangeShifts,
        "hours": ChangeHours,
        "routing": ChangeRouting,
        "sla": ChangeSla,
        "assign-manually": AssignManually,
        "assign-automatically": AssignAutomatically,
        "experts": ChangeExperts,
        "expert-job": ChangeExpertJob,
        "scale-leads": ScaleLeads,
        "budget": ChangeBudget,
        "demand": ShiftDemand,
        "burst": AddBurst,
        "score-threshold": SetScoreThreshold,
        "gate": SetGate,
        "score": SharpenScore,
        "conversion": ShiftConversion,
        "price": ChangePrice,
        "discount": ChangeDiscount,
    }
)
"""Name of a lever in a plan → the lever."""
