"""Laying a funnel out: from the frozen spec to the records and columns that the event loop reads.

A layout belongs to a spec, an opening's date and a number of days. It doesn't change during a run, so that any number
of replications, in any number of threads, share one; what a run changes it copies (`sim.engine.compiled.run`).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.distributions import Fixed
from sim.engine import causes
from sim.engine.compiled import policies
from sim.engine.compiled.assignment import ESCALATE, NEXT_REP, POOL, REMIND
from sim.engine.compiled.drawers import drawers_for
from sim.engine.compiled.functions import address_of_pull
from sim.engine.compiled.positions import employment
from sim.engine.compiled.records import DIST, GROUP, LANE, LINE, NONE, REP, SERVER, STAGE, STEP, TEAM, WANTED_JOB
from sim.engine.compiled.tables import Fields, Tables
from sim.engine.floor import effects_of, targets_of
from sim.engine.staff import Staff
from sim.market import Stage
from sim.operation import ExpertJob, Ownership, SlaAction, Team
from sim.routing.state import NO_LIMIT
from sim.spec import FunnelSpec
from sim.streams import stage_key
from sim.workforce import Rep

type Records = npt.NDArray[np.void]

_ACTIONS: Mapping[SlaAction, int] = {
    SlaAction.REMIND: REMIND,
    SlaAction.ESCALATE: ESCALATE,
    SlaAction.NEXT_REP: NEXT_REP,
    SlaAction.POOL: POOL,
}
_NO_TIME = Fixed(0.0)


def records(kind: np.dtype[Any], rows: list[Fields]) -> Records:
    """Return one record of ``kind`` for each row of named fields; what isn't named is 0."""
    made = np.zeros(len(rows), kind)
    for record, row in zip(made, rows, strict=True):
        for name, value in row.items():
            record[name] = value
    return made


