"""The forecast against the past: what four weeks changed, and how good forecasts of earlier periods were."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pandas as pd

from forecast.backtest import MODEL, Backtest
from studies.backtest import BacktestRequest, score
from studies.companies import company_of
from studies.forecast import closed, make_forecast
from studies.forecast_changes import changes
from studies.jobs import Job
from studies.outlooks import Known, as_of_of, forecast_request
from studies.view import View

FOUR_WEEKS = timedelta(days=28)


def changed(view: View, known: Known, root: Path, job: Job) -> pd.DataFrame:
    """Return what four weeks changed, deal by deal (`studies.forecast_changes.changes`)."""
    company = company_of(view.company, root)
    earlier = view.model_copy(update={"as_of": as_of_of(view, company) - FOUR_WEEKS})
    before = make_forecast(forecast_request(earlier, company))
    job.progress(1, 1)
    now = known.made
    return changes(before.outlook.deals, now.outlook.deals, closed(now.history)) if now else pd.DataFrame()


@dataclass(frozen=True)
class Trust:
    """How forecasts of the past did.

    Attributes
    ----------
    folds
        One row a forecast of the model: ``as_of``, ``period``, ``actual``, ``median``, ``low`` and ``high`` (80 %).
    held
        Share of outcomes within the 80 % ranges.
    rival, gain
        The best simple rule, and by what share the forecast's error is below its (negative: above).
    """

    folds: pd.DataFrame
    held: float
    rival: str
    gain: float

    @property
    def is_good(self) -> bool:
        """Whether both the middle and the range are worth having."""
        return self.gain > 0 and 0.65 <= self.held <= 0.95

    @classmethod
    def of(cls, done: Backtest) -> "Trust":
        """Sum a back-test up."""
        its = done.folds[done.folds["method"] == MODEL]
        rival, gain = done.skill()
        shown = its[["as_of", "period", "actual", "median", "low", "high"]].reset_index(drop=True)
        return cls(shown, float(its["inside_80"].mean()), rival, gain)


def held_against_past(view: View, known: Known, root: Path, job: Job) -> Trust:
    """Forecast the periods of the last year with what was known then, and score them."""
    request = forecast_request(view, company_of(view.company, root))
    since, until = (as_of_of(view, known.company) - span for span in (timedelta(days=380), timedelta()))
    asked = BacktestRequest(
        files=request.files,
        mapping=request.mapping,
        first=since.isoformat(),
        last=until.isoformat(),
        calendar=replace(request.calendar, unit="quarter"),
        measure=known.measure,
        draws=200,
    )
    return Trust.of(score(asked, job.progress))
