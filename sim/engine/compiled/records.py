"""What the compiled engine keeps in memory: one record type for each thing of the trade, and the run's world.

Whole numbers that are codes or places are 8 bytes wide, like the numbers that the rules take, so that each rule is
compiled once. -1 stands for "none".
"""

from typing import Any

import numpy as np

from sim.engine.compiled.memory import flags_at, floats_at, record_at, wholes_at
from sim.eventlog import ROW
from sim.linking import flow
from sim.pull import WAITING

NONE = -1


def _record(wholes: str = "", numbers: str = "", flags: str = "") -> np.dtype[Any]:
    fields = [(name, "i8") for name in wholes.split()]
    fields += [(name, "f8") for name in numbers.split()]
    fields += [(name, "?") for name in flags.split()]
    return np.dtype(fields, align=True)


DIST = _record("kind start length")
"""A distribution: its table stands in the world's ``numbers``."""

STAGE = _record(
    "key team touches effort latency lost_touches lost_latency lead_in patience automatic_latency"
    " causes causes_to n_causes targets targets_to n_targets"
    " channel_effects segment_effects product_effects jobs n_jobs patience_lane",
    "advance quality_slope speed_slope speed_reference speed_most nurture automatic"
    " least_score gate_threshold gate_sensitivity gate_specificity gate_effort mean_effort",
    "gated",
)
"""A stage. Distributions are places in ``dists``, patience being -1 for endless; causes and targets are shares in
``numbers`` (cumulative) beside codes in ``codes``; effects stand in ``numbers``, one a code and a last one for -1."""

WANTED_JOB = _record("group effort", "share", "blocking")
"""An expert job that entering a stage may create."""

TEAM = _record(
    "number first n_reps discipline ties nobody default_owner manager part n_filters n_ranks"
    " pick holding_limit claims_per_day step n_steps most_hops tiers openings n_openings next_opening"
    " look claims_day roomy shortcut turn_first turn_last wish",
    "cool_down ramp_days ramp_start looks_at away_until hours_at",
    "relax push pool sla working by_touch watches_hours",
)
"""A team: its rules, then what changes. ``first`` is the actor code of its first rep; ``tiers`` a bit for each tier
that the SLA holds for; ``look`` numbers the looks planned, the last one being valid; ``roomy`` counts the reps who
could take a deal, as of ``away_until``; ``turn_first`` and ``turn_last`` are the ends of the reps' order of turns;
``wish`` is the address of the user's `choose_lead`, or 0."""

PART = _record("code function weights", "a b c")
"""A filter or ranking of a routing policy, and its numbers; ``function`` is the address of a user's function,
``weights`` where those of an index begin in ``numbers``."""

STEP = _record("action lane", "after")
"""A step of an SLA."""

REP = _record(
    "team place hours n_hours shift leave n_leave skills gains n_gains name holder backfill deal claims",
    "speed admin_share joins leaves ends hired per_year wakes_at",
    "ramping specialist busy rung ringing asleep",
)
"""A rep at work. ``joins``, ``leaves``, ``ends`` and ``holder`` are those of `sim.engine.staffing.Position`; gains are
four numbers each, the fields of `sim.engine.staffing.Gain`. ``shift`` is the first of the intervals of work that isn't
over; ``rung`` and ``ringing`` tell whether the bell has been rung since it was last heeded, and whether the ring is
still on its way."""

LINE = _record("root length first last", flags="listed")
"""A line of waiting tasks: a pairing heap through the deals' own links. Where a user's function may look at it, it is
``listed`` too, from ``first`` to ``last`` in the order in which the tasks were wanted."""

GROUP = _record("code hours n_hours first last sleeper last_sleeper")
"""A group of experts: its queue of jobs, and the servers who sleep in the order in which they fell asleep."""

SERVER = _record("group job next")
"""One expert."""

JOB = _record(
    "row stage deal group next next_of_deal watch", "effort", "blocking done processed dropped watched timed settled"
)
"""One piece of expert work. ``watch`` numbers the deal's waits for it, ``watched`` while one lasts, ``timed``
if it has an end, ``settled`` once its end is on the way; ``deal`` is -1 when the deal has no more interest."""

DEAL = _record(
    "key number channel region segment product account tier stage owner visits touches returns state wanted job"
    " waits_for rep hop assignment task taken_back marks row line child next previous ahead behind",
    "place ready entered effort started_at wanted_at last_touch patience_ends odds created amount list_share score"
    " quality",
    "advances urgent waiting given_up automatic",
)
"""A deal in the funnel, with the one task (touch wanted) that it may have.

``state`` is what it waits for; ``job`` the first of its expert jobs, ``waits_for`` the one it waits for now; from
``rep`` on the fields are the task's: ``task`` and ``assignment`` number it and its assignment, so that a timer knows
whether its cause still holds; ``marks`` lists the reps who may not have it; ``line`` is where it stands, and ``child``,
``next`` and ``previous`` are its links there, ``ahead`` and ``behind`` those in its list; ``odds`` is what being open
tells of a deal of the opening."""

MARK = _record("rep next", "until")
"""A rep who may not have a task, until a time or for good (infinity)."""

LEAD = np.dtype(
    [(name, "i8") for name in ["channel", "region", "segment", "product", "account", "tier", "stage", "owner"]]
    + [(name, "f8") for name in ["score", "amount", "value", "now"]]
    + [(name, "i8") for name in ["key", "number", "hop"]],
    align=True,
)
"""A lead as routing sees it: the fields of `sim.routing.state.LeadView`."""

EVENT = _record("number what token", "time")
"""What will happen when; ``number`` is its place in the order of planning, ``what`` as `agenda.pack` has it."""