class Layout:
    """A funnel laid out for the event loop.

    Attributes
    ----------
    columns
        World field → what it is the address of: records, or columns with one entry a rep (or some for each rep).
    facts
        World field → value, for everything that no replication changes.
    states
        The teams as routing sees them at the start, in the order of the operation.
    """

    def __init__(self, spec: FunnelSpec, origin: datetime, days: float) -> None:
        self.spec = spec
        self.causes = {cause: code for code, cause in enumerate(causes.vocabulary(spec))}
        self.tables = Tables()
        self.staff = Staff(spec, origin, days)
        teams = spec.operation.teams
        self.reps = [rep for team in teams for rep in spec.operation.team_reps(team.name)]
        self.states = [self.staff.team_state(spec.operation.team_reps(team.name)) for team in teams]
        self.columns: dict[str, npt.NDArray[Any]] = {
            "stages": records(STAGE, [self._stage(place) for place in range(len(spec.stage_names))]),
            "wanted_jobs": records(WANTED_JOB, [self._job(job) for job in self._jobs()]),
            "reps": records(REP, [self._rep(rep) for rep in self.reps]),
            **self._laid_teams(),
            **self._experts(),
            "lines": records(LINE, self._lines()),
            **self._rep_columns(),
            "team_clock": np.array([[NONE, 0] for _ in teams], np.int64),
            "team_worth": np.array([state.worth_seen for state in self.states]),
        }
        self.columns |= {
            "lanes": records(LANE, [{"last": -np.inf} for _ in range(self.tables.lanes)]),
            "dists": records(DIST, self.tables.dists),
            "numbers": np.array(self.tables.numbers, np.float64),
            "codes": np.array(self.tables.codes, np.int64),
            "hours_start": np.array(self.tables.starts, np.float64),
            "hours_end": np.array(self.tables.ends, np.float64),
            "drawers": np.full(drawers_for(days), NONE, np.int64),
        }
        self.facts = self._facts(days)

    def _facts(self, days: float) -> Fields:
        market, names = self.spec.market, self.spec.names
        nurture = market.nurture
        resting = nurture is not None and {
            "nurtures": True,
            "returns_to": self.spec.stage_names.index(nurture.returns_to),
            "most_returns": nurture.most_returns,
            "cadence": nurture.cadence,
            "wake": nurture.wake,
            "opt_out": nurture.opt_out,
        }
        return {
            "end": days,
            "n_drawers": drawers_for(days),
            "tracks_owners": any(policies.looks_at_owners(team.routing) for team in self.spec.operation.teams),
            "n_stages": len(market.stages),
            "n_teams": len(self.states),
            "n_reps": len(self.reps),
            "n_channels": len(market.channels),
            "n_regions": len(names("regions")),
            "n_segments": len(names("segments")),
            "n_products": len(names("products")),
            "half_life": market.scoring.half_life,
            "comfortable_load": market.comfortable_load,
            "overload_slope": market.overload_slope,
            "product_match": market.product_match,
            "bad_fit": self.causes[causes.BAD_FIT],
            "no_response": self.causes[causes.NO_RESPONSE],
            "opted_out": self.causes[causes.OPTED_OUT],
            "held": self.causes[causes.HELD],
            "left_alone": self.causes[causes.LEFT],
            "in_pool": self.causes[causes.IN_POOL],
            **(resting or {}),
        }

    # stages

    def _jobs(self) -> list[ExpertJob]:
        """Return the expert jobs stage by stage."""
        return [job for name in self.spec.stage_names for job in self.spec.operation.jobs if job.stage == name]

    def _job(self, job: ExpertJob) -> Fields:
        groups = [group.name for group in self.spec.operation.experts]
        effort = self.tables.add_dist(job.effort)
        return {"group": groups.index(job.experts), "effort": effort, "share": job.share, "blocking": job.blocking}

    def _stage(self, place: int) -> Fields:
        stage, add = self.spec.market.stages[place], self.tables.add_dist
        jobs = [at for at, job in enumerate(self._jobs()) if job.stage == stage.name]
        timed = stage.patience is not None
        teams = [team.name for team in self.spec.operation.teams]
        return {
            "key": stage_key(stage.name),
            "team": teams.index(self.spec.team_of(stage.name).name),
            "touches": add(stage.touches),
            "effort": add(stage.effort),
            "latency": add(stage.latency),
            "lost_touches": add(stage.lost_touches or stage.touches),
            "lost_latency": add(stage.lost_latency or stage.latency),
            "lead_in": NONE if stage.lead_in == _NO_TIME else add(stage.lead_in),
            "patience": NONE if stage.patience is None else add(stage.patience),
            "patience_lane": self.tables.add_lane() if timed else NONE,
            "automatic": stage.automatic,
            "automatic_latency": add(stage.automatic_latency),
            "jobs": jobs[0] if jobs else 0,
            "n_jobs": len(jobs),
            "advance": stage.advance,
            "quality_slope": stage.quality_slope,
            "speed_slope": stage.speed_slope,
            "speed_reference": stage.speed_reference,
            "speed_most": stage.speed_most,
            "nurture": stage.nurture,
            "mean_effort": stage.effort.mean,
            "least_score": stage.least_score,
            **self._ways_out(place),
            **self._effects(stage),
            **_gate(stage),
        }

    def _ways_out(self, place: int) -> Fields:
        stage, targets = self.spec.market.stages[place], targets_of(self.spec, place)
        until, shares = 0.0, []
        for share in stage.causes.values():
            until += share
            shares.append(until)
        return {
            "causes": self.tables.add_numbers(shares),
            "causes_to": self.tables.add_codes([self.causes[cause] for cause in stage.causes]),
            "n_causes": len(shares),
            "targets": self.tables.add_numbers([until for _, until in targets]),
            "targets_to": self.tables.add_codes([NONE if target is None else target for target, _ in targets]),
            "n_targets": len(targets),
        }

    def _effects(self, stage: Stage) -> Fields:
        effects = effects_of(self.spec, stage)
        return {
            "channel_effects": self.tables.add_numbers(effects.channel),
            "segment_effects": self.tables.add_numbers(effects.segment),
            "product_effects": self.tables.add_numbers(effects.product),
        }

    # teams

    def _laid_teams(self) -> dict[str, npt.NDArray[Any]]:
        teams, parts, steps, first = [], [], [], 0
        n_parts, n_steps = 0, 0
        for number, team in enumerate(self.spec.operation.teams):
            members = self.spec.operation.team_reps(team.name)
            own_parts, own_steps = policies.parts(team.routing, self.tables), self._steps(team)
            teams.append(
                {
                    "number": number,
                    "first": first,
                    "n_reps": len(members),
                    "part": n_parts,
                    "step": n_steps,
                    "n_steps": len(own_steps),
                    **self._team(team, members),
                }
            )
            parts.append(own_parts)
            steps += own_steps
            first, n_parts, n_steps = first + len(members), n_parts + len(own_parts), n_steps + len(own_steps)
        return {"teams": records(TEAM, teams), "parts": np.concatenate(parts), "steps": records(STEP, steps)}

    def _team(self, team: Team, members: tuple[Rep, ...]) -> Fields:
        rules, names = team.routing, [rep.name for rep in members]
        openings = np.unique([start for rep in members for start in self.staff.hours(rep.calendar, rep.leave).starts])
        managers = [place for place, rep in enumerate(members) if rep.manager]
        owner = rules.default_owner
        return {
            "discipline": int(team.discipline),
            "ties": policies.TIES[rules.ties],
            "nobody": policies.NOBODY[rules.nobody],
            "default_owner": NONE if owner is None else names.index(owner),
            "manager": managers[0] if managers else NONE,
            "n_filters": len(rules.eligible),
            "n_ranks": len(rules.rank),
            "relax": rules.relax,
            "push": rules.push,
            "by_touch": team.ownership is Ownership.TOUCH,
            "watches_hours": policies.watches_hours(rules),
            "shortcut": policies.shortcut(rules),
            "turn_last": len(members) - 1,
            "wish": address_of_pull(team.choose_lead.choose_lead) if team.choose_lead else 0,
            "openings": self.tables.add_numbers(openings),
            "n_openings": len(openings),
            "ramp_days": team.ramp.days if team.ramp else 0.0,
            "ramp_start": team.ramp.start if team.ramp else 1.0,
            "looks_at": np.inf,
            "away_until": -np.inf,
            "hours_at": -np.inf,
            "claims_day": NONE,
            **_pool(team),
            **self._sla(team),
        }

    def _lines(self) -> list[Fields]:
        """Return the reps' to-do lists, the teams' queues and the pools, in this order."""
        asked = [team.choose_lead is not None for team in self.spec.operation.teams]
        of_reps = [wish for wish, state in zip(asked, self.states, strict=True) for _ in state.names]
        listed = [*of_reps, *(False for _ in asked), *asked]
        return [{"root": NONE, "first": NONE, "last": NONE, "listed": wish} for wish in listed]

    def _sla(self, team: Team) -> Fields:
        if team.sla is None:
            return {}
        tiers = tuple(self.spec.market.scoring.tiers)
        held = team.sla.tiers or tiers
        return {
            "sla": True,
            "working": team.sla.working,
            "most_hops": team.sla.most_hops,
            "tiers": sum(1 << place for place, tier in enumerate(tiers) if tier in held),
        }

    def _steps(self, team: Team) -> list[Fields]:
        steps = team.sla.steps if team.sla else ()
        return [
            {"action": _ACTIONS[step.action], "after": step.after, "lane": self.tables.add_lane()} for step in steps
        ]

    # people

    def _rep(self, rep: Rep) -> Fields:
        teams = [team.name for team in self.spec.operation.teams]
        team = self.spec.operation.teams[teams.index(rep.team)]
        hours, n_hours = self.tables.add_hours(self.staff.hours(rep.calendar, rep.leave))
        leave, n_leave = self.tables.add_hours(self.staff.absences(rep))
        return {
            "team": teams.index(rep.team),
            "place": self.spec.operation.team_reps(rep.team).index(rep),
            "hours": hours,
            "n_hours": n_hours,
            "leave": leave,
            "n_leave": n_leave,
            "skills": self.tables.add_numbers([rep.skill_at(name) for name in self.spec.stage_names]),
            "speed": rep.speed,
            "admin_share": rep.admin_share,
            "ramping": team.ramp is not None and rep.hired is not None,
            **employment(self.tables, self.staff, team, rep),
            "specialist": bool(rep.products),
            "wakes_at": -1.0,
            "asleep": True,
        }

    def _experts(self) -> dict[str, npt.NDArray[Any]]:
        groups: list[Fields] = []
        servers: list[Fields] = []
        for place, group in enumerate(self.spec.operation.experts):
            hours, n_hours = self.tables.add_hours(self.staff.hours(group.calendar))
            first, last = len(servers), len(servers) + group.servers - 1
            code = len(self.reps) + place
            queue = {"first": NONE, "last": NONE, "sleeper": first, "last_sleeper": last}
            groups.append({"code": code, "hours": hours, "n_hours": n_hours, **queue})
            servers += [{"group": place, "next": i + 1 if i < last else NONE} for i in range(first, last + 1)]
        return {"groups": records(GROUP, groups), "servers": records(SERVER, servers)}

    def _rep_columns(self) -> dict[str, npt.NDArray[Any]]:
        columns = {
            name: np.concatenate([getattr(state, of) for state in self.states]) for name, of in _REP_COLUMNS.items()
        }
        sizes = [len(state.names) for state in self.states]
        turns = {
            "rep_before": np.concatenate([np.arange(size) - 1 for size in sizes]),
            "rep_after": np.concatenate([np.append(np.arange(1, size), NONE) for size in sizes]),
        }
        return columns | turns | {"rep_room": np.zeros(len(self.reps), np.bool_)}


