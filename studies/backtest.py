"""Back-test as a study: the past forecast with what was known then, scored beside simple rules, with a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from forecast.backtest import MODEL, OURS, Backtest, Simulate, backtest, best_rule, origins
from forecast.crm import History, load_mapping
from forecast.fiscal import FiscalCalendar
from forecast.grouped import Grouped
from forecast.outlook import MEASURES, TOTAL, Outlook
from forecast.posterior import Posterior
from sim.eventlog import Floats
from sim.kpis.summary import SHARE
from studies.executors import ALONE, Progress, Sharing
from studies.forecast_capacity import simulate_draws
from studies.forecast_charts import calibration_chart, calibration_table, pit_chart, pit_table
from studies.forecast_view import unit_of_measure
from studies.funnel_folder import start_of
from studies.grid import Grid
from studies.kept import Place, provenance
from studies.quality import mapping_files, read_history
from studies.report import Figure, Report, Section, render
from studies.store import Question, new_run
from studies.wording import DASH, interval, quantity

_READ = (
    "CRPS is the error of a whole range, in the unit of the forecast; of a single number it is the absolute error. The "
    "difference is paired: Headrace minus the rule on the same dates, so below 0 Headrace is better; its standard "
    "error allows for forecasts of one period being alike. An honest 80 % range holds 80 % of the outcomes."
)


@dataclass(frozen=True, kw_only=True)
class BacktestRequest:
    """What is to be scored.

    Attributes
    ----------
    files, mapping
        The export, and what its columns mean.
    first, last
        Periods that begin from the first date on and end by the last are forecast.
    since
        Leads created before it don't count.
    calendar
        Fiscal calendar; its zone is replaced by the account's.
    dimension, measure
        What is forecast by group, and whether bookings or wins.
    draws, seed
        Draws of each forecast, and the dice.
    simulate
        Draws of each forecast that are simulated with the team as it was, 0 for none; ``sharing`` says who does it.
    """

    files: tuple[Path, ...]
    mapping: str
    first: str
    last: str = ""
    since: str = ""
    calendar: FiscalCalendar = field(default_factory=FiscalCalendar)
    dimension: str = TOTAL
    measure: str = "bookings"
    draws: int = 400
    seed: int = 1
    simulate: int = 0
    sharing: Sharing = ALONE

    def question(self, command: Sequence[str], as_of: str) -> Question:
        """Return what the manifest says was asked; ``as_of`` is the day of the last forecast."""
        names = ("mapping", "first", "last", "since", "dimension", "measure", "draws", "simulate")
        fiscal = f"{self.calendar.unit} {self.calendar.pattern} {self.calendar.first_month}"
        return Question(
            verb="backtest",
            command=tuple(command),
            settings={**{name: getattr(self, name) for name in names}, "fiscal": fiscal},
            inputs=(*self.files, *mapping_files(self.mapping)),
            seed=self.seed,
            as_of=as_of,
        )


@dataclass(frozen=True)
class Scored:
    """The verdict, its tables for people, and where the run stands."""

    answer: str
    grids: tuple[Grid, ...]
    folder: str


def run_backtest(request: BacktestRequest, place: Place, progress: Progress | None = None) -> Scored:
    """Score past forecasts, and keep folds and report as a run folder.

    Raises
    ------
    HeadraceError
        If the export can't be read, or no whole period lies between the dates.
    """
    done = score(request, progress)
    unit, answer = unit_of_measure(request.measure), done.verdict()
    grids = (summary_grid(done, unit), position_grid(done, unit))
    question = request.question(place.command, f"{done.folds['as_of'].max():%Y-%m-%d}")
    said = (_READ, *done.warnings)
    figures = _honesty(done.folds.loc[done.folds["method"] == MODEL, "pit"])
    parts = (Section("Scores", said, grids, figures), Section("Every forecast", (), (folds_grid(done, unit),)))
    with new_run(question, root=place.root, folder=place.folder, replace=place.replace) as draft:
        draft.answer = answer
        draft.table("folds", done.folds)
        draft.table("scores", done.summary())
        draft.text("report.html", render(Report("Forecasts of the past", answer, parts, provenance(question))))
    return Scored(answer, grids, str(draft.folder))


def _honesty(pit: pd.Series) -> tuple[Figure, ...]:
    """Return the calibration plot and the PIT histogram of the forecasts' transforms."""
    return (
        Figure(
            "How honest the ranges were",
            "On the diagonal: as often below as stated.",
            calibration_chart(calibration_table(pit)),
        ),
        Figure(
            "Where in its range the truth fell (PIT)",
            "Even bars: honest. High ends: ranges too narrow. A high middle: too wide. One side: biased. The grey "
            "strokes are what luck gives honest, independent forecasts in 9 of 10 cases.",
            pit_chart(pit_table(pit)),
        ),
    )


