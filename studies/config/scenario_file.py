"""The scenario file: named plans for a funnel, what things cost, and what is aimed at.

base: our-funnel                      # the funnel that the plans change; the command line may name another
prices: {rep_month: 9000, hiring: 8000}
target: 2500000
plans:
- name: two closers by spring
  levers:
  - hire: {team: closers, number: 2, opened: 2026-01-15, time_to_hire: 60 d}
  - routing: by-tier

A file is checked as a whole before anything runs, and everything that is wrong with it is told at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scenarios.prices import Prices
from scenarios.scenario import AS_IS, Lever, Scenario
from sim.errors import HeadraceError, SpecError
from sim.spec import FunnelSpec, canonical
from studies.config.forms import form
from studies.config.problems import every_problem, problem, shown, together
from studies.config.scalars import Number, Text
from studies.config.table import Table
from studies.config.writing import plain
from studies.config.yaml_text import Place, YamlFile, dump_yaml, read_text

_HEADER = """\
# Plans for a funnel: each a list of levers, pulled one after the other. headrace scenario list-levers shows them all.
"""


@dataclass(frozen=True)
class ScenarioFile:
    """What a scenario file says.

    Attributes
    ----------
    plans
        The plans, in the file's order; the baseline isn't one of them.
    prices
        What things cost, or None: the file doesn't say.
    target
        What is aimed at, in the unit of the figure that decides, or None.
    base
        Path of the funnel or of its folder, as the file gives it, or empty.
    """

    plans: tuple[Scenario, ...]
    prices: Prices | None = None
    target: float | None = None
    base: str = ""

    @cached_property
    def fingerprint(self) -> str:
        """A SHA-256 over plans, prices and target: what changes an answer. How it is written doesn't count."""
        return sha256(canonical((self.plans, self.prices, self.target)).encode()).hexdigest()


class _PlanTable(Table):
    name: Text
    levers: tuple[Any, ...] = ()


class _FileTable(Table):
    plans: tuple[_PlanTable, ...]
    prices: form(Prices) | None = None  # type: ignore[valid-type] # made at run time
    target: Number | None = None
    base: Text = ""


def read_scenarios(source: Path | str, spec: FunnelSpec | None = None) -> ScenarioFile:
    """Read a scenario file, and check it against a funnel.

    Parameters
    ----------
    source
        A path, or the YAML text itself: a text of more than one line is no path.
    spec
        The funnel that the plans are for; None checks only what can be checked without one.

    Raises
    ------
    SpecError
        If anything is wrong; the message tells everything that is, each problem with file, line, field, value and fix.
    """
    if isinstance(source, str) and "\n" in source:
        return _Reader(YamlFile(source, "scenarios"), None).read(spec)
    path = Path(source)
    return _Reader(YamlFile(read_text(path), path.name), path.parent).read(spec)


def base_of(path: Path | str) -> Path | None:
    """Return the path of the funnel that a scenario file names, seen from where we are, or None if it names none."""
    data = YamlFile(read_text(Path(path)), Path(path).name).data
    base = data.get("base") if isinstance(data, Mapping) else None
    return Path(path).parent / base if isinstance(base, str) and base else None


def write_scenarios(file: ScenarioFile) -> str:
    """Write a scenario file as YAML: `read_scenarios` makes an equal one, with the same fingerprint, of it."""
    data: dict[str, object] = {"base": file.base} if file.base else {}
    if file.prices is not None:
        data["prices"] = plain(file.prices)
    if file.target is not None:
        data["target"] = plain(file.target)
    data["plans"] = [_plan(plan) for plan in file.plans]
    return _HEADER + dump_yaml(data)


def _plan(plan: Scenario) -> dict[str, object]:
    levers = {"levers": [plain(lever) for lever in plan.levers]} if plan.levers else {}
    return {"name": plan.name, **levers}


