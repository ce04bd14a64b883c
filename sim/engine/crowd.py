"""The crowd: everybody whom a market brings into a funnel, the deals of the opening and the leads to come.

Who comes is luck and the market's doing alone. Plans that leave the market as it is meet the same crowd, so it is drawn
once for all of them.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from sim.arrivals import Arrivals, Leads, Luck
from sim.engine.opening import KnownDeals, odds_of_being_open
from sim.engine.result import lead_table
from sim.eventlog import NONE, Columns
from sim.opening import OpenDeal, Opening
from sim.spec import FunnelSpec


@dataclass(frozen=True)
class Drawn:
    """The crowd under some luck: ``carried`` are the opening's deals, ``leads`` those who arrive."""

    carried: Leads
    leads: Leads

    @cached_property
    def table(self) -> Columns:
        """The lead table of the run's log, without accounts, which no figure looks at."""
        return {**lead_table(self.carried, self.leads), "account": np.full(len(self.carried) + len(self.leads), NONE)}

    @cached_property
    def accounts(self) -> npt.NDArray[np.int64]:
        """Everybody's account, numbered from 0 as in the log: shape (deals and leads,)."""
        both = np.concatenate([self.carried.account, self.leads.account])
        return np.unique(both, return_inverse=True)[1].astype(np.int64)


class Crowd:
    """Who may come into the funnels of a market in [0, ``days``); any luck may be drawn from it.

    ``odds`` is what being open tells of each deal of the opening: shape (deals,).
    """

    def __init__(self, spec: FunnelSpec, opening: Opening, days: float) -> None:
        self.market = spec.market
        self.odds = np.array([_odds(spec, deal) for deal in opening.deals], np.float64)
        self._deals, self._arrivals = KnownDeals.of(spec, opening), Arrivals.of(spec, opening.as_of, days)

    def draw(self, luck: Luck) -> Drawn:
        """Return everybody under some luck."""
        return Drawn(self._deals.draw(luck), self._arrivals.draw(luck))


def _odds(spec: FunnelSpec, deal: OpenDeal) -> float:
    stage = spec.market.stages[spec.stage_names.index(deal.stage)]
    return odds_of_being_open(stage, deal.touches, deal.last_touch_age) if deal.touches else 0.0
