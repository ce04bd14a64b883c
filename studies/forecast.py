"""Forecast as a study: from a CRM export to bookings by period, with their ranges, their parts and what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import pandas as pd

from forecast.crm import History, load_mapping
from forecast.fiscal import FiscalCalendar
from forecast.grouped import Grouped, group
from forecast.outlook import Outlook, against
from forecast.posterior import LAPLACE, METHODS, Posterior
from forecast.predict import predict
from sim.errors import UnknownNameError
from studies.executors import ALONE, Progress, Sharing
from studies.forecast_capacity import Capacity, capacity_grid, simulate_draws
from studies.forecast_changes import changes, changes_grid
from studies.forecast_view import answer_of, measure_of, sections, unit_of_measure
from studies.funnel_folder import start_of
from studies.grid import Grid
from studies.kept import Place, provenance
from studies.posterior_file import POSTERIOR, kept_fit, save_posterior
from studies.quality import mapping_files, read_history
from studies.report import Report, render
from studies.store import Question, Run, load_run, new_run
from studies.wording import day

DEALS, TABLE, TARGET, CHANGES = "deals", "forecast", "target", "changes"
"""The tables of a run: open deals, quantiles, how it stands against the target, and what moved since the last one."""


@dataclass(frozen=True, kw_only=True)
class ForecastRequest:
    """What is to be forecast.

    Attributes
    ----------
    files, mapping
        The export, and the name or path of what its columns mean.
    as_of, since
        The day of the forecast, and from when leads count; dates without a zone are the account's.
    calendar
        Fiscal calendar; its zone is replaced by the account's.
    periods
        How many periods, the running one first.
    target
        To be reached in the running period, in account currency (a number of wins where there are no amounts), or 0.
    method, draws, seed
        How it is fitted (`forecast.posterior.METHODS`), and the dice.
    simulate
        Draws whose markets are simulated with the real team; 0 is none. ``sharing`` says who does the work.
    before
        Run folder of the last forecast, to say what changed.
    """

    files: tuple[Path, ...]
    mapping: str
    as_of: str
    since: str = ""
    calendar: FiscalCalendar = field(default_factory=FiscalCalendar)
    periods: int = 2
    target: float = 0.0
    method: str = LAPLACE
    draws: int = 1000
    seed: int = 1
    simulate: int = 0
    sharing: Sharing = ALONE
    before: Path | None = None

    def question(self, command: Sequence[str], fingerprint: str) -> Question:
        """Return what the manifest says was asked."""
        names = ("mapping", "as_of", "since", "periods", "target", "method", "draws", "simulate")
        fiscal = f"{self.calendar.unit} {self.calendar.pattern} {self.calendar.first_month}"  # read by `asked_in`
        return Question(
            verb="forecast",
            command=tuple(command),
            settings={**{name: getattr(self, name) for name in names}, "fiscal": fiscal},
            inputs=(*self.files, *mapping_files(self.mapping)),
            fingerprint=fingerprint,
            seed=self.seed,
        )


def asked_in(run: Run) -> ForecastRequest:
    """Return what a forecast's run folder was asked, as far as it says what was read and how it was counted."""
    said = run.manifest.settings
    mapping = str(said["mapping"])
    unit, pattern, first_month = str(said["fiscal"]).split()
    own = {str(path) for path in mapping_files(mapping)}
    return ForecastRequest(
        files=tuple(Path(file.path) for file in run.manifest.inputs if file.path not in own),
        mapping=mapping,
        as_of=str(said["as_of"]),
        since=str(said["since"]),
        calendar=FiscalCalendar(int(first_month), pattern, unit),
        periods=int(str(said["periods"])),
    )


@dataclass(frozen=True)
class Forecasted:
    """The answer in a sentence, its tables for people, and where the run stands."""

    answer: str
    grids: tuple[Grid, ...]
    folder: str


@dataclass(frozen=True)
class Made:
    """A forecast with what it was made of."""

    history: History
    grouped: Grouped
    posterior: Posterior
    outlook: Outlook
    from_cache: bool


