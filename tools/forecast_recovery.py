"""Recovery through the whole path: known funnels → simulated CRM exports → counts → posterior, against the truth.

    python tools/forecast_recovery.py 20 docs/forecast-recovery.csv

Each funnel has chances, times, rates and amounts of its own. What is looked at: the chance that a deal leaves each
stage forwards, leads a day by channel, and the median and spread of amounts. 90 % intervals should hold 90 % of them.
They are fitted twice: with priors that know that nothing changes from quarter to quarter, as nothing does here, and
with the priors that ship, which expect that something might.
"""

import os
import sys

for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

from dataclasses import replace  # noqa: E402 - threads are set before NumPy is loaded
from datetime import UTC, datetime, timedelta  # noqa: E402
from pathlib import Path  # noqa: E402
from tempfile import TemporaryDirectory  # noqa: E402

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from scipy.special import expit  # noqa: E402

from forecast.crm import load_mapping, read  # noqa: E402
from forecast.crm.writing import as_stage_history  # noqa: E402
from forecast.fit import fit  # noqa: E402
from forecast.grouped import Grouped, group  # noqa: E402
from forecast.models.transitions import KINDS  # noqa: E402
from forecast.posterior import Posterior  # noqa: E402
from forecast.priors import Priors, evidence  # noqa: E402
from sim.opening import Opening  # noqa: E402
from sim.simulate import simulate  # noqa: E402
from studies.config import parse_spec  # noqa: E402

_NO_CHANGE = 1e-3
START, DAYS = datetime(2025, 1, 6, tzinfo=UTC), 210.0
FUNNEL = """
market:
  channels:
  - {{name: web, rate_per_day: {web:.4f}, dispersion: {dispersion:.4f}}}
  - {{name: partner, rate_per_day: {partner:.4f}, dispersion: {dispersion:.4f}}}
  stages:
  - {{name: qualify, advance: {first:.4f}, latency: {{weibull: {{shape: {shape:.3f}, scale: {quick:.3f} d}}}}}}
  - {{name: proposal, advance: {second:.4f}, latency: {{weibull: {{shape: {shape:.3f}, scale: {slow:.3f} d}}}}}}
  amounts: {{any: {{any: {{lognormal: {{median: {median:.2f}, sigma: {sigma:.4f}}}}}}}}}
operation:
  teams:
  - {{name: system, stages: [qualify, proposal], routing: round-robin}}
  reps:
  - {{name: robot, team: system, calendar: always}}
  calendars:
    always: {{hours: {{mon-sun: 00:00-24:00}}, time_zone: UTC}}
"""


def truth(rng: np.random.Generator) -> dict[str, float]:
    """Draw a funnel's numbers."""
    return {
        "web": rng.uniform(2, 6),
        "partner": rng.uniform(1, 3),
        "first": rng.uniform(0.25, 0.7),
        "second": rng.uniform(0.2, 0.6),
        "quick": rng.uniform(2, 10),
        "slow": rng.uniform(5, 20),
        "median": rng.uniform(2000, 50_000),
        "sigma": rng.uniform(0.4, 1.2),
        "shape": rng.uniform(0.6, 1.8),
        "dispersion": abs(rng.normal(0, 0.3)),
    }


def steady() -> Priors:
    """Return the evidence for funnels whose chances and rates don't change, as those here don't."""
    known = evidence().by_name
    changing = ("shock_spread", "drift_spread", "position_spread")
    still = {name: replace(known[name], spread=_NO_CHANGE) for name in changing}
    return Priors({**known, **still})


def history_of(numbers: dict[str, float], seed: int, priors: Priors) -> tuple[Grouped, Posterior]:
    """Simulate a funnel, write what a CRM would export, read it back, count and fit."""
    log = simulate(parse_spec(FUNNEL.format(**numbers)), Opening(START), days=DAYS, seed=seed)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "history.csv"
        as_stage_history(log).to_csv(path, index=False)
        as_of = START + timedelta(days=DAYS)
        history = read(load_mapping("generic-stage-history"), [path], as_of)
        grouped = group(history.log, as_of, effects=("channel",))
    return grouped, fit(grouped, priors=priors, draws=1000, seed=seed)


def forwards(grouped: Grouped, posterior: Posterior, stage: int) -> np.ndarray:
    """Return the chance that a deal of the web which enters a stage leaves it forwards, by draw.

    A level alone is that of the mean channel, among which is one that no deal has: it is less sure than any deal's.
    """
    web = posterior.names("channel").index("web")
    its = {kind: posterior[f"{kind}_channel"][:, stage, web, None] for kind in KINDS}
    steps = np.arange(grouped.grid.edges[-1] + 200)
    bucket = grouped.grid.bucket(steps)
    leave, on = (
        expit(posterior[f"{kind}_level"][:, stage, None] + posterior[f"{kind}_age"][:, stage] + its[kind])[:, bucket]
        for kind in KINDS
    )
    stays = np.cumprod(1 - leave, axis=1) / (1 - leave)
    return (stays * leave * on).sum(axis=1) / (stays * leave).sum(axis=1)


def believed(grouped: Grouped, posterior: Posterior) -> dict[str, np.ndarray]:
    """Return draws of what is known to be true."""
    known = int(np.argmax(grouped.worth.n))
    stages, channels = grouped.stages, posterior.names("channel")
    found = {
        "first": forwards(grouped, posterior, stages.index("qualify")),
        "second": forwards(grouped, posterior, stages.index("proposal")),
        "median": np.exp(posterior["amount_mean"][:, known]),
        "sigma": posterior["amount_spread"][:, known],
    }
    for name in ("web", "partner"):
        rate = posterior["arrival_now"] + posterior["arrival_channel"][:, channels.index(name)]
        found[name] = np.exp(rate) / 7
    return found


def main() -> None:
    """Run it, store the table and print the coverage."""
    n, place, rows = int(sys.argv[1]), Path(sys.argv[2]), []
    for seed in range(n):
        numbers = truth(np.random.default_rng([7, seed]))
        for belief, priors in {"nothing changes": steady(), "as shipped": evidence()}.items():
            for name, draws in believed(*history_of(numbers, seed, priors)).items():
                low, high = np.quantile(draws, [0.05, 0.95])
                about = {"priors": belief, "funnel": seed, "what": name, "true": numbers[name]}
                rows.append({**about, "low": low, "high": high, "inside": bool(low <= numbers[name] <= high)})
    table = pd.DataFrame(rows)
    table.round(4).to_csv(place, index=False)
    print(table.groupby(["priors", "what"], sort=False)["inside"].agg(["sum", "size"]))
    print(table.groupby("priors", sort=False)["inside"].agg(["sum", "size", "mean"]))


if __name__ == "__main__":
    main()
