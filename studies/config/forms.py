"""The form of a file: for each part of the spec, the pydantic type in which people write it.

The forms are made from the spec's own dataclasses, so a field is stated once, in `sim`. What differs from a plain table
is named here: one of several kinds (a distribution, a ranking), a calendar, a routing policy by its name, lengths with
units. A value that a dataclass refuses at birth is reported at its place, because each form builds its part at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from datetime import date
from enum import Enum, IntEnum
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Self, TypeAliasType, Union, cast, get_args, get_origin, get_type_hints

from pydantic import (
    AfterValidator,
    BeforeValidator,
    TypeAdapter,
    ValidationInfo,
    WrapValidator,
    create_model,
    model_validator,
)

from sim.calendar import WorkingCalendar
from sim.distributions import Discrete, Distribution
from sim.errors import HeadraceError
from sim.pull import UserPull
from sim.routing.policy import Routing
from sim.routing.registry import POLICIES
from sim.routing.user_function import UserFunction
from studies.config.calendars import CalendarFile
from studies.config.choices import CHOICES, LENGTHS, PURE
from studies.config.policy_file import PolicyFunction, PullFunction, load_function, read_policy
from studies.config.problems import shown, suggest
from studies.config.scalars import Absence, Date, Length, Number, Switch, Text, WholeNumber
from studies.config.table import Table

type Form = Any
"""A type that pydantic can read, made at run time."""

_SCALARS: dict[object, Form] = {int: WholeNumber, str: Text, bool: Switch, date: Date, tuple[date, date]: Absence}


@cache
def form(kind: Form, *, length: bool = False) -> Form:  # noqa: PLR0911 - one line a kind of type
    """Return the pydantic type in which a file holds a ``kind``; ``length`` says that its numbers are lengths."""
    if isinstance(kind, TypeAliasType):
        return form(kind.__value__, length=length)
    if kind is float:
        return Length if length else Number
    if kind in _SCALARS:
        return _SCALARS[kind]
    if kind in CHOICES:
        return _choice(kind, length=length)
    if kind in _SPECIAL:
        return _SPECIAL[kind]()
    if is_dataclass(kind):
        return _built(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Annotated[Any, BeforeValidator(_member_of(kind))]
    return _container(kind, length=length)


def _container(kind: Form, *, length: bool) -> Form:
    origin: Form = get_origin(kind)
    parts = get_args(kind)
    if origin in {Union, UnionType}:
        return Union[tuple(part if part is type(None) else form(part, length=length) for part in parts)]  # noqa: UP007
    if origin is tuple:
        return tuple[form(parts[0], length=length), ...]  # type: ignore[misc] # made at run time
    if origin is Mapping:
        return dict[form(parts[0]), form(parts[1], length=length)]  # type: ignore[misc] # made at run time
    raise TypeError(f"no form for {kind}")


@cache
def table(kind: Form, *, length: bool = False, **more: Form) -> type[Table]:
    """Return the table with the fields of a dataclass, and ``more``; what has a default there may be left out."""
    hints = get_type_hints(kind)
    columns: dict[str, Any] = {
        part.name: (
            form(hints[part.name], length=(kind, part.name) in LENGTHS or (length and (kind, part.name) not in PURE)),
            ... if part.default is MISSING and part.default_factory is MISSING else None,
        )
        for part in fields(kind)
    }
    return create_model(kind.__name__, __base__=Table, **columns, **more)


def _built(kind: Form, *, length: bool = False) -> Form:
    return Annotated[table(kind, length=length), AfterValidator(lambda given: kind(**given.given()))]


def _choice(kind: type, *, length: bool) -> Form:
    """Return the form of one thing out of several: ``name``, ``{name: value}`` or ``{name: {field: value}}``."""
    options = CHOICES[kind]
    columns: dict[str, Any] = {name: (_option(each, length=length), None) for name, each in options.items()}
    model = create_model(kind.__name__, __base__=_OneOf, **columns)
    shorthand = "fixed" if kind is Distribution else ""
    return Annotated[model, BeforeValidator(_named(shorthand, options)), AfterValidator(_OneOf.only)]


class _OneOf(Table):
    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            met = " and ".join(sorted(self.model_fields_set)) or "none"
            raise ValueError(f"must be exactly one of {', '.join(type(self).model_fields)}, got {met}")
        return self

    def only(self) -> object:
        """Return the thing that was chosen."""
        return next(iter(self.given().values()))


def _named(shorthand: str, options: Mapping[str, type]) -> Callable[[object], object]:
    def read(value: object) -> object:
        if isinstance(value, str) and value in options:
            return {value: {}}
        if shorthand and isinstance(value, str | int | float) and not isinstance(value, bool):
            return {shorthand: value}
        if isinstance(value, str):
            raise ValueError(f"no {value!r} to choose; {suggest(value, options)}")  # noqa: TRY004 - pydantic's rule
        return value

    return read


def _option(kind: type, *, length: bool) -> Form:
    if kind is UserFunction:
        return Annotated[UserFunction, WrapValidator(_user_function)]
    short = _spread_chances if kind is Discrete else _single([part.name for part in fields(kind)])
    return Annotated[_built(kind, length=length), BeforeValidator(short)]


def _single(names: list[str]) -> Callable[[object], object]:
    """Let the only field of a table be given as the value itself."""
    if len(names) != 1:
        return lambda value: {} if value is None else value
    return lambda value: value if isinstance(value, dict) else {names[0]: value}


def _spread_chances(value: object) -> object:
    """Read ``{1: 0.7, 2: 0.3}`` as values and their chances."""
    if isinstance(value, dict) and "values" not in value and "chances" not in value:
        return {"values": list(value), "chances": list(value.values())}
    return value


def _user_function(value: object, _: object, info: ValidationInfo) -> UserFunction:
    return UserFunction(_function(PolicyFunction, value, info))


def _user_pull(value: object, _: object, info: ValidationInfo) -> UserPull:
    return UserPull(_function(PullFunction, value, info))


def _function[Kind: PolicyFunction](kind: type[Kind], value: object, info: ValidationInfo) -> Kind:
    if isinstance(value, str):
        folder: Path | None = (info.context or {}).get("folder")
        return _said(lambda: load_function(value, folder, kind))
    parts = table(cast("Form", kind)).model_validate(value)
    return _said(lambda: kind(**parts.given()))


def _calendar() -> Form:
    return Annotated[CalendarFile, AfterValidator(lambda file: _said(file.build))]


def _routing() -> Form:
    model = table(Routing, policy=(Text, None))
    return Annotated[model, BeforeValidator(_policy_name), AfterValidator(_read_routing)]


def _policy_name(value: object) -> object:
    return {"policy": value} if isinstance(value, str) else value


def _read_routing(given: Table, info: ValidationInfo) -> Routing:
    parts = given.given()
    name = parts.pop("policy", None)
    if name is None:
        return Routing(**parts)
    folder: Path | None = (info.context or {}).get("folder")
    return replace(_said(lambda: read_policy(name, folder)), **parts)


def _member_of(kind: type[Enum]) -> Callable[[object], Enum]:
    names = {member_name(member): member for member in kind}

    def read(value: object) -> Enum:
        text = value.lower().replace("-", " ").replace("_", " ") if isinstance(value, str) else value
        if text not in names:
            raise ValueError(f"must be one of {', '.join(names)}, got {shown(value)}")
        return names[str(text)]

    return read


def member_name(member: Enum) -> str:
    """Return what a file calls a member of an enumeration: its text, or its name where it is a number."""
    return member.name.lower().replace("_", " ") if isinstance(member, IntEnum) else str(member.value)


def _said[T](build: Callable[[], T]) -> T:
    """Let pydantic report at its place what isn't a ValueError for Python: an unknown name."""
    try:
        return build()
    except HeadraceError as error:
        raise ValueError(str(error)) from None


def _named_routing() -> Form:
    """Return the form of a policy that stays the name it is where it has one."""
    return Annotated[Any, WrapValidator(_keep_name)]


def _keep_name(value: object, _: object, info: ValidationInfo) -> object:
    if isinstance(value, str) and value in POLICIES:
        return value
    return TypeAdapter(form(Routing)).validate_python(value, context=info.context)


_SPECIAL: dict[object, Callable[[], Form]] = {
    WorkingCalendar: _calendar,
    Routing: _routing,
    str | Routing: _named_routing,
    UserPull: lambda: Annotated[UserPull, WrapValidator(_user_pull)],
}
