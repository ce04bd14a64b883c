"""By region: a lead goes to the reps who serve its region."""

from dataclasses import dataclass

from sim.routing.policy import Filter
from sim.routing.state import Flags, LeadView, TeamState


@dataclass(frozen=True)
class ByRegion(Filter):
    """Only reps whose regions include the lead's; reps with no regions named serve all."""

    def allows(self, team: TeamState, lead: LeadView) -> Flags:
        """Flag the reps who serve the lead's region."""
        return team.serves_region[:, lead.region]