def score(request: BacktestRequest, progress: Progress | None = None) -> Backtest:
    """Read the export and back-test on it."""
    zone = load_mapping(request.mapping).time_zone or "UTC"
    history = read_history(request.files, request.mapping, "")
    calendar = FiscalCalendar(request.calendar.first_month, request.calendar.pattern, request.calendar.unit, zone)
    first = start_of(request.first, zone)
    last = start_of(request.last, zone) if request.last else history.log.instant(history.log.window[1])
    return backtest(
        history.log,
        lambda as_of: history.at(as_of).log,
        origins(calendar, history.log, first, last),
        calendar=calendar,
        measure=request.measure,
        dimension=request.dimension,
        draws=request.draws,
        seed=request.seed,
        simulate=_team(request, history) if request.simulate else None,
        progress=progress,
        since=start_of(request.since, zone) if request.since else None,
        systems=[rep.name for rep in history.roster if rep.system],
    )


def _team(request: BacktestRequest, history: History) -> Simulate:
    """Return what simulates the team of a past day."""

    def simulated(grouped: Grouped, posterior: Posterior, outlook: Outlook) -> Mapping[str, Floats]:
        past, draws = history.at(grouped.as_of), request.simulate
        made = simulate_draws(past, grouped, posterior, outlook, draws, seed=request.seed, sharing=request.sharing)
        return {measure: made.totals(measure) for measure in MEASURES}

    return simulated


def summary_grid(done: Backtest, unit: str) -> Grid:
    """Lay out the scores by method."""
    rows = [(str(row["method"]), *_scores(row, unit)) for row in done.summary().to_dict("records")]
    note = f"{done.folds['as_of'].nunique()} dates in {done.folds['period'].nunique()} periods. {_READ}"
    return Grid.of("Scores", ("method", *_COLUMNS), rows, note)


def position_grid(done: Backtest, unit: str) -> Grid:
    """Lay out the model's scores by position in the period, beside the best rule there."""
    rows = []
    for position, its in done.summary(["position"]).groupby("position", sort=False):
        scores = its.set_index("method")
        shown = [name for name in (*OURS, best_rule(scores["crps"])) if name in scores.index]
        rows += [(str(position), name, *_scores(scores.loc[name].to_dict(), unit)) for name in shown]
    return Grid.of("By position in the period", ("position", "method", *_COLUMNS), rows, texts=2)


def folds_grid(done: Backtest, unit: str) -> Grid:
    """Lay out every forecast of the model."""
    rows = [
        (
            f"{row['as_of']:%Y-%m-%d}",
            str(row["period"]),
            str(row["group"]),
            quantity(float(row["actual"]), unit),
            quantity(float(row["median"]), unit),
            interval(float(row["low"]), float(row["high"]), unit),
            quantity(float(row["crps"]), unit),
        )
        for row in done.folds[done.folds["method"] == MODEL].to_dict("records")
    ]
    columns = ("as of", "period", "group", "actual", "median", "80 % range", "CRPS")
    return Grid.of("Every forecast", columns, rows, texts=3)


_COLUMNS = ("n", "CRPS", "difference", "± (one s.e.)", "50 %", "80 %", "95 %", "bias", "vendors' accuracy")


def _scores(row: "dict[object, object] | dict[str, object]", unit: str) -> tuple[str, ...]:
    number = pd.Series(row).drop(["method", "position"], errors="ignore").astype(float)
    shares = (quantity(number[name], SHARE) for name in ("inside_50", "inside_80", "inside_95"))
    own = number["difference"] == 0 and number["error"] == 0
    return (
        f"{number['n']:.0f}",
        quantity(number["crps"], unit),
        DASH if own else quantity(number["difference"], unit, sign=True),
        DASH if own else quantity(number["error"], unit),
        *shares,
        quantity(number["bias"], SHARE, sign=True),
        quantity(number["accuracy"], SHARE),
    )
