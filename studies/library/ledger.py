"""The decision ledger: what was decided, what it was predicted to bring, and what came.

A decision is a file of its own below ``ledger/`` in the folder of all runs, so two people may decide at once. It takes
down the prediction as it stood, quantile by quantile; when the CRM is read again after the period is over, what
happened is put beside it. Over many decisions the shares of figures inside their intervals show how far the predictions
may be trusted (Gneiting, Balabdaoui, Raftery 2007, "Probabilistic forecasts, calibration and sharpness").
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from sim.errors import DataError, SpecError, UnknownNameError
from sim.eventlog import EventLog
from sim.kpis import summary
from studies.hindcast import HEADLINES
from studies.look import SCATTERED
from studies.store import Run
from studies.whole_file import write_whole

FOLDER = "ledger"
LEVELS = tuple(level / 20 for level in range(1, 20))
"""The probabilities whose quantiles a prediction keeps."""

INTERVALS = {"50 %": (0.25, 0.75), "80 %": (0.10, 0.90), "90 %": (0.05, 0.95)}
"""The central intervals that predictions are judged by."""


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision.

    Attributes
    ----------
    decided
        When, in UTC.
    run, scenario
        The run folder's name and the plan in it that was decided for.
    why, who
        In words.
    start, days
        The period that the prediction is for.
    predicted
        Figure → its quantiles at `LEVELS`.
    happened
        Figure → what came; empty as long as the period isn't over, or nobody looked.
    """

    decided: AwareDatetime
    run: str
    scenario: str
    why: str = ""
    who: str = ""
    start: AwareDatetime
    days: float
    predicted: Mapping[str, tuple[float, ...]]
    happened: Mapping[str, float] = field(default_factory=dict)

    @property
    def end(self) -> datetime:
        """When the period is over."""
        return self.start + timedelta(days=self.days)

    @property
    def name(self) -> str:
        """The name of its file: the day, and a short hash of what was decided."""
        told = f"{self.decided.isoformat()} {self.run} {self.scenario} {self.why} {self.who}"
        return f"{self.decided:%Y-%m-%d}-{sha256(told.encode()).hexdigest()[:8]}"


def decide(run: Run, scenario: str, *, root: Path, why: str = "", who: str = "") -> Decision:
    """Take down a decision for a plan of a run, with what it is predicted to bring.

    Raises
    ------
    DataError
        If the run predicts nothing, or doesn't say for when.
    UnknownNameError
        If it has no such plan.
    """
    if SCATTERED not in run.tables:
        raise DataError(f"{run.name}: holds no simulated runs, so it predicts nothing; decide on one of compare")
    kpis = run.table(SCATTERED)
    mine = kpis[kpis["scenario"] == scenario]
    if mine.empty:
        raise UnknownNameError("plan", scenario, dict.fromkeys(kpis["scenario"]), f"run {run.name}")
    start, days = _period(run)
    decision = Decision(
        decided=datetime.now(UTC).replace(microsecond=0),
        run=run.name, scenario=scenario, why=why, who=who, start=start, days=days,
        predicted={kpi: _quantiles(mine[kpi]) for kpi in HEADLINES if kpi in mine and mine[kpi].notna().any()},
    )  # fmt: skip
    _keep(decision, root)
    return decision


def decisions(root: Path) -> tuple[Decision, ...]:
    """Return the decisions, the earliest first.

    Raises
    ------
    DataError
        If one can't be understood.
    """
    found = [_read(path) for path in sorted((root / FOLDER).glob("*.json"))]
    return tuple(sorted(found, key=lambda decision: (decision.decided, decision.name)))


def review(log: EventLog, root: Path) -> tuple[Decision, ...]:
    """Put what happened beside every decision whose period the log covers; return those decisions.

    A decision that was reviewed before is reviewed again: a later export may know better.
    """
    covered = [decision for decision in decisions(root) if _covers(log, decision)]
    reviewed = tuple(replace(decision, happened=_happened(log, decision)) for decision in covered)
    for decision in reviewed:
        _keep(decision, root)
    return reviewed


