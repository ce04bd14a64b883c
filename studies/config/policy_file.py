"""Policies of the company's own: Python functions in files, ``file.py:choose_rep`` and ``file.py:choose_lead``.

A policy carries its source text. So it travels to worker processes by value, a funnel file that holds it needs no
other file, and equal texts are equal policies with equal fingerprints.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any, ClassVar, cast

import numpy as np

from sim.errors import SpecError, UnknownNameError
from sim.routing.by_index import NAMES, ByIndex
from sim.routing.least_open import LeastOpen
from sim.routing.policy import Routing
from sim.routing.registry import POLICIES
from sim.routing.user_function import UserFunction
from studies.config.yaml_text import read_text


@dataclass(frozen=True)
class PolicyFunction:
    """A function of a user's file, called as `sim.routing.user_function.ChooseRep`.

    Attributes
    ----------
    file
        Name of the file, for messages.
    name
        Name of the function.
    source
        Text of the file. It may import installed packages, but no neighbours.
    """

    signature: ClassVar[str] = "choose_rep(lead, now, load, reps, state)"
    answer: ClassVar[str] = "a rep's position"

    file: str
    name: str
    source: str

    def __post_init__(self) -> None:
        """Refuse a text that doesn't define the function."""
        _compiled(self.file, self.name, self.source, self.signature)

    @property
    def __name__(self) -> str:
        """The function's name, by which messages call the policy."""
        return self.name

    @property
    def function(self) -> Callable[..., int]:
        """The function itself, as the compiled engine compiles it."""
        return _compiled(self.file, self.name, self.source, self.signature)

    def __call__(self, *shown: Any) -> int:  # noqa: ANN401 - what the signature says
        """Return the position that the function names, or -1; any mistake inside becomes a `SpecError`."""
        try:
            place = self.function(*shown)
        except Exception as error:  # noqa: BLE001 - whatever the user's code does, the answer is one line
            what = f"{type(error).__name__}: {error}"
            raise SpecError(f"{self.file}, line {self._line(error)}: {self.name} failed ({what}); mend it") from None
        if isinstance(place, bool | np.bool_) or not isinstance(place, int | np.integer):
            fix = f"return {self.answer}, or -1 for no opinion"
            raise SpecError(f"{self.file}: {self.name} returned {place!r}; {fix}")
        return int(place)

    def _line(self, error: Exception) -> int:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == self.file]
        return lines[-1] or 1 if lines else 1


@dataclass(frozen=True)
class PullFunction(PolicyFunction):
    """A function of a user's file, called as `sim.pull.ChooseLead`."""

    signature: ClassVar[str] = "choose_lead(rep, now, queue, state)"
    answer: ClassVar[str] = "a lead's position in the queue"


def load_function[Kind: PolicyFunction](
    text: str,
    folder: Path | None = None,
    kind: type[Kind] = PolicyFunction,  # type: ignore[assignment]
) -> Kind:
    """Read ``file.py:function``; a relative path starts at ``folder``, by default the current one."""
    path, _, name = text.rpartition(":")
    if not path.endswith(".py") or not name:
        raise SpecError(f"no policy function {text!r}; write file.py:{kind.signature.partition('(')[0]}")
    place = (folder or Path()) / path
    return kind(place.name, name, read_text(place))


def read_policy(text: str, folder: Path | None = None) -> Routing:
    """Return the routing policy that ``text`` names: one of Headrace's, ``file.py:function``, or ``index load 1 …``.

    Where a function has no opinion, whoever has the fewest open deals gets the lead.
    """
    if ".py" in text:
        return Routing(rank=(UserFunction(load_function(text, folder)), LeastOpen()))
    if text.startswith("index "):
        return Routing(rank=(_read_index(text),))
    if text not in POLICIES:
        close = get_close_matches(text, POLICIES, 1)
        if close:
            raise SpecError(f"no routing policy {text!r}; did you mean {close[0]!r}?")
        raise UnknownNameError("routing policy", text, POLICIES, "Headrace")
    return POLICIES[text]


def _read_index(text: str) -> ByIndex:
    """Read features and weights in turn."""
    words = text.split()[1:]
    weights: dict[str, float] = {}
    for name, weight in zip_longest(words[::2], words[1::2], fillvalue=""):
        if name not in NAMES:
            raise UnknownNameError("feature", name, NAMES, f"policy {text!r}: an index")
        try:
            weights[name] = float(weight)
        except ValueError:
            fix = "write each feature and its weight, such as 'index load 1 skill 2'"
            raise SpecError(f"policy {text!r}: {name} has no weight {weight!r}; {fix}") from None
    return ByIndex(**weights)


@lru_cache(maxsize=64)
def _compiled(file: str, name: str, source: str, signature: str) -> Callable[..., int]:
    space: dict[str, object] = {"__name__": Path(file).stem}
    try:
        exec(compile(source, file, "exec"), space)  # noqa: S102 - the user asked to run this very file
    except SyntaxError as error:
        raise SpecError(f"{file}, line {error.lineno or 1}: not Python ({error.msg}); mend that line") from None
    except Exception as error:  # noqa: BLE001 - as above
        raise SpecError(f"{file}: can't be loaded ({type(error).__name__}: {error}); mend it") from None
    function = space.get(name)
    if not callable(function):
        found = ", ".join(_functions(space, file)) or "none"
        raise SpecError(f"{file}: no function {name!r}, it has {found}; define {signature}")
    _check_signature(function, file, name, signature)
    return cast("Callable[..., int]", function)


def _functions(space: dict[str, object], file: str) -> list[str]:
    mine = ((name, getattr(value, "__code__", None)) for name, value in space.items())
    return [name for name, code in mine if code is not None and code.co_filename == file]


def _check_signature(function: Callable[..., object], file: str, name: str, signature: str) -> None:
    code = getattr(function, "__code__", None)
    if code is not None and code.co_argcount != signature.count(",") + 1 and not code.co_flags & 4:
        raise SpecError(f"{file}: {name} takes {code.co_argcount} parameters; it must be {signature}")