_REP_COLUMNS: Mapping[str, str] = {
    "rep_key": "keys",
    "rep_seniority": "seniority",
    "rep_speed": "speed",
    "rep_weight": "weight",
    "rep_limit": "wip_limit",
    "rep_regions": "serves_region",
    "rep_products": "serves_product",
    "rep_odds": "odds",
    "rep_eligible": "eligible",
    "rep_open": "open_deals",
    "rep_available": "available_at",
    "rep_todo": "todo",
    "rep_away": "away",
    "rep_assigned": "assigned",
    "rep_today": "assigned_today",
    "rep_turn": "last_turn",
    "rep_credit": "credit",
    "rep_value_credit": "value_credit",
    "rep_memory": "memory",
}
"""World field → the column of `TeamState`."""


def _gate(stage: Stage) -> Fields:
    gate = stage.gate
    if gate is None:
        return {}
    return {
        "gated": True,
        "gate_threshold": gate.threshold,
        "gate_sensitivity": gate.sensitivity,
        "gate_specificity": gate.specificity,
        "gate_effort": gate.effort,
    }


def _pool(team: Team) -> Fields:
    rules = team.pool
    if rules is None:
        return {}
    return {
        "pool": True,
        "pick": int(rules.pick),
        "holding_limit": rules.holding_limit or NO_LIMIT,
        "claims_per_day": rules.claims_per_day or NO_LIMIT,
        "cool_down": rules.cool_down,
    }
