"""Worth: list amounts by segment and product, and what is left of the list amount when a deal is won."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from forecast.grouped.grid import Ints
from forecast.grouped.labels import Labels
from sim.eventlog import EventLog, Floats, Kind

_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Worth:
    """Sufficient statistics of amounts.

    Attributes
    ----------
    cells
        Names of the combinations of segment and product.
    n, total, square
        Deals of each cell whose amount is known, Σ log amount and Σ log² amount, shape (cells,).
    largest
        Log of the largest amount known.
    without, known
        Deals won for nothing, and deals won for an amount that is known.
    same, changed
        Deals won at their list amount, and at another one.
    change_total, change_square
        Σ log(won / list) and Σ log² over the changed ones.
    """

    cells: tuple[str, ...]
    n: Floats
    total: Floats
    square: Floats
    largest: float
    without: int
    known: int
    same: int
    changed: int
    change_total: float
    change_square: float


def worth(log: EventLog, labels: Mapping[str, Labels], leads: Ints) -> tuple[Worth, Ints]:
    """Return the statistics of the deals in ``leads`` (rows of the lead table), and every lead's cell."""
    won = log.of_kind(Kind.WON)
    lead, paid = log.events["lead"][won].astype(np.int64), log.events["amount"][won].astype(np.float64)
    listed = log.leads["amount"].astype(np.float64)
    amount = listed.copy()
    missing = ~(amount[lead] > 0) & (paid > 0)
    amount[lead[missing]] = paid[missing]
    segment, product = labels["segment"], labels["product"]
    cell = segment.codes * len(product.levels) + product.codes
    names = tuple(f"{s} / {p}" for s in segment.levels for p in product.levels)
    chosen = leads[amount[leads] > 0]
    logs = np.log(amount[chosen])
    n, total, square = (np.bincount(cell[chosen], weight, len(names)) for weight in (np.ones(len(logs)), logs, logs**2))
    both = (paid > 0) & (listed[lead] > 0)
    change = np.log(paid[both]) - np.log(listed[lead[both]])
    moved = change[np.abs(change) > _SAME]
    known = ~np.isnan(paid)
    found = Worth(
        names,
        n,
        total,
        square,
        largest=float(logs.max(initial=-np.inf)),
        without=int((known & (paid <= 0)).sum()),
        known=int(known.sum()),
        same=len(change) - len(moved),
        changed=len(moved),
        change_total=float(moved.sum()),
        change_square=float((moved**2).sum()),
    )
    return found, cell
