"""What changed since the last forecast: which deals came, moved, slipped, were won or lost, or changed their amount."""

from collections.abc import Mapping

import pandas as pd

from sim.kpis.summary import MONEY
from studies.grid import Grid
from studies.wording import quantity

_SAME = 1e-6
KINDS = ("new", "moved", "amount changed", "slipped", "likelier", "won", "lost", "gone")
"""In this order the first that fits a deal names its change."""


def changes(before: pd.DataFrame, now: pd.DataFrame, closed: Mapping[str, str]) -> pd.DataFrame:
    """Compare the open deals of two forecasts.

    Parameters
    ----------
    before, now
        `forecast.outlook.Outlook.deals`.
    closed
        Label → ``won`` or ``lost``, for the deals that are closed now.

    Returns
    -------
    pandas.DataFrame
        One row a deal whose expectation changed: ``label``, ``change`` (`KINDS`), ``before``, ``now`` (expected
        bookings in the period that ran at each forecast) and ``difference``.
    """
    old, new = before.set_index("label").add_suffix("_before"), now.set_index("label").add_suffix("_now")
    both = old.join(new, how="outer")
    expected = both[["expected_before", "expected_now"]].fillna(0.0)
    kinds = [_kind(row, closed.get(str(label), "")) for label, row in both.iterrows()]
    table = pd.DataFrame(
        {
            "label": both.index.astype(str),
            "change": kinds,
            "before": expected["expected_before"].to_numpy(),
            "now": expected["expected_now"].to_numpy(),
        }
    )
    table["difference"] = table["now"] - table["before"]
    return table[table["difference"].abs() > _SAME].reset_index(drop=True)


def changes_grid(table: pd.DataFrame) -> Grid:
    """Add the changes up by kind."""
    rows = []
    for kind in KINDS:
        its = table[table["change"] == kind]
        if len(its):
            sums = (float(its[name].sum()) for name in ("before", "now", "difference"))
            rows.append((kind, f"{len(its):,}", *(quantity(value, MONEY, sign=k == 2) for k, value in enumerate(sums))))
    note = "Expected bookings in the running period from deals that are or were open; a won deal is booked instead."
    return Grid.of(
        "What changed since the last forecast", ("change", "deals", "before", "now", "difference"), rows, note
    )


def _kind(row: pd.Series, end: str) -> str:
    if pd.isna(row["stage_before"]):
        return "new"
    if pd.isna(row["stage_now"]):
        return end or "gone"
    if row["stage_before"] != row["stage_now"]:
        return "moved"
    if abs(row["amount_before"] - row["amount_now"]) > _SAME:
        return "amount changed"
    return "slipped" if row["expected_now"] < row["expected_before"] else "likelier"
