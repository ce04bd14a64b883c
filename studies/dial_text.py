"""Dials as a command line says them, and amounts of money as people write them.

headcount closers -1..4                     reps more or fewer
leads web 0.8..1.5 by 0.05                  leads of a channel, or without a name of all, times so much
conversion proposal 0..0.05                 added to the chance to advance from a stage
routing least-open,round-robin              one policy out of several, or as is; 'routing closers: ...' for one team
sla remind 30 min | next rep 4 h | none     one promise out of several, or as is; 'sla desk: ...' for one team
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scenarios.dials import Dial, Setting, steps
from scenarios.levers.conversion import ShiftConversion
from scenarios.levers.marketing import ScaleLeads
from scenarios.levers.routing import ChangeRouting
from scenarios.levers.staffing import ChangeHeadcount
from scenarios.scenario import AS_IS, Lever
from sim.errors import SpecError
from sim.routing.registry import POLICIES
from studies.config.policy_file import read_policy
from studies.plans import read_share, read_sla

_NUMBER = r"[-+]?\d*\.?\d+"
_RANGE = re.compile(rf"(?P<name>.*?)\s*(?P<low>{_NUMBER})\s*\.\.\s*(?P<high>{_NUMBER})(?:\s+by\s+(?P<step>{_NUMBER}))?")
_AMOUNT = re.compile(r"(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[kKmM]?)")
_UNITS = {"": 1.0, "k": 1e3, "m": 1e6}


@dataclass(frozen=True, slots=True)
class Turned:
    """A kind of dial with numbers on it: its step unless told, what changes nothing, its lever and its words."""

    step: float
    as_is: float
    lever: Callable[[str, float], Lever]
    label: Callable[[str, float], str]


def _leads(channel: str, factor: float) -> Lever:
    return ScaleLeads(factor, channel or None)


def _reps(team: str, change: float) -> Lever:
    return ChangeHeadcount(team, int(change))


TURNED: Mapping[str, Turned] = {
    "headcount": Turned(1.0, 0.0, _reps, lambda team, change: f"{team} {change:+g}"),
    "leads": Turned(0.01, 1.0, _leads, lambda channel, factor: f"{channel or 'leads'} ×{factor:g}"),
    "conversion": Turned(0.005, 0.0, ShiftConversion, lambda stage, by: f"{stage} {100 * by:+g} points"),
}
"""Word → the kind of dial, for dials with numbers."""

CHOSEN = ("routing", "sla")
"""The kinds of dial with choices."""


def read_dials(texts: Sequence[str]) -> tuple[Dial, ...]:
    """Return the dials that some texts describe.

    Raises
    ------
    SpecError, UnknownNameError
        If one can't be read; the message quotes it and says how to write it.
    """
    return tuple(_dial(text) for text in texts)


def read_amount(text: str) -> float:
    """Return the amount that ``3.2M``, ``250k`` or ``1200000`` stands for."""
    found = _AMOUNT.fullmatch(text.replace(",", "").strip())
    if found is None:
        raise SpecError(f"no amount {text!r}; write 3.2M, 250k or 1200000")
    return float(found["number"]) * _UNITS[found["unit"].lower()]


def read_chance(text: str) -> float:
    """Return the probability that ``80%`` or ``0.8`` stands for."""
    return read_share(text, "chance", "80% or 0.8")


def _dial(text: str) -> Dial:
    kind, _, rest = text.strip().partition(" ")
    if kind in TURNED:
        return _numbers(kind, rest.strip(), text)
    if kind in CHOSEN:
        return _choices(kind, rest.strip())
    known = ", ".join((*TURNED, *CHOSEN))
    raise SpecError(f"no dial {text!r}; begin with one of {known}, such as 'headcount closers -1..4'")


def _numbers(kind: str, rest: str, text: str) -> Dial:
    found, turned = _RANGE.fullmatch(rest), TURNED[kind]
    if found is None:
        raise SpecError(f"no dial {text!r}; write what is set and how far, such as 'leads web 0.8..1.5 by 0.05'")
    name = found["name"]
    title = f"{kind} {name}".strip()
    settings = steps(title, float(found["low"]), float(found["high"]), float(found["step"] or turned.step))
    if kind == "headcount" and not all(value.is_integer() for value in settings):
        raise SpecError(f"no dial {text!r}; reps are whole: write 'headcount closers -1..4'")
    return Dial(
        name=title,
        settings=settings,
        as_is=turned.as_is,
        lever=lambda setting: turned.lever(name, float(setting)),
        label=lambda setting: turned.label(name, float(setting)),
    )


def _choices(kind: str, rest: str) -> Dial:
    team, colon, list_of = rest.rpartition(":") if ".py:" not in rest else ("", "", rest)
    whose = team.strip() if colon else None
    apart = "|" if kind == "sla" else ","
    given = [part.strip() for part in list_of.split(apart)]
    levers = {name: _chosen(kind, name, whose) for name in given if name not in {"", AS_IS.name}}
    settings: tuple[Setting, ...] = (AS_IS.name, *levers)
    words = "SLA: " if kind == "sla" else ""
    return Dial(
        name=f"{kind} {whose or ''}".strip(),
        settings=settings,
        as_is=AS_IS.name,
        lever=lambda setting: levers[str(setting)],
        label=lambda setting: f"{words}{setting}" + (f" ({whose})" if whose else ""),
    )


def _chosen(kind: str, name: str, team: str | None) -> Lever:
    if kind == "sla":
        return read_sla(name if team is None else f"{team}: {name}")
    return ChangeRouting(name if name in POLICIES else read_policy(name, Path()), team)
