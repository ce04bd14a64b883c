"""Trace: one lead's life in plain words, under one plan or two side by side, and which leads are worth following."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, zip_longest
from pathlib import Path

import pandas as pd

from scenarios.scenario import Scenario
from scenarios.trace.phrases import Phrases
from scenarios.trace.story import Moment
from scenarios.trace.trace import Traced, interesting_leads, trace_lead
from sim.errors import SpecError, require
from sim.eventlog import EventLog
from sim.kpis.summary import MONEY
from sim.simulate import simulate
from studies.funnel_folder import Funnel
from studies.grid import Grid
from studies.kept import Place, provenance
from studies.language import Language, words_of
from studies.pack.speaking import named
from studies.report import Report, Section, render
from studies.store import Question, new_run
from studies.wording import quantity

__all__ = ["Listed", "Told", "TraceRequest", "Traced", "list_leads", "pair_of", "phrases_of", "story_grid", "tell_lead"]

_MOST_PLANS = 2


@dataclass(frozen=True, kw_only=True)
class TraceRequest:
    """Which lead is to be followed, or looked for, under which plans.

    Attributes
    ----------
    funnel
        The funnel with its opening.
    plans
        One plan, or two to be put side by side.
    days, seed, replication
        How far ahead and under which luck.
    language
        In which the lead's story is told; all else that is kept of it is in English.
    """

    funnel: Funnel
    plans: tuple[Scenario, ...]
    days: float = 90.0
    seed: int = 1
    replication: int = 0
    language: Language = Language.ENGLISH

    def __post_init__(self) -> None:
        """Refuse more plans than stand side by side."""
        count = len(self.plans)
        require(1 <= count <= _MOST_PLANS, f"trace: one or two plans stand side by side, got {count}; name fewer")

    def question(self, lead: str, command: tuple[str, ...]) -> Question:
        """Return what the manifest says was asked."""
        settings = {
            "lead": lead,
            "plans": {plan.name: plan.describe() for plan in self.plans},
            "days": self.days,
            "replication": self.replication,
        }
        fingerprint = self.funnel.spec.fingerprint
        return Question(
            verb="trace",
            command=command,
            settings=settings,
            inputs=self.funnel.files,
            fingerprint=fingerprint,
            seed=self.seed,
        )


@dataclass(frozen=True)
class Told:
    """What became of the lead in a sentence, its story as a table, and the run folder if one was asked for."""

    answer: str
    traced: tuple[Traced, ...]
    grids: tuple[Grid, ...]
    folder: str = ""


@dataclass(frozen=True)
class Listed:
    """The leads worth following: how many in a sentence, the table for people, and the whole table."""

    answer: str
    grids: tuple[Grid, ...]
    leads: pd.DataFrame


def pair_of(plans: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
    """Return what stands side by side, given the baseline and the plans named.

    Two plans are set against each other, a single one against the baseline; none leaves the baseline alone.

    Raises
    ------
    SpecError
        If there are more than two.
    """
    baseline, *named = plans
    if len(named) > _MOST_PLANS:
        raise SpecError(f"trace: two plans stand side by side, got {len(named)}; name one or two")
    return tuple(named) if len(named) == _MOST_PLANS else (baseline, *named)


def tell_lead(
    request: TraceRequest, lead: str, place: Place, progress: Callable[[int, int], None] | None = None
) -> Told:
    """Follow one lead under each plan; keep a run folder with a report only if ``place.folder`` names one.

    Raises
    ------
    HeadraceError
        If there is no such lead, a plan doesn't fit the funnel, or the folder can't be written.
    """
    traced = []
    for plan in request.plans:
        traced.append(_trace(request, plan, lead))
        if progress:
            progress(len(traced), len(request.plans))
    told = Told(_answer(lead, traced), tuple(traced), (story_grid(lead, traced),))
    if place.folder is None:
        return told
    return Told(told.answer, told.traced, told.grids, _keep(request, lead, told, place, place.folder))


def list_leads(request: TraceRequest, most: int = 20) -> Listed:
    """List the leads worth following, the most telling first: with two plans those whose outcome differs."""
    logs = [_run(request, plan) for plan in request.plans]
    leads = interesting_leads(*logs)
    names = " and ".join(plan.name for plan in request.plans)
    what = f"end differently under {names}" if len(logs) == _MOST_PLANS else f"are closed under {names}"
    shown = f"; the first {most} are shown" if len(leads) > most else ""
    answer = f"{len(leads):,} of {logs[0].n_leads:,} leads {what}{shown}."
    return Listed(answer, (_leads_grid(request, leads.head(most)),), leads)


def phrases_of(language: Language) -> Phrases:
    """Return the sentences that a lead's story is told with."""
    words = words_of("studies", language)
    return Phrases(
        say=lambda key, **values: words(f"story.{key}", **values), name=lambda name: named(words, "story_name", name)
    )


