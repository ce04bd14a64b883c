"""Where the deals of the opening stand at the start, so far as luck has no say."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.engine.compiled.layout import Layout
from sim.engine.compiled.records import DEAL, NONE
from sim.opening import OpenDeal, Opening
from sim.workforce import is_absent


@dataclass(frozen=True, slots=True)
class Standing:
    """The deals as records, without what has to be drawn, and each rep's number of deals: shapes (deals,), (reps,)."""

    deals: npt.NDArray[np.void]
    loads: npt.NDArray[np.int64]

    @classmethod
    def of(cls, layout: Layout, opening: Opening, odds: npt.NDArray[np.float64]) -> "Standing":
        """Put the deals where they stand; ``odds`` is what being open tells of each: shape (deals,)."""
        deals = np.zeros(len(opening.deals), DEAL)
        deals["row"] = np.arange(len(deals))
        deals["visits"] = 1
        deals["odds"] = odds
        for name in ("owner", "rep", "line", "job", "marks"):
            deals[name] = NONE
        for record, deal in zip(deals, opening.deals, strict=True):
            _place(layout, record, deal)
        held = deals["owner"][deals["owner"] != NONE]
        return cls(deals, np.bincount(held, minlength=len(layout.reps)))


def _place(layout: Layout, record: Any, deal: OpenDeal) -> None:
    place = layout.spec.stage_names.index(deal.stage)
    record["stage"], record["entered"] = place, -deal.stage_age
    record["touches"], record["last_touch"] = deal.touches, -deal.last_touch_age
    team = int(layout.columns["stages"]["team"][place])
    if deal.owner in layout.states[team].names:
        first = int(layout.columns["teams"]["first"][team])
        owner = first + layout.states[team].names.index(str(deal.owner))
        rep = layout.columns["reps"][owner]
        if not is_absent(0.0, rep["joins"], rep["ends"]):
            record["owner"] = owner
