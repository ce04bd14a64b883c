"""Positions laid out for the event loop: who holds one from when until when, and what the holder has learned."""

from sim.engine.compiled.records import NONE
from sim.engine.compiled.tables import Fields, Tables
from sim.engine.staff import Staff
from sim.operation import Team
from sim.streams import name_key
from sim.workforce import Rep


def employment(tables: Tables, staff: Staff, team: Team, rep: Rep) -> Fields:
    """Return the fields of a rep's record that `sim.engine.staffing.Position` holds."""
    attrition = None if rep.manager else team.attrition
    gains = staff.gains(rep)
    numbers = [number for gain in gains for number in (gain.stage, gain.since, gain.log_odds, gain.half_life)]
    return {
        "name": name_key(rep.name),
        "joins": staff.joins_at(rep),
        "ends": staff.leaves_at(rep),
        "hired": staff.hired_at(rep),
        "per_year": attrition.per_year if attrition else 0.0,
        "backfill": tables.add_dist(attrition.backfill) if attrition and attrition.backfill else NONE,
        "gains": tables.add_numbers(numbers),
        "n_gains": len(gains),
    }
