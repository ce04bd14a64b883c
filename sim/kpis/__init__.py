"""Key figures: pure queries over an event log, the same for a company's history and for a simulated funnel.

A figure counts over a period [start, end) in days since the log's origin, by default the log's whole window. Figures of
a cohort (conversion of a cohort, win rate of a cohort, speed to first touch) follow those who came in the period to the
window's end; all others look at the period alone. Money is in account currency, times are days, shares lie in [0, 1]; a
figure without a base is NaN. A CRM that doesn't write starts, touches or answers gets NaN where they are needed, and
every other figure in full.
"""

from sim.kpis.bookings import attainment, bookings, per_lead_bookings
from sim.kpis.conversion import conversion_curve, conversion_of_cohort, conversion_of_period
from sim.kpis.dimensions import ALL, DIMENSIONS
from sim.kpis.dwell import PARTS, dwell, dwell_summary
from sim.kpis.fairness import assignments, fairness, gini
from sim.kpis.health import FunnelShape, funnel_health, funnel_shape
from sim.kpis.incidence import cumulative_incidence, days_until, share_by
from sim.kpis.losses import loss_causes
from sim.kpis.period import CALENDAR, Period
from sim.kpis.pipeline import coverage, pipeline, pipeline_created
from sim.kpis.sales_cycle import sales_cycle
from sim.kpis.sla import ping_pong, sla, unassigned
from sim.kpis.speed import first_touch_curve, speed_to_first_touch
from sim.kpis.summary import HEADLINES, summary
from sim.kpis.visits import OUTCOMES, visits_frame
from sim.kpis.win_rate import win_rate_closed, win_rate_cohort
from sim.kpis.wip import littles_law, wip, wip_by_part
from sim.kpis.workload import Worked, expert_queues, team_utilisation, utilisation

__all__ = [
    "ALL",
    "CALENDAR",
    "DIMENSIONS",
    "HEADLINES",
    "OUTCOMES",
    "PARTS",
    "FunnelShape",
    "Period",
    "Worked",
    "assignments",
    "attainment",
    "bookings",
    "conversion_curve",
    "conversion_of_cohort",
    "conversion_of_period",
    "coverage",
    "cumulative_incidence",
    "days_until",
    "dwell",
    "dwell_summary",
    "expert_queues",
    "fairness",
    "first_touch_curve",
    "funnel_health",
    "funnel_shape",
    "gini",
    "littles_law",
    "loss_causes",
    "per_lead_bookings",
    "ping_pong",
    "pipeline",
    "pipeline_created",
    "sales_cycle",
    "share_by",
    "sla",
    "speed_to_first_touch",
    "summary",
    "team_utilisation",
    "unassigned",
    "utilisation",
    "visits_frame",
    "win_rate_closed",
    "win_rate_cohort",
    "wip",
    "wip_by_part",
]
