"""What deals are worth: list amounts by segment and product, and the discount between list and signature."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from forecast.calibration.arrivals import names_of
from forecast.calibration.estimates import Estimates
from forecast.dataset import CalibrationData
from sim.distributions import Distribution, Empirical, Fixed, Floats, LogNormal
from sim.eventlog import Kind
from sim.spec import ANY

_NO_SPREAD = 1e-9
"""A spread of logarithms that is rounding error: all amounts are one list price."""
_ENOUGH = 20
"""Deals below which a segment and product share the amounts of all."""


def calibrate_amounts(data: CalibrationData, notes: Estimates) -> Mapping[str, Mapping[str, Distribution]]:
    """Return segment → product → list amount, lognormal by maximum likelihood, with ``any`` for the rest."""
    leads = _deals_with_amounts(data)
    table: dict[str, dict[str, Distribution]] = {ANY: {ANY: _lognormal(leads["amount"].to_numpy(), "all", notes)}}
    for (segment, product), deals in leads.groupby(["segment", "product"]):
        if len(deals) >= _ENOUGH and (segment, product) != (ANY, ANY):
            fitted = _lognormal(deals["amount"].to_numpy(), f"{segment} / {product}", notes)
            table.setdefault(str(segment), {ANY: table[ANY][ANY]})[str(product)] = fitted
    return table


def calibrate_discount(data: CalibrationData, notes: Estimates) -> Distribution:
    """Return the distribution of the discount: 1 - won amount / list amount, where both are known and differ at all."""
    won = data.log.of_kind(Kind.WON)
    amount = data.log.events["amount"][won]
    listed = data.log.leads["amount"][data.log.events["lead"][won]]
    known = (amount > 0) & (listed > 0)
    discount = np.clip(1 - amount[known] / listed[known], 0.0, 0.99)
    if not len(discount) or discount.max() == 0:
        return Fixed(0.0)
    error = float(discount.std() / np.sqrt(len(discount)))
    notes.note("deals", "discount", discount.mean(), error=error, n=len(discount), how="empirical")
    return Empirical.of(discount)


def _deals_with_amounts(data: CalibrationData) -> pd.DataFrame:
    leads = data.arrivals
    leads = leads[leads["amount"] > 0]
    return leads.assign(
        segment=names_of(data, "segment", leads["segment"]), product=names_of(data, "product", leads["product"])
    )


def _lognormal(amounts: Floats, where: str, notes: Estimates) -> Distribution:
    if not len(amounts):
        notes.note(f"amounts {where}", "median", 0.0, how="assumed: the history has no amounts")
        return Fixed(0.0)
    logs = np.log(amounts)
    sigma = float(logs.std())
    sigma = sigma if sigma > _NO_SPREAD else 0.0
    median = float(np.exp(logs.mean()))
    error = median * sigma / np.sqrt(len(logs))
    notes.note(f"amounts {where}", "median", median, error=error, n=len(logs), how="maximum likelihood")
    notes.note(
        f"amounts {where}", "sigma", sigma, error=sigma / np.sqrt(2 * len(logs)), n=len(logs), how="maximum likelihood"
    )
    return LogNormal(median, sigma) if sigma else Fixed(median)
