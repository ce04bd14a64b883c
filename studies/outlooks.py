"""What is known of a company on a day: its history, the forecast of it, and its funnel, one after the other.

The app looks at a company with this; each part is what the verb of the same name makes of the same export.
"""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from forecast.capacity import markets
from forecast.crm import History, load_mapping
from forecast.fiscal import FiscalCalendar
from forecast.outlook import PARTS
from sim.spec import FunnelSpec
from studies.calibrate import CalibrationRequest, run_calibration
from studies.companies import Company, company_of
from studies.forecast import ForecastRequest, Made, make_forecast, run_forecast
from studies.forecast_view import measure_of
from studies.funnel_folder import Funnel, start_of
from studies.jobs import Job
from studies.kept import Place
from studies.played import Played
from studies.quality import read_history
from studies.view import MOST_FUTURES, View

_FUNNELS = ".funnels"
"""Folder of the funnels that the app has estimated: run folders, but no answers that anybody has kept."""

STEPS = 3
"""Parts of the work: reading, forecasting, estimating the funnel."""


@dataclass(frozen=True)
class Known:
    """What is known of a company so far; None where it isn't known yet.

    Attributes
    ----------
    company, as_of
        Whose, and up to which day.
    history
        What its export tells.
    made
        The forecast with what it was made of.
    funnel
        The funnel, fit to be simulated, with what is open in it.
    """

    company: Company
    as_of: date
    history: History
    made: Made | None = None
    funnel: Funnel | None = None

    @property
    def measure(self) -> str:
        """What is forecast: ``bookings``, or ``wins`` where nothing has an amount."""
        return measure_of(self.made.outlook, self.made.grouped) if self.made else "bookings"

    @property
    def posterior(self) -> str:
        """Hash of the forecast's data and models; empty before there is one."""
        return self.made.posterior.provenance["key"] if self.made else ""

    @property
    def booked(self) -> float:
        """What is booked already in the running period."""
        return float(self.made.outlook.draws(self.measure, 0, PARTS[:1])[0]) if self.made else 0.0

    @cached_property
    def versions(self) -> tuple[FunnelSpec, ...]:
        """Versions of the funnel that the history could have come from; none before it is known."""
        if self.made is None or self.funnel is None:
            return ()
        spec = self.funnel.spec
        drawn = markets(self.made.posterior, self.made.grouped, spec, days=self.days, n=MOST_FUTURES)
        return tuple(replace(spec, market=market) for market in drawn)

    @cached_property
    def played(self) -> Played:
        """The futures that plans have been played in so far."""
        return Played()

    @cached_property
    def limits(self) -> dict[str, float]:
        """The most that any routing policy can book, by fingerprint of a funnel, as far as it was asked for."""
        return {}

    @property
    def days(self) -> float:
        """Days to the end of the running period."""
        return float(self.made.outlook.ends[0]) if self.made else 0.0


def as_of_of(view: View, company: Company) -> date:
    """Return the day that a view looks from."""
    return min(view.as_of, company.as_of) if view.as_of else company.as_of


def forecast_request(view: View, company: Company) -> ForecastRequest:
    """Return what ``headrace forecast`` would be asked."""
    return ForecastRequest(
        files=company.files,
        mapping=company.mapping,
        as_of=as_of_of(view, company).isoformat(),
        calendar=FiscalCalendar(view.fiscal_month, unit=view.period),
        target=view.target,
    )


def asked(view: View) -> dict[str, object]:
    """Return what `know` depends on."""
    return {"company": view.company, "as_of": view.as_of, "fiscal": view.fiscal_month, "period": view.period}


def know(view: View, root: Path, job: Job) -> Known:
    """Find out what is known of a view's company, part by part; the job shows each part as it comes."""
    company = company_of(view.company, root)
    as_of = as_of_of(view, company)
    known = Known(company, as_of, _history(company.key, root, as_of))
    job.show(known)
    job.progress(1, STEPS)
    known = replace(known, made=make_forecast(forecast_request(view, company), known.history))
    job.show(known)
    job.progress(2, STEPS)
    known = replace(known, funnel=_funnel(company.key, root, as_of))
    job.progress(STEPS, STEPS)
    return known


@lru_cache(maxsize=4)
def _history(key: str, root: Path, as_of: date) -> History:
    company = company_of(key, root)
    zone = load_mapping(company.mapping).time_zone or "UTC"
    return read_history(company.files, company.mapping, start_of(as_of.isoformat(), zone).isoformat())


@lru_cache(maxsize=4)
def _funnel(key: str, root: Path, as_of: date) -> Funnel:
    company = company_of(key, root)
    request = CalibrationRequest(
        files=company.files, mapping=company.mapping, as_of=as_of.isoformat(), operation=company.operation
    )
    folder = root / _FUNNELS / f"{key}-{as_of:%Y%m%d}"
    place = Place(folder=folder, replace=True)
    return run_calibration(request, place, _history(key, root, as_of)).funnel


def keep(known: Known, view: View, root: Path) -> str:
    """Keep the forecast as a run folder, as ``headrace forecast`` would; return where it stands."""
    place = Place(root=root)
    return run_forecast(forecast_request(view, known.company), place, made=known.made).folder
