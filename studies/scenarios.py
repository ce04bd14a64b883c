"""Scenario files as a study: checked against their funnel, and held against each other."""

from pathlib import Path

from scenarios.scenario import AS_IS, Scenario
from sim.errors import UnknownNameError
from sim.spec import FunnelSpec
from studies.config import ScenarioFile, load_spec, read_scenarios
from studies.config.scenario_file import base_of
from studies.funnel_folder import FUNNEL
from studies.scenario_diff import files_differences, plans_differences


def checked_text(path: Path, funnel: Path | None = None) -> str:
    """Check a scenario file and say what its plans do.

    Parameters
    ----------
    path
        The file.
    funnel
        A funnel file or folder; None takes the one that the file names as its base, if it does.

    Raises
    ------
    SpecError
        If anything is wrong with the file; the message tells all of it.
    """
    spec = _spec(path, funnel)
    file = read_scenarios(path, spec)
    against = "" if spec is not None else " (without a funnel: give --funnel to check names too)"
    plans = (f"{plan.name}: {plan.describe()}" for plan in file.plans)
    count = "1 plan" if len(file.plans) == 1 else f"{len(file.plans)} plans"
    return "\n".join((f"{path.name} is whole: {count}{against}", *plans, f"fingerprint {file.fingerprint}"))


def difference_text(one: str, other: str, funnel: Path | None = None) -> str:
    """Say what differs between two scenario files, or two plans.

    Parameters
    ----------
    one, other
        Each a file, or ``file:plan`` for one of its plans; ``file:as is`` is the baseline.
    funnel
        As of `checked_text`.

    Raises
    ------
    SpecError, UnknownNameError
        If a file can't be read, or has no such plan.
    """
    (path, plan), (other_path, other_plan) = _parted(one), _parted(other)
    spec = _spec(path, funnel)
    file, other_file = read_scenarios(path, spec), read_scenarios(other_path, spec)
    if plan or other_plan:
        pair = _plan(file, plan or other_plan, path), _plan(other_file, other_plan or plan, other_path)
        lines = plans_differences(" / ".join(dict.fromkeys(each.name for each in pair)), *pair, spec)
    else:
        lines = files_differences(file, other_file, spec)
    return "\n".join(lines) or "no difference"


def _parted(text: str) -> tuple[Path, str]:
    path, _, plan = text.partition(":")
    return Path(path), plan.strip()


def _plan(file: ScenarioFile, name: str, path: Path) -> Scenario:
    known = {AS_IS.name: AS_IS, **{plan.name: plan for plan in file.plans}}
    if name not in known:
        raise UnknownNameError("plan", name, known, path.name)
    return known[name]


def _spec(path: Path, funnel: Path | None) -> FunnelSpec | None:
    place = funnel or base_of(path)
    if place is None:
        return None
    return load_spec(place / FUNNEL if place.is_dir() else place)