def outcomes(reviewed: tuple[Decision, ...]) -> pd.DataFrame:
    """Lay predictions and outcomes side by side.

    Returns
    -------
    pandas.DataFrame
        One row a decision and figure that happened: ``decided``, ``run``, ``scenario``, ``kpi``, ``p10``, ``p50``,
        ``p90``, ``happened``, ``rank`` (the share of predicted futures below what happened).
    """
    rows = [
        _outcome(decision, kpi, actual)
        for decision in reviewed
        for kpi, actual in decision.happened.items()
        if kpi in decision.predicted
    ]
    columns = ("decided", "run", "scenario", "kpi", "p10", "p50", "p90", "happened", "rank")
    return pd.DataFrame(rows, columns=columns)


def calibration(reviewed: tuple[Decision, ...]) -> pd.DataFrame:
    """Return how often each interval held, decision by decision and so far.

    Returns
    -------
    pandas.DataFrame
        One row a date of decision and interval: ``decided``, ``interval``, ``promised``, ``figures`` (judged up to that
        decision), ``held`` (their share inside). Figures of one decision aren't independent of each other.
    """
    found = outcomes(reviewed)
    rows = []
    for decided in sorted(set(found["decided"])):
        so_far = found[found["decided"] <= decided]
        for interval, (low, high) in INTERVALS.items():
            held = float(so_far["rank"].between(low, high).mean())
            rows.append((decided, interval, high - low, len(so_far), held))
    return pd.DataFrame(rows, columns=["decided", "interval", "promised", "figures", "held"])


def _period(run: Run) -> tuple[datetime, float]:
    settings = run.manifest.settings
    start, days, warm_up = (settings.get(name) for name in ("as_of", "days", "warm_up"))
    if not isinstance(start, str) or not isinstance(days, int | float):
        raise DataError(f"{run.name}: its manifest doesn't say for which days it predicts; make it again")
    if warm_up:
        raise SpecError(f"{run.name}: its figures leave {warm_up:g} days of warm-up out; decide on a run without")
    return datetime.fromisoformat(start), float(days)


def _quantiles(values: "pd.Series[float]") -> tuple[float, ...]:
    return tuple(float(each) for each in np.quantile(values.dropna().to_numpy(np.float64), LEVELS))


def _covers(log: EventLog, decision: Decision) -> bool:
    start, end = (log.origin + timedelta(days=limit) for limit in log.window)
    return start <= decision.start and decision.end <= end


def _happened(log: EventLog, decision: Decision) -> dict[str, float]:
    start = (decision.start - log.origin) / timedelta(days=1)
    actual = summary(log, (start, start + decision.days))
    return {kpi: float(actual[kpi]) for kpi in decision.predicted if not np.isnan(actual[kpi])}


def _outcome(decision: Decision, kpi: str, actual: float) -> tuple[object, ...]:
    quantiles = np.array(decision.predicted[kpi])
    shown = tuple(float(np.interp(level, LEVELS, quantiles)) for level in (0.1, 0.5, 0.9))
    # Ties, as in figures that are whole numbers or always 0, count half; beyond the outer quantiles it is 0 or 1.
    rank = (np.mean(quantiles < actual) + np.mean(quantiles <= actual)) / 2
    return (decision.decided, decision.run, decision.scenario, kpi, *shown, actual, float(rank))


def _keep(decision: Decision, root: Path) -> None:
    text = json.dumps(asdict(decision), ensure_ascii=False, indent=2, default=str)
    write_whole(root / FOLDER / f"{decision.name}.json", text + "\n")


def _read(path: Path) -> Decision:
    try:
        return TypeAdapter(Decision).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        why = error.errors()[0]["msg"].lower() if isinstance(error, ValidationError) else str(error)
        raise DataError(f"{path}: no decision can be read from it ({why}); restore the file, or remove it") from None
