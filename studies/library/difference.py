"""Two runs side by side: what was asked differently, and what came out differently.

Where both looked at the same days under the same luck, their runs are twins and their differences are paired; else
the runs are strangers to each other, and the interval is Welch's for two samples of unequal spread.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from scenarios.compare import compare
from scenarios.pairing import strangers_interval
from sim.errors import DataError
from sim.kpis import HEADLINES
from studies.look import SCATTERED
from studies.store import Run

_LUCK = ("as_of", "days", "replications", "warm_up")


@dataclass(frozen=True)
class Difference:
    """How a run differs from an earlier one.

    Attributes
    ----------
    asked
        What was asked differently: ``what``, ``first``, ``second``, as texts.
    figures
        ``scenario``, ``kpi``, ``first``, ``second`` (means), ``difference`` (second − first), ``low``, ``high`` (95 %).
    paired
        Whether the runs met the same luck.
    """

    asked: pd.DataFrame
    figures: pd.DataFrame
    paired: bool


def difference(first: Run, second: Run) -> Difference:
    """Compare two runs of plans, scenario by scenario of the same name.

    Raises
    ------
    DataError
        If one of them holds no simulated runs, or they have no scenario in common.
    """
    tables = [_kpis(run) for run in (first, second)]
    shared = [name for name in dict.fromkeys(tables[0]["scenario"]) if name in set(tables[1]["scenario"])]
    if not shared:
        raise DataError(f"{first.name} and {second.name} have no scenario in common; compare runs of the same plans")
    paired = first.manifest.seed == second.manifest.seed and all(
        first.manifest.settings.get(name) == second.manifest.settings.get(name) for name in _LUCK
    )
    rows = [
        row for name in shared for row in _rows(name, [table[table["scenario"] == name] for table in tables], paired)
    ]
    return Difference(
        pd.DataFrame(_asked(first, second), columns=["what", "first", "second"]), pd.DataFrame(rows), paired
    )


def _kpis(run: Run) -> pd.DataFrame:
    if SCATTERED not in run.tables:
        raise DataError(f"{run.name}: holds no simulated runs, so nothing to compare; take one of compare or simulate")
    return run.table(SCATTERED)


def _rows(scenario: str, tables: list[pd.DataFrame], paired: bool) -> Iterator[Mapping[str, object]]:  # noqa: FBT001
    first, second = tables
    both = pd.concat([first.assign(scenario="first"), second.assign(scenario="second")])
    for kpi in HEADLINES:
        if kpi not in first or kpi not in second:
            continue
        found = _paired(both, kpi) if paired else _welch(first[kpi], second[kpi])
        yield {"scenario": scenario, "kpi": kpi, "first": first[kpi].mean(), "second": second[kpi].mean(), **found}


def _paired(both: pd.DataFrame, kpi: str) -> dict[str, float]:
    row = compare(both, kpi, "first").table.to_dict("index")["second"]
    return {name: float(row[name]) for name in ("difference", "low", "high")}


def _welch(first: "pd.Series[float]", second: "pd.Series[float]") -> dict[str, float]:
    ours, theirs = (np.asarray(each.dropna(), np.float64) for each in (first, second))
    found = strangers_interval(ours, theirs, 0.95)
    return {"difference": found.value, "low": found.low, "high": found.high}


def _asked(first: Run, second: Run) -> Iterator[tuple[str, str, str]]:
    before, after = dict(_flat(first)), dict(_flat(second))
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield name, before.get(name, "–"), after.get(name, "–")


def _flat(run: Run) -> Iterator[tuple[str, str]]:
    said = run.manifest
    yield from (("verb", said.verb), ("seed", str(said.seed)), ("funnel", said.fingerprint[:12]))
    for name, value in said.settings.items():
        if isinstance(value, Mapping):
            yield from ((f"{name} of {key}", str(each)[:60]) for key, each in value.items())
        else:
            yield name, str(value)
    yield from ((f"version of {name}", text) for name, text in said.versions.items())