LATER = _record("number what token next", "time")
"""An event in a drawer, and the next one there."""

LANE = _record("first length capacity events", "last")
"""A queue of timers that come due in the order in which they were set."""

WORLD = _record(
    "seed replication first_row n_leads next_lead arrival_sequence sequence task_number assignment_number watch_number"
    " n_stages n_teams n_reps n_channels n_regions n_segments n_products"
    " dists stages wanted_jobs teams parts steps reps lines groups servers numbers codes hours_start hours_end"
    " account_owner lead_view candidates left rank_keys"
    " rep_key rep_seniority rep_speed rep_weight rep_limit rep_regions rep_products rep_odds rep_eligible rep_open"
    " rep_available rep_todo rep_away rep_room rep_assigned rep_today rep_turn rep_before rep_after rep_credit"
    " rep_value_credit rep_memory team_clock team_worth"
    " lead_channel lead_key lead_number lead_region lead_segment lead_product lead_account lead_tier lead_entry"
    " lead_created lead_amount lead_list_share lead_score lead_quality"
    " deals n_deals deals_room free_deal jobs n_jobs jobs_room free_job marks n_marks marks_room free_mark"
    " waiting waiting_slots waiting_room"
    " rows n_rows rows_room rows_full events"
    " heap heap_length heap_room drawers n_drawers drawers_open later n_later later_room free_later"
    " now_events now_first now_length now_room lanes"
    " returns_to most_returns bad_fit no_response opted_out held left_alone in_pool comfortable_load",
    "now end next_arrival cadence wake opt_out half_life overload_slope product_match",
    "nurtures tracks_owners begun failed",
)
"""Everything of one run: what doesn't change, addresses of the rest, and how much of each there is."""

_dist_at, _stage_at, _wanted_job_at, _team_at = (record_at(kind) for kind in (DIST, STAGE, WANTED_JOB, TEAM))
_part_at, _step_at, _rep_at, _line_at = (record_at(kind) for kind in (PART, STEP, REP, LINE))
_group_at, _server_at, _job_at, _deal_at = (record_at(kind) for kind in (GROUP, SERVER, JOB, DEAL))
_mark_at, _lead_at, _lane_at, _row_at = (record_at(kind) for kind in (MARK, LEAD, LANE, ROW))
_later_at = record_at(LATER)
_waiting_at = record_at(WAITING)
event_of = record_at(EVENT)
"""The function (address, index) → event, of the heap, of this instant or of a lane."""


@flow
def dist_of(w: Any, i: int) -> Any:
    """Return a distribution."""
    return _dist_at(w.dists, i)


@flow
def stage_of(w: Any, i: int) -> Any:
    """Return a stage."""
    return _stage_at(w.stages, i)


@flow
def wanted_job_of(w: Any, i: int) -> Any:
    """Return a job that entering a stage may create."""
    return _wanted_job_at(w.wanted_jobs, i)


@flow
def team_of(w: Any, i: int) -> Any:
    """Return a team."""
    return _team_at(w.teams, i)


@flow
def part_of(w: Any, i: int) -> Any:
    """Return a part of a routing policy."""
    return _part_at(w.parts, i)


@flow
def step_of(w: Any, i: int) -> Any:
    """Return a step of an SLA."""
    return _step_at(w.steps, i)


@flow
def rep_of(w: Any, i: int) -> Any:
    """Return a rep, by actor code."""
    return _rep_at(w.reps, i)


@flow
def line_of(w: Any, i: int) -> Any:
    """Return a line: reps' to-do lists, then teams' queues, then pools."""
    return _line_at(w.lines, i)


@flow
def group_of(w: Any, i: int) -> Any:
    """Return a group of experts."""
    return _group_at(w.groups, i)


@flow
def server_of(w: Any, i: int) -> Any:
    """Return an expert."""
    return _server_at(w.servers, i)


@flow
def job_of(w: Any, i: int) -> Any:
    """Return an expert job."""
    return _job_at(w.jobs, i)


@flow
def deal_of(w: Any, i: int) -> Any:
    """Return a deal; valid until the next one arrives."""
    return _deal_at(w.deals, i)


@flow
def mark_of(w: Any, i: int) -> Any:
    """Return a mark."""
    return _mark_at(w.marks, i)


@flow
def lane_of(w: Any, i: int) -> Any:
    """Return a lane of timers."""
    return _lane_at(w.lanes, i)


@flow
def later_of(w: Any, i: int) -> Any:
    """Return an event in a drawer; valid until another one is put away."""
    return _later_at(w.later, i)


@flow
def waiting_of(w: Any, i: int) -> Any:
    """Return a waiting task as a user's function is shown it."""
    return _waiting_at(w.waiting, i)


@flow
def row_of(w: Any, i: int) -> Any:
    """Return a row of the log."""
    return _row_at(w.rows, i)


@flow
def view_of(w: Any) -> Any:
    """Return the lead that routing looks at."""
    return _lead_at(w.lead_view, 0)


@flow
def floats_of(address: int, first: int, length: int) -> Any:
    """Return ``length`` numbers of the column at ``address``, from place ``first`` on."""
    return floats_at(address + 8 * first, length)


@flow
def wholes_of(address: int, first: int, length: int) -> Any:
    """Return ``length`` whole numbers of the column at ``address``, from place ``first`` on."""
    return wholes_at(address + 8 * first, length)


@flow
def flags_of(address: int, first: int, length: int) -> Any:
    """Return ``length`` flags of the column at ``address``, from place ``first`` on."""
    return flags_at(address + first, length)