def story_grid(lead: str, traced: list[Traced]) -> Grid:
    """Lay the stories out side by side, by time: what happens at one instant stands in one row."""
    first = min(moment.time for story in traced for moment in story.moments)
    log = traced[0].log
    rows = (
        (f"{log.instant(time):%a %Y-%m-%d %H:%M}", *cells, f"{time - first:.2f}")
        for time, cells in _side_by_side([story.moments for story in traced])
    )
    columns = ("when", *(story.plan for story in traced), "day")
    note = "The last column counts days since the first row. Every run of this seed tells the same story."
    return Grid.of(f"The life of {lead}", columns, rows, note, texts=1 + len(traced))


def _side_by_side(stories: list[tuple[Moment, ...]]) -> Iterator[tuple[float, tuple[str, ...]]]:
    for time in sorted({moment.time for story in stories for moment in story}):
        now = [[moment.sentence for moment in story if moment.time == time] for story in stories]
        yield from ((time, cells) for cells in zip_longest(*now, fillvalue=""))


def _trace(request: TraceRequest, plan: Scenario, lead: str) -> Traced:
    return trace_lead(
        request.funnel.spec,
        request.funnel.opening,
        plan,
        lead,
        days=request.days,
        seed=request.seed,
        replication=request.replication,
        phrases=phrases_of(request.language),
    )


def _run(request: TraceRequest, plan: Scenario) -> EventLog:
    return simulate(
        plan.apply(request.funnel.spec),
        request.funnel.opening,
        days=request.days,
        seed=request.seed,
        replication=request.replication,
    )


def _answer(lead: str, traced: list[Traced]) -> str:
    ends = [(story.plan, story.moments[-1].sentence.partition(",")[0]) for story in traced]
    said = "; ".join(f"{' and '.join(plan for plan, _ in group)}: {end}" for end, group in _grouped(ends))
    return f"{lead}: {said}." if len(traced) == 1 else f"{lead} under {said}."


def _grouped(ends: list[tuple[str, str]]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    return ((end, list(group)) for end, group in groupby(ends, key=lambda each: each[1]))


def _leads_grid(request: TraceRequest, leads: pd.DataFrame) -> Grid:
    outcomes = [name for name in leads.columns if name.startswith("outcome")]
    rows = (
        (str(lead), row["channel"], *(row[name] for name in outcomes), quantity(row["amount"], MONEY))
        for lead, row in zip(leads.index, leads.to_dict("records"), strict=True)
    )
    columns = ("lead", "channel", *(plan.name for plan in request.plans), "amount")
    note = "Follow one with: headrace trace FUNNEL LEAD and the same options."
    return Grid.of("Leads worth following", columns, rows, note, texts=2 + len(outcomes))


def _keep(request: TraceRequest, lead: str, told: Told, place: Place, folder: Path) -> str:
    question = request.question(lead, place.command)
    plans = tuple(f"{plan.name}: {plan.describe()}" for plan in request.plans)
    sections = (Section("Its life", (), told.grids), Section("The plans", plans))
    with new_run(question, folder=folder, replace=place.replace) as draft:
        draft.answer = told.answer
        moments = [(story.plan, moment.time, moment.sentence) for story in told.traced for moment in story.moments]
        draft.table("moments", pd.DataFrame(moments, columns=["plan", "time", "sentence"]))
        draft.text("report.html", render(Report(f"The life of {lead}", told.answer, sections, provenance(question))))
    return str(draft.folder)
