"""What differs between two versions of a plan: which levers, and what that changes in the funnel, field by field."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scenarios.scenario import Scenario
from sim.spec import FunnelSpec
from studies.config import ScenarioFile
from studies.config.writing import plain
from studies.config.yaml_text import dump_yaml

_LONGEST = 90
_DIGITS = 10


def files_differences(one: ScenarioFile, other: ScenarioFile, spec: FunnelSpec | None) -> Iterator[str]:
    """Yield, line by line, what differs between two scenario files; plans are matched by their names."""
    for what in ("prices", "target"):
        before, after = getattr(one, what), getattr(other, what)
        yield from _changed(what, plain(before), plain(after))
    plans = [{plan.name: plan for plan in file.plans} for file in (one, other)]
    for name in dict.fromkeys([*plans[0], *plans[1]]):
        yield from plans_differences(name, plans[0].get(name), plans[1].get(name), spec)


def plans_differences(
    name: str, one: Scenario | None, other: Scenario | None, spec: FunnelSpec | None
) -> Iterator[str]:
    """Yield what differs between two plans, either of which may be missing; nothing if they do the same."""
    before, after = (plan.levers if plan else () for plan in (one, other))
    if before == after and (one is None) == (other is None):
        return
    state = "is new" if one is None else "is gone" if other is None else "differs"
    yield f"plan {name!r} {state}"
    yield from (f"  - {_line(plain(lever))}" for lever in before if lever not in after)
    yield from (f"  + {_line(plain(lever))}" for lever in after if lever not in before)
    if sorted(map(repr, before)) == sorted(map(repr, after)) and before != after:
        yield "  the same levers in another order"
    if spec is not None:
        funnels = [plan.apply(spec) if plan else spec for plan in (one, other)]
        yield from (f"    {line}" for line in spec_differences(*funnels))


def spec_differences(before: FunnelSpec, after: FunnelSpec) -> Iterator[str]:
    """Yield one line a field that differs between two funnels: where, what it was, and what it is."""
    yield from _changed("", plain(before), plain(after))


def _changed(path: str, before: Any, after: Any) -> Iterator[str]:  # noqa: ANN401 - plain data
    if before == after:
        return
    one, other = _named(before), _named(after)
    if one is None or other is None:
        yield f"{path}: {_line(before)} → {_line(after)}"
        return
    for key in dict.fromkeys([*one, *other]):
        inner = f"{path}{key}" if key.startswith("[") else f"{path}.{key}".removeprefix(".")
        if key not in one:
            yield f"{inner}: added {_line(other[key])}"
        elif key not in other:
            yield f"{inner}: removed {_line(one[key])}"
        else:
            yield from _changed(inner, one[key], other[key])


def _named(value: Any) -> dict[str, Any] | None:  # noqa: ANN401 - plain data
    """Return the parts of a table or of a list of named things, or None for anything else."""
    if isinstance(value, Mapping):
        return {str(key): item for key, item in value.items()}
    if isinstance(value, Sequence) and value and all(isinstance(item, Mapping) and "name" in item for item in value):
        return {f"[{item['name']}]": item for item in value}
    return None


def _line(value: object) -> str:
    """Write plain data on one line, without the last digits of a sum, cut where it is long."""
    text = " ".join(dump_yaml(_rounded(value)).removesuffix("...\n").split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _rounded(value: Any) -> Any:  # noqa: ANN401 - plain data
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