@dataclass(frozen=True)
class _Reader:
    """Reads one file; ``folder`` is where paths in it begin."""

    file: YamlFile
    folder: Path | None

    def read(self, spec: FunnelSpec | None) -> ScenarioFile:
        """Return what the file says, or raise everything that is wrong with it."""
        data = self.file.data
        if not isinstance(data, dict):
            met = f"this is {shown(data)}; begin with plans:"
            raise SpecError(f"{self.file.name}: a scenario file is a table with plans, {met}")
        wrong: list[SpecError] = []
        top = self._top(wrong)
        levers = {at: self._lever(at, given, wrong) for at, given in _levers_in(data)}
        if top is None:
            raise together(self.file, wrong)
        self._check_names(top, wrong)
        if spec is not None:
            self._check_prices(top, spec, wrong)
            for place in range(len(top.plans)):
                self._try(spec, [(at, lever) for at, lever in levers.items() if at[1] == place], wrong)
        if wrong:
            raise together(self.file, wrong)
        plans = tuple(
            Scenario(plan.name, tuple(lever for at, lever in levers.items() if at[1] == place and lever is not None))
            for place, plan in enumerate(top.plans)
        )
        return ScenarioFile(plans, top.prices, top.target, top.base)

    def _top(self, wrong: list[SpecError]) -> _FileTable | None:
        try:
            return _FileTable.model_validate(self.file.data)
        except ValidationError as error:
            wrong += every_problem(error, self.file)
            return None

    def _lever(self, at: Place, given: object, wrong: list[SpecError]) -> Lever | None:
        try:
            lever: Lever = TypeAdapter(form(Lever)).validate_python(given, context={"folder": self.folder})
        except ValidationError as error:
            wrong += every_problem(error, self.file, at)
            return None
        return lever

    def _check_names(self, top: _FileTable, wrong: list[SpecError]) -> None:
        if not top.plans:
            wrong.append(problem(self.file, ("plans",), "is empty; give at least one plan with a name"))
        seen: dict[str, int] = {}
        for place, plan in enumerate(top.plans):
            at = ("plans", place, "name")
            if not plan.name.strip():
                wrong.append(problem(self.file, at, "is empty; give the plan a name"))
            elif plan.name == AS_IS.name:
                wrong.append(
                    problem(self.file, at, f"{AS_IS.name!r} is the baseline, which is always there; choose another")
                )
            elif seen.setdefault(plan.name, place) != place:
                wrong.append(problem(self.file, at, f"{plan.name!r} appears twice; give one of them another name"))

    def _check_prices(self, top: _FileTable, spec: FunnelSpec, wrong: list[SpecError]) -> None:
        prices: Prices = top.prices or Prices()
        paid = [*(team.name for team in spec.operation.teams), *(group.name for group in spec.operation.experts)]
        channels = [channel.name for channel in spec.market.channels]
        for field, given, known in (("rep_month_of", prices.rep_month_of, paid), ("lead", prices.lead, channels)):
            for name in given:
                if name not in known and not self._is_dispatcher(name, field):
                    met = f"no {name!r}; this funnel has {', '.join(known)}"
                    wrong.append(problem(self.file, ("prices", field, name), met))

    def _is_dispatcher(self, name: str, field: str) -> bool:
        """Tell whether a plan brings a group of that name along."""
        brought = (
            given.get("assign-manually") for _, given in _levers_in(self.file.data) if isinstance(given, Mapping)
        )
        names = (one.get("dispatcher", "dispatcher") for one in brought if isinstance(one, Mapping))
        return field == "rep_month_of" and name in names

    def _try(self, spec: FunnelSpec, levers: Sequence[tuple[Place, Lever | None]], wrong: list[SpecError]) -> None:
        """Pull a plan's levers on the funnel; one that doesn't fit is told, and the next ones tried without it."""
        for at, lever in levers:
            try:
                spec = lever.apply(spec) if lever is not None else spec
            except HeadraceError as error:
                wrong.append(problem(self.file, at, str(error)))


def _levers_in(data: Mapping[str, object]) -> Iterator[tuple[Place, object]]:
    """Yield the places and contents of all levers, so far as the file has the form of one."""
    plans = data.get("plans")
    for place, plan in enumerate(plans if isinstance(plans, list) else ()):
        levers = plan.get("levers") if isinstance(plan, Mapping) else None
        for number, lever in enumerate(levers if isinstance(levers, list) else ()):
            yield ("plans", place, "levers", number), lever
