"""Every lever taught: what it does, what it takes, and an example to copy into a plan."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from inspect import getdoc
from types import MappingProxyType
from typing import Any

from scenarios.levers.registry import LEVERS
from scenarios.scenario import Lever

EXAMPLES: Mapping[str, str] = MappingProxyType(
    {
        "change-headcount": "{team: closers, change: 2}",
        "hire": "{team: closers, number: 2, opened: 2026-02-01, time_to_hire: 60 d}",
        "plan-headcount": "{team: closers, months: {2026-02: 2, 2026-05: -1}, time_to_hire: 45 d}",
        "rep-leaves": "{rep: Cy, on: 2026-03-31, backfill: 90 d}",
        "attrition": "{team: desk, per_year: 0.3, backfill: 60 d}",
        "train": "{team: closers, first: 2026-03-02, days: 2, log_odds: 0.2, stage: closing, half_life: 120 d}",
        "shifts": "{team: desk, calendars: [berlin, shanghai]}",
        "hours": "{calendar: berlin, hours: {time_zone: Europe/Berlin, hours: {mon-fri: 08:00-20:00}}}",
        "routing": "{routing: by-tier, team: desk}",
        "sla": "{team: desk, sla: {steps: [{after: 15 min, action: remind}, {after: 2 h, action: next rep}]}}",
        "assign-manually": "{stage: qualify, effort: 10 min, calendar: berlin}",
        "assign-automatically": "dispatcher",
        "experts": "{experts: legal, change: 1}",
        "expert-job": "{stage: closing, experts: legal, effort: 1 h, share: 0.5, blocking: false}",
        "scale-leads": "{factor: 1.2, channel: website}",
        "budget": "{channel: website, spend: 30000, now: 20000, saturation: 40000, organic: 0.3}",
        "demand": "{factor: 0.7, first: 2026-04-01, last: 2026-06-30}",
        "burst": "{channel: trade show, day: 2026-05-12, size: 150, upload_lag: 3 d, price: 25000}",
        "score-threshold": "{stage: qualify, score: 30}",
        "gate": "{stage: closing, gate: {threshold: 0.5, sensitivity: 0.9, specificity: 0.8, effort: 15 min}}",
        "score": "0.8",
        "conversion": "{stage: closing, points: 0.03}",
        "price": "{factor: 1.05, elasticity: -1.5, source: price test in spring}",
        "discount": "{points: 0.03, elasticity: -1.5}",
    }
)
"""Lever → what stands behind its name in a plan; the funnel is that of docs/funnel-file.md."""


def example(name: str) -> str:
    """Return a lever's example as it stands in a plan's list."""
    return f"- {name}: {EXAMPLES[name]}"


def catalogue_text() -> str:
    """Return all levers with what they do, their fields, and an example each."""
    return "\n\n".join(_entry(name, kind) for name, kind in LEVERS.items())


def _entry(name: str, kind: type[Lever]) -> str:
    parts: tuple[Field[Any], ...] = fields(kind)  # type: ignore[arg-type] # every lever is a dataclass
    needed = ", ".join(part.name for part in parts if _is_needed(part))
    more = ", ".join(part.name for part in parts if not _is_needed(part))
    what = (getdoc(kind) or "").partition("\n\n")[0]
    takes = f"{needed or 'nothing that must be said'}{f'; if you like {more}' if more else ''}"
    return f"{name}\n    {' '.join(what.split())}\n    Takes {takes}.\n    {example(name)}"


def _is_needed(part: Field[Any]) -> bool:
    return part.default is MISSING and part.default_factory is MISSING