def run_forecast(
    request: ForecastRequest, place: Place, progress: Progress | None = None, *, made: Made | None = None
) -> Forecasted:
    """Forecast, and keep tables, posterior and report as a run folder; ``made`` is the forecast if there is one.

    Raises
    ------
    HeadraceError
        If the export can't be read, a setting is out of range, or the folder can't be written.
    """
    if request.method not in METHODS:
        raise UnknownNameError("method", request.method, METHODS, "a fit")
    before = load_run(request.before).table(DEALS) if request.before else None
    made = made or make_forecast(request)
    measure = measure_of(made.outlook, made.grouped)
    target = against(made.outlook, request.target, measure) if request.target > 0 else None
    answer = answer_of(made.outlook, measure, target)
    changed = None if before is None else changes(before, made.outlook.deals, closed(made.history))
    parts = sections(made.outlook, made.grouped, made.posterior, measure, target)
    shown = () if changed is None else (changes_grid(changed),)
    capacity = None if not request.simulate else _capacity(request, made, progress)
    if capacity is not None:
        shown = (capacity_grid(made.outlook, capacity, measure, unit_of_measure(measure)), *shown)
    question = request.question(place.command, made.grouped.fingerprint)
    with new_run(question, root=place.root, folder=place.folder, replace=place.replace) as draft:
        draft.answer = answer
        draft.table(TABLE, tables_of(made.outlook))
        draft.table(DEALS, made.outlook.deals)
        if changed is not None:
            draft.table(CHANGES, changed)
        if target is not None:
            draft.table(TARGET, pd.DataFrame([asdict(target)]))
        if capacity is not None:
            draft.table("simulated", capacity.simulated.runs)
        save_posterior(made.posterior, draft.folder / POSTERIOR)
        title = f"Forecast of {day(made.grouped.as_of)}"
        report = Report(title, answer, parts.with_more(shown), provenance(question))
        draft.text("report.html", render(report))
    return Forecasted(answer, (*parts.grids, *shown), str(draft.folder))


def _capacity(request: ForecastRequest, made: Made, progress: Progress | None) -> Capacity:
    return simulate_draws(
        made.history,
        made.grouped,
        made.posterior,
        made.outlook,
        request.simulate,
        seed=request.seed,
        sharing=request.sharing,
        progress=progress,
    )


def make_forecast(request: ForecastRequest, history: History | None = None) -> Made:
    """Read (unless a history up to the as-of date is given), count, fit or take an equal fit, and predict."""
    history, grouped = read_and_count(request, history)
    posterior, cached = kept_fit(grouped, method=request.method, draws=request.draws, seed=request.seed)
    labels = history.log.lead_labels()
    outlook = predict(posterior, grouped, periods=request.periods, seed=request.seed, labels=labels)
    return Made(history, grouped, posterior, outlook, cached)


def read_and_count(request: ForecastRequest, history: History | None = None) -> tuple[History, Grouped]:
    """Read the export up to the as-of date, unless a history up to then is given, and group it."""
    zone = load_mapping(request.mapping).time_zone or "UTC"
    as_of = start_of(request.as_of, zone)
    history = history or read_history(request.files, request.mapping, as_of.isoformat())
    calendar = FiscalCalendar(request.calendar.first_month, request.calendar.pattern, request.calendar.unit, zone)
    since = start_of(request.since, zone) if request.since else None
    return history, count(history, as_of, calendar, request.periods, since)


def count(history: History, as_of: datetime, calendar: FiscalCalendar, periods: int, since: datetime | None) -> Grouped:
    """Group a history that was read up to the as-of date."""
    systems = [rep.name for rep in history.roster if rep.system]
    return group(
        history.log, as_of, horizon=calendar.longest * periods, calendar=calendar, since=since, systems=systems
    )


def tables_of(outlook: Outlook) -> pd.DataFrame:
    """Return every table of a forecast in one: ``measure``, ``dimension``, then as `Outlook.table`."""
    found = [
        outlook.table(measure, dimension).assign(measure=measure, dimension=dimension)
        for measure, cubes in outlook.cubes.items()
        for dimension in cubes
    ]
    table: pd.DataFrame = pd.concat(found, ignore_index=True)
    return table[["measure", "dimension", *[name for name in table.columns if name not in {"measure", "dimension"}]]]


def closed(history: History) -> Mapping[str, str]:
    """Return what became of the leads that are closed: label → won or lost."""
    frame, labels = history.log.to_frame(), history.log.lead_labels()
    ends = frame[frame["kind"].isin(["won", "lost"])]
    return {labels[lead]: str(kind) for lead, kind in zip(ends["lead"], ends["kind"], strict=True)}
