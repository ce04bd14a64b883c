"""A company small enough to be simulated in a blink, as files on disk."""

from datetime import UTC, datetime
from pathlib import Path

from forecast.crm.writing import as_stage_history
from sim.opening import Opening
from sim.simulate import simulate
from studies.config import parse_spec

FUNNEL = """\
market:
  channels:
  - {name: web, rate_per_day: 6, regions: {north: 0.5, south: 0.5}}
  - {name: partner, rate_per_day: 2, regions: {north: 1}}
  stages:
  - name: qualify
    advance: 0.4
    effort: {lognormal: {median: 40 min, sigma: 0.5}}
    latency: {exponential: 1 d}
    speed_slope: 0.1
    causes: {no response: 0.7, bad fit: 0.3}
  - name: proposal
    advance: 0.5
    effort: 2 h
    latency: {lognormal: {median: 4 d, sigma: 0.8}}
    causes: {price: 1}
  amounts: {any: {any: {lognormal: {median: 10000, sigma: 1}}}}
operation:
  teams:
  - {name: sales, stages: [qualify, proposal], routing: round-robin}
  reps:
  - {name: Ann, team: sales, calendar: office}
  - {name: Bo, team: sales, calendar: office, speed: 0.8}
  - {name: Cy, team: sales, calendar: office}
  calendars:
    office: {hours: {mon-fri: 09:00-17:00}, time_zone: Europe/Berlin}
"""

OWN_POLICY = """\
def choose_rep(lead, now, load, reps, state):
    return int(load.argmin())


def fails(lead, now, load, reps, state):
    return 1 // 0
"""


def write_company(folder: Path) -> None:
    """Write ``funnel.yaml``, ``own.py`` and the company's history as ``history.csv``."""
    (folder / "funnel.yaml").write_text(FUNNEL, "utf-8")
    (folder / "own.py").write_text(OWN_POLICY, "utf-8")
    log = simulate(parse_spec(FUNNEL), Opening(datetime(2025, 1, 1, tzinfo=UTC)), days=150, seed=5)
    as_stage_history(log).to_csv(folder / "history.csv", index=False)
