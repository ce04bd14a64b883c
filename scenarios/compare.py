"""Comparing plans by one figure: what each changes against the baseline, which can be the best, and how sure that is.

Of twenty plans that change nothing, one will on average look different at 95 % if each is looked at by itself. So
verdicts rest on intervals that hold together: in 95 % of all comparisons no plan without an effect is called better or
worse. What each interval says by itself stands beside it.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from scenarios.best import Best, against_best, together
from scenarios.experiment import Experiment
from scenarios.pairing import (
    Floats,
    Interval,
    Whole,
    ignorance_sd,
    luck_half_width,
    luck_sd,
    mean_interval,
    ratio_interval,
)
from sim.errors import UnknownNameError, require
from sim.kpis import HEADLINES
from sim.kpis.summary import DAYS, SHARE

HIGHER_IS_BETTER: Mapping[str, bool] = MappingProxyType(
    {
        "bookings": True,
        "wins": True,
        "average_deal": True,
        "win_rate_closed": True,
        "conversion_cohort": True,
        "sales_cycle_median": False,
        "sales_cycle_mean": False,
        "first_touch_median": False,
        "first_touch_p90": False,
        "first_touch_within_day": True,
        "never_touched": False,
        "breaches": False,
        "reminders": False,
        "escalations": False,
        "recaptures": False,
        "ping_pong": False,
        "unassigned": False,
    }
)
"""Figure → whether more of it is better. The others, such as leads, are neither good nor bad by themselves."""


class Verdict(StrEnum):
    """What a comparison says in a word or two."""

    BASELINE = "baseline"
    SAME = "no difference in any run"
    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    UNCLEAR = "too close to call"
    TOO_FEW = "too few runs to tell"


@dataclass(frozen=True)
class Comparison:
    """Plans against the baseline by one figure.

    Attributes
    ----------
    kpi, baseline, confidence
        Name of the figure; name of the scenario compared with; confidence of the intervals.
    table
        Indexed by ``scenario``, in the order of the results; money, shares and days in the figure's own unit:

        - ``pairs``: runs with a twin under the baseline in which both know the figure (an average deal needs a win);
        - ``mean``, ``sd``: of the figure over all runs, luck and ignorance together;
        - ``difference``, ``low``, ``high``: mean paired difference to the baseline with its interval by itself
          (`scenarios.pairing.mean_interval`);
        - ``low_all``, ``high_all``: limits that hold for all plans together (Bonferroni, valid however the plans share
          their luck);
        - ``relative``, ``relative_low``, ``relative_high``: the same as a share of the baseline's mean
          (`scenarios.pairing.ratio_interval`), by itself;
        - ``better``, ``worse``: share of pairs in which the plan does better, or worse, than the baseline under the
          same luck; the rest are ties. For a figure that isn't in `HIGHER_IS_BETTER`, better reads higher;
        - ``ahead``, ``ahead_low``, ``ahead_high``, ``possible``: the plan against the best of the others, with limits
          that hold together, and whether it can still be the best (`scenarios.best.Best`), over the runs that know the
          figure under every plan; NaN, and True, for a single plan and for a figure that isn't in `HIGHER_IS_BETTER`;
        - ``luck_sd``, ``ignorance_sd``: of a paired difference between replications of one draw, and of its
          expectation between draws (NaN where the runs can't tell);
        - ``independent_sd``: standard deviation that the difference between replications would have without pairing,
          from runs that share no luck: √(variance of one + variance of the other);
        - ``efficiency``: how many times as many replications would be needed without pairing: (independent_sd /
          luck_sd)²;
        - ``verdict``: a `Verdict`, by the limits that hold together.
    """

    kpi: str
    baseline: str
    confidence: float
    table: pd.DataFrame

    def sentences(self) -> tuple[str, ...]:
        """Say in one plain sentence a scenario what came out, the baseline first, and last what the intervals mean."""
        rows = self.table.to_dict("index")
        base = rows[self.baseline]
        first = f"{self.baseline}: {self.kpi} {_amount(base['mean'], self.kpi)} on average over {base['pairs']} runs."
        others = (self._sentence(str(name), row) for name, row in rows.items() if name != self.baseline)
        last = f"All these intervals hold together with {self.confidence:.0%} confidence."
        return (first, *others, last)

    @property
    def candidates(self) -> tuple[str, ...]:
        """Names of the plans that can still be the best, the baseline among them."""
        return tuple(str(name) for name in self.table.index[self.table["possible"]])

    def _sentence(self, name: str, row: Mapping[Hashable, Any]) -> str:
        if row["verdict"] in {Verdict.SAME, Verdict.TOO_FEW}:
            return f"{name}: {row['verdict']} ({row['pairs']} pairs)."
        low, high = (_amount(row[limit], self.kpi, sign=True) for limit in ("low_all", "high_all"))
        by = f"{_amount(row['difference'], self.kpi, sign=True)} ({row['relative']:+.1%})"
        share = f"ahead in {row['better']:.0%} of {row['pairs']} pairs"
        return f"{name}: {row['verdict']}; {self.kpi} {by}, between {low} and {high}; {share}."


def compare(kpis: pd.DataFrame, kpi: str, baseline: str | None = None, *, confidence: float = 0.95) -> Comparison:
    """Compare every scenario with the baseline by one figure.

    Parameters
    ----------
    kpis
        One row a run under a plan: ``scenario``, ``draw``, ``replication`` and the figures
        (`scenarios.run.Results.kpis`).
    kpi
        Column to compare by.
    baseline
        Name of the scenario to compare with; the first one by default.
    confidence
        Of each interval by itself, and of those that hold together.

    Raises
    ------
    UnknownNameError
        If there is no such figure or scenario.
    """
    names = list(dict.fromkeys(kpis["scenario"]))
    baseline = names[0] if baseline is None else baseline
    if baseline not in names:
        raise UnknownNameError("scenario", baseline, names, "this experiment")
    require(0 < confidence < 1, f"compare: confidence must be in (0, 1), got {confidence:g}")
    runs = _side_by_side(kpis, kpi)[names]
    sure = (confidence, together(confidence, len(names) - 1))
    rows = [_row(kpi, runs[baseline], runs[name], sure, is_baseline=name == baseline) for name in names]
    best = _best(kpi, runs, confidence)
    table = pd.DataFrame(rows, index=pd.Index(names, name="scenario"))
    return Comparison(kpi, baseline, confidence, table.assign(**best))


def is_precise(experiment: Experiment, kpis: pd.DataFrame) -> bool:
    """Whether luck blurs each difference by no more than the experiment's precision allows; True if it asks for none.

    With the baseline alone its own mean is what must be precise.
    """
    asked = experiment.precision
    if asked is None:
        return True
    runs = _side_by_side(kpis, asked.kpi)
    base = runs[experiment.baseline]
    allowed = asked.half_width(float(base.mean()))
    others = (_twins(base, runs[scenario.name]) for scenario in experiment.scenarios[1:])
    samples = [(theirs - ours, draw) for ours, theirs, draw in others]
    if not samples:
        ours, _, draw = _twins(base, base)
        samples = [(ours, draw)]
    return all(luck_half_width(values, draw, asked.confidence) <= allowed for values, draw in samples)


def _side_by_side(kpis: pd.DataFrame, kpi: str) -> pd.DataFrame:
    """Return a figure with one row a draw and replication and one column a scenario; NaN where there is no run."""
    if kpi not in kpis.columns:
        known = [name for name in HEADLINES if name in kpis.columns]
        raise UnknownNameError("figure", kpi, known, "this experiment")
    keys = ["scenario", "draw", "replication"]
    return kpis.set_index(keys)[kpi].astype(np.float64).unstack("scenario")  # noqa: PD010 - nothing to be averaged


def _best(kpi: str, runs: pd.DataFrame, confidence: float) -> dict[str, Floats | npt.NDArray[np.bool_]]:
    many = runs.shape[1]
    if kpi not in HIGHER_IS_BETTER or many < 2:
        unknown = np.full(many, np.nan)
        found = Best(unknown, unknown, unknown, np.ones(many, np.bool_))
    else:
        shared = runs.dropna()
        found = against_best(shared.to_numpy(), _draws(shared), confidence, larger=HIGHER_IS_BETTER[kpi])
    return {"ahead": found.ahead, "ahead_low": found.low, "ahead_high": found.high, "possible": found.possible}


def _draws(runs: "pd.DataFrame | pd.Series[float]") -> Whole:
    return runs.index.get_level_values("draw").to_numpy(np.int64)


def _twins(base: "pd.Series[float]", other: "pd.Series[float]") -> tuple[Floats, Floats, Whole]:
    """Return the figure under the baseline and under the plan, and the draw, of the runs that know both."""
    ours, theirs = (np.asarray(runs.to_numpy(), np.float64) for runs in (base, other))
    both = ~np.isnan(ours) & ~np.isnan(theirs)
    return ours[both], theirs[both], _draws(base)[both]


def _row(
    kpi: str, base: "pd.Series[float]", other: "pd.Series[float]", sure: tuple[float, float], *, is_baseline: bool
) -> dict[str, float | str]:
    ours, theirs, draw = _twins(base, other)
    gain = theirs - ours
    better = gain if HIGHER_IS_BETTER.get(kpi, True) else -gain
    interval, joint = (mean_interval(gain, draw, confidence) for confidence in sure)
    ratio = ratio_interval(ours, theirs, draw, sure[0])
    paired, alone = luck_sd(gain, draw), float(np.hypot(luck_sd(ours, draw), luck_sd(theirs, draw)))
    return {
        "pairs": len(gain),
        "mean": float(other.mean()),
        "sd": float(other.std()),
        "difference": interval.value,
        "low": interval.low,
        "high": interval.high,
        "low_all": joint.low,
        "high_all": joint.high,
        "relative": ratio.value,
        "relative_low": ratio.low,
        "relative_high": ratio.high,
        "better": float((better > 0).mean()) if len(gain) else np.nan,
        "worse": float((better < 0).mean()) if len(gain) else np.nan,
        "luck_sd": paired,
        "ignorance_sd": ignorance_sd(gain, draw),
        "independent_sd": alone,
        "efficiency": (alone / paired) ** 2 if paired > 0 else np.nan,
        "verdict": Verdict.BASELINE if is_baseline else _verdict(kpi, gain, joint),
    }


def _verdict(kpi: str, gain: Floats, interval: Interval) -> Verdict:
    if np.isnan(interval.low):
        return Verdict.TOO_FEW
    if not gain.any():
        return Verdict.SAME
    if interval.low <= 0 <= interval.high:
        return Verdict.UNCLEAR
    higher = interval.low > 0
    if kpi not in HIGHER_IS_BETTER:
        return Verdict.HIGHER if higher else Verdict.LOWER
    return Verdict.BETTER if higher is HIGHER_IS_BETTER[kpi] else Verdict.WORSE


def _amount(value: float, kpi: str, *, sign: bool = False) -> str:
    """Write a figure with three significant digits and its unit; shares in percent, their differences in points."""
    unit = HEADLINES.get(kpi)
    shown = 100 * value if unit == SHARE else value
    places = max(0, 2 - int(f"{shown:.2e}".partition("e")[2])) if np.isfinite(shown) else 0
    number = f"{shown:{'+' if sign else ''},.{places}f}"
    if unit == SHARE:
        return f"{number} points" if sign else f"{number} %"
    return f"{number} days" if unit == DAYS else number
